"""Why a plus-minus is as wide as it is, for a terminal: what each number hangs on, and what would help most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.rendering.language import gettext as _
from app.rendering.language import mark
from app.rendering.numbers import COVERAGE, UNITS, format_quantity

NUMBERS = {
    "shin_angle_deg": ("Shin angle", "deg"),
    "axis_angle_deg": ("Knee\N{EN DASH}ankle line", "deg"),
    "toe_to_wall_cm": ("Toe to wall", "cm"),
    "knee_over_toe_cm": ("Knee over toe", "cm"),
    "toe_to_wall_foot_lengths": ("Toe to wall", "1"),
    "heel_lift_cm": ("Heel lift", "cm"),
}
INPUT_NAMES = {
    "lens": mark("focal length of the lens"),
    "camera": mark("place and turn of the camera"),
    "plane": mark("how far from the camera the foot stands"),
    "toe_depth": mark("how far from the camera the toe tip is"),
    "ankle_depth": mark("how far from the camera the ankle is"),
    "crest_depth": mark("how far from the camera the edge of the shin is, at the knee"),
    "knee_depth": mark("how far from the camera the knee is"),
    "border": mark("where the sole's border meets the floor"),
    "toe": mark("where the toe ends on the picture"),
    "heel": mark("where the heel ends on the picture"),
    "knee": mark("where the knee ends on the picture"),
    "outline": mark("where along the shin its edge is taken"),
    "shin_cloth": mark("cloth over the shin"),
    "cloth": mark("cloth over the knee"),
    "knee_joint": mark("where in the knee its joint is"),
    "ankle_joint": mark("where in the foot the ankle joint is"),
    "offset": mark("angle between the edge of the shin and the line of the joints"),
    "scale": mark("length that gives the centimetres"),
    "corners": mark("corners of the sheet's squares on the picture"),
    "sheet": mark("where the sheet's edge lies against the wall"),
    "hand_wall": mark("where the wall was set by hand"),
    "frames": mark("scatter from frame to frame"),
    "touch": mark("how far skin gives at the touch"),
    "stop": mark("how alike the lunges stop"),
    "wall": mark("which of several lines is the wall"),
    "lunges": mark("scatter from lunge to lunge"),
    "heel_outline": mark("where the heel's outline lies on the picture"),
    "heel_doubt": mark("rear edge and sole of the foot do not say what the heel's outline says"),
    "heel_turn": mark("how the foot turns as the heel rises"),
}
SCALE_INPUT_NAMES = {
    "sheet": mark("scale at which the sheet was printed"),
    "foot_length": mark("typed length of the foot"),
    "height": mark("foot's share of the body height"),
}
LEARNT_SCALE = mark("length of the foot, as earlier clips with the sheet showed it")

LEAST_SHARE = 0.005
"""Inputs that make less of the square of a plus-minus are shown as one."""

SHEET_UNSEEN = mark("The printed sheet was not seen: lay it beside the foot, flush against the wall.")
SHEET_UNUSED = mark("The printed sheet was not asked for: lay it beside the foot, flush against the wall, and measure with --scale sheet.")
BEYOND_HELP = "cannot be helped by filming better"
_REMEDIES = {
    "near": mark("Make the leg larger on the picture: 2 m away, at 1080p, in even light, on a floor whose colour is not the foot's."),
    "abreast": mark("Put the camera straight beside the gap between toes and wall, and let the knee travel over the second toe: depth then counts least."),
    "cloth": mark("Roll trousers up above the knee."),
    "still": mark("Lunge three times and hold each for 2 seconds, as still as you can."),
    "print": mark("Hold a steel rule against the sheet's ruler and type in what it measures."),
    "flush": mark("Tape the sheet flush against the wall, and type in its margin as printed."),
}
_REMEDY_OF = {
    **dict.fromkeys(("toe", "heel", "knee", "border", "corners"), "near"),
    **dict.fromkeys(("plane", "toe_depth", "ankle_depth", "crest_depth", "knee_depth"), "abreast"),
    **dict.fromkeys(("cloth", "shin_cloth"), "cloth"),
    **dict.fromkeys(("frames", "lunges"), "still"),
}


def build_explanation(m: Mapping[str, Any]) -> RenderableType:
    """Show for each number of a measured attempt what its plus-minus is made of."""
    head = Text.assemble((f"{m['clip']}: what each plus-minus is made of", "bold"))
    if m["status"] == "rejected":
        return Group(head, Padding(f"Nothing was measured: {m['advice']} ({m['code']})", (0, 2)))
    parts: list[RenderableType] = [head]
    if not any(r["verdict"] == "valid" for r in m["repetitions"]):
        parts.append(Padding("No lunge counts, so no number is given; this is what the plus-minus of a single lunge is made of.", (0, 2)))
    for key, (name, unit) in NUMBERS.items():
        rows = m["budget"].get(key)
        if rows and not (key == "toe_to_wall_foot_lengths" and "toe_to_wall_cm" in m["budget"]):
            parts.append(_build_table(m, key, name, unit, rows))
            parts.append(Padding(Group(*(Text(line) for line in describe_help(m, key))), (0, 2, 1, 2)))
    note = "All are half widths of 95 % intervals. Contributions add in squares: a share is that of the square, and shares add up to 100 %."
    return Group(*parts, Text(note, style="dim"), Text())


def describe_help(m: Mapping[str, Any], key: str) -> Iterator[str]:
    """Say in plain words what weighs most in one number's plus-minus, and what would help most."""
    rows = m["budget"][key]
    total = sum(row["effect"] ** 2 for row in rows)
    most = max(rows, key=lambda row: abs(row["effect"]))
    remedies: dict[str, float] = {}
    for row in rows:
        remedy = find_remedy(m, row["source"])
        if remedy is not None:
            remedies[remedy] = remedies.get(remedy, 0.0) + row["effect"] ** 2
    share = f"{100 * most['effect'] ** 2 / total:.0f}"
    helped = find_remedy(m, most["source"]) is not None
    words = _("Most of it: {input} ({share} %).") if helped else _("Most of it: {input} ({share} %): cannot be helped by filming better.")
    yield words.format(input=_(name_input(m, most["source"])), share=share)
    if remedies:
        best = max(remedies, key=lambda remedy: remedies[remedy])
        words = _("What would help most: {remedy} It accounts for {share} %.")
        yield words.format(remedy=_(best), share=f"{100 * remedies[best] / total:.0f}")
    else:
        yield _("All of it: cannot be helped by filming better.")


def find_remedy(m: Mapping[str, Any], source: str) -> str | None:
    """Return what a person can do about one input of this clip, as a sentence; None where filming better does not help."""
    parameters, by_sheet = m["provenance"]["parameters"], m["scale"]["source"] == "sheet"
    if source in {"lens", "camera", "wall"} or (source == "scale" and not by_sheet):
        if by_sheet:
            return _REMEDIES["near"]
        return SHEET_UNSEEN if parameters.get("scale", "auto") in {"auto", "sheet"} else SHEET_UNUSED
    if source == "scale":
        return _REMEDIES["print"] if parameters.get("sheet_ruler_mm") is None else None
    if source == "sheet":
        return _REMEDIES["flush"] if parameters.get("sheet_margin_mm") is None else None
    return _REMEDIES[_REMEDY_OF[source]] if source in _REMEDY_OF else None


def name_input(m: Mapping[str, Any], source: str) -> str:
    """Name one input; the scale by what gives it."""
    if source == "scale":
        if m["provenance"]["parameters"].get("foot_length_std_cm") is not None and m["scale"]["source"] == "foot_length":
            return LEARNT_SCALE
        return SCALE_INPUT_NAMES.get(m["scale"]["source"], INPUT_NAMES[source])
    return INPUT_NAMES[source]


def _build_table(m: Mapping[str, Any], key: str, name: str, unit: str, rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=_write_title(m, key, name, unit), title_justify="left", title_style="bold", show_footer=True)
    total = sum(row["effect"] ** 2 for row in rows)
    table.add_column("input", footer="together")
    table.add_column("known to", justify="right")
    table.add_column("adds", justify="right", footer=_write_width(total**0.5, unit))
    table.add_column("share", justify="right", footer="100 %")
    shown = [row for row in rows if row["effect"] ** 2 >= LEAST_SHARE * total]
    for row in shown:
        known = "the fit" if row["known_to"] is None else _write_width(row["known_to"], row["unit"])
        table.add_row(name_input(m, row["source"]), known, *_write_share(row["effect"] ** 2, total, unit))
    if len(shown) < len(rows):
        rest = total - sum(row["effect"] ** 2 for row in shown)
        table.add_row(f"{len(rows) - len(shown)} more, each under {100 * LEAST_SHARE:.1f} %", "", *_write_share(max(rest, 0.0), total, unit))
    return table


def _write_share(variance: float, total: float, unit: str) -> tuple[str, str]:
    return _write_width(variance**0.5, unit), f"{100.0 * variance / total:.1f} %"


def _write_title(m: Mapping[str, Any], key: str, name: str, unit: str) -> str:
    if key == "heel_lift_cm":
        lifts = [r["heel_lift_cm"] for r in m["repetitions"] if r["heel_lift_cm"] is not None]
        greatest = max(lifts, key=lambda quantity: float(quantity["value"]), default=None)
        return f"{name}, the greatest in the clip: {format_quantity(greatest, unit)}"
    return f"{name}: {format_quantity(m[key], unit) if m[key] is not None else 'no number is given'}"


def _write_width(std: float, unit: str) -> str:
    """Write the half width of the 95 % interval to two places, three where it is a share of a foot."""
    suffix = UNITS.get(unit, f"\N{NO-BREAK SPACE}{unit}")
    return f"±\N{NO-BREAK SPACE}{COVERAGE * std:.{3 if unit == '1' else 2}f}{suffix}"
