"""How busy the service is: what waits, and what was done lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Screenings that nobody works at yet, that somebody works at, and since when the oldest of both is here."""

    queued: int
    running: int
    oldest_at: datetime | None

    @property
    def unfinished(self) -> int:
        """How many have no end yet."""
        return self.queued + self.running


class LoadRecords(Protocol):
    """How busy it is, in a unit of work."""

    def read_queue(self) -> Queue:
        """Return what is unfinished."""

    def count_unfinished(self, handed_in_by: str) -> int:
        """Return how many screenings of one account or link are unfinished."""

    def count_reports(self, since: datetime) -> int:
        """Return how many screenings got their newest report since a time."""
