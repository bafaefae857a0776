"""Sessions of one leg as a drawing: each with its 95 % interval in a band, what is to be known about it, the baseline, and where the leg stands now."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.rendering.numbers import COVERAGE, format_value
from app.rendering.svg import draw_circle, draw_line, draw_picture, draw_rectangle, draw_text, format_coordinate
from app.rendering.trend_chart import describe_session, mark_session

WIDTH, HEIGHT = 360.0, 204.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 352.0, 28.0, 172.0
_MARKS_Y = 18.0
_MOST_TICKS = 6
_WEEK = timedelta(days=7)
_WEEK_HEIGHT = 24.0
"""Of a week in which something was done every day."""
_TICK_STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


@dataclass(frozen=True, slots=True)
class _Axes:
    """Moments and numbers to drawing units."""

    first: datetime
    last: datetime
    low: float
    high: float

    def x(self, at: datetime) -> float:
        span = (self.last - self.first).total_seconds()
        share = (at - self.first).total_seconds() / span if span > 0 else 0.5
        return LEFT + 10 + (RIGHT - LEFT - 20) * share

    def y(self, value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - self.low) / (self.high - self.low)


def draw_trend(course: Mapping[str, Any], *, title: str, name: str, signed: bool = False, weeks: Sequence[Mapping[str, Any]] = ()) -> str | None:
    """Draw the course of one number of one leg as SVG text, `signed` of a difference, over what was done in `weeks`; None when there is no session."""
    sessions: Sequence[Mapping[str, Any]] = course["sessions"]
    if not sessions:
        return None
    moments = [datetime.fromisoformat(session["at"]) for session in sessions]
    ends = [session["value"]["value"] + sign * COVERAGE * session["value"]["std"] for session in sessions for sign in (-1, 1)]
    step = next((s for s in _TICK_STEPS if (max(ends) - min(ends)) / s <= _MOST_TICKS), _TICK_STEPS[-1])
    axes = _Axes(moments[0], moments[-1], step * math.floor(min(ends) / step), step * math.ceil(max(ends) / step))
    parts = [*_draw_grid(axes, step), *_draw_weeks(weeks, axes), *_draw_bands(sessions, moments, axes), *_draw_level(course, moments, axes)]
    for session, at in zip(sessions, moments, strict=True):
        parts += _draw_session(session, axes.x(at), axes, signed=signed)
    unit = "deg" if name.endswith("deg") else "cm"
    told = [describe_session(session, unit, signed=signed) for session in sessions]
    return draw_picture(WIDTH, HEIGHT, title, "; ".join(told), parts, name=name)


def split_series(sessions: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Return the places of the sessions that one band holds together: those of one series, without what is left out."""
    runs: list[list[int]] = [[]]
    for number, session in enumerate(sessions):
        if session["new_series"]:
            runs.append([])
        if not session["lower_bound"]:
            runs[-1].append(number)
    return [run for run in runs if run]


def _draw_bands(sessions: Sequence[Mapping[str, Any]], moments: Sequence[datetime], axes: _Axes) -> list[str]:
    """Draw what the camera leaves open about each series, between its sessions."""
    parts = []
    for run in split_series(sessions):
        around = [(axes.x(moments[i]), sessions[i]["value"]["value"], COVERAGE * sessions[i]["value"]["std"]) for i in run]
        outline = [(x, axes.y(value + half)) for x, value, half in around] + [(x, axes.y(value - half)) for x, value, half in reversed(around)]
        points = " ".join(f"{format_coordinate(x)},{format_coordinate(y)}" for x, y in outline)
        parts.append(f'<polygon points="{points}" class="known"/>')
    return parts


def _draw_grid(axes: _Axes, step: float) -> list[str]:
    parts = []
    for number in range(round((axes.high - axes.low) / step) + 1):
        value = axes.low + number * step
        y = axes.y(value)
        parts += [draw_line(LEFT, y, RIGHT, y, "grid"), draw_text(LEFT - 5, y + 3.5, format_value(value, decimals=0 if step >= 1 else 1), "tick", anchor="end")]
    parts.append(draw_text(axes.x(axes.first), BOTTOM + 16, f"{axes.first:%d.%m.%y}", "tick", anchor="start" if axes.last > axes.first else "middle"))
    if axes.last > axes.first:
        parts.append(draw_text(axes.x(axes.last), BOTTOM + 16, f"{axes.last:%d.%m.%y}", "tick", anchor="end"))
    return parts


def _draw_weeks(weeks: Sequence[Mapping[str, Any]], axes: _Axes) -> list[str]:
    """Draw on how many days of each week something was done, as bars along the bottom, as far as the axis goes."""
    parts = []
    for week in weeks:
        monday = datetime.fromisoformat(week["monday"]).replace(tzinfo=UTC)
        left, right = max(monday, axes.first), min(monday + _WEEK, axes.last)
        if week["days"] and left < right:
            height = _WEEK_HEIGHT * week["days"] / 7
            parts.append(draw_rectangle(axes.x(left) + 0.5, BOTTOM - height, max(axes.x(right) - axes.x(left) - 1, 1.0), height, "week"))
    return parts


def _draw_level(course: Mapping[str, Any], moments: Sequence[datetime], axes: _Axes) -> list[str]:
    """Draw the baseline as a line from the first session that counts, and the interval of where the leg stands now at its end."""
    if course["baseline"] is None:
        return []
    first = axes.x(next(at for session, at in zip(course["sessions"], moments, strict=True) if session["counts"]))
    last, level = axes.x(moments[-1]), course["level"]
    y, half = axes.y(course["baseline"]["value"]), COVERAGE * level["std"]
    top, bottom = (min(max(axes.y(level["value"] + sign * half), TOP), BOTTOM) for sign in (1, -1))
    return [draw_line(first, y, last, y, "zero"), draw_rectangle(last - 7, top, 14, bottom - top, "level", radius=3)]


def _draw_session(session: Mapping[str, Any], x: float, axes: _Axes, *, signed: bool) -> list[str]:
    """Draw one session: hollow where it does not count, under a sign where something is to be known about it, behind a line where a series begins."""
    value, half = session["value"]["value"], COVERAGE * session["value"]["std"]
    kind = "point" if session["counts"] else "point aside"
    bar = draw_line(x, axes.y(value - half), x, axes.y(value + half), "whisker")
    parts = [bar, draw_circle(x, axes.y(value), 4, kind)]
    if session["lower_bound"] and not signed:
        parts.append(draw_text(x - 6, axes.y(value) - 5, "\N{GREATER-THAN OR EQUAL TO}", "tick", anchor="end"))
    if mark := mark_session(session):
        parts.append(draw_text(x, _MARKS_Y, mark, "mark", anchor="middle"))
    if session["new_series"]:
        parts.insert(0, draw_line(x - 6, TOP, x - 6, BOTTOM, "break"))
    return parts
