"""Where bytes are kept: clips, sightings, stills and overlays, each under a key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


class StorageFullError(Exception):
    """There is no room for what was to be stored; nothing of it is there."""


@dataclass(frozen=True, slots=True)
class Group:
    """What is erased together: its name, the time it was last written to, and its folders, the part of each key between the first two slashes."""

    name: str
    written_at: datetime
    folders: frozenset[str]


class ClipStore(Protocol):
    """Keeps bytes under keys such as ``"ID/left/clip"``; the part before the first slash is the group that is erased together.

    Where the bytes are on another machine, each method may raise `app.ports.outage.OutageError`.
    """

    async def receive(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Store what arrives, a chunk at a time; when `chunks` raises, nothing is stored and the error goes on. Raise `StorageFullError` without room."""

    def put(self, key: str, content: bytes) -> None:
        """Store bytes, in place of what was there; raise `StorageFullError` without room."""

    def put_file(self, key: str, path: Path) -> None:
        """Store the bytes of a file, in place of what was there; raise `StorageFullError` without room."""

    def get(self, key: str) -> bytes:
        """Bytes under `key`; raise `KeyError` when there are none."""

    def holds(self, key: str) -> bool:
        """Whether there are bytes under `key`."""

    def lend(self, key: str) -> AbstractContextManager[Path]:
        """Return a file on this machine with the bytes of `key`, to be read only, and only meanwhile; raise `KeyError` when there are none."""

    def erase(self, key: str) -> None:
        """Forget one key and whatever an interrupted write left of it; forgetting what is not there is no error."""

    def erase_group(self, group: str) -> None:
        """Forget every key of a group and whatever an interrupted write left of it."""

    def erase_folder(self, group: str, folder: str) -> None:
        """Forget every key in a folder of a group and whatever an interrupted write left there."""

    def groups(self) -> Sequence[Group]:
        """Every group, by name."""

    def free_bytes(self) -> int | None:
        """How much more fits; None where nobody knows an end."""

    def scratch(self) -> AbstractContextManager[Path]:
        """Return an empty folder of this machine that is gone afterwards."""
