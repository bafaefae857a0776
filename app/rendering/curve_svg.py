"""The angle over time as a drawing, with every repetition marked by number, verdict and colour."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.rendering.language import gettext as _
from app.rendering.language import mark, write_number
from app.rendering.numbers import format_value
from app.rendering.svg import draw_circle, draw_line, draw_picture, draw_rectangle, draw_text, format_coordinate

WIDTH, HEIGHT = 360.0, 216.0
LEFT, RIGHT, TOP = 34.0, 352.0, 34.0
BELOW = 44.0
"""Room below the curve for seconds, bars and numbers of the repetitions."""
MAX_POINTS = 720
TICK_STEP_DEG = 10
GAP_S = 0.5
"""Longer gaps between samples are left open in the curve."""
VERDICT_NAMES = {
    "valid": mark("valid"),
    "no_contact": mark("no contact"),
    "heel_lift": mark("heel lift"),
    "foot_moved": mark("foot moved"),
    "uncertain": mark("uncertain"),
}
CHARACTER_WIDTH = 5.4
"""Of the small labels, in drawing units: decides whether a label fits its repetition."""


@dataclass(frozen=True, slots=True)
class _Axes:
    """Seconds and degrees to drawing units."""

    end_s: float
    low_deg: float
    high_deg: float
    bottom: float

    def x(self, t_s: float) -> float:
        return LEFT + (RIGHT - LEFT) * t_s / self.end_s

    def y(self, angle_deg: float) -> float:
        return self.bottom - (self.bottom - TOP) * (angle_deg - self.low_deg) / (self.high_deg - self.low_deg)


def compute_angle_range(measurements: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Lowest and highest degree to draw, in whole steps, one for all curves so that they can be held side by side."""
    angles = [a for m in measurements if m["series"] for a in m["series"]["shin_angle_deg"] if a is not None]
    if not angles:
        return 0.0, 50.0
    low = min(0.0, math.floor(min(angles) / TICK_STEP_DEG) * TICK_STEP_DEG)
    high = max(TICK_STEP_DEG, math.ceil((max(angles) + 2.0) / TICK_STEP_DEG) * TICK_STEP_DEG)
    return float(low), float(high)


def draw_curve(measurement: Mapping[str, Any], *, angle_range: tuple[float, float], name: str, height: float = HEIGHT) -> str | None:
    """Draw the shin angle of one clip as SVG text, `height` units high where it is 360 wide; None when there is no curve."""
    samples = _list_samples(measurement)
    if sum(angle is not None for _, angle in samples) < 2:  # noqa: PLR2004 - a line needs two points
        return None
    axes = _lay_axes(samples, angle_range, height)
    repetitions = measurement["repetitions"]
    parts = [*_draw_repetitions(repetitions, axes), *_draw_grid(axes)]
    parts += [f'<path d="{path}" class="curve"/>' for path in _trace_paths(samples, axes)]
    parts += _draw_peaks(repetitions, axes)
    title = {"left": _("Shin angle over time, left leg"), "right": _("Shin angle over time, right leg")}.get(measurement["side"], _("Shin angle over time"))
    return draw_picture(WIDTH, height, title, _describe(repetitions), parts, name=name)


def describe_axes(measurement: Mapping[str, Any], *, angle_range: tuple[float, float], height: float = HEIGHT) -> dict[str, float]:
    """Return where seconds and degrees lie on the drawing, for whatever lays something over it."""
    axes = _lay_axes(_list_samples(measurement), angle_range, height)
    sides = {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": axes.bottom}
    return sides | {"end_s": axes.end_s, "low_deg": axes.low_deg, "high_deg": axes.high_deg, "gap_s": GAP_S}


def _list_samples(measurement: Mapping[str, Any]) -> list[tuple[float, float | None]]:
    series = measurement["series"]
    return [] if series is None else [(t, a) for t, a in zip(series["t_s"], series["shin_angle_deg"], strict=True) if t is not None]


def _lay_axes(samples: Sequence[tuple[float, float | None]], angle_range: tuple[float, float], height: float) -> _Axes:
    return _Axes(max(samples[-1][0], 0.1), *angle_range, height - BELOW)


def _draw_grid(axes: _Axes) -> list[str]:
    parts = []
    for degree in range(round(axes.low_deg), round(axes.high_deg) + 1, TICK_STEP_DEG):
        y = axes.y(degree)
        parts += [
            draw_line(LEFT, y, RIGHT, y, "zero" if degree == 0 else "grid"),
            draw_text(LEFT - 5, y + 3.5, f"{format_value(degree, decimals=0)}°", "tick", anchor="end"),
        ]
    step = next((s for s in (0.5, 1, 2, 5, 10, 20, 30) if axes.end_s / s <= 8), 60)  # noqa: PLR2004 - at most eight labels fit
    for index in range(int(axes.end_s / step + 1e-6) + 1):
        label = write_number(f"{index * step:g}") + (" s" if index == 0 else "")
        parts.append(draw_text(axes.x(index * step), axes.bottom + 14, label, "tick", anchor="middle"))
    return parts


def _draw_repetitions(repetitions: Sequence[Mapping[str, Any]], axes: _Axes) -> list[str]:
    parts = []
    for number, repetition in enumerate(repetitions, start=1):
        x0, x1 = axes.x(repetition["start_s"]), axes.x(repetition["end_s"])
        verdict = repetition["verdict"]
        parts.append(draw_rectangle(x0 + 0.5, TOP, x1 - x0 - 1, axes.bottom - TOP, f"band v-{verdict}", radius=3))
        parts.append(draw_rectangle(x0 + 0.5, axes.bottom + 20, x1 - x0 - 1, 4, f"bar v-{verdict}", radius=2))
        label = _(VERDICT_NAMES[verdict])
        text = label if len(label) * CHARACTER_WIDTH < x1 - x0 else ""
        parts.append(
            draw_text(
                (x0 + x1) / 2,
                axes.bottom + 37,
                f"{number} {text}".strip() if (len(label) + 2) * CHARACTER_WIDTH < x1 - x0 else str(number),
                "rep",
                anchor="middle",
            )
        )
    return parts


def _draw_peaks(repetitions: Sequence[Mapping[str, Any]], axes: _Axes) -> list[str]:
    parts = []
    for repetition in repetitions:
        angle = repetition["shin_angle_deg"]
        if angle is not None and axes.low_deg <= angle["value"] <= axes.high_deg:
            x, y = axes.x(repetition["peak_s"]), axes.y(angle["value"])
            parts += [
                draw_circle(x, y, 4, f"peak v-{repetition['verdict']}"),
                draw_text(x, max(y - 9, 12), f"{format_value(angle['value'])}°", "value", anchor="middle"),
            ]
    return parts


def _trace_paths(samples: Sequence[tuple[float, float | None]], axes: _Axes) -> list[str]:
    """Cut the curve where nothing was seen, thin what is denser than the eye."""
    stride = max(1, math.ceil(len(samples) / MAX_POINTS))
    paths: list[list[str]] = [[]]
    last_s = -math.inf
    for t_s, angle in samples[::stride]:
        if angle is None:
            continue
        if t_s - last_s > GAP_S and paths[-1]:
            paths.append([])
        paths[-1].append(f"{'L' if paths[-1] else 'M'}{format_coordinate(axes.x(t_s))} {format_coordinate(axes.y(angle))}")
        last_s = t_s
    return ["".join(path) for path in paths if len(path) > 1]


def _describe(repetitions: Sequence[Mapping[str, Any]]) -> str:
    if not repetitions:
        return _("No repetition was found.")
    told = []
    for number, repetition in enumerate(repetitions, start=1):
        angle = repetition["shin_angle_deg"]
        words = _("Repetition {number}, {start} to {end} s: {verdict}, {angle} degrees.") if angle else _("Repetition {number}, {start} to {end} s: {verdict}.")
        span = {name: format_value(repetition[f"{name}_s"]) for name in ("start", "end")}
        told.append(words.format(number=number, **span, verdict=_(VERDICT_NAMES[repetition["verdict"]]), angle=angle and format_value(angle["value"])))
    return " ".join(told)
