"""The fake ClipStore."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.ports.clips import Group, StorageFullError

WRITTEN_AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
"""When everything here was written: where FakeClock begins."""


class FakeClipStore:
    """Bytes in memory; a path is made only where one is asked for."""

    def __init__(self, folder: Path) -> None:
        self.contents: dict[str, bytes] = {}
        self.is_full = False
        self.free: int | None = None
        self._folder = folder

    async def receive(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        content = b""
        async for chunk in chunks:
            content += chunk
        self.put(key, content)

    def put(self, key: str, content: bytes) -> None:
        if self.is_full:
            raise StorageFullError
        self.contents[key] = content

    def put_file(self, key: str, path: Path) -> None:
        self.contents[key] = path.read_bytes()

    def get(self, key: str) -> bytes:
        return self.contents[key]

    def holds(self, key: str) -> bool:
        return key in self.contents

    @contextmanager
    def lend(self, key: str) -> Iterator[Path]:
        path = self._folder / key.replace("/", "_")
        path.write_bytes(self.contents[key])
        yield path

    def erase(self, key: str) -> None:
        self.contents.pop(key, None)

    def erase_group(self, group: str) -> None:
        if not group or "/" in group or group.startswith("."):
            raise ValueError(group)
        self.contents = {key: content for key, content in self.contents.items() if key.split("/")[0] != group}

    def erase_folder(self, group: str, folder: str) -> None:
        for name in (group, folder):
            if not name or "/" in name or name.startswith("."):
                raise ValueError(name)
        self.contents = {key: content for key, content in self.contents.items() if not key.startswith(f"{group}/{folder}/")}

    def groups(self) -> Sequence[Group]:
        parts = [key.split("/")[:2] for key in self.contents]
        return [Group(group, WRITTEN_AT, frozenset(folder for own, folder in parts if own == group)) for group in sorted({own for own, _ in parts})]

    def free_bytes(self) -> int | None:
        return self.free

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            yield Path(folder)
