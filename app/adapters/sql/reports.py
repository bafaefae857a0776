"""Reports in an SQL database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from app.adapters.sql.tables import earlier_reports, reports, screenings, squad_athletes
from app.adapters.sql.writing import hold_row
from app.ports.reports import DatedDifference, Difference, Document, ReportVersion

_KEPT = ("screening_id", "version", "created_at", "changed_by", "change_reason", "document")


class SqlReports:
    """ReportRecords on the connection of a unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, screening_id: str, document: Document, *, difference: Difference | None, created_at: datetime) -> None:
        """Insert the report under the number of the analysis; without its screening it is dropped."""
        if not hold_row(self._connection, screenings, screenings.c.screening_id == screening_id):
            return
        made = sa.select(screenings.c.analysis, screenings.c.changed_by, screenings.c.change_reason).where(screenings.c.screening_id == screening_id)
        version, changed_by, reason = self._connection.execute(made).one()
        self._keep_earlier(screening_id, version)
        self._connection.execute(reports.delete().where(reports.c.screening_id == screening_id))
        self._connection.execute(
            reports.insert().values(
                screening_id=screening_id,
                document=dict(document),
                created_at=created_at,
                difference_cm=difference and difference.value_cm,
                difference_std_cm=difference and difference.std_cm,
                scope=difference and difference.scope,
                version=version,
                changed_by=changed_by,
                change_reason=reason,
            )
        )

    def find(self, screening_id: str) -> Document | None:
        """Select the newest report."""
        document: Document | None = self._connection.execute(sa.select(reports.c.document).where(reports.c.screening_id == screening_id)).scalar_one_or_none()
        return document

    def begin_version(self, screening_id: str, *, changed_by: str | None, reason: str) -> int:
        """Count the analysis up."""
        here = screenings.c.screening_id == screening_id
        values = {"analysis": screenings.c.analysis + 1, "changed_by": changed_by, "change_reason": reason}
        self._connection.execute(screenings.update().where(here).values(values))
        return int(self._connection.execute(sa.select(screenings.c.analysis).where(here)).scalar_one())

    def list_versions(self, screening_id: str) -> Sequence[ReportVersion]:
        """Select every version."""
        found = []
        for table in (earlier_reports, reports):
            query = sa.select(*(table.c[name] for name in _KEPT)).where(table.c.screening_id == screening_id).order_by(table.c.version)
            found += [_build_version(row) for row in self._connection.execute(query).mappings()]
        return found

    def forget(self, screening_id: str) -> None:
        """Delete the report and its history."""
        for table in (earlier_reports, reports):
            self._connection.execute(table.delete().where(table.c.screening_id == screening_id))

    def differences_of(self, screening_ids: Sequence[str]) -> Mapping[str, Difference]:
        """Select the differences without the documents."""
        query = sa.select(reports.c.screening_id, reports.c.difference_cm, reports.c.difference_std_cm, reports.c.scope)
        rows = self._connection.execute(query.where(reports.c.screening_id.in_(screening_ids), reports.c.difference_cm.is_not(None))).all()
        return {screening_id: Difference(value_cm=value, std_cm=std, scope=scope) for screening_id, value, std, scope in rows}

    def differences_since(self, squad_id: str, since: datetime) -> Sequence[DatedDifference]:
        """Select the differences without the documents, athlete by athlete."""
        query = (
            sa.select(screenings.c.athlete_id, screenings.c.created_at, reports.c.difference_cm)
            .join(squad_athletes, screenings.c.athlete_id == squad_athletes.c.athlete_id)
            .join(reports, reports.c.screening_id == screenings.c.screening_id)
            .where(squad_athletes.c.squad_id == squad_id, screenings.c.created_at >= since, screenings.c.repeat_of.is_(None))
            .where(reports.c.difference_cm.is_not(None), reports.c.scope == "side_difference")
            .order_by(screenings.c.created_at, screenings.c.screening_id)
        )
        return [DatedDifference(athlete_id=athlete_id, at=at, value_cm=value) for athlete_id, at, value in self._connection.execute(query).all()]

    def _keep_earlier(self, screening_id: str, version: int) -> None:
        older = sa.select(*(reports.c[name] for name in _KEPT)).where(reports.c.screening_id == screening_id, reports.c.version < version)
        self._connection.execute(earlier_reports.insert().from_select(list(_KEPT), older))


def _build_version(row: sa.RowMapping) -> ReportVersion:
    return ReportVersion(number=row["version"], made_at=row["created_at"], changed_by=row["changed_by"], reason=row["change_reason"], document=row["document"])
