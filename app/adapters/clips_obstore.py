"""Bytes in a folder of this machine or in a bucket of an S3-compatible store, through obstore."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from app.adapters.scratch import Scratch
from app.ports.clips import Group, StorageFullError
from app.ports.outage import OutageError

_NO_ROOM = re.compile(r"\(os error (?:27|28|122)\)|\b507\b|QuotaExceeded|StorageFull")
"""How obstore words EFBIG, ENOSPC and EDQUOT, and stores that they are full: the disk, or what may be used of it."""
_PIECE_BYTES = 4 * 1024 * 1024
_RETRIES = {"max_retries": 4, "retry_timeout": timedelta(seconds=20)}
_PATIENCE = {"connect_timeout": "5s", "timeout": "300s"}
"""A request takes as long as a large clip on a slow line may; a store that does not answer at all is given up after seconds."""


class _Stored:
    """What folder and bucket have in common."""

    def __init__(self, store: LocalStore | S3Store, scratch: Scratch) -> None:
        self._store = store
        self._scratch = scratch

    async def receive(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Store what arrives, a chunk at a time."""
        with self._translating():
            await obstore.put_async(self._store, key, chunks)

    def put(self, key: str, content: bytes) -> None:
        """Store bytes."""
        with self._translating():
            obstore.put(self._store, key, content)

    def put_file(self, key: str, path: Path) -> None:
        """Store the bytes of a file."""
        with self._translating():
            obstore.put(self._store, key, path)

    def get(self, key: str) -> bytes:
        """Bytes under `key`."""
        with self._finding(key):
            return bytes(obstore.get(self._store, key).bytes())

    def holds(self, key: str) -> bool:
        """Ask for what is known of the bytes."""
        with suppress(KeyError), self._finding(key):
            obstore.head(self._store, key)
            return True
        return False

    def scratch(self) -> AbstractContextManager[Path]:
        """Return an empty folder that is gone afterwards."""
        return self._scratch.folder()

    def clear_scratch(self) -> None:
        """Remove what killed processes left behind on this machine."""
        self._scratch.clear()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except BaseError as error:
            if _NO_ROOM.search(str(error)):
                raise StorageFullError from None
            if isinstance(self._store, LocalStore):
                raise
            raise OutageError("the store of clips did not do what was asked of it; expected it to be there, and open to the keys in the settings") from error
        except OSError as error:
            if error.errno in {ENOSPC, EDQUOT}:
                raise StorageFullError from None
            raise

    @contextmanager
    def _finding(self, key: str) -> Iterator[None]:
        try:
            with self._translating():
                yield
        except FileNotFoundError:
            raise KeyError(key) from None


class ObstoreClipStore(_Stored):
    """ClipStore in a local folder: whole files appear at once, an interrupted write leaves none."""

    def __init__(self, folder: Path) -> None:
        self._clips = folder / "clips"
        self._clips.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(LocalStore(self._clips), Scratch(folder / "scratch"))

    @contextmanager
    def lend(self, key: str) -> Iterator[Path]:
        """Return the file itself."""
        path = self._clips.joinpath(*key.split("/"))
        if not path.is_file():
            raise KeyError(key)
        yield path

    def erase(self, key: str) -> None:
        """Forget one key, with the unfinished files that obstore names KEY#NUMBER."""
        with suppress(FileNotFoundError):
            obstore.delete(self._store, key)
        path = self._clips.joinpath(*key.split("/"))
        for remains in path.parent.glob(f"{path.name}#*"):
            remains.unlink(missing_ok=True)

    def erase_group(self, group: str) -> None:
        """Forget every key of a group, with its folder."""
        _require_name(group)
        shutil.rmtree(self._clips / group, ignore_errors=True)

    def erase_folder(self, group: str, folder: str) -> None:
        """Forget every key in a folder of a group."""
        _require_name(group)
        _require_name(folder)
        shutil.rmtree(self._clips / group / folder, ignore_errors=True)

    def groups(self) -> Sequence[Group]:
        """Look through the folder."""
        return [_describe_group(path) for path in sorted(self._clips.iterdir()) if path.is_dir()]

    def free_bytes(self) -> int | None:
        """Ask the file system."""
        return shutil.disk_usage(self._clips).free


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where an S3-compatible store is, and with what it is opened; without keys it is asked as the machine is allowed to."""

    name: str
    region: str
    endpoint: str | None = None
    prefix: str = ""
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)

    def open(self, part: str) -> S3Store:
        """Return a part of the bucket; over http only where the endpoint says so."""
        given: dict[str, Any] = {"endpoint": self.endpoint, "access_key_id": self.access_key_id, "secret_access_key": self.secret_access_key}
        options = _PATIENCE | {"allow_http": (self.endpoint or "").startswith("http://")}
        prefix = "/".join(filter(None, (self.prefix.strip("/"), part)))
        known = {name: value for name, value in given.items() if value is not None}
        return S3Store(self.name, region=self.region, prefix=prefix, client_options=options, retry_config=_RETRIES, **known)


class BucketClipStore(_Stored):
    """ClipStore in a bucket, which machines share; whoever needs a file is lent a copy on the disk of their own machine."""

    def __init__(self, bucket: Bucket, scratch: Path) -> None:
        super().__init__(bucket.open("clips"), Scratch(scratch))

    def free_bytes(self) -> int | None:
        """Nobody knows: a bucket has no end."""
        return None

    @contextmanager
    def lend(self, key: str) -> Iterator[Path]:
        """Fetch the bytes, a piece at a time, into a folder that is gone afterwards."""
        with self.scratch() as folder:
            path = folder / "lent"
            with self._finding(key), path.open("wb") as file:
                for piece in obstore.get(self._store, key).stream(min_chunk_size=_PIECE_BYTES):
                    file.write(piece)
            yield path

    def erase(self, key: str) -> None:
        """Forget one key; what an interrupted write left is no object, and the store's own rule ends it."""
        with suppress(KeyError), self._finding(key):
            obstore.delete(self._store, key)

    def erase_group(self, group: str) -> None:
        """Forget every key of a group."""
        _require_name(group)
        self._erase_all(group)

    def erase_folder(self, group: str, folder: str) -> None:
        """Forget every key in a folder of a group."""
        _require_name(group)
        _require_name(folder)
        self._erase_all(f"{group}/{folder}")

    def groups(self) -> Sequence[Group]:
        """Go through every key."""
        last: dict[str, datetime] = {}
        folders: dict[str, set[str]] = defaultdict(set)
        with self._translating():
            for found in obstore.list(self._store):
                for each in found:
                    group, folder, *_ = each["path"].split("/")
                    last[group] = max(each["last_modified"], last.get(group, each["last_modified"]))
                    folders[group].add(folder)
        return [Group(group, at, frozenset(folders[group])) for group, at in sorted(last.items())]

    def _erase_all(self, prefix: str) -> None:
        with self._translating():
            keys = [each["path"] for found in obstore.list(self._store, prefix) for each in found]
            if keys:
                obstore.delete(self._store, keys)


def _require_name(name: str) -> None:
    if not name or "/" in name or name.startswith("."):
        raise ValueError(f"found {name!r}; expected the name of a group or a folder")


def _describe_group(group: Path) -> Group:
    times, folders = [group.stat().st_mtime], set()
    for path in group.rglob("*"):
        with suppress(FileNotFoundError):
            times.append(path.stat().st_mtime)
            if path.parent == group and path.is_dir():
                folders.add(path.name)
    return Group(group.name, datetime.fromtimestamp(max(times), tz=UTC), frozenset(folders))
