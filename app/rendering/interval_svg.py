"""Both distances on one ruler that starts at the wall: the answer as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from app.rendering.hand_words import add_hand, is_by_hand
from app.rendering.language import gettext as _
from app.rendering.language import write_number
from app.rendering.numbers import COVERAGE, format_quantity
from app.rendering.svg import draw_circle, draw_line, draw_picture, draw_rectangle, draw_text, format_coordinate

WIDTH, HEIGHT = 360.0, 112.0
LEFT, RIGHT = 44.0, 346.0
ROWS = {"left": 30.0, "right": 62.0}
RULER_Y = 84.0
TICKS = {"cm": 5.0, "1": 0.2}


def draw_intervals(left: Mapping[str, Any] | None, right: Mapping[str, Any] | None, *, basis: str | None) -> str | None:
    """Draw both distances with their 95 % intervals as SVG text; None when no side has a distance."""
    key = basis or "toe_to_wall_cm"
    unit = "1" if key.endswith("_lengths") else "cm"
    sides = {name: m for name, m in (("left", left), ("right", right)) if m is not None and m[key] is not None}
    if not sides:
        return None
    end = _compute_end([m[key] for m in sides.values()], TICKS[unit])
    parts = _draw_ruler(end, TICKS[unit], unit)
    for name, m in sides.items():
        parts += _draw_side(name, m, m[key], end)
    told = [f"{_name_side(name, m)}: {format_quantity(m[key], unit, at_least=m['limit'] == 'lower_bound')}." for name, m in sides.items()]
    return draw_picture(WIDTH, HEIGHT, _("Toe to wall, both sides"), " ".join(told), parts, name="intervals")


def _name_side(side: str, m: Mapping[str, Any]) -> str:
    return add_hand(_("Left") if side == "left" else _("Right"), by_hand=is_by_hand(m))


def _compute_end(quantities: list[Mapping[str, float]], tick: float) -> float:
    farthest = max(q["value"] + COVERAGE * q["std"] for q in quantities)
    return max(math.ceil(farthest * 1.04 / tick), 2) * tick


def _draw_ruler(end: float, tick: float, unit: str) -> list[str]:
    parts = [draw_rectangle(LEFT - 6, 12, 6, RULER_Y - 12, "wall"), draw_text(LEFT - 10, 20, _("wall"), "tick", anchor="end")]
    count = round(end / tick)
    for index in range(count + 1):
        x = LEFT + (RIGHT - LEFT) * index / count
        label = write_number(f"{index * tick:g}") + ((" cm" if unit == "cm" else _(" foot")) if index == count else "")
        parts += [draw_line(x, 12, x, RULER_Y, "grid"), draw_text(x, RULER_Y + 16, label, "tick", anchor="end" if index == count else "middle")]
    return [*parts, draw_line(LEFT, RULER_Y, RIGHT, RULER_Y, "zero")]


def _draw_side(name: str, m: Mapping[str, Any], quantity: Mapping[str, float], end: float) -> list[str]:
    def place(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(value, 0.0), end) / end

    y = ROWS[name]
    x = place(quantity["value"])
    low, high = place(quantity["value"] - COVERAGE * quantity["std"]), place(quantity["value"] + COVERAGE * quantity["std"])
    parts = [
        draw_rectangle(LEFT, y - 2, x - LEFT, 4, f"reach s-{name}"),
        draw_rectangle(low, y - 6, high - low, 12, f"interval s-{name}", radius=6),
        draw_circle(x, y, 5, f"dot s-{name}"),
        draw_text(LEFT + 6, y - 8, _name_side(name, m), f"label s-{name}"),
    ]
    if m["limit"] == "lower_bound":
        parts.append(f'<path d="M{format_coordinate(high + 4)} {format_coordinate(y - 5)}l6 5l-6 5" class="arrow s-{name}"/>')
    return parts
