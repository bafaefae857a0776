"""The verdict in words: what today's two clips show, without a diagnosis."""

from __future__ import annotations

from app.assessment.asymmetry import Comparison
from app.assessment.report import Report
from app.rendering.measurement_dict import build_quantity_dict
from app.rendering.numbers import format_quantity, format_value

PLUS_MINUS = (
    "\N{PLUS-MINUS SIGN} is the camera's error in this clip, meant to hold the visible outline in 95 of 100 such clips. "
    "It is not how much you change from day to day, and not the difference between the outline of the leg and the bone inside it."
)
LOWER_BOUND = (
    "\N{GREATER-THAN OR EQUAL TO} means at least: the clip shows where the foot stood, not that farther back was impossible. "
    "Move back 1 cm at a time until the knee no longer reaches, or say that it was the furthest."
)
GRADE_SOURCE = (
    "1.5 cm: smallest difference between two legs that a tape measure can tell, in 53 people with an ankle problem "
    "(Chisholm et al. 2012, Physiotherapy Canada 64:347)."
)
GRADE_WORDS = {
    "under_1_5_cm": "It is under 1.5 cm: less than measuring both legs by hand with a tape can tell apart.",
    "from_1_5_to_3_cm": "It is between 1.5 and 3 cm: more than the 1.5 cm that measuring both legs by hand with a tape can tell apart.",
    "over_3_cm": "It is over 3 cm: more than twice the 1.5 cm that measuring both legs by hand with a tape can tell apart.",
}
UNIT_OF = {"toe_to_wall_cm": "cm", "toe_to_wall_foot_lengths": "1", "shin_angle_deg": "deg", "axis_angle_deg": "deg", "knee_over_toe_cm": "cm"}


def describe_verdict(report: Report) -> dict[str, str]:
    """Write the verdict as a headline and a paragraph."""
    comparison = report.comparison
    if comparison.basis is not None and comparison.real is not None:
        headline, detail = _write_headline(comparison), _write_detail(comparison)
    else:
        headline, detail = _write_headline_without_verdict(report), _write_detail_without_verdict(report)
    return {"headline": headline, "detail": detail.replace("\N{NO-BREAK SPACE}", " ")}


def describe_difference(comparison: Comparison, name: str) -> str:
    """Write one difference, left minus right, such as ``+2.3 ± 1.1 cm``."""
    return format_quantity(build_quantity_dict(comparison.differences.get(name), 5), UNIT_OF[name], signed=True)


def _write_headline(comparison: Comparison) -> str:
    if comparison.basis is None or not comparison.real:
        return "No difference beyond the camera's error"
    size = abs(comparison.differences[comparison.basis].value)
    amount = f"{format_value(size)} cm" if comparison.basis == "toe_to_wall_cm" else f"{format_value(size, decimals=2)} foot lengths"
    side = str(comparison.larger_side).capitalize()
    if comparison.scope == "reached_today":
        return f"{side} reached {amount} farther today"
    return f"{side} reaches {amount} farther"


def _write_detail(comparison: Comparison) -> str:
    basis = comparison.basis or "toe_to_wall_cm"
    amount = describe_difference(comparison, basis)
    sentences = [
        f"The difference, left minus right, is {amount}: more than the camera's error."
        if comparison.real
        else f"The difference, left minus right, is {amount}: the camera cannot tell it from none."
    ]
    if comparison.grade is not None:
        sentences.append(GRADE_WORDS[comparison.grade])
    if comparison.scope == "reached_today":
        sentences.append("It compares what was reached in these clips and is not a verdict on the ankles, because farther back was not tried until it failed.")
    sentences.extend(_write_support(comparison))
    return " ".join(sentences)


def _write_support(comparison: Comparison) -> list[str]:
    """Say what the angle adds to the distance."""
    name = next((name for name in ("shin_angle_deg", "axis_angle_deg") if name in comparison.differences), None)
    if name is None:
        return []
    amount = describe_difference(comparison, name)
    beyond = comparison.is_beyond_error(name)
    if comparison.real and beyond:
        return [f"The shin angle agrees: {amount}."]
    if comparison.real:
        return [f"The shin angle does not confirm it: {amount}."]
    if beyond:
        return [f"The shin angle does differ: {amount}. Repeat the measurement."]
    return [f"The shin angle agrees: {amount}."]


def _write_headline_without_verdict(report: Report) -> str:
    codes = {finding.code for finding in report.findings}
    measured = [side for side, attempt in (("left", report.left), ("right", report.right)) if attempt is not None and attempt.status == "measured"]
    if "same_leg_twice" in codes:
        return "The clips do not show a left and a right leg"
    if not measured:
        return "Neither leg could be measured"
    if len(measured) == 1:
        return f"Only the {measured[0]} leg was measured"
    if "cues_disagree" in codes:
        return "Distance and angle disagree"
    return "The two sides cannot be compared"


def _write_detail_without_verdict(report: Report) -> str:
    comparison = report.comparison
    reasons = [finding.message for finding in report.findings if finding.severity != "info"]
    amounts = [f"{label} {describe_difference(comparison, name)}" for name, label in _LABELS.items() if name in comparison.differences]
    arithmetic = f"Left minus right is, as plain arithmetic: {'; '.join(amounts)}." if amounts else ""
    return " ".join([*reasons, arithmetic]).strip()


_LABELS = {"toe_to_wall_cm": "toe to wall", "toe_to_wall_foot_lengths": "toe to wall", "shin_angle_deg": "shin angle"}
