"""The fake LoadRecords."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.ports.load import Queue

if TYPE_CHECKING:
    from tests.fakes.records import FakeRecords


class FakeLoad:
    """Looks at what the unit of work has."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def read_queue(self) -> Queue:
        unfinished = [each for each in self._own.screenings.values() if each.state in {"queued", "running"}]
        queued = sum(each.state == "queued" for each in unfinished)
        return Queue(queued=queued, running=len(unfinished) - queued, oldest_at=min((each.created_at for each in unfinished), default=None))

    def count_unfinished(self, handed_in_by: str) -> int:
        return sum(each.state in {"queued", "running"} and each.handed_in_by == handed_in_by for each in self._own.screenings.values())

    def count_reports(self, since: datetime) -> int:
        return sum(versions[-1].made_at >= since for versions in self._own.reports.values() if versions)
