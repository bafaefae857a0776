"""Left, right and their difference as people read them: what is printed of the difference is the difference of what is printed of the two sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.rendering.hand_words import add_hand, is_by_hand
from app.rendering.language import gettext as _
from app.rendering.language import mark
from app.rendering.numbers import format_quantity, round_as_shown, subtract_as_shown
from app.rendering.report_words import DIFFERENCE_COLUMNS

UNIT_OF = {"toe_to_wall_cm": "cm", "toe_to_wall_foot_lengths": "1", "shin_angle_deg": "deg", "axis_angle_deg": "deg", "knee_over_toe_cm": "cm"}
DIFFERENCE_NAMES = {
    "toe_to_wall_cm": mark("Toe to wall"),
    "toe_to_wall_foot_lengths": mark("Toe to wall"),
    "shin_angle_deg": mark("Shin angle"),
    "axis_angle_deg": mark("Knee\N{EN DASH}ankle line"),
    "knee_over_toe_cm": mark("Knee over toe"),
}


def find_difference(report: Mapping[str, Any], key: str) -> Mapping[str, float] | None:
    """Return left minus right of a kneewall.report/1 dict, value and std, the value as the rounded sides add up; None where it is not to be told.

    9.54 and 9.76 are read as 9.5 and 9.8: their difference is told as 0.3, not as 0.2. That is off by at most 0.1, which no plus-minus is below.
    """
    difference = report["comparison"]["difference"][key]
    if difference is None:
        return None
    left, right = (report[side][key]["value"] for side in ("left", "right"))
    return {"value": subtract_as_shown(left, right, unit=UNIT_OF[key]), "std": difference["std"]}


def compute_percent(report: Mapping[str, Any]) -> float | None:
    """Difference over the larger side, in per cent, of what is printed; None where the report gives none, or says that the sides do not differ."""
    comparison = report["comparison"]
    if comparison["percent"] is None or not comparison["real"]:
        return None
    values = [round_as_shown(report[side]["toe_to_wall_cm"]["value"], unit="cm") for side in ("left", "right")]
    return 100.0 * (max(values) - min(values)) / max(values)


def format_side(measurement: Mapping[str, Any] | None, key: str) -> str | None:
    """Write one number of one side, None where there is none."""
    if measurement is None or measurement[key] is None:
        return None
    bounded = measurement["limit"] == "lower_bound" and key.startswith("toe_to_wall")
    return format_quantity(measurement[key], UNIT_OF[key], at_least=bounded)


def build_differences(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of the table of differences; foot lengths only where there are no centimetres."""
    rows = []
    in_cm = any(format_side(report[side], "toe_to_wall_cm") for side in ("left", "right"))
    for key, name in DIFFERENCE_NAMES.items():
        if key == "toe_to_wall_foot_lengths" and in_cm and report["comparison"]["basis"] != key:
            continue
        cells = [format_side(report[side], key) for side in ("left", "right")]
        difference = find_difference(report, key)
        if difference is not None or any(cell is not None for cell in cells):
            rows.append({"name": _(name), "left": cells[0], "right": cells[1], "difference": format_quantity(difference, UNIT_OF[key], signed=True)})
    return rows


def name_columns(report: Mapping[str, Any]) -> list[str]:
    """Name the columns of the table; a side whose points somebody set says so over its numbers."""
    by_hand = {"Left": is_by_hand(report["left"]), "Right": is_by_hand(report["right"])}
    return [add_hand(_(name), by_hand=by_hand.get(name, False)) for name in DIFFERENCE_COLUMNS]
