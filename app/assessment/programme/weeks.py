"""A week that fits: which exercise on which day, the more important first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.assessment.measurement import Side
from app.assessment.programme.library import Dose, Exercise
from app.assessment.programme.plan import LeftOut, PlanItem, ReasonCode

MOST_A_DAY = 8
"""Exercises on one day: more is not done for long."""
MOST_ITEMS = 12
"""Different exercises in a plan; what a professional adds is not counted out."""
_STRENGTH = ((0, 2, 4), (1, 3, 5), (2, 4, 6), (0, 3, 5), (1, 4, 6))
"""At least three times a week, with a day between."""
_MOBILITY = ((0, 3), (1, 4), (2, 5), (3, 6), (0, 4), (1, 5), (2, 6))
"""Daily if it can be, at least twice a week."""
_DAYS = range(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An exercise that is to have its days; `first` is what a professional asked for."""

    exercise: Exercise
    dose: Dose
    legs: tuple[Side, ...]
    reasons: tuple[ReasonCode, ...]
    first: bool = False

    def seconds(self, dose: Dose) -> int:
        """Return how long it takes on a day."""
        return dose.seconds * (1 if self.exercise.together else len(self.legs))


@dataclass(slots=True)
class _Week:
    left_s: list[int]
    count: list[int] = field(default_factory=lambda: [0] * 7)

    def fits(self, days: Sequence[int], seconds: int) -> bool:
        return all(self.left_s[day] >= seconds and self.count[day] < MOST_A_DAY for day in days)

    def take(self, days: Sequence[int], seconds: int) -> None:
        for day in days:
            self.left_s[day] -= seconds
            self.count[day] += 1


def find_most_items(minutes_a_day: int) -> int:
    """Return how many different exercises come first: few for few minutes, so that each comes often."""
    return min(MOST_ITEMS, 2 + minutes_a_day // 4)


def lay_week(wanted: Sequence[Wanted], minutes_a_day: int) -> tuple[tuple[PlanItem, ...], tuple[LeftOut, ...]]:
    """Give exercises their days in the order of their importance: the first few as often as they must be, then daily where it fits, then the others."""
    week = _Week([minutes_a_day * 60] * 7)
    asked = [each for each in wanted if each.first]
    chosen = [each for each in wanted if not each.first]
    first = asked + chosen[: max(find_most_items(minutes_a_day) - len(asked), 0)]
    laid = _lay(first, week)
    laid += _lay([each for each in chosen if each not in first], week, room=MOST_ITEMS - sum(isinstance(each, PlanItem) for each in laid))
    return tuple(each for each in laid if isinstance(each, PlanItem)), tuple(each for each in laid if isinstance(each, LeftOut))


def _lay(wanted: Sequence[Wanted], week: _Week, room: int | None = None) -> list[PlanItem | LeftOut]:
    laid: list[PlanItem | LeftOut] = []
    for each in wanted:
        full = room is not None and sum(isinstance(item, PlanItem) for item in laid) >= room
        laid.append(LeftOut(exercise_id=each.exercise.id, why="enough") if full else _place(each, week))
    return [_add_days(each, item, week) if isinstance(item, PlanItem) else item for each, item in zip(wanted, laid, strict=True)]


def _place(wanted: Wanted, week: _Week) -> PlanItem | LeftOut:
    for dose in dict.fromkeys([wanted.dose, replace(wanted.dose, sets=1)]):
        seconds = wanted.seconds(dose)
        fitting = [days for days in (_STRENGTH if wanted.exercise.kind == "strength" else _MOBILITY) if week.fits(days, seconds)]
        if fitting:
            days = max(fitting, key=lambda days: min(week.left_s[day] for day in days))
            week.take(days, seconds)
            return PlanItem(
                exercise_id=wanted.exercise.id,
                legs=wanted.legs,
                dose=dose,
                days=days,
                seconds=seconds,
                reasons=wanted.reasons,
                shortened=dose != wanted.dose,
            )
    return LeftOut(exercise_id=wanted.exercise.id, why="no_time", by_clinician=wanted.first)


def _add_days(wanted: Wanted, item: PlanItem, week: _Week) -> PlanItem:
    if wanted.exercise.kind == "strength":
        return item
    days = list(item.days)
    for day in _DAYS:
        if day not in days and week.fits([day], item.seconds):
            week.take([day], item.seconds)
            days.append(day)
    return replace(item, days=tuple(sorted(days)))
