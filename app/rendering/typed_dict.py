"""Values that were read by hand as plain dicts, with what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.assessment.readings import REFERENCES
from app.rendering.checks_dict import READING_NAMES
from app.rendering.language import gettext as _
from app.rendering.measurement_dict import build_quantity_dict
from app.rendering.numbers import format_value, write_unit
from app.rendering.trend_dict import describe_trend
from app.usecases.typed_values import ByHand, TypedCourse


def build_typed_dict(courses: Sequence[TypedCourse]) -> list[dict[str, Any]]:
    """Build a dict for each leg and method; they stand beside the camera's numbers and are never joined with them."""
    return [_build_course_dict(course) for course in courses]


def build_hand_rows(values: Sequence[ByHand]) -> list[dict[str, Any]]:
    """Build the rows of a table of them, ready to print."""
    return [_build_hand_row(each) for each in values]


def _build_hand_row(value: ByHand) -> dict[str, Any]:
    return {
        "day": value.day,
        "side": value.side,
        "leg": _("Left") if value.side == "left" else _("Right"),
        "method": _(READING_NAMES[value.kind]),
        "value": f"{format_value(value.value)}{write_unit(REFERENCES[value.kind].unit)}",
        "screening": value.screening_id,
        "blind": value.blind,
    }


def _build_course_dict(course: TypedCourse) -> dict[str, Any]:
    trend = course.trend
    words = _("Too few values to tell a change.") if trend.change is None else describe_trend(REFERENCES[course.kind].key, trend)
    return {
        "side": course.side,
        "kind": course.kind,
        "values": [
            {"id": each.value_id, "measured_on": each.measured_on.isoformat(), "value": round(each.value, 2), "counts": number in trend.counted}
            for number, each in enumerate(course.values)
        ],
        "verdict": trend.verdict,
        "words": words,
        "change": build_quantity_dict(trend.change),
    }
