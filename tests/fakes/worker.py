"""A worker process whose steps only write down that they began; run as `python -m tests.fakes.worker URL DIARY PAUSE_S NAME`."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from app.adapters.jobs_dbos import AnalysisSteps, run_jobs

url, diary, pause_s, name = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4]


def note(entry: str) -> None:
    """Write down that a step began, and take its time."""
    with diary.open("a") as file:
        file.write(entry + "\n")
    time.sleep(pause_s)


run_jobs(
    url,
    AnalysisSteps(
        locate=lambda _, side: note(f"locate {side}"),
        measure=lambda _: note("measure"),
        draw=lambda _: note("draw"),
        report=lambda _: note("report"),
        fail=lambda _, error: note(f"fail {error}"),
    ),
    threading.Event(),
    executor=name,
)
