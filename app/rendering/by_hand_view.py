"""What setting points by hand gives, in words: for the page beside the picture, and for its script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.rendering.curve_svg import VERDICT_NAMES
from app.rendering.language import gettext as _
from app.rendering.language import retell
from app.rendering.numbers import format_quantity


def build_hand_view(document: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as text by name, what became of each lunge, and the points of a kneewall.measurement/1 dict (pixels as filmed)."""
    at_least = document["limit"] == "lower_bound"
    numbers = {
        "toe_to_wall_cm": format_quantity(document["toe_to_wall_cm"], "cm", at_least=at_least),
        "shin_angle_deg": format_quantity(document["shin_angle_deg"], "deg"),
        "axis_angle_deg": format_quantity(document["axis_angle_deg"], "deg"),
        "knee_over_toe_cm": format_quantity(document["knee_over_toe_cm"], "cm"),
    }
    lunges = [f"{number}: {_(VERDICT_NAMES[each['verdict']])}" for number, each in enumerate(document["repetitions"], start=1)]
    serious = [retell(finding["message"]) for finding in document["findings"] if finding["severity"] == "error"]
    return {"numbers": numbers, "lunges": ", ".join(lunges), "problems": " ".join(serious), "points_px": document["evidence"]["points_px"]}
