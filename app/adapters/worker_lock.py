"""One worker at a time in a data folder: jobs of a dead worker are taken over, so two must not be alive."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold_worker_lock(folder: Path) -> Iterator[None]:
    """Wait until no other worker holds the folder, and hold it; a killed process lets go by itself."""
    with (folder / "worker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
