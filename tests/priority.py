"""Keeps real-time priority away: two programs that the tests use take it where root lets them, and on two cores whoever has it keeps the rest from running.

SVT-AV1, the only encoder of AV1 in PyAV's wheels, gives it to the whole process, and all that is started later inherits it. Chromium gives it to its renderers.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def has_usual_priority() -> bool:
    """Whether this thread shares the processors with all others."""
    return not hasattr(os, "sched_getscheduler") or os.sched_getscheduler(0) == os.SCHED_OTHER


@contextmanager
def usual_priority() -> Iterator[None]:
    """Take real-time priority away again from a thread that was given it: what spins at such a priority keeps a processor from everybody else for good."""
    try:
        yield
    finally:
        if not has_usual_priority():
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def without_real_time(program: Path, folder: Path) -> Path:
    """Return a command, written into `folder`, that starts a program without the right to real-time priority, where there is such a right to lose."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        return program
    command = folder / program.name
    command.write_text(f'#!/bin/sh\nexec {setpriv} --bounding-set=-sys_nice {program} "$@"\n', encoding="utf-8")
    command.chmod(0o700)
    return command
