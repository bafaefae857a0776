"""What the clips of one person's two legs are wrong about alike: the one place that says so, with how much and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.assessment.measurement import Contribution, Measurement
from calibration.references import PHONE_FOCAL_RELATIVE_STD


@dataclass(frozen=True, slots=True)
class Shared:
    """How the errors of one input go together in both clips (-1..1), and why."""

    correlation: float
    reason: str


SHARED: Mapping[str, Shared] = {
    "scale": Shared(1.0, "one typed length, or one print of the sheet, is used for both legs"),
    "lens": Shared(1.0, "one phone films both legs; both fits lean on the same idea of its lens, each by what the picture leaves open"),
    "offset": Shared(
        0.7, "the two shins of a person are built alike. Judgement: half of what people differ by is common to their legs, and the mean's own error"
    ),
    "outline": Shared(0.5, "where the outline begins and ends follows the shape of the leg, and the camera stands anew. Judgement"),
    "knee_joint": Shared(0.5, "the joint lies behind the knee's front about as far in both legs; the front is read anew in each clip. Judgement"),
    "ankle_joint": Shared(0.5, "the ankle is placed by the proportions of feet, which two feet of a person share; heel and toe are read anew. Judgement"),
}
"""Inputs by their name in a budget. All others - where camera, sheet and foot stand, depths, edges, cloth, touch, scatter - are made anew for each leg."""

_TYPED = {"foot_length": "foot_length_cm", "height": "height_cm", "sheet": "sheet_ruler_mm"}
"""What was said that gives the scale."""


def find_correlation(left: Measurement, right: Measurement, a: Contribution, b: Contribution) -> float:
    """How the errors of one input (`a` on the left, `b` on the right) go together.

    Notes
    -----
    Of the focal length only what both fits take from the prior is common: with a prior of standard deviation s and fits good to u and v, u v / s^2. Where
    the file names the focal length the prior was narrower and more is common than that; the difference is then known a little better than is said.
    """
    if a.source not in SHARED:
        return 0.0
    correlation = SHARED[a.source].correlation
    if a.source == "scale":
        return correlation if has_same_scale(left, right) else 0.0
    if a.source == "lens":
        if a.known_to is None or b.known_to is None:
            return 0.0
        return correlation * min(1.0, a.known_to * b.known_to / (100.0 * PHONE_FOCAL_RELATIVE_STD) ** 2)
    return correlation


def has_same_scale(left: Measurement, right: Measurement) -> bool:
    """Whether one length gives the centimetres of both: the same thing with the same value."""
    typed = _TYPED.get(left.scale.source)
    said = [side.provenance.parameters.get(typed) for side in (left, right)] if typed else []
    return bool(said) and left.scale.source == right.scale.source and said[0] == said[1]


def compute_own_variance(left: Measurement, right: Measurement, name: str, *, without: frozenset[str]) -> float | None:
    """Variance of left minus right of one number, input by input; None where a side does not say what its uncertainty is made of.

    Parameters
    ----------
    without : frozenset of str
        Inputs that are counted elsewhere.

    Notes
    -----
    With effects a and b of an input's standard error on both sides, and correlation r, it adds a^2 + b^2 - 2 r a b. The sign of an effect counts: both clips
    are measured facing right, so an input of the body has the same direction in both, but what it does may not have.
    """
    sides = [{c.source: c for c in side.budget.get(name, ()) if c.source not in without} for side in (left, right)]
    if not all(sides):
        return None
    total = [c.effect**2 for side in sides for c in side.values()]
    total += [-2.0 * find_correlation(left, right, a, b) * a.effect * b.effect for source, a in sides[0].items() if (b := sides[1].get(source)) is not None]
    return math.fsum(total)
