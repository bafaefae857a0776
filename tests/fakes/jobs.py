"""The fake JobQueue."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from collections.abc import Sequence

from app.ports.jobs import IdleJob, JobStatus, QueueUnavailableError
from tests.fakes.clips import WRITTEN_AT


class FakeJobQueue:
    """A queue that only remembers; the test says what becomes of a job."""

    def __init__(self) -> None:
        self.jobs: dict[tuple[str, int], JobStatus] = {}
        self.turns: dict[tuple[str, int], int] = {}
        self.begun_by: dict[tuple[str, int], str] = {}
        self.reachable = True

    def enqueue(self, screening_id: str, analysis: int, *, turn: int = 1) -> None:
        if not self.reachable:
            raise QueueUnavailableError
        self.jobs.setdefault((screening_id, analysis), "waiting")
        self.turns.setdefault((screening_id, analysis), turn)

    def status(self, screening_id: str, analysis: int) -> JobStatus:
        return self.jobs.get((screening_id, analysis), "unknown")

    def cancel(self, screening_id: str, analysis: int) -> None:
        if (screening_id, analysis) in self.jobs:
            self.jobs[screening_id, analysis] = "failed"

    def list_busy(self) -> frozenset[str]:
        return frozenset(self.begun_by[job] for job, status in self.jobs.items() if status == "running" and job in self.begun_by)

    def release(self, worker: str) -> int:
        released = [job for job, status in self.jobs.items() if status == "running" and self.begun_by.get(job) == worker]
        self.jobs |= dict.fromkeys(released, "waiting")
        return len(released)

    def list_idle(self) -> Sequence[IdleJob]:
        return [IdleJob(screening_id, WRITTEN_AT) for (screening_id, _), status in self.jobs.items() if status not in {"waiting", "running"}]

    def forget(self, screening_ids: Sequence[str]) -> None:
        self.jobs = {job: status for job, status in self.jobs.items() if job[0] not in screening_ids or status == "running"}
