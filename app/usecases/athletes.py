"""Athletes: adding, finding and erasing them, and how their legs do over weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from app.assessment.measurement import Side
from app.assessment.readings import HeadlineKey
from app.assessment.trend import ANGLE_TREND, DIFFERENCE_TREND, DISTANCE_TREND, Trend, TrendParams, TrendPoint, compute_trend
from app.ports.records import Athlete, Attempt, Screening
from app.usecases.checks import read_number
from app.usecases.errors import UnknownAthleteError
from app.usecases.screenings import erase_screening
from app.usecases.services import Services

_SIDES: tuple[Side, ...] = ("left", "right")
_JUDGED: Mapping[HeadlineKey, TrendParams] = {"toe_to_wall_cm": DISTANCE_TREND, "shin_angle_deg": ANGLE_TREND}
_SECONDS_A_WEEK = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """One point of a series: which screening it is of, and when."""

    screening_id: str
    at: datetime
    point: TrendPoint


@dataclass(frozen=True, slots=True)
class Course:
    """One number of one leg over time, and what it says."""

    sessions: tuple[Session, ...]
    trend: Trend


def add_athlete(name: str, foot_length_cm: float | None, services: Services) -> Athlete:
    """Remember a new athlete."""
    athlete = Athlete(athlete_id=services.new_id(), name=name, created_at=services.clock.now(), foot_length_cm=foot_length_cm)
    with services.open_records() as records:
        records.add_athlete(athlete)
        records.commit()
    return athlete


def list_athletes(services: Services) -> Sequence[Athlete]:
    """All athletes, by name."""
    with services.open_records() as records:
        return records.list_athletes()


def find_athlete(athlete_id: str, services: Services) -> Athlete:
    """Return the athlete; raise `UnknownAthleteError` when there is none."""
    with services.open_records() as records:
        athlete = records.find_athlete(athlete_id)
    if athlete is None:
        raise UnknownAthleteError
    return athlete


def erase_athlete(athlete_id: str, services: Services) -> None:
    """Forget an athlete with all their screenings, files and waiting jobs."""
    find_athlete(athlete_id, services)
    with services.open_records() as records:
        own = [screening for screening in records.screenings_of(athlete_id) if screening.repeat_of is None]
    for screening in own:
        erase_screening(screening.screening_id, services)
    with services.open_records() as records:
        records.erase_athlete(athlete_id)
        records.commit()


@dataclass(frozen=True, slots=True)
class Courses:
    """Of each leg its numbers; and the distance of the left leg less that of the right one, of sessions that have both."""

    legs: Mapping[Side, Mapping[HeadlineKey, Course]]
    difference: Course


def follow_athlete(athlete_id: str, services: Services) -> Courses:
    """Return the course of each number of each leg; a repeat checks a session and is none of its own."""
    find_athlete(athlete_id, services)
    with services.open_records() as records:
        screenings = [screening for screening in records.screenings_of(athlete_id) if screening.repeat_of is None]
    sessions = {side: {key: _list_sessions(screenings, side, key) for key in _JUDGED} for side in _SIDES}
    legs = {side: {key: _judge(own[key], params) for key, params in _JUDGED.items()} for side, own in sessions.items()}
    rights = {session.screening_id: session for session in sessions["right"]["toe_to_wall_cm"]}
    both = [(left, rights[left.screening_id]) for left in sessions["left"]["toe_to_wall_cm"] if left.screening_id in rights]
    return Courses(legs, _judge([_subtract(left, right) for left, right in both], DIFFERENCE_TREND))


def _judge(sessions: Sequence[Session], params: TrendParams) -> Course:
    return Course(tuple(sessions), compute_trend([session.point for session in sessions], params))


def _subtract(left: Session, right: Session) -> Session:
    """Left less right. What both clips are wrong about alike is counted twice, not taken off: the plus-minus is rather too wide."""
    point = TrendPoint(
        week=left.point.week,
        value=left.point.value - right.point.value,
        setting=f"{left.point.setting}; {right.point.setting}",
        lower_bound=left.point.lower_bound or right.point.lower_bound,
    )
    return Session(left.screening_id, left.at, point)


def _list_sessions(screenings: Sequence[Screening], side: Side, key: HeadlineKey) -> list[Session]:
    return [session for screening in screenings if (session := _build_session(screening, side, key)) is not None]


def _build_session(screening: Screening, side: Side, key: HeadlineKey) -> Session | None:
    attempt = screening.attempt(side)
    value = None if attempt is None else read_number(attempt, key)
    if attempt is None or value is None:
        return None
    measured = cast("Mapping[str, Any]", attempt.measurement)
    point = TrendPoint(
        week=screening.created_at.timestamp() / _SECONDS_A_WEEK,
        value=value,
        setting=_describe_setting(screening, attempt),
        lower_bound=measured["limit"] == "lower_bound",
    )
    return Session(screening.screening_id, screening.created_at, point)


def _describe_setting(screening: Screening, attempt: Attempt) -> str:
    """Say what must stay the same for two numbers to be of one series: definition, footwear, where centimetres come from, and the model."""
    measured = cast("Mapping[str, Any]", attempt.measurement)
    return ", ".join((str(measured["schema"]), screening.footwear, f"scale {measured['scale']['source']}", f"model {measured['provenance']['model']}"))
