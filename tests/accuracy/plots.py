"""Pictures of the errors, the same bytes from the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from app.assessment.agreement import NORMAL_95
from tests.accuracy.agreement import Reading, compute_agreement
from tests.accuracy.compare import TITLES
from tests.accuracy.sections import LABELS, UNITS
from tests.accuracy.truth import Truth

# Without these an SVG carries random names and the date, and letters drawn as outlines of whatever font the machine has.
STYLE: dict[Any, Any] = {"svg.hashsalt": "kneewall", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
INK, ACCENT = "#1b4b5a", "#b5492c"
CONDITIONS: Mapping[str, tuple[str, Callable[[Truth, float], float]]] = {
    "yaw": ("yaw of the camera, deg", lambda truth, _: truth.yaw_deg),
    "roll": ("roll of the camera, deg", lambda truth, _: truth.roll_deg),
    "shank": ("knee to ankle in the picture, px", lambda truth, _: truth.shank_px),
    "light": ("median lightness of the picture, CIE L*", lambda _, lightness: lightness),
}


def draw_all(readings: Mapping[str, Sequence[Reading]], truths: Mapping[str, Truth], lightness: Mapping[str, float], folder: Path) -> list[Path]:
    """Write every picture; return the files in order."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [save(partial(draw_bland_altman, key, own), folder / f"bland_altman_{TITLES[key]}.svg") for key, own in readings.items()]
    for name, (label, read) in CONDITIONS.items():
        at = {clip: read(truth, lightness[clip]) for clip, truth in truths.items()}
        written.append(save(partial(draw_condition, readings, at, label), folder / f"error_against_{name}.svg"))
    return written


def draw_bland_altman(key: str, readings: Sequence[Reading]) -> Figure:
    """Error against truth with bias and limits of agreement; bars are the product's own 95 % intervals."""
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    agreement = compute_agreement(readings)
    for value, style, text in ((agreement.bias, "-", "bias"), (agreement.low, "--", "limits of agreement"), (agreement.high, "--", None)):
        if np.isfinite(value):
            axes.axhline(value, linestyle=style, color=ACCENT, linewidth=1, label=text)
    _draw_errors(axes, [r.true for r in readings], readings)
    for r in readings:
        axes.annotate(r.clip, (r.true, r.error), xytext=(4, 3), textcoords="offset points", fontsize=7, color=INK)
    axes.set_xlabel(f"true {LABELS[key]}, {UNITS[key]}")
    axes.set_ylabel(f"product minus truth, {UNITS[key]}")
    if readings:
        axes.legend(frameon=False, fontsize=8)
    return figure


def draw_condition(readings: Mapping[str, Sequence[Reading]], at: Mapping[str, float], label: str) -> Figure:
    """Error of each quantity against one property of the clips."""
    figure = Figure(figsize=(8.4, 2.8), layout="constrained")
    for axes, (key, own) in zip(np.atleast_1d(figure.subplots(1, len(readings))), readings.items(), strict=True):
        _draw_errors(axes, [at[r.clip] for r in own], own)
        axes.set_title(f"{LABELS[key]}, {UNITS[key]}", fontsize=9)
    figure.supxlabel(label, fontsize=9)
    figure.supylabel("product minus truth", fontsize=9)
    return figure


def _draw_errors(axes: Axes, x: Sequence[float], readings: Sequence[Reading]) -> None:
    axes.axhline(0, color="0.75", linewidth=0.8)
    bars = [NORMAL_95 * r.std for r in readings]
    axes.errorbar(x, [r.error for r in readings], yerr=bars, fmt="o", color=INK, ecolor="#9fb8c0", elinewidth=0.9, markersize=4)


def save(draw: Callable[[], Figure], path: Path) -> Path:
    """Draw and write one picture."""
    with mpl.rc_context(STYLE):
        draw().savefig(path, format="svg", metadata={"Date": None})
    return path
