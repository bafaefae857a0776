"""The fake JobQueue."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from app.ports.jobs import JobStatus, QueueUnavailableError


class FakeJobQueue:
    """A queue that only remembers; the test says what becomes of a job."""

    def __init__(self) -> None:
        self.jobs: dict[tuple[str, int], JobStatus] = {}
        self.reachable = True

    def enqueue(self, screening_id: str, analysis: int) -> None:
        if not self.reachable:
            raise QueueUnavailableError
        self.jobs.setdefault((screening_id, analysis), "waiting")

    def status(self, screening_id: str, analysis: int) -> JobStatus:
        return self.jobs.get((screening_id, analysis), "unknown")

    def cancel(self, screening_id: str, analysis: int) -> None:
        if (screening_id, analysis) in self.jobs:
            self.jobs[screening_id, analysis] = "failed"
