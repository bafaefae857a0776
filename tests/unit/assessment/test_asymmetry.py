from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.asymmetry import Comparison, compare_sides, compute_difference, compute_repetition_variance
from app.assessment.budget import LUNGES
from app.assessment.measurement import Contribution, Measurement, Scale
from tests.synthetic_measurements import cm, deg, make_measurement, make_provenance, make_rejected, make_repetition, make_without_distance, make_without_scale


def list_codes(comparison: Comparison) -> list[str]:
    """Codes of the findings, in order."""
    return [finding.code for finding in comparison.findings]


def mirror(measurement: Measurement) -> Measurement:
    """Return the same numbers as the other leg's."""
    return replace(measurement, side="right" if measurement.side == "left" else "left")


def test_difference_beyond_the_error_is_real() -> None:
    """4 cm against a camera error of 0.6 cm is called real, with the larger side named."""
    comparison = compare_sides(make_measurement("left", toe_cm=12.0, shin=42), make_measurement("right", toe_cm=8.0, shin=34))
    assert (comparison.real, comparison.larger_side, comparison.scope) == (True, "left", "side_difference")
    assert comparison.differences["toe_to_wall_cm"].value == pytest.approx(4.0)
    assert comparison.findings == ()


def test_difference_within_the_error_is_not_real() -> None:
    """0.5 cm against 1.96 times 0.57 cm is not called real, and no side is named."""
    comparison = compare_sides(make_measurement("left", toe_cm=12.5), make_measurement("right", toe_cm=12.0))
    assert (comparison.real, comparison.larger_side, comparison.grade) == (False, None, None)


@given(left=st.floats(1, 20), right=st.floats(1, 20), std=st.floats(0.05, 2))
def test_swapping_the_sides_turns_the_sign_only(left: float, right: float, std: float) -> None:
    """Left minus right of swapped numbers is the negative, with the same uncertainty and the same verdict."""
    a, b = make_measurement("left", toe_cm=left, std_cm=std), make_measurement("right", toe_cm=right, std_cm=std)
    one, other = compare_sides(a, b), compare_sides(mirror(b), mirror(a))
    assert one.differences["toe_to_wall_cm"].value == pytest.approx(-other.differences["toe_to_wall_cm"].value)
    assert one.differences["toe_to_wall_cm"].std == pytest.approx(other.differences["toe_to_wall_cm"].std)
    assert one.real == other.real
    assert one.percent == other.percent


def test_typed_foot_length_cancels_from_equal_sides() -> None:
    """What one typed length adds to both sides is no part of a difference of zero: sqrt(2 (0.4^2 - (12 x 0.015)^2)) remains."""
    difference = compute_difference(make_measurement("left", toe_cm=12.0), make_measurement("right", toe_cm=12.0), "toe_to_wall_cm")
    assert difference is not None
    assert difference.std == pytest.approx(math.sqrt(2 * (0.4**2 - 0.18**2)))


def test_typed_foot_length_agrees_with_simulation() -> None:
    """The std of a difference with a shared scale is that of 200 000 simulated pairs within 1 %."""
    generator = np.random.default_rng(7)
    left_cm, right_cm, own, shared = 13.0, 8.0, 0.3, 0.02
    scale = 1 + shared * generator.standard_normal(200_000)
    simulated = scale * (left_cm - right_cm) + own * (generator.standard_normal(200_000) - generator.standard_normal(200_000))
    sides = [
        make_measurement(
            side,
            toe_cm=value,
            toe_to_wall_cm=cm(value, math.hypot(own, shared * value)),
            scale=Scale("foot_length", 0.2, 0.03, shared),
        )
        for side, value in (("left", left_cm), ("right", right_cm))
    ]
    difference = compute_difference(sides[0], sides[1], "toe_to_wall_cm")
    assert difference is not None
    assert difference.std == pytest.approx(simulated.std(), rel=0.01)


@pytest.mark.parametrize(
    "changes",
    [
        {"scale": Scale("sheet", 0.2, 0.01, None)},
        {"provenance": make_provenance(foot_length_cm=27.5)},
        {"scale": Scale("foot_length", 0.2, 0.018, None)},
    ],
)
def test_nothing_cancels_without_one_shared_length(changes: dict[str, object]) -> None:
    """A sheet on one side, another typed length, or an unknown shared part leave both uncertainties whole."""
    left, right = make_measurement("left", toe_cm=12.0), make_measurement("right", toe_cm=12.0, **changes)
    difference = compute_difference(left, right, "toe_to_wall_cm")
    assert difference is not None
    assert difference.std == pytest.approx(0.4 * math.sqrt(2))


def test_scatter_between_repetitions_widens_the_difference() -> None:
    """Repetitions that differ by 1 cm on both sides add their pooled variance: 1 x (1/3 + 1/3)."""
    repetitions = tuple(make_repetition(number, toe_cm=value) for number, value in ((1, 11.0), (2, 12.0), (3, 13.0)))
    budget = {"toe_to_wall_cm": (Contribution("toe", 1.0, "px", 0.3), Contribution(LUNGES, 1.0, "cm", 1 / math.sqrt(3)))}
    left, right = (make_measurement(side, toe_cm=12.0, std_cm=math.sqrt(0.09 + 1 / 3), repetitions=repetitions, budget=budget) for side in ("left", "right"))
    assert compute_repetition_variance(left, right, "toe_to_wall_cm") == pytest.approx(2 / 3)
    difference = compute_difference(left, right, "toe_to_wall_cm")
    assert difference is not None
    assert difference.std == pytest.approx(math.sqrt(2 * 0.09 + 2 / 3))


def test_scatter_is_not_counted_twice_where_nobody_says_what_a_plus_minus_is_made_of() -> None:
    """Without a budget the plus-minus of each side has the scatter of its repetitions in it already."""
    repetitions = tuple(make_repetition(number, toe_cm=value) for number, value in ((1, 11.0), (2, 12.0), (3, 13.0)))
    scale = Scale("sheet", 0.21, 0.008)
    left, right = (make_measurement(side, toe_cm=12.0, std_cm=0.65, repetitions=repetitions, scale=scale) for side in ("left", "right"))
    difference = compute_difference(left, right, "toe_to_wall_cm")
    assert difference is not None
    assert difference.std == pytest.approx(0.65 * math.sqrt(2))


def test_the_stance_that_scatters_is_the_one_that_scores() -> None:
    """Without centimetres too, and where the foot came nearer at the end: the headline is the mean of the first two."""
    repetitions = tuple(make_repetition(number, shin=shin, stance=stance) for number, shin, stance in ((1, 41.5, 1), (2, 42.5, 1), (3, 38.4, 2), (4, 38.5, 2)))
    unplaced = tuple(replace(repetition, toe_to_wall_cm=None) for repetition in repetitions)
    left, right = (make_measurement(side, shin=42.0, repetitions=unplaced) for side in ("left", "right"))
    assert compute_repetition_variance(left, right, "shin_angle_deg") == pytest.approx(0.5)


def test_scatter_of_other_stances_and_void_repetitions_is_left_out() -> None:
    """Only valid repetitions of the farthest stance say how a stance scatters."""
    repetitions = (
        make_repetition(1, toe_cm=8.0),
        make_repetition(2, toe_cm=12.0, stance=2),
        make_repetition(3, toe_cm=12.0, stance=2),
        make_repetition(4, toe_cm=13.0, stance=3, verdict="no_contact"),
    )
    left, right = (make_measurement(side, repetitions=repetitions) for side in ("left", "right"))
    assert compute_repetition_variance(left, right, "toe_to_wall_cm") == 0


def test_single_repetition_borrows_the_scatter_of_the_other_side() -> None:
    """One repetition on the left is as uncertain as the right shows: 0.5 x (1 + 1/2)."""
    left = make_measurement("left", repetitions=(make_repetition(1, toe_cm=12.0),))
    right = make_measurement("right", repetitions=(make_repetition(1, toe_cm=11.5), make_repetition(2, toe_cm=12.5)))
    assert compute_repetition_variance(left, right, "toe_to_wall_cm") == pytest.approx(0.5 * 1.5)


@pytest.mark.parametrize(("right_cm", "grade"), [(11.2, "under_1_5_cm"), (10.92, "from_1_5_to_3_cm"), (10.0, "from_1_5_to_3_cm"), (8.0, "over_3_cm")])
def test_wording_changes_at_one_and_a_half_and_three(right_cm: float, grade: str) -> None:
    """A real difference is graded by its size as it is read: 12.4 and 10.9 are 1.5 cm apart."""
    comparison = compare_sides(make_measurement("left", toe_cm=12.4, std_cm=0.2), make_measurement("right", toe_cm=right_cm, std_cm=0.2))
    assert comparison.grade == grade


@pytest.mark.parametrize("limits", [("lower_bound", "bracketed"), ("bracketed", "lower_bound"), ("lower_bound", "lower_bound"), (None, "bracketed")])
def test_lower_bound_is_no_verdict_on_the_ankles(limits: tuple[str | None, str | None]) -> None:
    """With a lower bound the numbers reached are compared, without grade or percentage, and a finding says so."""
    left, right = make_measurement("left", toe_cm=12.4, shin=42, limit=limits[0]), make_measurement("right", toe_cm=8.0, shin=34, limit=limits[1])
    comparison = compare_sides(left, right)
    assert (comparison.real, comparison.scope, comparison.grade, comparison.percent) == (True, "reached_today", None, None)
    assert list_codes(comparison) == ["lower_bound"]


def test_percent_needs_five_centimetres_on_both_sides() -> None:
    """A percentage of a small number is never shown, nor of a difference that the camera cannot tell from none."""
    assert compare_sides(make_measurement("left", toe_cm=10.0), make_measurement("right", toe_cm=8.0)).percent == pytest.approx(20)
    assert compare_sides(make_measurement("left", toe_cm=10.0), make_measurement("right", toe_cm=5.0)).percent is None
    assert compare_sides(make_measurement("left", toe_cm=10.0), make_measurement("right", toe_cm=9.8)).percent is None


@pytest.mark.parametrize(("left", "right"), [(make_measurement("left"), None), (None, make_measurement("right")), (None, None)])
def test_missing_side_leaves_nothing_to_compare(left: Measurement | None, right: Measurement | None) -> None:
    """Without two clips there is no difference and no verdict."""
    comparison = compare_sides(left, right)
    assert (comparison.real, dict(comparison.differences)) == (None, {})
    assert list_codes(comparison) == ["cannot_be_compared" if left is right else "one_leg_only"]


def test_rejected_side_is_named() -> None:
    """The finding says which clip could not be measured."""
    comparison = compare_sides(make_measurement("left"), make_rejected("right"))
    assert comparison.real is None
    assert "right" in comparison.findings[0].message


def test_same_leg_twice_is_found() -> None:
    """Two clips of the left leg are not a screening, whether both were measured or one refused for its side."""
    for right in (make_measurement("left"), make_rejected("right", code="wrong_side_declared")):
        comparison = compare_sides(make_measurement("left"), right)
        assert comparison.real is None
        assert list_codes(comparison)[0] == "same_leg_twice"


def test_swapped_clips_are_told_apart_from_one_leg_twice() -> None:
    """Right handed in as left and left as right is named as what it is."""
    comparison = compare_sides(make_rejected("left", code="wrong_side_declared"), make_rejected("right", code="wrong_side_declared"))
    assert "wrong way round" in comparison.findings[0].message


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"provenance": make_provenance(footwear="shod")}, "footwear_differs"), ({"view": "medial"}, "view_differs")],
)
def test_unlike_conditions_give_arithmetic_without_verdict(changes: dict[str, object], code: str) -> None:
    """Another shoe or view leaves the difference as plain arithmetic."""
    comparison = compare_sides(make_measurement("left"), make_measurement("right", toe_cm=8.0, **changes))
    assert comparison.real is None
    assert "toe_to_wall_cm" in comparison.differences
    assert list_codes(comparison) == [code]


def test_no_scale_compares_foot_lengths_and_angles() -> None:
    """Without centimetres the verdict rests on foot lengths, ungraded."""
    comparison = compare_sides(make_without_scale("left", toe_foot_lengths=0.5), make_without_scale("right", toe_foot_lengths=0.35, shin=36))
    assert (comparison.basis, comparison.real, comparison.grade) == ("toe_to_wall_foot_lengths", True, None)
    assert "toe_to_wall_cm" not in comparison.differences
    assert "shin_angle_deg" in comparison.differences


def test_centimetres_against_foot_lengths_still_share_foot_lengths() -> None:
    """One side without scale is compared in foot lengths, which both sides have."""
    assert compare_sides(make_measurement("left"), make_without_scale("right")).basis == "toe_to_wall_foot_lengths"


def test_missing_distance_gives_no_verdict() -> None:
    """A side without a valid repetition has no distance, and the finding names it."""
    comparison = compare_sides(make_without_distance("left"), make_measurement("right"))
    assert (comparison.basis, comparison.real) == (None, None)
    assert "left" in comparison.findings[0].message


def test_angle_the_other_way_takes_the_verdict_away() -> None:
    """A distance and an angle that differ oppositely, each beyond its error, are not both right."""
    comparison = compare_sides(make_measurement("left", toe_cm=12.0, shin=33), make_measurement("right", toe_cm=8.0, shin=42))
    assert comparison.real is None
    assert list_codes(comparison) == ["cues_disagree"]
    assert comparison.findings[0].severity == "warning"


def test_angle_that_does_not_follow_is_a_note() -> None:
    """A real distance with equal angles keeps its verdict and says so."""
    comparison = compare_sides(make_measurement("left", toe_cm=12.0), make_measurement("right", toe_cm=8.0))
    assert comparison.real is True
    assert [(f.code, f.severity) for f in comparison.findings] == [("cues_disagree", "info")]


def test_angles_have_their_own_uncertainty() -> None:
    """Angles combine in quadrature; no scale enters."""
    left, right = make_measurement("left", shin_angle_deg=deg(40, 1.2)), make_measurement("right", shin_angle_deg=deg(36, 0.9))
    difference = compute_difference(left, right, "shin_angle_deg")
    assert difference is not None
    assert (difference.value, difference.std, difference.unit) == (4.0, pytest.approx(1.5), "deg")


def test_different_scales_are_told_and_compared() -> None:
    """A sheet on one side and a typed length on the other are held against each other, with a note."""
    comparison = compare_sides(make_measurement("left", toe_cm=12.0, shin=42), make_measurement("right", toe_cm=8.0, shin=34, scale=Scale("sheet", 0.2, 0.004)))
    assert comparison.real is True
    assert list_codes(comparison) == ["scale_differs"]
