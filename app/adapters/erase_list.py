"""The list of what was erased, in a text file or in a bucket."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.ports.outage import OutageError

_MANY = 20
"""From so many on it is asked first which are known."""
_LINE = re.compile("[0-9a-f]{64}")
_TITLE = "# What was erased, one SHA-256 of a random id a line. Keep this file when you put an older copy of the data back: it is what erases them again.\n"


class EraseListFile:
    """EraseList in a file that only grows; a line is the hash of an id, so that not even the ids are kept."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, ids: Iterable[str]) -> None:
        """Append the hashes of ids."""
        self._append([_hash(each) for each in ids])

    def pick(self, ids: Iterable[str]) -> Sequence[str]:
        """Look for the hashes of ids."""
        known = self.read()
        return [each for each in ids if _hash(each) in known] if known else []

    def merge(self, other: EraseListFile | EraseListBucket) -> None:
        """Append what another list has."""
        self._append(sorted(other.read()))

    def read(self) -> frozenset[str]:
        """Return the hashes."""
        # Whatever is no hash is skipped: a title, or a line that was cut off when a machine lost its power.
        return frozenset(line for line in self.path.read_text().splitlines() if _LINE.fullmatch(line)) if self.path.is_file() else frozenset()

    def _append(self, hashes: Sequence[str]) -> None:
        known = self.read()
        new = [each for each in dict.fromkeys(hashes) if each not in known]
        if not new:
            return
        with self.path.open("a") as file:
            file.write(("\n" if file.tell() else _TITLE) + "".join(f"{each}\n" for each in new))
            file.flush()
            os.fsync(file.fileno())


class EraseListBucket:
    """EraseList in a bucket, for machines that share no folder: an empty object for each id, whose name is the hash."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    def add(self, ids: Iterable[str]) -> None:
        """Put an object for each id that has none."""
        self._put([_hash(each) for each in ids])

    def pick(self, ids: Iterable[str]) -> Sequence[str]:
        """Look for the hashes of ids."""
        known = self.read()
        return [each for each in ids if _hash(each) in known] if known else []

    def merge(self, other: EraseListFile | EraseListBucket) -> None:
        """Put an object for each that another list has."""
        self._put(sorted(other.read()))

    def read(self) -> frozenset[str]:
        """List the hashes."""
        with _telling_outage():
            return frozenset(each["path"] for found in obstore.list(self._store) for each in found if _LINE.fullmatch(each["path"]))

    def _put(self, hashes: Sequence[str]) -> None:
        if len(hashes) > _MANY:
            known = self.read()
            hashes = [each for each in hashes if each not in known]
        with _telling_outage():
            for each in dict.fromkeys(hashes):
                obstore.put(self._store, each, b"")


@contextmanager
def _telling_outage() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        raise OutageError("the list of what was erased cannot be reached; expected it in the bucket of the settings") from error


def _hash(erased_id: str) -> str:
    return hashlib.sha256(erased_id.encode()).hexdigest()
