"""The fake ReportRecords."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.ports.reports import DatedDifference, Difference, Document, ReportVersion

if TYPE_CHECKING:
    from tests.fakes.records import FakeRecords


class FakeReports:
    """ReportRecords over lists of versions."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def put(self, screening_id: str, document: Document, *, difference: Difference | None, created_at: datetime) -> None:
        if screening_id not in self._own.screenings:
            return
        number = self._own.screenings[screening_id].analysis
        changed_by, reason = self._own.changes.get(screening_id, (None, None))
        earlier = [version for version in self._own.reports.get(screening_id, []) if version.number != number]
        made = ReportVersion(number=number, made_at=created_at, changed_by=changed_by, reason=reason, document=document)
        self._own.reports[screening_id] = [*earlier, made]
        self._own.differences[screening_id] = difference

    def find(self, screening_id: str) -> Document | None:
        versions = self._own.reports.get(screening_id)
        return versions[-1].document if versions else None

    def begin_version(self, screening_id: str, *, changed_by: str | None, reason: str) -> int:
        screening = self._own.screenings[screening_id]
        self._own.screenings[screening_id] = replace(screening, analysis=screening.analysis + 1)
        self._own.changes[screening_id] = (changed_by, reason)
        return screening.analysis + 1

    def list_versions(self, screening_id: str) -> Sequence[ReportVersion]:
        return list(self._own.reports.get(screening_id, []))

    def forget(self, screening_id: str) -> None:
        self._own.reports.pop(screening_id, None)
        self._own.differences.pop(screening_id, None)

    def differences_of(self, screening_ids: Sequence[str]) -> Mapping[str, Difference]:
        return {name: difference for name, difference in self._own.differences.items() if name in screening_ids and difference is not None}

    def differences_since(self, squad_id: str, since: datetime) -> Sequence[DatedDifference]:
        found = [
            DatedDifference(athlete_id=screening.athlete_id, at=screening.created_at, value_cm=difference.value_cm)
            for screening in sorted(self._own.screenings.values(), key=lambda each: (each.created_at, each.screening_id))
            if screening.athlete_id is not None and (squad_id, screening.athlete_id) in self._own.members and screening.repeat_of is None
            if (difference := self._own.differences.get(screening.screening_id)) is not None and difference.scope == "side_difference"
        ]
        return [each for each in found if each.at >= since]
