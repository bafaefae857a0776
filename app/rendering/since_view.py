"""What changed since last time, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.rendering.hand_words import add_hand
from app.rendering.language import gettext as _
from app.rendering.measurement_dict import build_quantity_dict
from app.rendering.numbers import format_quantity, subtract_as_shown
from app.rendering.trend_dict import describe_trend
from app.usecases.since import Step

_TIE = "\N{NO-BREAK SPACE}"
"""Holds a number together, so that what stands beside it may go on a line of its own."""


def build_since_view(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Pair each leg with the time before: both numbers, what changed in words, and what the weeks say."""
    return [_build_step(step) for step in steps]


def _build_step(step: Step) -> dict[str, Any]:
    now, before = (format_quantity(build_quantity_dict(p.value), p.value.unit, at_least=p.lower_bound).replace(" ", _TIE) for p in (step.now, step.before))
    return {
        "name": step.side,
        "title": _("Left") if step.side == "left" else _("Right"),
        "measure": _("Toe to wall") if step.key == "toe_to_wall_cm" else _("Shin angle"),
        "now": add_hand(now, by_hand=step.now_by_hand),
        "before": add_hand(before, by_hand=step.before_by_hand),
        "day": step.before_at.date().isoformat(),
        "address": f"/screenings/{step.before_id}",
        "verdict": step.verdict,
        "label": _name_verdict(step),
        "words": _describe_step(step),
        "trend": describe_trend(step.key, step.trend),
    }


def _name_verdict(step: Step) -> str:
    return {
        "improved": _("Improved"),
        "worse": _("Worse"),
        "no_change": _("No change beyond measurement error"),
        "at_least": _("Not compared"),
        "other_setting": _("Not compared"),
    }[step.verdict]


def _describe_step(step: Step) -> str:
    """Say why, in one sentence."""
    if step.verdict == "at_least":
        return _("One of the two is a lower bound: farther back was not tried until it failed, so neither can be held against the other.")
    if step.change is None:
        return _("It was measured in another way than the time before: other footwear, another state, or centimetres from elsewhere.")
    unit = step.change.unit
    shown = {"value": subtract_as_shown(step.now.value.value, step.before.value.value, unit=unit), "std": step.change.std}
    change = format_quantity(shown, unit, signed=True)
    return _("{change} since then. The ± holds the camera's error of both days and how much a leg differs from day to day.").format(change=change)
