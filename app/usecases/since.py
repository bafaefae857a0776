"""What changed since last time: each leg of one screening against the session before it, and against the baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.assessment.measurement import Side
from app.assessment.readings import HeadlineKey
from app.assessment.trend import ANGLE_TREND, DISTANCE_TREND, Trend, TrendParams, TrendPoint
from app.ports.screenings import Screening
from app.usecases.following import Course, build_courses
from app.usecases.services import Services
from calibration.quantity import Quantity

_COVERAGE = 1.96
_SIDES: tuple[Side, ...] = ("left", "right")
_JUDGED: tuple[tuple[HeadlineKey, TrendParams], ...] = (("toe_to_wall_cm", DISTANCE_TREND), ("shin_angle_deg", ANGLE_TREND))

StepVerdict = Literal["improved", "worse", "no_change", "at_least", "other_setting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One leg now and the time before.

    `change` is now less before, its std of camera and person together; None where the two are not to be compared: one of them is a lower bound
    (``"at_least"``), or something else is not as it was (``"other_setting"``). `trend` is that of all sessions up to this one.
    `now_by_hand`, `before_by_hand`: points of it were set by hand.
    """

    side: Side
    key: HeadlineKey
    now: TrendPoint
    before: TrendPoint
    before_id: str
    before_at: datetime
    verdict: StepVerdict
    change: Quantity | None
    trend: Trend
    now_by_hand: bool = False
    before_by_hand: bool = False


def find_since(screening: Screening, services: Services) -> tuple[Step, ...]:
    """Return what changed in each leg since the session before; nothing for nobody's clips, for a repeat, and for a leg's first session."""
    if screening.athlete_id is None or screening.repeat_of is not None:
        return ()
    with services.open_records() as records:
        athlete = records.athletes.find(screening.athlete_id)
        results = records.results_of([screening.athlete_id])
    own = next((number for number, result in enumerate(results) if result.screening_id == screening.screening_id), None)
    if athlete is None or own is None:
        return ()
    until = [*results[:own], *(result for result in results[own:] if result.screening_id == screening.screening_id)]
    legs = build_courses(until, athlete.baseline_from).legs
    steps = (
        next((step for key, params in _JUDGED if (step := _build_step(screening.screening_id, side, key, legs[side][key], params)) is not None), None)
        for side in _SIDES
    )
    return tuple(step for step in steps if step is not None)


def _build_step(screening_id: str, side: Side, key: HeadlineKey, course: Course, params: TrendParams) -> Step | None:
    """Return the last step of a course, where the screening is its last session and not its first."""
    if len(course.sessions) < 2 or course.sessions[-1].screening_id != screening_id:  # noqa: PLR2004 - a step needs two
        return None
    before, now = course.sessions[-2:]
    verdict, change = _judge(before.point, now.point, params, practised=len(course.sessions) - 2 >= params.practice)
    return Step(
        side=side,
        key=key,
        now=now.point,
        before=before.point,
        before_id=before.screening_id,
        before_at=before.at,
        verdict=verdict,
        change=change,
        trend=course.trend,
        now_by_hand=now.set_by_hand,
        before_by_hand=before.set_by_hand,
    )


def _judge(before: TrendPoint, now: TrendPoint, params: TrendParams, *, practised: bool) -> tuple[StepVerdict, Quantity | None]:
    """Hold one session against one.

    Notes
    -----
    Both are known to what a leg differs by from session to session and to what the camera is: the minimal detectable change of two single
    sessions. While the earlier one is practice, so much of a gain as practice makes is none.
    """
    if now.setting != before.setting:
        return "other_setting", None
    if now.lower_bound or before.lower_bound:
        return "at_least", None
    std = math.sqrt(now.value.std**2 + before.value.std**2 + 2 * params.person_std**2)
    change = Quantity(now.value.value - before.value.value, std, now.value.unit)
    learnt = 0.0 if practised else params.learning
    if change.value > _COVERAGE * std + learnt:
        return "improved", change
    return ("worse" if change.value < -_COVERAGE * std else "no_change"), change
