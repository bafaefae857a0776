"""What goes wrong at random moments: processes are killed, the database crashes, clocks jump."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from tests.machines.site import Site, find_children, pause
from tests.postgres import PostgresServer

_LONGEST_JUMP_S = 600
"""A store refuses requests of a machine whose clock is a quarter of an hour off."""
_KINDS = ("worker", "worker", "worker", "web", "web", "child", "database")


def find_clock_library() -> Path:
    """Return the library that shifts the clock of a process; a missing one fails with how to get it."""
    found = find_spec("libfaketime")
    library = Path(str(found.origin)).parent / "vendor/libfaketime/src/libfaketime.so.1" if found is not None else None
    if library is None or not library.is_file():
        raise RuntimeError("what shifts clocks (libfaketime) is missing. Install it: make setup")
    return library


def set_clock(file: Path, shift_s: int) -> None:
    """Say by how much clocks are off; in one step, for every process reads the file whenever it asks for the time."""
    written = file.with_name(f"{file.name}.new")
    written.write_text(f"{shift_s:+d}")
    written.replace(file)


def clock_environment(file: Path) -> dict[str, str]:
    """Return what makes processes read their time of day shifted by what stands in a file; steady clocks stay as they are."""
    set_clock(file, 0)
    own = {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}
    return own | {"LD_PRELOAD": str(find_clock_library())}


@dataclass
class Breaker:
    """Kills, in step with how much is done, so that it hits all of the work and not only its beginning."""

    site: Site
    postgres: PostgresServer
    clock_file: Path
    chance: random.Random
    kills: int
    share_done: Callable[[], float]
    ended: threading.Event = field(default_factory=threading.Event)
    killed: Counter[str] = field(default_factory=Counter)
    jumps: int = 0

    def run(self) -> None:
        """Break until everything is done and enough was killed."""
        while not self.ended.is_set():
            if self.killed.total() < min(self.kills, 1 + self.kills * self.share_done()):
                self._kill(self.chance.choice(_KINDS))
            if self.chance.random() < 0.3:
                self._jump()
            pause(self.chance.uniform(0.5, 5.0), self.ended)

    def _kill(self, kind: str) -> None:
        if kind == "database":
            self.postgres.crash()
            self.killed[kind] += 1
            return
        kept = self.chance.choice(self.site.webs if kind == "web" else self.site.workers)
        with suppress(ProcessLookupError):
            if kind == "child":
                children = find_children(kept.process.pid) if kept.process is not None else []
                if not children:
                    kind = "worker"
                else:
                    os.kill(self.chance.choice(children), signal.SIGKILL)
                    self.killed[kind] += 1
                    return
            kept.kill()
            self.killed[kind] += 1

    def _jump(self) -> None:
        set_clock(self.clock_file, self.chance.randint(-_LONGEST_JUMP_S, _LONGEST_JUMP_S))
        self.jumps += 1
