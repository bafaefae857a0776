"""How the legs of an athlete do over weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.assessment.measurement import Side
from app.assessment.readings import HeadlineKey
from app.assessment.trend import ANGLE_TREND, DIFFERENCE_TREND, DISTANCE_TREND, Trend, TrendParams, TrendPoint, compute_trend
from app.ports.records import LegNumbers, LegResult
from app.usecases.services import Services
from calibration.quantity import Quantity

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


@dataclass(frozen=True, slots=True)
class Courses:
    """Of each leg its numbers; and the distance of the left leg less that of the right one, of sessions that have both."""

    legs: Mapping[Side, Mapping[HeadlineKey, Course]]
    difference: Course


def follow_athlete(athlete_id: str, services: Services) -> Courses:
    """Return the course of each number of each leg; a repeat checks a session and is none of its own."""
    with services.open_records() as records:
        results = records.results_of([athlete_id])
    sessions = {side: {key: _list_sessions(results, side, key) for key in _JUDGED} for side in _SIDES}
    legs = {side: {key: _judge(own[key], params) for key, params in _JUDGED.items()} for side, own in sessions.items()}
    rights = {session.screening_id: session for session in sessions["right"]["toe_to_wall_cm"]}
    both = [(left, rights[left.screening_id]) for left in sessions["left"]["toe_to_wall_cm"] if left.screening_id in rights]
    return Courses(legs, _judge([_subtract(left, right) for left, right in both], DIFFERENCE_TREND))


def read_headline(numbers: LegNumbers | None, key: HeadlineKey) -> Quantity | None:
    """Return one headline number, None where there is none."""
    if numbers is None:
        return None
    value, std, unit = (
        (numbers.toe_to_wall_cm, numbers.toe_to_wall_std_cm, "cm") if key == "toe_to_wall_cm" else (numbers.shin_angle_deg, numbers.shin_angle_std_deg, "deg")
    )
    return None if value is None or std is None else Quantity(value, std, unit)


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


def _list_sessions(results: Sequence[LegResult], side: Side, key: HeadlineKey) -> list[Session]:
    return [session for result in results if result.side == side and (session := _build_session(result, key)) is not None]


def _build_session(result: LegResult, key: HeadlineKey) -> Session | None:
    value = read_headline(result.numbers, key)
    if value is None or result.numbers is None:
        return None
    point = TrendPoint(
        week=result.created_at.timestamp() / _SECONDS_A_WEEK,
        value=value,
        setting=f"{result.footwear}, {result.numbers.setting}",
        lower_bound=result.numbers.limit == "lower_bound",
    )
    return Session(result.screening_id, result.created_at, point)
