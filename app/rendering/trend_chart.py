"""What the interactive chart of a course is drawn from: the same numbers as the plain drawing and the table, its read-outs in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.rendering.language import gettext as _
from app.rendering.language import write_day
from app.rendering.numbers import COVERAGE, format_quantity
from app.usecases.reminding import PAIN_TO_STOP_AT


def build_chart(course: Mapping[str, Any], unit: str, *, signed: bool) -> dict[str, Any]:
    """Build the dict that the page's script reads; `signed` for a difference, of which nothing is "at least"."""
    points = [_build_point(session, unit, signed=signed) for session in course["sessions"]]
    level, baseline = course["level"], course["baseline"]
    return {
        "points": points,
        "baseline": None if baseline is None else baseline["value"],
        "level": None if level is None else {"value": level["value"], "half": COVERAGE * level["std"]},
    }


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


def describe_session(session: Mapping[str, Any], unit: str, *, signed: bool) -> str:
    """Say a session in one line, as it is read out under a finger."""
    number = format_quantity(session["value"], unit, signed=signed, at_least=session["lower_bound"] and not signed)
    told = [_("{day}: {number}").format(day=write_day(session["at"]), number=number)]
    if not session["counts"]:
        told.append(_("does not count"))
    return ". ".join([", ".join(told), *session["events"]])


def mark_session(session: Mapping[str, Any]) -> str:
    """Return the sign that stands over a session in a drawing: a triangle for pain, a square for a report that was put right."""
    hurts = session["pain"] is not None and session["pain"] > PAIN_TO_STOP_AT
    return ("\N{BLACK UP-POINTING TRIANGLE}" if hurts else "") + ("\N{BLACK SQUARE}" if session["version"] > 1 else "")
