"""Values that were read by hand, before the camera or beside it: kept, shown and followed as a method of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.assessment.measurement import Side
from app.assessment.readings import REFERENCES, ReadingKind
from app.assessment.trend import ANGLE_TREND, DISTANCE_TREND, Trend, TrendParams, TrendPoint, compute_trend
from app.ports.people import Athlete, TypedValue
from app.usecases.days import find_latest_day
from app.usecases.errors import MalformedSubmissionError, UnknownValueError
from app.usecases.services import Services
from calibration.quantity import Quantity

_JUDGED: Mapping[ReadingKind, TrendParams] = {"tape_cm": DISTANCE_TREND, "inclinometer_deg": ANGLE_TREND}
"""What a session scatters by was measured with tape and inclinometer; with their own error beside it, a change is told rather too late than too early."""
_SIDES: tuple[Side, ...] = ("left", "right")
_DAYS_A_WEEK = 7
_UNIT_WORDS: Mapping[str, str] = {"cm": "cm", "deg": "degrees"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """A value to be kept; `place` is where it stands in what was sent (None: its number among the values), `column` what its value is called there."""

    measured_on: date
    side: Side
    kind: ReadingKind
    value: float
    place: str | None = None
    column: str = "value"


@dataclass(frozen=True, slots=True)
class TypedCourse:
    """Values of one leg by one method, oldest first, and what they say."""

    side: Side
    kind: ReadingKind
    values: tuple[TypedValue, ...]
    trend: Trend


@dataclass(frozen=True, slots=True)
class ByHand:
    """What was read by hand on a day; `screening_id` is the screening beside which it was typed, `blind` whether that was before its result was seen."""

    day: date
    side: Side
    kind: ReadingKind
    value: float
    screening_id: str | None = None
    blind: bool = False


def type_values(athlete: Athlete, values: Sequence[NewValue], services: Services) -> None:
    """Keep all values or none; one takes the place of an earlier one of the same day, leg and method."""
    latest = find_latest_day(services.clock.now())
    problems = [problem for number, value in enumerate(values, 1) if (problem := _find_problem(number, value, latest)) is not None]
    if problems:
        raise MalformedSubmissionError(tuple(problems))
    with services.open_records() as records:
        for value in values:
            own = TypedValue(
                value_id=services.new_id(),
                athlete_id=athlete.athlete_id,
                measured_on=value.measured_on,
                side=value.side,
                kind=value.kind,
                value=value.value,
            )
            records.athletes.add_typed(own)
        records.commit()


def erase_value(athlete: Athlete, value_id: str, services: Services) -> None:
    """Forget one value."""
    with services.open_records() as records:
        if not records.athletes.erase_typed(athlete.athlete_id, value_id):
            raise UnknownValueError
        records.commit()


def follow_typed(athlete: Athlete, services: Services) -> list[TypedCourse]:
    """Return the course of each leg by each method that it has values of."""
    with services.open_records() as records:
        typed = records.athletes.typed_of(athlete.athlete_id)
    courses = []
    for side in _SIDES:
        for kind, params in _JUDGED.items():
            own = tuple(value for value in typed if (value.side, value.kind) == (side, kind))
            if own:
                reference = REFERENCES[kind]
                values = [Quantity(each.value, reference.sem, reference.unit) for each in own]
                points = [TrendPoint(week=each.measured_on.toordinal() / _DAYS_A_WEEK, value=value) for each, value in zip(own, values, strict=True)]
                courses.append(TypedCourse(side, kind, own, compute_trend(points, params)))
    return courses


def list_by_hand(athlete: Athlete, services: Services) -> list[ByHand]:
    """Return all that was read by hand off an athlete's legs, for a day or beside clips, the newest first, left before right."""
    with services.open_records() as records:
        typed = records.athletes.typed_of(athlete.athlete_id)
        readings = records.readings_of(athlete.athlete_id)
    found = [ByHand(each.measured_on, each.side, each.kind, each.value) for each in typed]
    for each in readings:
        said = each.reading
        found.append(ByHand(each.created_at.date(), each.side, said.kind, said.value, each.screening_id, blind=said.blind))
    return sorted(sorted(found, key=lambda each: each.side), key=lambda each: each.day, reverse=True)


def _find_problem(number: int, value: NewValue, latest: date) -> str | None:
    params = REFERENCES[value.kind]
    place = f"value {number}" if value.place is None else value.place
    before = f"{place}, " if place else ""
    if not params.least <= value.value <= params.greatest:
        return f"{before}{value.column}: found {value.value:g} {_UNIT_WORDS[params.unit]}; expected {params.least:g} to {params.greatest:g}"
    if value.measured_on > latest:
        return f"{before}measured_on: found the day {value.measured_on}; expected one that has been"
    return None
