"""What the report page shows of each side, ready to print: the template only places it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.rendering.advice import ADVICE
from app.rendering.curve_svg import VERDICT_NAMES, compute_angle_range, draw_curve
from app.rendering.numbers import UNITS, format_half_width, format_quantity, format_value
from app.rendering.words import UNIT_OF

View = dict[str, Any]
SCALE_NAMES = {
    "sheet": "the printed sheet on the floor",
    "foot_length": "the foot length that was typed in",
    "height": "the body height that was typed in (crude)",
    "none": "none: angles, and the distance in foot lengths",
}
LIMIT_NAMES = {
    "bracketed": "yes: a trial farther back in this clip failed",
    "declared": "yes, as declared",
    "lower_bound": "not shown: the number is a lower bound",
}
SHEET_CHECKS = {"sheet_ruler_mm": "Ruler of the sheet, as printed", "sheet_margin_mm": "Margin of the sheet, as printed"}
VIEW_NAMES = {"lateral": "from the outer side", "medial": "from the inner side"}
SEVERITY_NAMES = {"info": "Note", "warning": "Warning", "error": "Problem"}
DIFFERENCE_NAMES = {
    "toe_to_wall_cm": "Toe to wall",
    "toe_to_wall_foot_lengths": "Toe to wall",
    "shin_angle_deg": "Shin angle",
    "axis_angle_deg": "Knee\N{EN DASH}ankle line",
    "knee_over_toe_cm": "Knee over toe",
}


def build_sides(report: Mapping[str, Any], stills: Mapping[str, str], overlays: Mapping[str, str]) -> list[View]:
    """Left and right, each ready to print; a missing clip is a side too."""
    present = [report[name] for name in ("left", "right") if report[name] is not None]
    angle_range = compute_angle_range(present)
    return [
        _build_side(name, report[name], angle_range=angle_range, still=stills.get(name), overlay=overlays.get(name), basis=report["comparison"]["basis"])
        for name in ("left", "right")
    ]


def build_differences(report: Mapping[str, Any]) -> list[View]:
    """Rows of the table of differences; foot lengths only where there are no centimetres."""
    rows = []
    in_cm = any(_format_side(report[side], "toe_to_wall_cm") for side in ("left", "right"))
    for key, name in DIFFERENCE_NAMES.items():
        if key == "toe_to_wall_foot_lengths" and in_cm and report["comparison"]["basis"] != key:
            continue
        cells = [_format_side(report[side], key) for side in ("left", "right")]
        difference = report["comparison"]["difference"][key]
        if difference is not None or any(cell is not None for cell in cells):
            rows.append({"name": name, "left": cells[0], "right": cells[1], "difference": format_quantity(difference, UNIT_OF[key], signed=True)})
    return rows


def build_common_findings(report: Mapping[str, Any]) -> tuple[list[View], list[str]]:
    """Pick the findings about both sides that the verdict does not tell already, and what to do about those that it tells."""
    told = [f for f in report["findings"] if f["message"] in report["verdict"]["detail"]]
    rest = [f for f in report["findings"] if f not in told and f["code"] != "lower_bound"]
    return build_findings(rest), list(dict.fromkeys(ADVICE[f["code"]] for f in told if f["code"] in ADVICE))


def build_findings(findings: list[Mapping[str, Any]]) -> list[View]:
    """Pair findings with the word for their severity and advice."""
    return [
        {"severity": f["severity"], "label": SEVERITY_NAMES[f["severity"]], "message": f["message"], "advice": ADVICE.get(f["code"], ""), "code": f["code"]}
        for f in findings
    ]


def _format_side(measurement: Mapping[str, Any] | None, key: str) -> str | None:
    if measurement is None or measurement[key] is None:
        return None
    bounded = measurement["limit"] == "lower_bound" and key.startswith("toe_to_wall")
    return format_quantity(measurement[key], UNIT_OF[key], at_least=bounded)


def _build_side(name: str, m: Mapping[str, Any] | None, *, angle_range: tuple[float, float], still: str | None, overlay: str | None, basis: str | None) -> View:
    title = f"{name.capitalize()}"
    if m is None:
        return {"name": name, "title": title, "state": "missing", "code": None, "advice": "There is no clip of this leg."}
    if m["status"] == "rejected":
        return {
            "name": name,
            "title": title,
            "state": "rejected",
            "code": m["code"],
            "advice": m["advice"],
            "clip": m["clip"],
            "findings": build_findings(m["findings"]),
        }
    return {
        "name": name,
        "title": title,
        "state": "measured",
        "clip": m["clip"],
        "distance": _build_number(m, basis or ("toe_to_wall_cm" if m["toe_to_wall_cm"] else "toe_to_wall_foot_lengths")),
        "angle": _format_side(m, "shin_angle_deg"),
        "knee_over_toe": _format_side(m, "knee_over_toe_cm"),
        "still": still,
        "overlay": overlay,
        "key_frame_s": None if m["evidence"] is None else format_value(m["evidence"]["key_frame_s"]),
        "curve": draw_curve(m, angle_range=angle_range, name=f"curve-{name}"),
        "repetitions": [_build_repetition(number, r) for number, r in enumerate(m["repetitions"], start=1)],
        "findings": build_findings(m["findings"]),
        "assumed": _build_assumptions(m),
        "provenance": m["provenance"],
    }


def _build_number(m: Mapping[str, Any], key: str) -> View | None:
    quantity = m[key]
    if quantity is None:
        return None
    decimals = 2 if key.endswith("_lengths") else 1
    return {
        "value": format_value(quantity["value"], decimals=decimals),
        "half_width": format_half_width(quantity["std"], decimals=decimals),
        "unit": UNITS["1" if decimals > 1 else "cm"],
        "at_least": m["limit"] == "lower_bound",
    }


def _build_repetition(number: int, r: Mapping[str, Any]) -> View:
    return {
        "number": number,
        "time": f"{format_value(r['start_s'])}\N{EN DASH}{format_value(r['end_s'])}\N{NO-BREAK SPACE}s",
        "stance": r["stance"],
        "verdict": r["verdict"],
        "label": VERDICT_NAMES[r["verdict"]],
        "reason": r["reason"],
        "distance": format_quantity(r["toe_to_wall_cm"], "cm"),
        "shin": format_quantity(r["shin_angle_deg"], "deg"),
        "gap": format_quantity(r["knee_gap_cm"], "cm"),
        "heel": format_quantity(r["heel_lift_cm"], "cm"),
    }


def describe_learnt_foot(m: Mapping[str, Any]) -> tuple[str, str] | None:
    """Name and write the length of the foot that a clip with the sheet has shown; reports stored before it was learnt lack the key."""
    quantity = m.get("learnt_foot_length_cm")
    if quantity is None:
        return None
    worn = "Shoe" if m["provenance"]["parameters"].get("footwear") == "shod" else "Foot"
    return (f"{worn} length seen", f"{format_quantity(quantity, 'cm')}; can be used for clips without the sheet")


def _build_assumptions(m: Mapping[str, Any]) -> list[tuple[str, str]]:
    parameters = m["provenance"]["parameters"]
    rows = [("Scale from", SCALE_NAMES[m["scale"]["source"]])]
    if m["scale"]["source"] == "foot_length" and parameters.get("foot_length_cm"):
        rows.append(("Foot length", f"{format_value(float(parameters['foot_length_cm']))}\N{NO-BREAK SPACE}cm"))
    rows += [(name, f"{format_value(float(parameters[key]))}\N{NO-BREAK SPACE}mm") for key, name in SHEET_CHECKS.items() if parameters.get(key) is not None]
    learnt = describe_learnt_foot(m)
    if learnt:
        rows.append(learnt)
    if parameters.get("footwear"):
        rows.append(("Footwear", str(parameters["footwear"])))
    if parameters.get("skirting_cm"):
        rows.append(("Skirting board", f"{format_value(float(parameters['skirting_cm']))}\N{NO-BREAK SPACE}cm"))
    if m["view"]:
        rows.append(("Filmed", VIEW_NAMES[m["view"]]))
    if m["limit"]:
        rows.append(("As far back as possible", LIMIT_NAMES[m["limit"]]))
    return rows
