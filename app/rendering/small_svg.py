"""Drawings so small that many stand beside each other: all of one kind on the same axes, so that they can be held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.ports.reports import DatedDifference
from app.rendering.language import gettext, ngettext
from app.rendering.numbers import COVERAGE, format_value
from app.rendering.svg import draw_circle, draw_line, draw_picture, draw_text

SPARK_WIDTH, SPARK_HEIGHT = 96, 28
_SPARK_CM = 5.0
"""Differences beyond this lie on the edge."""
_SPARK_MIDDLE = SPARK_HEIGHT / 2
_SPARK_BAND = (_SPARK_MIDDLE - 3) * 1.5 / _SPARK_CM
"""What 1.5 cm are in the drawing."""
_SPARK_HEAD = (
    f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" aria-hidden="true">'
    f'<rect class="near" y="{_SPARK_MIDDLE - _SPARK_BAND:.1f}" width="{SPARK_WIDTH}" height="{2 * _SPARK_BAND:.1f}"/>'
)
_SECONDS_A_WEEK = 7 * 86_400
_TOLD = 6
WIDTH, HEIGHT = 200.0, 120.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 26.0, 194.0, 8.0, 98.0


def draw_spark(recent: Sequence[DatedDifference], now: datetime, weeks: int) -> str:
    """Draw the differences of the last weeks as a line about zero; who hears the page is told them by `tell_spark`."""
    begin = (now - timedelta(weeks=weeks)).timestamp()
    across, up = (SPARK_WIDTH - 6) / (weeks * _SECONDS_A_WEEK), (_SPARK_MIDDLE - 3) / _SPARK_CM
    places = [
        (round(3 + across * (each.at.timestamp() - begin)), round(_SPARK_MIDDLE - up * min(max(each.value_cm, -_SPARK_CM), _SPARK_CM), 1)) for each in recent
    ]
    path = " ".join(f"{x},{y}" for x, y in places)
    return f'{_SPARK_HEAD}<polyline class="curve" points="{path}"/><circle class="dot" cx="{places[-1][0]}" cy="{places[-1][1]}" r="2.5"/></svg>'


def tell_spark(recent: Sequence[DatedDifference], weeks: int) -> str:
    """Say the same in words: the last few differences, oldest first."""
    if not recent:
        return gettext("No session with both limits in the last %(weeks)d weeks.") % {"weeks": weeks}
    told = ", ".join(format_value(each.value_cm, signed=True) for each in recent[-_TOLD:])
    sentence = ngettext("%(count)d session in %(weeks)d weeks: %(told)s cm.", "%(count)d sessions in %(weeks)d weeks, the last: %(told)s cm.", len(recent))
    return sentence % {"count": len(recent), "weeks": weeks, "told": told}


def find_range(courses: Sequence[Mapping[str, Any]]) -> tuple[float, float] | None:
    """Return whole centimetres between which all sessions of some courses lie with their intervals; None without any session."""
    ends = [session["value"]["value"] + sign * COVERAGE * session["value"]["std"] for course in courses for session in course["sessions"] for sign in (-1, 1)]
    return (float(min(ends) // 1), float(-(-max(ends) // 1))) if ends else None


def draw_multiple(course: Mapping[str, Any], *, title: str, name: str, values: tuple[float, float], times: tuple[datetime, datetime]) -> str:
    """Draw one course on axes that it shares with others."""
    span_s = max((times[1] - times[0]).total_seconds(), 1.0)

    def across(at: datetime) -> float:
        return _LEFT + 6 + (_RIGHT - _LEFT - 12) * (at - times[0]).total_seconds() / span_s

    def up(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (value - values[0]) / max(values[1] - values[0], 1.0)

    parts = []
    for value in values:
        y = up(value)
        parts += [draw_line(_LEFT, y, _RIGHT, y, "grid"), draw_text(_LEFT - 4, y + 3.5, format_value(value, decimals=0), "tick", anchor="end")]
    if values[0] < 0 < values[1]:
        parts.append(draw_line(_LEFT, up(0.0), _RIGHT, up(0.0), "zero"))
    for anchor, at in (("start", times[0]), ("end", times[1])):
        parts.append(draw_text(_LEFT if anchor == "start" else _RIGHT, _BOTTOM + 16, f"{at:%d.%m.%y}", "tick", anchor=anchor))
    told = []
    for session in course["sessions"]:
        at, value, half = datetime.fromisoformat(session["at"]), session["value"]["value"], COVERAGE * session["value"]["std"]
        x = across(at)
        parts += [draw_line(x, up(value - half), x, up(value + half), "whisker"), draw_circle(x, up(value), 3, "point" if session["counts"] else "point aside")]
        told.append(f"{at:%d.%m.%Y}: {format_value(value)}")
    return draw_picture(WIDTH, HEIGHT, title, "; ".join(told), parts, name=name)
