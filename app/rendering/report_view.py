"""What the report shows, ready to print: the templates of page and PDF only place it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.rendering.advice import ADVICE, GENERAL_ADVICE
from app.rendering.curve_svg import HEIGHT, VERDICT_NAMES, compute_angle_range, describe_axes, draw_curve
from app.rendering.differences import DIFFERENCE_NAMES, build_differences, compute_percent, format_side, name_columns
from app.rendering.explain import describe_help
from app.rendering.hand_words import add_hand, is_by_hand, tell_hand
from app.rendering.interval_svg import draw_intervals
from app.rendering.language import get_language, mark, retell, write_day
from app.rendering.language import gettext as _
from app.rendering.numbers import format_half_width, format_quantity, format_value, tie_numbers, write_unit
from app.rendering.report_words import (
    ABSENT,
    CURVE_CAPTION,
    HEADINGS,
    INTERVAL_CAPTION,
    MEANINGS,
    NO_ANGLE,
    NO_CURVE,
    NO_PICTURE,
    NO_REPETITION,
    NOT_A_DIAGNOSIS,
    REPETITION_COLUMNS,
)
from app.rendering.words import describe_verdict

View = dict[str, Any]
SCALE_NAMES = {
    "sheet": mark("the printed sheet on the floor"),
    "foot_length": mark("the foot length that was typed in"),
    "height": mark("the body height that was typed in (crude)"),
    "none": mark("none: angles, and the distance in foot lengths"),
}
LIMIT_NAMES = {
    "bracketed": mark("yes: a trial farther back in this clip failed"),
    "declared": mark("yes, as declared"),
    "lower_bound": mark("not shown: the number is a lower bound"),
}
LEARNT_FOOT = mark("the foot length, as learnt from earlier clips with the sheet")
SHEET_CHECKS = {"sheet_ruler_mm": mark("Ruler of the sheet, as printed"), "sheet_margin_mm": mark("Margin of the sheet, as printed")}
VIEW_NAMES = {"lateral": mark("from the outer side"), "medial": mark("from the inner side")}
SEVERITY_NAMES = {"info": mark("Note"), "warning": mark("Warning"), "error": mark("Problem")}
_NAMES_WITHIN = {
    "toe_to_wall_cm": mark("toe to wall"),
    "toe_to_wall_foot_lengths": mark("toe to wall"),
    "shin_angle_deg": mark("shin angle"),
    "axis_angle_deg": mark("knee\N{EN DASH}ankle line"),
    "knee_over_toe_cm": mark("knee over toe"),
}
"""As they stand within a sentence."""
_FIXED: View = {
    "headings": HEADINGS,
    "repetition_columns": REPETITION_COLUMNS,
    "interval_caption": INTERVAL_CAPTION,
    "curve_caption": CURVE_CAPTION,
    "no_angle": NO_ANGLE,
    "no_curve": NO_CURVE,
    "no_picture": NO_PICTURE,
    "no_repetition": NO_REPETITION,
    "not_a_diagnosis": NOT_A_DIAGNOSIS,
    "meanings": MEANINGS,
    "shin": mark("Shin"),
}


def build_report_view(
    report: Mapping[str, Any],
    *,
    stills: Mapping[str, str],
    overlays: Mapping[str, str],
    handed_in: date | None = None,
    curve_height: float = HEIGHT,
) -> View:
    """Everything that page and PDF show of a kneewall.report/1 dict, in words; `stills` and `overlays` map sides to addresses."""
    sides = build_sides(report, stills, overlays, curve_height=curve_height)
    findings, steps = build_common_findings(report)
    verdict = describe_verdict(report)
    fixed: View = _translate(_FIXED)
    return fixed | {
        "written_in": get_language(),
        "day": None if handed_in is None else _("clips handed in on {day} (UTC)").format(day=write_day(handed_in)),
        "headline": tie_numbers(verdict["headline"]),
        "detail": tie_numbers(verdict["detail"]),
        "steps": steps,
        "sides": sides,
        "measured": [side for side in sides if side["state"] == "measured"],
        "intervals": draw_intervals(report["left"], report["right"], basis=report["comparison"]["basis"]),
        "differences": build_differences(report),
        "difference_columns": name_columns(report),
        "notes": _build_notes(report, sides),
        "findings": findings,
        "sources": [_describe_source(side) for side in sides if side["state"] != "missing"],
    }


def _translate(words: Any) -> Any:  # noqa: ANN401 - words, or what holds them
    """Return marked words in the language of whoever reads."""
    if isinstance(words, str):
        return _(words)
    return {key: _translate(each) for key, each in words.items()} if isinstance(words, Mapping) else [_translate(each) for each in words]


def _build_notes(report: Mapping[str, Any], sides: list[View]) -> list[str]:
    """Say what the numbers above the notes can and cannot tell."""
    comparison, explanations = report["comparison"], report["explanations"]
    notes = []
    percent = compute_percent(report)
    if percent is not None:
        notes.append(_("That is {percent}\N{NO-BREAK SPACE}% of the larger side.").format(percent=f"{percent:.0f}"))
    if comparison["grade"]:
        notes.append(retell(explanations["grade_source"]))
    if any(side["state"] == "measured" for side in sides):
        notes.append(retell(explanations["plus_minus"]))
    if any(side.get("distance") and side["distance"]["at_least"] for side in sides):
        notes.append(retell(explanations["lower_bound"]))
    return notes


def _describe_source(side: View) -> str:
    """Name the clip of one side and what measured it."""
    parts = [f"{side['title']}: {side['clip']}"]
    if "provenance" in side:
        made = side["provenance"]
        parts += [
            _("measured by {version}").format(version=made["code_version"]),
            _("pose model {model}").format(model=f"{made['model']} {made['model_sha256'][:12]}"),
        ]
    return " · ".join(parts)


def build_sides(report: Mapping[str, Any], stills: Mapping[str, str], overlays: Mapping[str, str], *, curve_height: float = HEIGHT) -> list[View]:
    """Left and right, each ready to print; a missing clip is a side too."""
    present = [report[name] for name in ("left", "right") if report[name] is not None]
    angle_range, basis = compute_angle_range(present), report["comparison"]["basis"]
    sides = []
    for name in ("left", "right"):
        m = report[name]
        side = _build_side(name, m, still=stills.get(name), overlay=overlays.get(name), basis=basis)
        if side["state"] == "measured":
            side["curve"] = draw_curve(m, angle_range=angle_range, name=f"curve-{name}", height=curve_height)
            side["axes"] = describe_axes(m, angle_range=angle_range, height=curve_height) if side["curve"] else None
        sides.append(side)
    return sides


def build_common_findings(report: Mapping[str, Any]) -> tuple[list[View], list[str]]:
    """Pick the findings about both sides that the verdict does not tell already, and what to do about those that it tells."""
    told = [f for f in report["findings"] if f["message"] in report["verdict"]["detail"]]
    rest = [f for f in report["findings"] if f not in told and f["code"] != "lower_bound"]
    return build_findings(rest), list(dict.fromkeys(_(ADVICE[f["code"]]) for f in told if f["code"] in ADVICE))


def build_findings(findings: list[Mapping[str, Any]]) -> list[View]:
    """Pair findings with the word for their severity and advice, the weightiest first."""
    ordered = sorted(findings, key=lambda f: list(SEVERITY_NAMES)[::-1].index(f["severity"]))
    return [
        {
            "severity": f["severity"],
            "label": _(SEVERITY_NAMES[f["severity"]]),
            "message": retell(f["message"]),
            "advice": _(ADVICE[f["code"]]) if f["code"] in ADVICE else "",
            "code": f["code"],
        }
        for f in ordered
    ]


def _build_side(name: str, m: Mapping[str, Any] | None, *, still: str | None, overlay: str | None, basis: str | None) -> View:
    title = _("Left") if name == "left" else _("Right")
    if m is None:
        return {
            "name": name,
            "title": title,
            "state": "missing",
            "absent": _(ABSENT["missing"]),
            "code": None,
            "advice": _("Film it too to compare both legs."),
        }
    if m["status"] == "rejected":
        return {
            "name": name,
            "title": title,
            "state": "rejected",
            "absent": _(ABSENT["rejected"]),
            "code": m["code"],
            "advice": retell(m["advice"] or GENERAL_ADVICE),
            "reason": _("Reason:"),
            "clip": m["clip"],
            "findings": build_findings(m["findings"]),
        }
    by_hand = is_by_hand(m)
    angle, over, key_frame_s = format_side(m, "shin_angle_deg"), format_side(m, "knee_over_toe_cm"), None
    if m["evidence"] is not None:
        key_frame_s = format_value(m["evidence"]["key_frame_s"])
    return {
        "name": name,
        "title": title,
        "caption": add_hand(title, by_hand=by_hand),
        "by_hand": tell_hand() if by_hand else None,
        "state": "measured",
        "absent": _(ABSENT["measured"]),
        "clip": m["clip"],
        "distance": _build_number(m, basis or ("toe_to_wall_cm" if m["toe_to_wall_cm"] else "toe_to_wall_foot_lengths")),
        "angle": angle,
        "still": still,
        "still_text": _describe_still(name, angle, key_frame_s),
        "still_caption": _caption_still(over, key_frame_s),
        "overlay": overlay,
        "repetitions": [_build_repetition(number, r) for number, r in enumerate(m["repetitions"], start=1)],
        "findings": build_findings(m["findings"]),
        "assumed": _build_assumptions(m),
        "surer": _tell_uncertainty(m),
        "provenance": m["provenance"],
    }


def _tell_uncertainty(m: Mapping[str, Any]) -> list[str]:
    """Say in plain words what the plus-minus of the first number that there is hangs on, and what would make it smaller."""
    budget = m.get("budget") or {}
    key = next((key for key in DIFFERENCE_NAMES if budget.get(key) and m[key] is not None), None)
    if key is None:
        return []
    return [_("The ± of {number} comes from many small things.").format(number=_(_NAMES_WITHIN[key])), *describe_help(m, key)]


def _describe_still(side: str, angle: str | None, key_frame_s: str | None) -> str:
    """Say what is on the key frame, for who cannot see it."""
    leg = _("Left leg") if side == "left" else _("Right leg")
    words = [
        _("{leg} at {seconds} seconds, the frame that was measured: shin outline, vertical, wall, floor, toe, heel and knee are drawn on it.")
        if key_frame_s
        else _("{leg}, the frame that was measured: shin outline, vertical, wall, floor, toe, heel and knee are drawn on it.")
    ]
    if angle:
        words.append(_("Shin angle {angle}."))
    return " ".join(words).format(leg=leg, seconds=key_frame_s, angle=angle)


def _caption_still(over: str | None, key_frame_s: str | None) -> str:
    """Write what stands after the side's name below its key frame."""
    when = _(" at {seconds}\N{NO-BREAK SPACE}s").format(seconds=key_frame_s) if key_frame_s else ""
    return when + (_(" · knee over toe {distance}").format(distance=over) if over else "")


def _build_number(m: Mapping[str, Any], key: str) -> View | None:
    quantity = m[key]
    if quantity is None:
        return None
    decimals = 2 if key.endswith("_lengths") else 1
    return {
        "value": format_value(quantity["value"], decimals=decimals),
        "half_width": format_half_width(quantity["std"], decimals=decimals),
        "unit": write_unit("1" if decimals > 1 else "cm"),
        "at_least": m["limit"] == "lower_bound",
    }


def _build_repetition(number: int, r: Mapping[str, Any]) -> View:
    return {
        "number": number,
        "time": f"{format_value(r['start_s'])}\N{EN DASH}{format_value(r['end_s'])}\N{NO-BREAK SPACE}s",
        "stance": r["stance"],
        "verdict": r["verdict"],
        "label": _(VERDICT_NAMES[r["verdict"]]),
        "reason": retell(r["reason"]),
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
    name = _("Shoe length seen") if m["provenance"]["parameters"].get("footwear") == "shod" else _("Foot length seen")
    return (name, _("{length}; can be used for clips without the sheet").format(length=format_quantity(quantity, "cm")))


def _build_assumptions(m: Mapping[str, Any]) -> list[tuple[str, str]]:
    parameters = m["provenance"]["parameters"]
    rows = [(_("Scale from"), _(SCALE_NAMES[m["scale"]["source"]]))]
    if m["scale"]["source"] == "foot_length" and parameters.get("foot_length_cm"):
        length, std = float(parameters["foot_length_cm"]), parameters.get("foot_length_std_cm")
        if std is not None:
            rows = [(_("Scale from"), _(LEARNT_FOOT)), (_("Foot length"), format_quantity({"value": length, "std": std}, "cm"))]
        else:
            rows.append((_("Foot length"), f"{format_value(length)}\N{NO-BREAK SPACE}cm"))
    rows += [(_(name), f"{format_value(float(parameters[key]))}\N{NO-BREAK SPACE}mm") for key, name in SHEET_CHECKS.items() if parameters.get(key) is not None]
    learnt = describe_learnt_foot(m)
    if learnt:
        rows.append(learnt)
    if parameters.get("footwear"):
        rows.append((_("Footwear"), retell(str(parameters["footwear"]))))
    if parameters.get("skirting_cm"):
        rows.append((_("Skirting board"), f"{format_value(float(parameters['skirting_cm']))}\N{NO-BREAK SPACE}cm"))
    if m["view"]:
        rows.append((_("Filmed"), _(VIEW_NAMES[m["view"]])))
    if m["limit"]:
        rows.append((_("As far back as possible"), _(LIMIT_NAMES[m["limit"]])))
    return rows
