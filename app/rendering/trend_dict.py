"""The course of an athlete's numbers as a plain dict, its sentences included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.assessment.measurement import Side
from app.assessment.readings import HeadlineKey
from app.assessment.trend import Trend
from app.rendering.measurement_dict import build_quantity_dict, round_number
from app.rendering.numbers import UNITS, format_quantity
from app.usecases.athletes import Course
from app.usecases.checks import HEADLINE_UNITS


def build_trend_dict(courses: Mapping[Side, Mapping[HeadlineKey, Course]]) -> dict[str, Any]:
    """Build the dict: for each side and number its sessions, what counts of them, and what they say."""
    return {side: {key: _build_course_dict(key, course) for key, course in own.items()} for side, own in courses.items()}


def _build_course_dict(key: HeadlineKey, course: Course) -> dict[str, Any]:
    trend = course.trend
    sessions = [
        {
            "screening": session.screening_id,
            "at": session.at.isoformat(),
            "value": build_quantity_dict(session.point.value),
            "setting": session.point.setting,
            "lower_bound": session.point.lower_bound,
            "counts": number in trend.counted,
            "new_series": number in trend.breaks,
        }
        for number, session in enumerate(course.sessions)
    ]
    quantities = {name: build_quantity_dict(getattr(trend, name)) for name in ("baseline", "level", "change", "slope_per_week")}
    said = {"verdict": trend.verdict, "words": describe_trend(key, trend), "missing": trend.missing, "session_std": round_number(trend.session_std)}
    return {"sessions": sessions} | said | quantities


def describe_trend(key: HeadlineKey, trend: Trend) -> str:
    """Say in one sentence what changed, or what lacks for saying it."""
    if trend.change is None:
        more = "1 more session" if trend.missing == 1 else f"{trend.missing} more sessions"
        return f"Too few sessions to tell a change: {more} in the same footwear, farther back tried and failed, are needed."
    unit = HEADLINE_UNITS[key]
    change = format_quantity(build_quantity_dict(trend.change), unit, signed=True)
    words = {"improved": "Improved", "worse": "Worse", "no_change": "No change beyond measurement error"}[trend.verdict]
    level = format_quantity(build_quantity_dict(trend.level), unit)
    return f"{words}: now at {level}, {change} against the baseline; a single session is known to {round(1.96 * trend.session_std, 1):.1f}{UNITS[unit]}."
