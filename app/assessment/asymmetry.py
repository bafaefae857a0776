"""Contrast the two legs of one day: how large the difference is, and whether it is more than the camera's error."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.assessment.budget import LUNGES
from app.assessment.measurement import Finding, Measurement, Side
from app.assessment.shared import compute_own_variance, has_same_scale
from calibration.quantity import Quantity

Basis = Literal["toe_to_wall_cm", "toe_to_wall_foot_lengths"]
Grade = Literal["under_1_5_cm", "from_1_5_to_3_cm", "over_3_cm"]
Scope = Literal["side_difference", "reached_today"]
COMPARED = ("toe_to_wall_cm", "toe_to_wall_foot_lengths", "shin_angle_deg", "axis_angle_deg", "knee_over_toe_cm")
DISTANCES: tuple[Basis, ...] = ("toe_to_wall_cm", "toe_to_wall_foot_lengths")
ANGLES = ("shin_angle_deg", "axis_angle_deg")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonParams:
    """Constants of the comparison.

    Attributes
    ----------
    coverage : float
        Factor from a standard uncertainty to the half width of a 95 % interval (normal distribution).
    grade_small_cm, grade_large_cm : float
        Where the wording changes, cm of difference.
    percent_above_cm : float
        Percentages are shown only where both sides exceed this.

    Notes
    -----
    `grade_small_cm` is the between-limb minimal detectable change of the tape test; `grade_large_cm` is twice that.

    References
    ----------
    Chisholm et al. 2012, Physiother Can 64:347, PMC3484905 (53 people with an ankle problem, tape, between-limb MDC 1.5 cm).
    """

    coverage: float = 1.96
    grade_small_cm: float = 1.5
    grade_large_cm: float = 3.0
    percent_above_cm: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Left minus right.

    Attributes
    ----------
    differences : mapping of quantity name to Quantity
        Left minus right for every number that both sides have; a name is absent when one side lacks it.
    basis : str | None
        The distance that the verdict rests on.
    real : bool | None
        Whether the two distances differ by more than the camera's error; None when they may not be held against each other.
    scope : str | None
        ``"side_difference"`` when both clips show how far the ankle goes, ``"reached_today"`` when one of them is a lower bound: then `real`
        speaks of the two numbers reached and not of the ankles.
    larger_side : str | None
        The side with the larger distance when `real`.
    grade : str | None
        Size of a real side difference, for wording only.
    percent : float | None
        Difference over the larger side, in per cent, where it is `real`, about the ankles, and both sides are large enough.
    """

    differences: Mapping[str, Quantity] = field(default_factory=dict)
    basis: Basis | None = None
    real: bool | None = None
    scope: Scope | None = None
    larger_side: Side | None = None
    grade: Grade | None = None
    percent: float | None = None
    findings: tuple[Finding, ...] = ()

    def is_beyond_error(self, name: str, *, coverage: float = 1.96) -> bool | None:
        """Whether one difference is larger than `coverage` times its standard uncertainty; None when it is absent."""
        difference = self.differences.get(name)
        return None if difference is None else abs(difference.value) > coverage * difference.std


def compute_repetition_variance(left: Measurement, right: Measurement, name: str) -> float:
    """Variance that scatter between repetitions adds to the difference of two sides.

    Parameters
    ----------
    name : str
        A quantity that repetitions carry, such as ``"toe_to_wall_cm"``.

    Returns
    -------
    float
        In the square of the quantity's unit; 0 when no side has two valid repetitions in its scoring stance.

    Notes
    -----
    The deviations of both sides are pooled, because two or three repetitions a side say little alone: s^2 (1/n_left + 1/n_right).
    """
    sides = [_list_scored_values(side, name) for side in (left, right)]
    freedom = sum(len(values) - 1 for values in sides if values)
    if freedom < 1 or not all(sides):
        return 0.0
    squares = sum((value - math.fsum(values) / len(values)) ** 2 for values in sides for value in values)
    return squares / freedom * sum(1.0 / len(values) for values in sides)


def compute_difference(left: Measurement, right: Measurement, name: str) -> Quantity | None:
    """Left minus right of one quantity, what both sides share taken out.

    Returns
    -------
    Quantity | None
        None when one side lacks the number.

    Notes
    -----
    Input by input, from what each side's uncertainty is made of; what both sides are wrong about alike is named in `app.assessment.shared`. Scatter between
    repetitions is pooled over both sides. A measurement stored without its budget shares a typed length only: its part of each side's uncertainty,
    value x u_s/s, is taken out in quadrature and enters once, as the size of the difference x u_s/s.
    """
    a, b = getattr(left, name), getattr(right, name)
    if a is None or b is None:
        return None
    value = a.value - b.value
    scatter = _repetition_variance_of(left, right, name)
    own = compute_own_variance(left, right, name, without=frozenset({LUNGES}) if scatter > 0 else frozenset())
    if own is None:  # each side's plus-minus has its scatter in it
        shared = _find_shared_scale(left, right) if name.endswith("_cm") else 0.0
        variance = math.fsum([*(max(q.std**2 - (q.value * shared) ** 2, 0.0) for q in (a, b)), (value * shared) ** 2])
    else:
        variance = own + scatter
    return Quantity(value, math.sqrt(max(variance, 1e-12)), a.unit)


def compare_sides(left: Measurement | None, right: Measurement | None, *, params: ComparisonParams | None = None) -> Comparison:
    """Contrast two attempts of one day.

    Returns
    -------
    Comparison
        With findings instead of numbers where the sides may not be held against each other.

    Notes
    -----
    One verdict, from the distance (cm, else foot lengths); the angle supports it. An angle that differs the other way, beyond its own error, takes
    the verdict away. A lower bound shows where the foot was put, so that the verdict is about the numbers reached and carries no grade.
    """
    params = params or ComparisonParams()
    obstacles = tuple(_find_obstacles(left, right))
    if left is None or right is None or any(finding.severity == "error" for finding in obstacles):
        return Comparison(findings=obstacles)
    differences = {name: difference for name in COMPARED if (difference := compute_difference(left, right, name)) is not None}
    basis = next((name for name in DISTANCES if name in differences), None)
    comparison = Comparison(differences=differences, basis=basis, findings=obstacles)
    if basis is None:
        return _with_findings(comparison, _name_missing_distance(left, right))
    if any(finding.code in {"footwear_differs", "view_differs"} for finding in obstacles):
        return comparison
    return _judge(comparison, left, right, params)


def _judge(comparison: Comparison, left: Measurement, right: Measurement, params: ComparisonParams) -> Comparison:
    """Add the verdict to a comparison whose sides may be held against each other."""
    if comparison.basis is None:
        return comparison
    difference = comparison.differences[comparison.basis]
    real = abs(difference.value) > params.coverage * difference.std
    doubts = tuple(_find_doubts(comparison, real=real, params=params))
    if any(finding.severity == "warning" for finding in doubts):
        return _with_findings(comparison, *doubts)
    bounded = [side for side in (left, right) if side.limit not in {"bracketed", "declared"}]
    bounds = (_name_lower_bound(bounded),) if bounded else ()
    graded = real and not bounded and comparison.basis == "toe_to_wall_cm"
    return Comparison(
        differences=comparison.differences,
        basis=comparison.basis,
        real=real,
        scope="reached_today" if bounded else "side_difference",
        larger_side=(("left" if difference.value > 0 else "right") if real else None),
        grade=_grade(left, right, params) if graded else None,
        percent=_compute_percent(left, right, params) if real and not bounded else None,
        findings=(*comparison.findings, *doubts, *bounds),
    )


def _grade(left: Measurement, right: Measurement, params: ComparisonParams) -> Grade | None:
    """Grade the difference of both numbers to 0.1 cm, as they are read: beside a difference of 1.5 cm it is not told that it is under 1.5 cm."""
    if left.toe_to_wall_cm is None or right.toe_to_wall_cm is None:
        return None
    size_cm = round(abs(round(left.toe_to_wall_cm.value, 1) - round(right.toe_to_wall_cm.value, 1)), 1)
    if size_cm < params.grade_small_cm:
        return "under_1_5_cm"
    return "from_1_5_to_3_cm" if size_cm <= params.grade_large_cm else "over_3_cm"


def _compute_percent(left: Measurement, right: Measurement, params: ComparisonParams) -> float | None:
    if left.toe_to_wall_cm is None or right.toe_to_wall_cm is None:
        return None
    values = (left.toe_to_wall_cm.value, right.toe_to_wall_cm.value)
    return 100.0 * abs(values[0] - values[1]) / max(values) if min(values) > params.percent_above_cm else None


def _list_scored_values(side: Measurement, name: str) -> list[float]:
    """Values of the valid repetitions in the stance that scores: the one whose mean the headline is (`app.assessment.score`)."""
    headline: Quantity | None = getattr(side, name)
    stances: dict[int, list[float]] = {}
    for repetition in side.repetitions:
        quantity: Quantity | None = getattr(repetition, name)
        if repetition.verdict == "valid" and quantity is not None:
            stances.setdefault(repetition.stance, []).append(quantity.value)
    if headline is None or not stances:
        return []
    return min(stances.values(), key=lambda values: abs(math.fsum(values) / len(values) - headline.value))


def _repetition_variance_of(left: Measurement, right: Measurement, name: str) -> float:
    """Variance between repetitions; foot lengths are cm of a repetition over the clip's own ratio."""
    if name != "toe_to_wall_foot_lengths":
        return compute_repetition_variance(left, right, name)
    ratios = [
        side.toe_to_wall_foot_lengths.value / side.toe_to_wall_cm.value
        for side in (left, right)
        if side.toe_to_wall_foot_lengths and side.toe_to_wall_cm and side.toe_to_wall_cm.value > 0
    ]
    return compute_repetition_variance(left, right, "toe_to_wall_cm") * max(ratios, default=0.0) ** 2


def _find_shared_scale(left: Measurement, right: Measurement) -> float:
    """Relative standard uncertainty of the scale that both sides share: one typed length used on both."""
    return min(left.scale.shared_relative_std or 0.0, right.scale.shared_relative_std or 0.0) if has_same_scale(left, right) else 0.0


def _find_obstacles(left: Measurement | None, right: Measurement | None) -> Iterator[Finding]:
    """Name what stands between the two sides: errors forbid numbers, warnings forbid a verdict."""
    missing = [side for side, attempt in (("left", left), ("right", right)) if attempt is None]
    if left is None or right is None:
        if len(missing) == 1:
            filmed = "right" if left is None else "left"
            yield Finding("one_leg_only", "info", f"Only the {filmed} leg was filmed; film the {missing[0]} leg too to compare them.")
        else:
            yield Finding("cannot_be_compared", "error", f"There is no {' and no '.join(missing)} clip, so there is nothing to compare.")
        return
    legs = _describe_wrong_legs(left, right)
    if legs is not None:
        yield Finding("same_leg_twice", "error", legs)
    for side, attempt in (("left", left), ("right", right)):
        if attempt.status == "rejected":
            yield Finding("cannot_be_compared", "error", f"The {side} clip could not be measured, so the two sides cannot be compared.")
    if legs is not None or "rejected" in {left.status, right.status}:
        return
    footwear = [attempt.provenance.parameters.get("footwear") for attempt in (left, right)]
    if footwear[0] != footwear[1]:
        yield Finding("footwear_differs", "warning", f"Left was {footwear[0]}, right was {footwear[1]}: a shoe changes the number, so no verdict is given.")
    if left.view != right.view:
        yield Finding(
            "view_differs", "warning", f"Left was filmed {left.view}, right {right.view}: the outline differs between the two, so no verdict is given."
        )
    if left.scale.source != right.scale.source:
        yield Finding("scale_differs", "info", "The two clips take their centimetres from different things; each number carries its own error.")


def _describe_wrong_legs(left: Measurement, right: Measurement) -> str | None:
    """Say so when the clips do not show a left and a right leg, in this order."""
    pairs: tuple[tuple[Measurement, Side], ...] = ((left, "left"), (right, "right"))
    shown = [_find_leg(attempt, declared) for attempt, declared in pairs]
    if shown == ["right", "left"]:
        return "The clips are the wrong way round: the first shows the right leg, the second the left. Swap them."
    if None not in shown and shown[0] == shown[1]:
        return f"Both clips show the {shown[0]} leg: film the other leg, or choose the other file."
    return None


def _find_leg(attempt: Measurement, declared: Side) -> Side | None:
    """Name the leg that a clip shows, also where it was refused because it shows the other one."""
    if attempt.status == "measured":
        return attempt.side
    if attempt.code == "wrong_side_declared":
        return "right" if declared == "left" else "left"
    return None


def _name_missing_distance(left: Measurement, right: Measurement) -> Finding:
    missing = [side for side, attempt in (("left", left), ("right", right)) if attempt.toe_to_wall_cm is None and attempt.toe_to_wall_foot_lengths is None]
    if missing:
        return Finding("cannot_be_compared", "warning", f"No distance is given for {' and '.join(missing)}, so the two sides cannot be compared in cm.")
    return Finding("cannot_be_compared", "warning", "One distance is in cm, the other in foot lengths: give both clips the same scale.")


def _name_lower_bound(bounded: list[Measurement]) -> Finding:
    sides = " and ".join(str(side.side) for side in bounded)
    message = f"On the {sides} the clip does not show that farther back was impossible, so the difference is between what was reached, not between the ankles."
    return Finding("lower_bound", "info", message)


def _find_doubts(comparison: Comparison, *, real: bool, params: ComparisonParams) -> Iterator[Finding]:
    """Hold the angle against the distance."""
    name = next((name for name in ANGLES if name in comparison.differences), None)
    if name is None or comparison.basis is None:
        return
    angle, distance = comparison.differences[name], comparison.differences[comparison.basis]
    beyond = abs(angle.value) > params.coverage * angle.std
    if real and beyond and angle.value * distance.value < 0:
        message = "The distance and the angle differ in opposite directions, each beyond its error: one of them is wrong, so no verdict is given."
        yield Finding("cues_disagree", "warning", message, angle.value)
    elif real != beyond:
        message = "The distance differs beyond its error, the angle does not." if real else "The angle differs beyond its error, the distance does not."
        yield Finding("cues_disagree", "info", message, angle.value)


def _with_findings(comparison: Comparison, *findings: Finding) -> Comparison:
    return Comparison(differences=comparison.differences, basis=comparison.basis, findings=(*comparison.findings, *findings))
