"""Folders for a while on this machine's own disk, which are gone afterwards whatever ends their process."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Scratch:
    """Folders that several processes make side by side; each is locked by who uses it, so that what a killed process left is told from what is in use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Return an empty folder that is gone afterwards."""
        while True:
            with tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as name, _holding(Path(name)):
                if Path(name).is_dir():  # nobody has cleared it between making and locking
                    yield Path(name)
                    return

    def clear(self) -> None:
        """Remove what killed processes left behind."""
        for remains in self._folder.iterdir():
            try:
                with _holding(remains, wait=False):
                    shutil.rmtree(remains, ignore_errors=True)
            except (BlockingIOError, FileNotFoundError):  # in use, or gone in this moment
                continue


@contextmanager
def _holding(folder: Path, *, wait: bool = True) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)
