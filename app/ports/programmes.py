"""What is remembered about home programmes: the answers, every version of the plan, what was logged, and templates of squads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from app.assessment.measurement import Side
from app.assessment.programme.intake import Equipment, Goal, Intake, RedFlag, Sport
from app.assessment.programme.logs import ItemLog, Swelling
from app.assessment.programme.plan import Overrides, Plan, Progress

VersionCause = Literal["answers", "step", "change", "template"]
"""Why a plan was made anew: answers, a step that was taken, a change by a coach or clinician, a squad's template."""
LetterLanguage = Literal["en", "de"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """An athlete's home programme; `letters` is the language in which they asked to be reminded by e-mail, and `lettered_on` the day of the last one."""

    programme_id: str
    athlete_id: str
    began: date
    letters: LetterLanguage | None = None
    lettered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """What a plan was made of and what came of it; `plan` is None where the advice to be seen stood in its place.

    From `since` on what is logged is about this version, or about one that differs by a professional's change only;
    `intake` holds the answers as they were given at `answered_at`. `made_by` is the id of an account.
    """

    programme_id: str
    number: int
    made_at: datetime
    cause: VersionCause
    since: date
    answered_at: datetime
    intake: Intake
    progress: Progress
    overrides: Overrides
    plan: Plan | None
    made_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was logged at once about a day; what was not said is None. `balance` and `hop` are as in the intake."""

    items: tuple[ItemLog, ...] = ()
    usual_before: bool | None = None
    swelling: Swelling | None = None
    pinched: frozenset[Side] | None = None
    red_flags: frozenset[RedFlag] | None = None
    balance: bool | None = None
    hop: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry of the log, under a key that whoever sent it chose: sent again it is the same entry. `day` is the day where the athlete is."""

    programme_id: str
    entry_key: str
    day: date
    said_at: datetime
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTemplate:
    """What a squad has in common: minutes, sport, goal, equipment, and what its coaches changed; never what somebody's leg answers for itself."""

    template_id: str
    squad_id: str
    name: str
    made_at: datetime
    minutes_a_day: int
    sport: Sport
    goal: Goal
    equipment: frozenset[Equipment]
    overrides: Overrides = field(default_factory=Overrides)


class ProgrammeRecords(Protocol):
    """Home programmes in a unit of work."""

    def add(self, programme: Programme) -> bool:
        """Remember a new one; False when the athlete has one already, or is gone."""

    def change(self, programme: Programme) -> None:
        """Keep what is said now about letters."""

    def find(self, athlete_id: str) -> Programme | None:
        """Return the programme of an athlete."""

    def list_all(self) -> Sequence[Programme]:
        """All programmes, by their ids."""

    def erase(self, programme_id: str) -> bool:
        """Forget a programme with everything of it; False when it was unknown."""

    def add_version(self, version: PlanVersion) -> bool:
        """Remember a version; False when somebody was quicker with one of its number, or the programme is gone."""

    def newest_version(self, programme_id: str) -> PlanVersion | None:
        """Return the version that holds now."""

    def versions_of(self, programme_id: str) -> Sequence[PlanVersion]:
        """All versions, oldest first."""

    def add_entry(self, entry: LogEntry) -> bool:
        """Remember an entry; False when it is there already, or the programme is gone."""

    def entries_of(self, programme_id: str) -> Sequence[LogEntry]:
        """All entries, by day, and those of a day in the order in which they were said."""

    def add_template(self, template: PlanTemplate) -> bool:
        """Remember a template; False when its squad is gone."""

    def find_template(self, template_id: str) -> PlanTemplate | None:
        """Return a template."""

    def templates_of(self, squad_id: str) -> Sequence[PlanTemplate]:
        """Templates of a squad, by name."""

    def erase_template(self, template_id: str) -> bool:
        """Forget a template; plans that were made with it stay."""
