"""The fake ProgrammeRecords."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.ports.programmes import LogEntry, PlanTemplate, PlanVersion, Programme

if TYPE_CHECKING:
    from tests.fakes.records import FakeRecords


class FakeProgrammes:
    """ProgrammeRecords over dicts."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def add(self, programme: Programme) -> bool:
        if programme.athlete_id not in self._own.athletes or self.find(programme.athlete_id) is not None:
            return False
        self._own.programmes[programme.programme_id] = programme
        return True

    def change(self, programme: Programme) -> None:
        known = self._own.programmes.get(programme.programme_id)
        if known is not None:
            self._own.programmes[programme.programme_id] = replace(known, letters=programme.letters, lettered_on=programme.lettered_on)

    def find(self, athlete_id: str) -> Programme | None:
        return next((each for each in self._own.programmes.values() if each.athlete_id == athlete_id), None)

    def list_all(self) -> Sequence[Programme]:
        return sorted(self._own.programmes.values(), key=lambda each: each.programme_id)

    def erase(self, programme_id: str) -> bool:
        self._own.erased.add(programme_id)
        self._own.plan_versions = [each for each in self._own.plan_versions if each.programme_id != programme_id]
        self._own.plan_entries = {key: each for key, each in self._own.plan_entries.items() if each.programme_id != programme_id}
        return self._own.programmes.pop(programme_id, None) is not None

    def add_version(self, version: PlanVersion) -> bool:
        if version.programme_id not in self._own.programmes or version.number != len(self.versions_of(version.programme_id)) + 1:
            return False
        self._own.plan_versions.append(version)
        return True

    def newest_version(self, programme_id: str) -> PlanVersion | None:
        own = self.versions_of(programme_id)
        return own[-1] if own else None

    def versions_of(self, programme_id: str) -> Sequence[PlanVersion]:
        return sorted((each for each in self._own.plan_versions if each.programme_id == programme_id), key=lambda each: each.number)

    def add_entry(self, entry: LogEntry) -> bool:
        key = (entry.programme_id, entry.entry_key)
        if entry.programme_id not in self._own.programmes or key in self._own.plan_entries:
            return False
        self._own.plan_entries[key] = entry
        return True

    def entries_of(self, programme_id: str) -> Sequence[LogEntry]:
        own = [each for each in self._own.plan_entries.values() if each.programme_id == programme_id]
        return sorted(own, key=lambda each: (each.day, each.said_at, each.entry_key))

    def add_template(self, template: PlanTemplate) -> bool:
        if template.squad_id not in self._own.squads:
            return False
        self._own.plan_templates[template.template_id] = template
        return True

    def find_template(self, template_id: str) -> PlanTemplate | None:
        return self._own.plan_templates.get(template_id)

    def templates_of(self, squad_id: str) -> Sequence[PlanTemplate]:
        return sorted((each for each in self._own.plan_templates.values() if each.squad_id == squad_id), key=lambda each: (each.name, each.template_id))

    def erase_template(self, template_id: str) -> bool:
        return self._own.plan_templates.pop(template_id, None) is not None
