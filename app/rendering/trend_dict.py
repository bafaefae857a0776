"""The course of an athlete's numbers as a plain dict, its sentences included."""

from __future__ import annotations

from typing import Any

from app.assessment.readings import HeadlineKey
from app.assessment.trend import Trend
from app.rendering.language import gettext as _
from app.rendering.language import ngettext
from app.rendering.measurement_dict import build_quantity_dict, round_number
from app.rendering.numbers import format_quantity, format_value, write_unit
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
        words = _("The pain at the end of the lunge was {pain} of 10, more than before. Leave the test for now; a professional can look at it.")
        return words.format(pain=f"{suggestion.value:.0f}")
    if suggestion.code == "difference":
        words = _(
            "Twice in a row the legs differed by about {size} cm, more than most people without a complaint. "
            "That need not mean anything; a professional can look at what it comes from."
        )
        return words.format(size=f"{abs(suggestion.value):.0f}")
    if suggestion.side == "left":
        words = _(
            "Left leg: no change beyond measurement error in {weeks} weeks. If you have been working on it, a professional can look at what holds it back."
        )
    else:
        words = _(
            "Right leg: no change beyond measurement error in {weeks} weeks. If you have been working on it, a professional can look at what holds it back."
        )
    return words.format(weeks=f"{suggestion.value:.0f}")


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
        "set_by_hand": session.set_by_hand,
        "begins_baseline": begins,
        "events": describe_events(session, begins_baseline=begins),
    }


def describe_difference(trend: Trend) -> str:
    """Say in one sentence whether the difference between the legs has changed, or what lacks for saying it."""
    if trend.change is None or trend.level is None:
        return _say_missing(trend)
    level, change = (format_quantity(build_quantity_dict(quantity), "cm", signed=True) for quantity in (trend.level, trend.change))
    words = (
        _("No change beyond measurement error: left less right is now {level}, {change} against the baseline.")
        if trend.verdict == "no_change"
        else _("The difference between the legs has changed: left less right is now {level}, {change} against the baseline.")
    )
    return words.format(level=level, change=change)


def _say_missing(trend: Trend) -> str:
    words = ngettext(
        "Too few sessions to tell a change: {more} more session in the same footwear, farther back tried and failed, is needed.",
        "Too few sessions to tell a change: {more} more sessions in the same footwear, farther back tried and failed, are needed.",
        trend.missing,
    )
    return words.format(more=trend.missing)


def describe_trend(key: HeadlineKey, trend: Trend) -> str:
    """Say in one sentence what changed, or what lacks for saying it."""
    if trend.change is None:
        return _say_missing(trend)
    unit = HEADLINE_UNITS[key]
    change = format_quantity(build_quantity_dict(trend.change), unit, signed=True)
    words = {
        "improved": _("Improved: now at {level}, {change} against the baseline; a single session is known to {known}."),
        "worse": _("Worse: now at {level}, {change} against the baseline; a single session is known to {known}."),
        "no_change": _("No change beyond measurement error: now at {level}, {change} against the baseline; a single session is known to {known}."),
    }[trend.verdict]
    level = format_quantity(build_quantity_dict(trend.level), unit)
    return words.format(level=level, change=change, known=f"{format_value(round(1.96 * trend.session_std, 1))}{write_unit(unit)}")
