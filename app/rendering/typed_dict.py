"""Values that were read by hand as plain dicts, with what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.assessment.readings import REFERENCES
from app.rendering.language import gettext as _
from app.rendering.measurement_dict import build_quantity_dict
from app.rendering.trend_dict import describe_trend
from app.usecases.typed_values import TypedCourse


def build_typed_dict(courses: Sequence[TypedCourse]) -> list[dict[str, Any]]:
    """Build a dict for each leg and method; they stand beside the camera's numbers and are never joined with them."""
    return [_build_course_dict(course) for course in courses]


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
