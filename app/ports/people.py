"""What is remembered about the people who are measured: athletes, their squads, their consent, and who looked at their results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from app.assessment.measurement import Side
from app.assessment.readings import ReadingKind

Sex = Literal["female", "male", "other"]
Consenter = Literal["athlete", "guardian"]
LengthOrigin = Literal["typed", "learnt"]
"""Where a foot length comes from: a person said it, or clips with the sheet showed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Athlete:
    """A person who is measured again and again; only the name must be said.

    `foot_length_cm` is that of the bare foot, known from where and since when; `foot_length_std_cm` its standard uncertainty where it was learnt, None where
    it was typed. `baseline_from` is the first session of the baseline, where a person chose it.
    """

    athlete_id: str
    name: str
    created_at: datetime
    foot_length_cm: float | None = None
    foot_length_std_cm: float | None = None
    foot_length_origin: LengthOrigin | None = None
    foot_length_since: datetime | None = None
    height_cm: float | None = None
    dominant_leg: Side | None = None
    injuries: str | None = None
    under_18: bool | None = None
    year_of_birth: int | None = None
    sex: Sex | None = None
    baseline_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Squad:
    """Athletes whom the same coaches look after."""

    squad_id: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadNote:
    """What a coach notes about an athlete of a squad; it goes when the athlete leaves. `written_by` is the id of an account."""

    squad_id: str
    athlete_id: str
    text: str
    written_at: datetime
    written_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """That a person, or their guardian, agreed to being filmed and measured; `recorded_by` is the account that wrote it down."""

    athlete_id: str
    given_by: Consenter
    given_at: datetime
    recorded_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """That somebody looked at results of an athlete; one a day for each looker and thing. `looker` is the id of an account or of a link."""

    athlete_id: str
    looker: str
    what: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedValue:
    """What was read by hand on some day, before or beside the camera: a method of its own, never joined with the camera's numbers."""

    value_id: str
    athlete_id: str
    measured_on: date
    side: Side
    kind: ReadingKind
    value: float


class AthleteRecords(Protocol):
    """Athletes in a unit of work."""

    def add(self, athlete: Athlete) -> None:
        """Remember a new athlete."""

    def change(self, athlete: Athlete) -> None:
        """Keep what is said now in place of what was said before."""

    def find(self, athlete_id: str) -> Athlete | None:
        """Return the athlete, or None when they are unknown or erased."""

    def list_all(self) -> Sequence[Athlete]:
        """All athletes, by name."""

    def erase(self, athlete_id: str) -> bool:
        """Forget an athlete, everything of their screenings, and every account, grant, consent and look of theirs; False when they were unknown."""

    def put_consent(self, consent: Consent) -> None:
        """Keep a consent, in place of an earlier one."""

    def find_consent(self, athlete_id: str) -> Consent | None:
        """Return the consent, or None when there is none."""

    def withdraw_consent(self, athlete_id: str) -> None:
        """Forget the consent."""

    def note_looks(self, seen: Sequence[Look]) -> None:
        """Remember looks of one looker at one thing on one day; the same ones again change nothing."""

    def add_typed(self, typed: TypedValue) -> None:
        """Remember a value that was read by hand; it takes the place of an earlier one of the same day, side and kind."""

    def typed_of(self, athlete_id: str) -> Sequence[TypedValue]:
        """Values of an athlete that were read by hand, oldest first."""

    def erase_typed(self, athlete_id: str, value_id: str) -> bool:
        """Forget one; False when it was unknown."""

    def looks_at(self, athlete_id: str) -> Sequence[Look]:
        """Every look at an athlete's results, newest day first."""


class SquadRecords(Protocol):
    """Squads in a unit of work, who is in them and who coaches them."""

    def add(self, squad: Squad) -> None:
        """Remember a new squad."""

    def find(self, squad_id: str) -> Squad | None:
        """Return the squad, or None when it is unknown or erased."""

    def list_all(self) -> Sequence[Squad]:
        """All squads, by name."""

    def coached_by(self, account_id: str) -> Sequence[Squad]:
        """Squads of a coach, by name."""

    def squads_of(self, athlete_id: str) -> Sequence[Squad]:
        """Squads of an athlete, by name."""

    def athletes_of(self, squad_id: str) -> Sequence[Athlete]:
        """Athletes of a squad, by name."""

    def coaches_of(self, squad_id: str) -> frozenset[str]:
        """Ids of the accounts that coach a squad."""

    def join(self, squad_id: str, athlete_id: str) -> None:
        """Put an athlete into a squad; doing it twice changes nothing."""

    def leave(self, squad_id: str, athlete_id: str) -> None:
        """Take an athlete out of a squad."""

    def put_note(self, note: SquadNote) -> None:
        """Keep a note in place of an earlier one; about somebody who is not in the squad it is dropped."""

    def erase_note(self, squad_id: str, athlete_id: str) -> None:
        """Forget a note."""

    def notes_of(self, squad_id: str) -> Sequence[SquadNote]:
        """Return the notes about athletes of a squad, by the athletes' ids."""

    def notes_about(self, athlete_id: str) -> Sequence[SquadNote]:
        """Return the notes about an athlete, by the squads' ids."""

    def put_coach(self, squad_id: str, account_id: str) -> None:
        """Let an account coach a squad; doing it twice changes nothing."""

    def drop_coach(self, squad_id: str, account_id: str) -> None:
        """Let an account no longer coach a squad."""

    def erase(self, squad_id: str) -> bool:
        """Forget a squad; its athletes stay. False when it was unknown."""
