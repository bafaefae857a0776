"""The verdict in words: what today's two clips show, without a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.rendering.differences import UNIT_OF, find_difference
from app.rendering.hand_words import name_hand_legs
from app.rendering.language import gettext as _
from app.rendering.language import mark, retell
from app.rendering.numbers import format_quantity, format_value

PLUS_MINUS = mark(
    "\N{PLUS-MINUS SIGN} is the camera's error in this clip, meant to hold the visible outline in 95 of 100 such clips. "
    "It is not how much you change from day to day, and not the difference between the outline of the leg and the bone inside it."
)
LOWER_BOUND = mark(
    "\N{GREATER-THAN OR EQUAL TO} means at least: the clip shows where the foot stood, not that farther back was impossible. "
    "Move back 1 cm at a time until the knee no longer reaches, or say that it was the furthest."
)
GRADE_SOURCE = mark(
    "1.5 cm: smallest difference between two legs that a tape measure can tell, in 53 people with an ankle problem "
    "(Chisholm et al. 2012, Physiotherapy Canada 64:347)."
)
GRADE_WORDS = {
    "under_1_5_cm": mark("It is under 1.5 cm: less than measuring both legs by hand with a tape can tell apart."),
    "from_1_5_to_3_cm": mark("It is between 1.5 and 3 cm: more than the 1.5 cm that measuring both legs by hand with a tape can tell apart."),
    "over_3_cm": mark("It is over 3 cm: more than twice the 1.5 cm that measuring both legs by hand with a tape can tell apart."),
}


def describe_verdict(report: Mapping[str, Any]) -> dict[str, str]:
    """Write the verdict of a kneewall.report/1 dict as a headline and a paragraph, in the language of whoever reads."""
    comparison = report["comparison"]
    if comparison["basis"] is not None and comparison["real"] is not None:
        headline, detail = _write_headline(report), _write_detail(report)
    else:
        headline, detail = _write_headline_without_verdict(report), _write_detail_without_verdict(report)
    by_hand = name_hand_legs(report)
    headline = f"{headline} ({by_hand})" if by_hand else headline
    return {"headline": headline, "detail": detail.replace("\N{NO-BREAK SPACE}", " ")}


def _write_difference(report: Mapping[str, Any], name: str) -> str:
    """Write one difference, left minus right, such as ``+2.3 ± 1.1 cm``."""
    return format_quantity(find_difference(report, name), UNIT_OF[name], signed=True)


def _write_headline(report: Mapping[str, Any]) -> str:
    comparison, basis = report["comparison"], report["comparison"]["basis"]
    if not comparison["real"]:
        return _("No difference beyond the camera's error")
    size = abs((find_difference(report, basis) or {"value": 0.0})["value"])
    amount = f"{format_value(size)} cm" if basis == "toe_to_wall_cm" else f"{format_value(size, decimals=2)}{_(' foot lengths')}"
    if comparison["scope"] == "reached_today":
        words = _("Left reached {amount} farther today") if comparison["larger_side"] == "left" else _("Right reached {amount} farther today")
    else:
        words = _("Left reaches {amount} farther") if comparison["larger_side"] == "left" else _("Right reaches {amount} farther")
    return words.format(amount=amount)


def _write_detail(report: Mapping[str, Any]) -> str:
    comparison = report["comparison"]
    words = (
        _("The difference, left minus right, is {amount}: more than the camera's error.")
        if comparison["real"]
        else _("The difference, left minus right, is {amount}: the camera cannot tell it from none.")
    )
    sentences = [words.format(amount=_write_difference(report, comparison["basis"]))]
    if comparison["grade"] is not None:
        sentences.append(_(GRADE_WORDS[comparison["grade"]]))
    if comparison["scope"] == "reached_today":
        sentences.append(
            _("It compares what was reached in these clips and is not a verdict on the ankles, because farther back was not tried until it failed.")
        )
    return " ".join([*sentences, *_write_support(report)])


def _write_support(report: Mapping[str, Any]) -> list[str]:
    """Say what the angle adds to the distance."""
    comparison = report["comparison"]
    name = next((name for name in ("shin_angle_deg", "axis_angle_deg") if comparison["difference"][name] is not None), None)
    if name is None:
        return []
    real, beyond = comparison["real"], comparison["difference"][name]["beyond_error"]
    if real and not beyond:
        words = _("The shin angle does not confirm it: {amount}.")
    elif beyond and not real:
        words = _("The shin angle does differ: {amount}. Repeat the measurement.")
    else:
        words = _("The shin angle agrees: {amount}.")
    return [words.format(amount=_write_difference(report, name))]


def _write_headline_without_verdict(report: Mapping[str, Any]) -> str:
    codes = {finding["code"] for finding in report["findings"]}
    measured = [side for side in ("left", "right") if report[side] is not None and report[side]["status"] == "measured"]
    if "same_leg_twice" in codes:
        return _("The clips do not show a left and a right leg")
    if not measured:
        if report["left"] is None or report["right"] is None:
            return _("The left leg could not be measured") if report["right"] is None else _("The right leg could not be measured")
        return _("Neither leg could be measured")
    if len(measured) == 1:
        return _("Only the left leg was measured") if measured == ["left"] else _("Only the right leg was measured")
    if "cues_disagree" in codes:
        return _("Distance and angle disagree")
    return _("The two sides cannot be compared")


def _write_detail_without_verdict(report: Mapping[str, Any]) -> str:
    comparison = report["comparison"]
    reasons = [retell(finding["message"]) for finding in report["findings"] if finding["severity"] != "info" or finding["code"] == "one_leg_only"]
    amounts = [f"{_(label)} {_write_difference(report, name)}" for name, label in _LABELS.items() if comparison["difference"][name] is not None]
    arithmetic = _("Left minus right is, as plain arithmetic: {amounts}.").format(amounts="; ".join(amounts)) if amounts else ""
    return " ".join([*reasons, arithmetic]).strip()


_LABELS = {"toe_to_wall_cm": mark("toe to wall"), "toe_to_wall_foot_lengths": mark("toe to wall"), "shin_angle_deg": mark("shin angle")}
