"""What the page of compared athletes shows: latest numbers, and every course on the axes of its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.rendering.language import gettext, write_day
from app.rendering.small_svg import draw_multiple, find_range
from app.rendering.trend_chart import write_number_of
from app.rendering.trend_dict import build_trend_dict
from app.usecases.comparing import Compared

_ROWS = ("left", "right", "difference")


def build_comparison(compared: Sequence[Compared]) -> list[dict[str, Any]]:
    """Return a row for each leg and one for their difference; in it a cell for each athlete, with the latest number and the drawing."""
    trends = [build_trend_dict(each.courses) for each in compared]
    rows = []
    for side in _ROWS:
        courses = [trend[side]["toe_to_wall_cm"] for trend in trends]
        values, times = find_range(courses), _find_times(courses)
        cells = []
        for number, (each, course) in enumerate(zip(compared, courses, strict=True)):
            drawn = None
            if course["sessions"] and values is not None and times is not None:
                title = f"{each.athlete.name}, {_name_row(side)}"
                drawn = draw_multiple(course, title=title, name=f"multiple-{side}-{number}", values=values, times=times)
            cells.append({"id": each.athlete.athlete_id, "name": each.athlete.name, "words": course["words"], "picture": drawn} | _read_latest(course, side))
        rows.append({"side": side, "title": _name_row(side), "cells": cells})
    return rows


def _name_row(side: str) -> str:
    return {"left": gettext("left leg"), "right": gettext("right leg"), "difference": gettext("left less right")}[side]


def _read_latest(course: Mapping[str, Any], side: str) -> dict[str, str | None]:
    if not course["sessions"]:
        return {"latest": None, "day": None}
    last = course["sessions"][-1]
    return {"latest": write_number_of(last, "cm", signed=side == "difference"), "day": write_day(last["at"])}


def _find_times(courses: Sequence[Mapping[str, Any]]) -> tuple[datetime, datetime] | None:
    moments = [datetime.fromisoformat(session["at"]) for course in courses for session in course["sessions"]]
    return (min(moments), max(moments)) if moments else None
