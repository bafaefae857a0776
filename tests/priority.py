"""SVT-AV1, the only encoder of AV1 in PyAV's wheels, gives a process of root real-time priority, and all that it starts later inherits it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


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
