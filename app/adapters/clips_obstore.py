"""Bytes in a folder of this machine, through obstore."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from app.ports.clips import StorageFullError

_NO_ROOM = re.compile(r"\(os error (?:27|28|122)\)")
"""How obstore words EFBIG, ENOSPC and EDQUOT: the disk, or what may be used of it, is full."""


class ObstoreClipStore:
    """ClipStore in a local folder: whole files appear at once, an interrupted write leaves none."""

    def __init__(self, folder: Path) -> None:
        self._clips = folder / "clips"
        self._scratch = folder / "scratch"
        for part in (self._clips, self._scratch):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store = LocalStore(self._clips)

    async def receive(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Store what arrives, a chunk at a time."""
        with _telling_full():
            await obstore.put_async(self._store, key, chunks)

    def put(self, key: str, content: bytes) -> None:
        """Store bytes."""
        with _telling_full():
            obstore.put(self._store, key, content)

    def put_file(self, key: str, path: Path) -> None:
        """Store the bytes of a file."""
        with _telling_full():
            obstore.put(self._store, key, path)

    def get(self, key: str) -> bytes:
        """Bytes under `key`."""
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            raise KeyError(key) from None

    def path_of(self, key: str) -> Path:
        """Return the file itself."""
        path = self._clips.joinpath(*key.split("/"))
        if not path.is_file():
            raise KeyError(key)
        return path

    def erase(self, key: str) -> None:
        """Forget one key, with the unfinished files that obstore names KEY#NUMBER."""
        with suppress(FileNotFoundError):
            obstore.delete(self._store, key)
        path = self._clips.joinpath(*key.split("/"))
        for remains in path.parent.glob(f"{path.name}#*"):
            remains.unlink(missing_ok=True)

    def erase_group(self, group: str) -> None:
        """Forget every key of a group, with its folder."""
        if not group or "/" in group or group.startswith("."):
            raise ValueError(f"found {group!r}; expected the name of a group")
        shutil.rmtree(self._clips / group, ignore_errors=True)

    def groups(self) -> Sequence[tuple[str, datetime]]:
        """Every group with the time it was last written to."""
        return [(folder.name, _last_write(folder)) for folder in sorted(self._clips.iterdir()) if folder.is_dir()]

    def free_bytes(self) -> int | None:
        """Ask the file system."""
        return shutil.disk_usage(self._clips).free

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Return an empty folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            yield Path(folder)

    def clear_scratch(self) -> None:
        """Remove what a killed worker left behind; to be called before any work begins."""
        for remains in self._scratch.iterdir():
            shutil.rmtree(remains, ignore_errors=True)


@contextmanager
def _telling_full() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        if _NO_ROOM.search(str(error)):
            raise StorageFullError from None
        raise


def _last_write(folder: Path) -> datetime:
    times = [folder.stat().st_mtime]
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            times.append(path.stat().st_mtime)
    return datetime.fromtimestamp(max(times), tz=UTC)
