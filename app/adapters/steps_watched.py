"""The steps of an analysis, with somebody told how long each took and how it all ended."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

from app.adapters.jobs_dbos import AnalysisSteps
from app.ports.watching import Outcome, Watcher
from app.usecases.errors import UnknownScreeningError

_MOST_BEGUN = 1000


class _Watched:
    """Remembers when each analysis began in this process."""

    def __init__(self, steps: AnalysisSteps, watcher: Watcher) -> None:
        self._steps = steps
        self._watcher = watcher
        self._lock = threading.Lock()
        self._begun_s: OrderedDict[str, float] = OrderedDict()

    def run(self, name: str, step: Callable[..., Any], screening_id: str, *rest: object) -> Any:  # noqa: ANN401 - what the step returns
        """Carry out a step and tell of it, however it ends."""
        began_s = time.perf_counter()
        with self._lock:
            self._begun_s.setdefault(screening_id, began_s)
            if len(self._begun_s) > _MOST_BEGUN:  # ended in another process
                self._begun_s.popitem(last=False)
        try:
            return step(screening_id, *rest)
        finally:
            self._watcher.note_step(screening_id, name, time.perf_counter() - began_s)

    def report(self, screening_id: str) -> None:
        """Carry out the last step."""
        self.run("report", self._steps.report, screening_id)
        self._end(screening_id, "done")

    def fail(self, screening_id: str, error: Exception) -> None:
        """Say that it failed, or that nobody needs it any more."""
        self._steps.fail(screening_id, error)
        self._end(screening_id, "abandoned" if isinstance(error, UnknownScreeningError) else "failed")

    def _end(self, screening_id: str, outcome: Outcome) -> None:
        with self._lock:
            began_s = self._begun_s.pop(screening_id, None)
        self._watcher.note_analysis(screening_id, outcome, 0.0 if began_s is None else time.perf_counter() - began_s)


def watch_steps(steps: AnalysisSteps, watcher: Watcher) -> AnalysisSteps:
    """Return the same steps, watched."""
    watched = _Watched(steps, watcher)
    return AnalysisSteps(
        locate=partial(watched.run, "locate", steps.locate),
        measure=partial(watched.run, "measure", steps.measure),
        draw=partial(watched.run, "draw", steps.draw),
        report=watched.report,
        fail=watched.fail,
    )
