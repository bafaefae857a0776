"""A few athletes of a squad side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.ports.people import Athlete, Squad
from app.usecases.access import Actor, note_looks
from app.usecases.errors import MalformedSubmissionError, UnknownAthleteError
from app.usecases.following import Courses, build_courses
from app.usecases.services import Services

FEWEST, MOST = 2, 4


@dataclass(frozen=True, slots=True)
class Compared:
    """One of them, and how their legs do over weeks."""

    athlete: Athlete
    courses: Courses


def compare_athletes(actor: Actor, squad: Squad, athlete_ids: Sequence[str], services: Services) -> list[Compared]:
    """Return each chosen athlete of a squad with the course of their legs, in the order in which they were chosen; that somebody looked is remembered."""
    chosen = tuple(dict.fromkeys(athlete_ids))
    if not FEWEST <= len(chosen) <= MOST:
        raise MalformedSubmissionError((f"athlete: found {len(chosen)}; expected {FEWEST} to {MOST} athletes of this squad",))
    with services.open_records() as records:
        members = {athlete.athlete_id: athlete for athlete in records.squads.athletes_of(squad.squad_id)}
        if not set(chosen) <= set(members):
            raise UnknownAthleteError
        results = records.results_of(chosen)
        note_looks(actor, chosen, "comparison", records, services)
        records.commit()
    own = {athlete_id: [result for result in results if result.athlete_id == athlete_id] for athlete_id in chosen}
    return [Compared(members[athlete_id], build_courses(own[athlete_id], members[athlete_id].baseline_from)) for athlete_id in chosen]
