"""Who carries out an analysis after the answer to the upload has been sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

JobStatus = Literal["unknown", "waiting", "running", "finished", "failed", "stranded"]
"""`unknown`: never enqueued; `stranded`: begun under another list of steps, so nobody will go on with it."""


class QueueUnavailableError(Exception):
    """The queue cannot be reached just now; what is remembered is enqueued later."""


@dataclass(frozen=True, slots=True)
class IdleJob:
    """A job that nobody works at or will work at, since when."""

    screening_id: str
    since: datetime


class JobQueue(Protocol):
    """The queue of analyses. One analysis of one screening is one job, however often it is enqueued."""

    def enqueue(self, screening_id: str, analysis: int, *, turn: int = 1) -> None:
        """Have the analysis done once, before those of later turns; enqueuing it again changes nothing."""

    def status(self, screening_id: str, analysis: int) -> JobStatus:
        """How far the job is, as far as the queue knows."""

    def cancel(self, screening_id: str, analysis: int) -> None:
        """Begin no further step of the job; cancelling what is not there is no error."""

    def list_busy(self) -> frozenset[str]:
        """Names of the workers that have begun jobs and not ended them."""

    def release(self, worker: str) -> int:
        """Have others go on with what a dead worker had begun, at the step at which it was; say how many jobs that were."""

    def list_idle(self) -> Sequence[IdleJob]:
        """Jobs that have ended or are stranded."""

    def forget(self, screening_ids: Sequence[str]) -> None:
        """Take every job of some screenings out of the queue and leave no trace; one that is running stays and can be forgotten when it has ended."""
