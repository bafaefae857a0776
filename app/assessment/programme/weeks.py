"""A week that fits: which exercise on which day, the more important first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.assessment.measurement import Side
from app.assessment.programme.library import Dose, Exercise
from app.assessment.programme.plan import LeftOut, PlanItem, ReasonCode

MOST_A_DAY = 8
"""Exercises on one day: more is not done for long."""
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
    """Return how many different exercises a plan has at most: few for few minutes, so that each comes often."""
    return min(12, 2 + minutes_a_day // 4)


def lay_week(wanted: Sequence[Wanted], minutes_a_day: int) -> tuple[tuple[PlanItem, ...], tuple[LeftOut, ...]]:
    """Give exercises their days in the order of their importance: first as often as they must be, then mobility daily where it fits."""
    week = _Week([minutes_a_day * 60] * 7)
    items: list[tuple[Wanted, PlanItem]] = []
    left: list[LeftOut] = []
    most = find_most_items(minutes_a_day)
    for each in wanted:
        item = _place(each, week) if each.first or len(items) < most else None
        if item is None:
            left.append(LeftOut(exercise_id=each.exercise.id, why="no_time", by_clinician=each.first))
        else:
            items.append((each, item))
    return tuple(_add_days(each, item, week) for each, item in items), tuple(left)


def _place(wanted: Wanted, week: _Week) -> PlanItem | None:
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
    return None


def _add_days(wanted: Wanted, item: PlanItem, week: _Week) -> PlanItem:
    if wanted.exercise.kind == "strength":
        return item
    days = list(item.days)
    for day in _DAYS:
        if day not in days and week.fits([day], item.seconds):
            week.take([day], item.seconds)
            days.append(day)
    return replace(item, days=tuple(sorted(days)))
