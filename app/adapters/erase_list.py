"""The list of what was erased, in a text file."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

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
        known = self._read()
        return [each for each in ids if _hash(each) in known] if known else []

    def merge(self, other: EraseListFile) -> None:
        """Append what another list has."""
        self._append(sorted(other._read()))

    def _read(self) -> frozenset[str]:
        # Whatever is no hash is skipped: a title, or a line that was cut off when a machine lost its power.
        return frozenset(line for line in self.path.read_text().splitlines() if _LINE.fullmatch(line)) if self.path.is_file() else frozenset()

    def _append(self, hashes: Sequence[str]) -> None:
        known = self._read()
        new = [each for each in dict.fromkeys(hashes) if each not in known]
        if not new:
            return
        with self.path.open("a") as file:
            file.write(("\n" if file.tell() else _TITLE) + "".join(f"{each}\n" for each in new))
            file.flush()
            os.fsync(file.fileno())


def _hash(erased_id: str) -> str:
    return hashlib.sha256(erased_id.encode()).hexdigest()
