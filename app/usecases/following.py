"""How the legs of an athlete do over weeks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from app.assessment.exceedance import EXCEEDANCE, compute_exceedance
from app.assessment.measurement import Side
from app.assessment.programme.logs import DayLog
from app.assessment.readings import HeadlineKey
from app.assessment.trend import ANGLE_TREND, DIFFERENCE_TREND, DISTANCE_TREND, Trend, TrendParams, TrendPoint, compute_trend
from app.ports.people import Athlete
from app.ports.screenings import LegNumbers, LegResult
from app.usecases.comparability import Change, Parts, find_states, list_changes, list_parts, write_setting
from app.usecases.day_logs import find_logs
from app.usecases.foot_lengths import LearntFoot, learn_foot
from app.usecases.reminding import PAIN_TO_STOP_AT, NextTest, find_next_test
from app.usecases.same_clips import drop_sent_again
from app.usecases.services import Services
from calibration.quantity import Quantity

_SIDES: tuple[Side, ...] = ("left", "right")
_JUDGED: Mapping[HeadlineKey, TrendParams] = {"toe_to_wall_cm": DISTANCE_TREND, "shin_angle_deg": ANGLE_TREND}
_SECONDS_A_WEEK = 7 * 24 * 3600
_WEEKS_WITHOUT_CHANGE = 12
"""After three months of exercise without any gain physiotherapists' guides advise to be assessed: a rule of thumb, not a trial."""
_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Session:
    """One point of a series: which screening it is of, when, how much it hurt, how often it was put right, and whether points of it were set by hand.

    `parts` is what its setting is made of, and `changes` what of it is not as in the session before.
    """

    screening_id: str
    at: datetime
    point: TrendPoint
    pain: int | None = None
    version: int = 1
    set_by_hand: bool = False
    parts: Parts = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """One number of one leg over time, and what it says."""

    sessions: tuple[Session, ...]
    trend: Trend


SuggestionCode = Literal["no_change_for_weeks", "new_pain", "difference"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reason to let a professional look at it; `value` is the weeks, the pain, or the difference in cm that it rests on."""

    code: SuggestionCode
    value: float
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Courses:
    """Of each leg its numbers; and the distance of the left leg less that of the right one, of sessions that have both."""

    legs: Mapping[Side, Mapping[HeadlineKey, Course]]
    difference: Course
    next_test: NextTest
    suggestions: tuple[Suggestion, ...] = ()
    learnt: LearntFoot | None = None


def follow_athlete(athlete: Athlete, services: Services) -> Courses:
    """Return the course of each number of each leg; a repeat checks a session and is none of its own."""
    with services.open_records() as records:
        results = records.results_of([athlete.athlete_id])
        logs = find_logs(athlete.athlete_id, records)
    return build_courses(results, athlete.baseline_from, logs)


def build_courses(results: Sequence[LegResult], baseline_from: datetime | None, logs: Sequence[DayLog] = ()) -> Courses:
    """Return the course of each number of each leg from what became of them, oldest first.

    A clip that was sent again is one session, with the first screening that measured it; logs of a home programme can pause the next test.
    """
    since = None if baseline_from is None else _count_weeks(baseline_from)
    states = find_states(results)
    once = drop_sent_again(results)
    sessions = {side: {key: _list_sessions(once, side, key, states) for key in _JUDGED} for side in _SIDES}
    legs = {side: {key: _judge(own[key], params, since) for key, params in _JUDGED.items()} for side, own in sessions.items()}
    rights = {session.screening_id: session for session in sessions["right"]["toe_to_wall_cm"]}
    both = [(left, rights[left.screening_id]) for left in sessions["left"]["toe_to_wall_cm"] if left.screening_id in rights]
    difference = _judge([_subtract(left, right) for left, right in both], DIFFERENCE_TREND, since)
    suggestions = (*_suggest_for_change(legs), *_suggest_for_pain(results), *_suggest_for_difference(difference))
    return Courses(legs, difference, find_next_test(results, logs), suggestions, learn_foot(results))


def _suggest_for_change(legs: Mapping[Side, Mapping[HeadlineKey, Course]]) -> Iterator[Suggestion]:
    for side, own in legs.items():
        course = own["toe_to_wall_cm"]
        if course.trend.verdict == "no_change":
            weeks = [course.sessions[number].point.week for number in course.trend.counted]
            if weeks[-1] - weeks[0] >= _WEEKS_WITHOUT_CHANGE:
                yield Suggestion("no_change_for_weeks", weeks[-1] - weeks[0], side)


def _suggest_for_pain(results: Sequence[LegResult]) -> Iterator[Suggestion]:
    said = list({result.screening_id: result.pain for result in results if result.pain is not None}.values())
    if said and said[-1] > PAIN_TO_STOP_AT and all(pain <= PAIN_TO_STOP_AT for pain in said[:-1]):
        yield Suggestion("new_pain", said[-1])


def _suggest_for_difference(difference: Course) -> Iterator[Suggestion]:
    """Twice in a row, because one of many sessions is far out by chance."""
    last = [session.point.value for session in difference.sessions if not session.point.lower_bound][-_IN_A_ROW:]
    if len(last) == _IN_A_ROW and all(compute_exceedance(value, EXCEEDANCE.large_cm) >= EXCEEDANCE.flagged_from for value in last):
        yield Suggestion("difference", last[-1].value)


def read_headline(numbers: LegNumbers | None, key: HeadlineKey) -> Quantity | None:
    """Return one headline number, None where there is none."""
    if numbers is None:
        return None
    value, std, unit = (
        (numbers.toe_to_wall_cm, numbers.toe_to_wall_std_cm, "cm") if key == "toe_to_wall_cm" else (numbers.shin_angle_deg, numbers.shin_angle_std_deg, "deg")
    )
    return None if value is None or std is None else Quantity(value, std, unit)


def _count_weeks(at: datetime) -> float:
    return at.timestamp() / _SECONDS_A_WEEK


def _judge(sessions: Sequence[Session], params: TrendParams, since: float | None) -> Course:
    before = [None, *sessions][: len(sessions)]
    told = tuple(replace(own, changes=list_changes(last.parts, own.parts)) if last else own for last, own in zip(before, sessions, strict=True))
    return Course(told, compute_trend([session.point for session in sessions], params, baseline_from=since))


def _subtract(left: Session, right: Session) -> Session:
    """Left less right. What both clips are wrong about alike is counted twice, not taken off: the plus-minus is rather too wide."""
    point = TrendPoint(
        week=left.point.week,
        value=left.point.value - right.point.value,
        setting=f"{left.point.setting}; {right.point.setting}",
        lower_bound=left.point.lower_bound or right.point.lower_bound,
    )
    return replace(left, point=point, parts=left.parts + right.parts, set_by_hand=left.set_by_hand or right.set_by_hand)


def _list_sessions(results: Sequence[LegResult], side: Side, key: HeadlineKey, states: Mapping[str, str]) -> list[Session]:
    own = [result for result in results if result.side == side]
    return [session for result in own if (session := _build_session(result, key, states[result.screening_id])) is not None]


def _build_session(result: LegResult, key: HeadlineKey, state: str) -> Session | None:
    value = read_headline(result.numbers, key)
    if value is None or result.numbers is None:
        return None
    parts = list_parts(result, state)
    at_least = result.numbers.limit == "lower_bound"
    point = TrendPoint(week=_count_weeks(result.created_at), value=value, setting=write_setting(parts), lower_bound=at_least)
    return Session(
        result.screening_id,
        result.created_at,
        point,
        pain=result.pain,
        version=result.version,
        set_by_hand=result.numbers.set_by_hand,
        parts=parts,
    )
