"""Home programmes in an SQL database; answers, plans and what was said are documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from app.adapters.sql.ordering import by_code_point
from app.adapters.sql.tables import athletes, plan_entries, plan_templates, plan_versions, programmes, squads
from app.adapters.sql.writing import hold_row
from app.assessment.programme.intake import Intake
from app.assessment.programme.plan import Overrides, Plan, Progress
from app.ports.programmes import LogEntry, PlanTemplate, PlanVersion, Programme, Said

_DOCUMENTS: dict[str, TypeAdapter[Any]] = {
    "intake": TypeAdapter(Intake),
    "progress": TypeAdapter(Progress),
    "overrides": TypeAdapter(Overrides),
    "plan": TypeAdapter(Plan | None),
    "said": TypeAdapter(Said),
    "equipment": TypeAdapter(frozenset[str]),
}
"""Columns that hold a document, and of what."""


class SqlProgrammes:
    """ProgrammeRecords on the connection of a unit of work, which is told what was erased."""

    def __init__(self, connection: sa.Connection, note_erased: Callable[[Sequence[str]], None]) -> None:
        self._connection = connection
        self._note_erased = note_erased

    def add(self, programme: Programme) -> bool:
        """Insert a programme while its athlete is held, so that two at once make one."""
        if not hold_row(self._connection, athletes, athletes.c.athlete_id == programme.athlete_id) or self.find(programme.athlete_id) is not None:
            return False
        self._connection.execute(programmes.insert().values(_write(programme)))
        return True

    def change(self, programme: Programme) -> None:
        """Update the columns about letters."""
        values = {"letters": programme.letters, "lettered_on": programme.lettered_on}
        self._connection.execute(programmes.update().where(programmes.c.programme_id == programme.programme_id).values(values))

    def find(self, athlete_id: str) -> Programme | None:
        """Select one programme."""
        row = self._connection.execute(sa.select(programmes).where(programmes.c.athlete_id == athlete_id)).mappings().one_or_none()
        return None if row is None else Programme(**row)

    def list_all(self) -> Sequence[Programme]:
        """Select all programmes."""
        return [Programme(**row) for row in self._connection.execute(sa.select(programmes).order_by(programmes.c.programme_id)).mappings().all()]

    def erase(self, programme_id: str) -> bool:
        """Delete the row; versions and entries go with it."""
        self._note_erased([programme_id])
        return self._connection.execute(programmes.delete().where(programmes.c.programme_id == programme_id)).rowcount > 0

    def add_version(self, version: PlanVersion) -> bool:
        """Insert a version while its programme is held."""
        if not hold_row(self._connection, programmes, programmes.c.programme_id == version.programme_id):
            return False
        newest = self._connection.execute(sa.select(sa.func.max(plan_versions.c.number)).where(plan_versions.c.programme_id == version.programme_id)).scalar()
        if version.number != (newest or 0) + 1:
            return False
        self._connection.execute(plan_versions.insert().values(_write(version)))
        return True

    def newest_version(self, programme_id: str) -> PlanVersion | None:
        """Select the version with the highest number."""
        query = sa.select(plan_versions).where(plan_versions.c.programme_id == programme_id).order_by(plan_versions.c.number.desc()).limit(1)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else PlanVersion(**_read(row))

    def versions_of(self, programme_id: str) -> Sequence[PlanVersion]:
        """Select the versions."""
        query = sa.select(plan_versions).where(plan_versions.c.programme_id == programme_id).order_by(plan_versions.c.number)
        return [PlanVersion(**_read(row)) for row in self._connection.execute(query).mappings().all()]

    def add_entry(self, entry: LogEntry) -> bool:
        """Insert an entry while its programme is held, so that the same one twice at once is one."""
        if not hold_row(self._connection, programmes, programmes.c.programme_id == entry.programme_id):
            return False
        same = (plan_entries.c.programme_id == entry.programme_id, plan_entries.c.entry_key == entry.entry_key)
        if self._connection.execute(sa.select(plan_entries.c.entry_key).where(*same)).first() is not None:
            return False
        self._connection.execute(plan_entries.insert().values(_write(entry)))
        return True

    def entries_of(self, programme_id: str) -> Sequence[LogEntry]:
        """Select the entries."""
        order = (plan_entries.c.day, plan_entries.c.said_at, by_code_point(plan_entries.c.entry_key))
        rows = self._connection.execute(sa.select(plan_entries).where(plan_entries.c.programme_id == programme_id).order_by(*order)).mappings().all()
        return [LogEntry(**_read(row)) for row in rows]

    def add_template(self, template: PlanTemplate) -> bool:
        """Insert a template while its squad is held."""
        if not hold_row(self._connection, squads, squads.c.squad_id == template.squad_id):
            return False
        self._connection.execute(plan_templates.insert().values(_write(template)))
        return True

    def find_template(self, template_id: str) -> PlanTemplate | None:
        """Select one template."""
        row = self._connection.execute(sa.select(plan_templates).where(plan_templates.c.template_id == template_id)).mappings().one_or_none()
        return None if row is None else PlanTemplate(**_read(row))

    def templates_of(self, squad_id: str) -> Sequence[PlanTemplate]:
        """Select the templates of a squad."""
        query = sa.select(plan_templates).where(plan_templates.c.squad_id == squad_id)
        rows = self._connection.execute(query.order_by(by_code_point(plan_templates.c.name), plan_templates.c.template_id)).mappings().all()
        return [PlanTemplate(**_read(row)) for row in rows]

    def erase_template(self, template_id: str) -> bool:
        """Delete a template."""
        return self._connection.execute(plan_templates.delete().where(plan_templates.c.template_id == template_id)).rowcount > 0


def _write(record: Programme | PlanVersion | LogEntry | PlanTemplate) -> dict[str, Any]:
    """Return the columns of a record."""
    values = {name: getattr(record, name) for name in record.__slots__}
    return {name: _DOCUMENTS[name].dump_python(value, mode="json") if name in _DOCUMENTS else value for name, value in values.items()}


def _read(row: sa.RowMapping) -> dict[str, Any]:
    """Return the fields of a record."""
    return {name: _DOCUMENTS[name].validate_python(value) if name in _DOCUMENTS else value for name, value in row.items()}
