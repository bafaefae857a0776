"""A squad's table as its coaches work with it: narrowed by what they look for, with their notes and the last weeks beside the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.assessment.exceedance import EXCEEDANCE, count_false_flags
from app.ports.people import Athlete, Squad, SquadNote
from app.ports.records import UnitOfWork
from app.ports.reports import DatedDifference
from app.usecases.access import Actor
from app.usecases.errors import UnknownAthleteError
from app.usecases.matching import plain_letters
from app.usecases.services import Services
from app.usecases.squads import SquadTable, Standing, build_table

RECENT_WEEKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadFilter:
    """Who of a squad is looked for; what is not said narrows nothing. `above_cm` is one of the sizes that the table asks about."""

    retake: bool = False
    above_cm: float | None = None
    untested_days: int | None = None
    noted: bool = False
    name: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everybody is looked for."""
        return self == SquadFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedNote:
    """A note, with the address of the account that wrote it."""

    note: SquadNote
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The table of everybody, that of who was looked for, and by athlete the notes and the differences of the last weeks."""

    whole: SquadTable
    shown: SquadTable
    wanted: SquadFilter
    notes: Mapping[str, NamedNote]
    now: datetime
    recent: Mapping[str, Sequence[DatedDifference]] = field(default_factory=dict)


def build_overview(actor: Actor, squad: Squad, wanted: SquadFilter, services: Services, *, with_recent: bool = False) -> Overview:
    """Return how everybody of a squad stands, and who of them is looked for."""
    whole, now = build_table(actor, squad, services), services.clock.now()
    with services.open_records() as records:
        notes = records.squads.notes_of(squad.squad_id)
        emails = {account.account_id: account.email for account in records.accounts.list_all()} if notes else {}
        since = now - timedelta(weeks=RECENT_WEEKS)
        dated = records.reports.differences_since(squad.squad_id, since) if with_recent else ()
    named = {note.athlete_id: NamedNote(note=note, by=emails.get(note.written_by or "")) for note in notes}
    recent: dict[str, list[DatedDifference]] = {}
    for each in dated:
        recent.setdefault(each.athlete_id, []).append(each)
    return Overview(whole=whole, shown=_narrow(whole, wanted, named, now), wanted=wanted, notes=named, now=now, recent=recent)


def needs_retake(standing: Standing) -> bool:
    """Whether the newest finished screening left a leg without a distance."""
    return standing.screening_id is not None and not all(
        side in standing.legs and (numbers := standing.legs[side].numbers) is not None and numbers.toe_to_wall_cm is not None for side in ("left", "right")
    )


def find_note(squad: Squad, athlete: Athlete, services: Services) -> SquadNote | None:
    """Return the note about an athlete of a squad; raise `UnknownAthleteError` when they are not in it."""
    with services.open_records() as records:
        _require_member(squad, athlete, records)
        return next((note for note in records.squads.notes_about(athlete.athlete_id) if note.squad_id == squad.squad_id), None)


def write_note(actor: Actor, squad: Squad, athlete: Athlete, text: str, services: Services) -> None:
    """Keep what a coach notes about an athlete of a squad, in place of what was there; an empty note is none."""
    with services.open_records() as records:
        _require_member(squad, athlete, records)
        if text:
            at, by = services.clock.now(), actor.account_id
            records.squads.put_note(SquadNote(squad_id=squad.squad_id, athlete_id=athlete.athlete_id, text=text, written_at=at, written_by=by))
        else:
            records.squads.erase_note(squad.squad_id, athlete.athlete_id)
        records.commit()


def _require_member(squad: Squad, athlete: Athlete, records: UnitOfWork) -> None:
    if squad.squad_id not in {own.squad_id for own in records.squads.squads_of(athlete.athlete_id)}:
        raise UnknownAthleteError


def _narrow(whole: SquadTable, wanted: SquadFilter, notes: Mapping[str, NamedNote], now: datetime) -> SquadTable:
    """Return the table of who is looked for, with the false flags that are expected among them."""
    if wanted.is_empty:
        return whole
    standings = tuple(standing for standing in whole.standings if _is_wanted(standing, wanted, notes, now))
    small = [each.beyond_small for each in standings if each.beyond_small is not None]
    large = [each.beyond_large for each in standings if each.beyond_large is not None]
    return replace(
        whole,
        standings=standings,
        named_small=sum(map(_is_named, small)),
        named_large=sum(map(_is_named, large)),
        false_small=count_false_flags(small),
        false_large=count_false_flags(large),
    )


def _is_wanted(standing: Standing, wanted: SquadFilter, notes: Mapping[str, NamedNote], now: datetime) -> bool:
    likely = standing.beyond_small if wanted.above_cm == EXCEEDANCE.small_cm else standing.beyond_large
    return (
        (not wanted.retake or needs_retake(standing))
        and (wanted.above_cm is None or (likely is not None and _is_named(likely)))
        and (wanted.untested_days is None or standing.at is None or now - standing.at >= timedelta(days=wanted.untested_days))
        and (not wanted.noted or standing.athlete.athlete_id in notes)
        and (wanted.name is None or plain_letters(wanted.name) in plain_letters(standing.athlete.name))
    )


def _is_named(probability: float) -> bool:
    return probability >= EXCEEDANCE.flagged_from
