"""The course of an athlete's numbers as a plain dict, its sentences included."""

from __future__ import annotations

from typing import Any

from app.assessment.readings import HeadlineKey
from app.assessment.trend import Trend
from app.rendering.measurement_dict import build_quantity_dict, round_number
from app.rendering.numbers import UNITS, format_quantity
from app.rendering.trend_words import describe_events, describe_next_test, describe_slope
from app.usecases.checks import HEADLINE_UNITS
from app.usecases.following import Course, Courses, Session, Suggestion
from app.usecases.reminding import NextTest


def build_trend_dict(courses: Courses) -> dict[str, Any]:
    """Build the dict: for each side and number, and for the difference, its sessions, what counts of them, and what they say."""
    legs = {side: {key: _build_course_dict(course, describe_trend(key, course.trend)) for key, course in own.items()} for side, own in courses.legs.items()}
    suggestions = [{"code": each.code, "side": each.side, "words": describe_suggestion(each)} for each in courses.suggestions]
    difference = {"toe_to_wall_cm": _build_difference_dict(courses.difference)}
    return legs | {"difference": difference, "suggestions": suggestions, "next_test": build_next_test_dict(courses.next_test)}


def build_next_test_dict(following: NextTest) -> dict[str, Any]:
    """Build the dict: the day, or the pain that pauses it, and both in words."""
    return {"due": None if following.due is None else following.due.isoformat(), "paused_by_pain": following.pain, "words": describe_next_test(following)}


def describe_suggestion(suggestion: Suggestion) -> str:
    """Say why a professional might look at it: a suggestion, and nothing about what it is."""
    if suggestion.code == "new_pain":
        return f"The pain at the end of the lunge was {suggestion.value:.0f} of 10, more than before. Leave the test for now; a professional can look at it."
    if suggestion.code == "difference":
        return (
            f"Twice in a row the legs differed by about {abs(suggestion.value):.0f} cm, more than most people without a complaint. "
            "That need not mean anything; a professional can look at what it comes from."
        )
    return (
        f"{str(suggestion.side).capitalize()} leg: no change beyond measurement error in {suggestion.value:.0f} weeks. "
        "If you have been working on it, a professional can look at what holds it back."
    )


def _build_difference_dict(course: Course) -> dict[str, Any]:
    """As of one leg; a difference is neither better nor worse by its sign, it has `changed`."""
    built = _build_course_dict(course, describe_difference(course.trend))
    return built | {"verdict": "changed" if course.trend.verdict in {"improved", "worse"} else course.trend.verdict}


def _build_course_dict(course: Course, words: str) -> dict[str, Any]:
    trend = course.trend
    sessions = [_build_session_dict(course, number, session) for number, session in enumerate(course.sessions)]
    quantities = {name: build_quantity_dict(getattr(trend, name)) for name in ("baseline", "level", "change", "slope_per_week")}
    said = {"verdict": trend.verdict, "words": words, "missing": trend.missing, "session_std": round_number(trend.session_std)}
    unit = trend.baseline.unit if trend.baseline is not None else "cm"
    return {"sessions": sessions} | said | quantities | {"slope_words": describe_slope(trend.slope_per_week, unit)}


def _build_session_dict(course: Course, number: int, session: Session) -> dict[str, Any]:
    """Say of one session what it is, whether it counts, and what is to be known about it."""
    begins = course.trend.baseline is not None and bool(course.trend.counted) and number == course.trend.counted[0]
    return {
        "screening": session.screening_id,
        "at": session.at.isoformat(),
        "value": build_quantity_dict(session.point.value),
        "setting": session.point.setting,
        "lower_bound": session.point.lower_bound,
        "counts": number in course.trend.counted,
        "new_series": number in course.trend.breaks,
        "changes": [{"what": change.what, "before": change.before, "now": change.now} for change in session.changes],
        "pain": session.pain,
        "version": session.version,
        "begins_baseline": begins,
        "events": describe_events(session, begins_baseline=begins),
    }


def describe_difference(trend: Trend) -> str:
    """Say in one sentence whether the difference between the legs has changed, or what lacks for saying it."""
    if trend.change is None or trend.level is None:
        return _say_missing(trend)
    level, change = (format_quantity(build_quantity_dict(quantity), "cm", signed=True) for quantity in (trend.level, trend.change))
    words = "No change beyond measurement error" if trend.verdict == "no_change" else "The difference between the legs has changed"
    return f"{words}: left less right is now {level}, {change} against the baseline."


def _say_missing(trend: Trend) -> str:
    more = "1 more session" if trend.missing == 1 else f"{trend.missing} more sessions"
    return f"Too few sessions to tell a change: {more} in the same footwear, farther back tried and failed, are needed."


def describe_trend(key: HeadlineKey, trend: Trend) -> str:
    """Say in one sentence what changed, or what lacks for saying it."""
    if trend.change is None:
        return _say_missing(trend)
    unit = HEADLINE_UNITS[key]
    change = format_quantity(build_quantity_dict(trend.change), unit, signed=True)
    words = {"improved": "Improved", "worse": "Worse", "no_change": "No change beyond measurement error"}[trend.verdict]
    level = format_quantity(build_quantity_dict(trend.level), unit)
    return f"{words}: now at {level}, {change} against the baseline; a single session is known to {round(1.96 * trend.session_std, 1):.1f}{UNITS[unit]}."
