"""What is remembered about reports: the newest one, and the versions before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Document = Mapping[str, object]
"""A JSON document, kept as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Left minus right toe-to-wall distance of one screening, with its standard uncertainty; `scope` as in the report."""

    value_cm: float
    std_cm: float
    scope: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportVersion:
    """One version of a report: the first as it was measured, each other one made by somebody for a reason; its number is that of the analysis."""

    number: int
    made_at: datetime
    changed_by: str | None
    reason: str | None
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedDifference:
    """The difference between the legs of an athlete at some time."""

    athlete_id: str
    at: datetime
    value_cm: float


class ReportRecords(Protocol):
    """Reports in a unit of work."""

    def put(self, screening_id: str, document: Document, *, difference: Difference | None, created_at: datetime) -> None:
        """Keep the report of a screening's analysis in place of an earlier one of it; a report of an earlier analysis becomes history."""

    def find(self, screening_id: str) -> Document | None:
        """Return the newest report, or None when there is none yet."""

    def begin_version(self, screening_id: str, *, changed_by: str | None, reason: str) -> int:
        """Say by whom and why the next report is made; return its number, that of a new analysis."""

    def list_versions(self, screening_id: str) -> Sequence[ReportVersion]:
        """Every version of the report, oldest first."""

    def forget(self, screening_id: str) -> None:
        """Forget every version."""

    def differences_of(self, screening_ids: Sequence[str]) -> Mapping[str, Difference]:
        """Return the difference between the legs in each of some screenings that has one."""

    def differences_since(self, squad_id: str, since: datetime) -> Sequence[DatedDifference]:
        """Return the differences that the athletes of a squad had since a time, oldest first, without repeats and without what is about lower bounds."""
