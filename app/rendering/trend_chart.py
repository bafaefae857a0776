"""What the interactive chart of a course is drawn from: the same numbers as the plain drawing and the table, its read-outs in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.rendering.hand_words import add_hand
from app.rendering.language import gettext as _
from app.rendering.language import write_day
from app.rendering.numbers import COVERAGE, format_quantity
from app.usecases.reminding import PAIN_TO_STOP_AT


def build_chart(course: Mapping[str, Any], unit: str, *, signed: bool, weeks: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Build the dict that the page's script reads; `signed` for a difference, of which nothing is "at least". `weeks` are what was done in each week."""
    points = [_build_point(session, unit, signed=signed) for session in course["sessions"]]
    level, baseline = course["level"], course["baseline"]
    return {
        "points": [point | {"text": _add_week(point["text"], session, weeks)} for point, session in zip(points, course["sessions"], strict=True)],
        "weeks": [{"at": datetime.fromisoformat(week["monday"]).replace(tzinfo=UTC).timestamp(), "days": week["days"]} for week in weeks],
        "baseline": None if baseline is None else baseline["value"],
        "level": None if level is None else {"value": level["value"], "half": COVERAGE * level["std"]},
    }


def _add_week(text: str, session: Mapping[str, Any], weeks: Sequence[Mapping[str, Any]]) -> str:
    """Say beside a session what was done in its week."""
    at = session["at"][:10]
    week = next((week for week in reversed(weeks) if week["monday"] <= at), None)
    return text if week is None else _("{session}. That week: {done}").format(session=text, done=week["words"])


def _build_point(session: Mapping[str, Any], unit: str, *, signed: bool) -> dict[str, Any]:
    at_least = session["lower_bound"] and not signed
    return {
        "at": datetime.fromisoformat(session["at"]).timestamp(),
        "value": session["value"]["value"],
        "half": round(COVERAGE * session["value"]["std"], 3),
        "counts": session["counts"],
        "left_out": session["lower_bound"],
        "at_least": at_least,
        "new_series": session["new_series"],
        "mark": mark_session(session),
        "begins_baseline": session["begins_baseline"],
        "text": describe_session(session, unit, signed=signed),
    }


def write_number_of(session: Mapping[str, Any], unit: str, *, signed: bool) -> str:
    """Write the number of a session, with what must stand beside it wherever it is read."""
    text = format_quantity(session["value"], unit, signed=signed, at_least=session["lower_bound"] and not signed)
    return add_hand(text, by_hand=session["set_by_hand"])


def describe_session(session: Mapping[str, Any], unit: str, *, signed: bool) -> str:
    """Say a session in one line, as it is read out under a finger."""
    number = write_number_of(session, unit, signed=signed)
    told = [_("{day}: {number}").format(day=write_day(session["at"]), number=number)]
    if not session["counts"]:
        told.append(_("does not count"))
    return ". ".join([", ".join(told), *session["events"]])


def mark_session(session: Mapping[str, Any]) -> str:
    """Return the sign that stands over a session in a drawing: a triangle for pain, a diamond for points set by hand, a square for a report put right."""
    hurts = session["pain"] is not None and session["pain"] > PAIN_TO_STOP_AT
    right = "\N{BLACK SQUARE}" if session["version"] > 1 else ""
    return ("\N{BLACK UP-POINTING TRIANGLE}" if hurts else "") + ("\N{BLACK DIAMOND}" if session["set_by_hand"] else right)
