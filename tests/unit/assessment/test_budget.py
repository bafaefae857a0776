from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from app.assessment.budget import LUNGES, Part, compute_budget, condition_parts
from app.assessment.verdicts import GAP, OVER, TOE, Trial, VerdictParams, find_stops

PARAMS = VerdictParams()


def make_parts(seed: int) -> dict[str, Part]:
    """Three inputs, one of them a group, that move all six numbers somehow."""
    rng = np.random.default_rng(seed)
    return {
        "knee_depth": Part(2.2, "cm", 0.2 * rng.normal(size=(6, 1))),
        "camera": Part(None, "", 0.1 * rng.normal(size=(6, 6))),
        "toe": Part(1.0, "px", 0.2 * rng.normal(size=(6, 1))),
    }


def sum_up(parts: dict[str, Part]) -> npt.NDArray[np.float64]:
    """Return the covariance that parts make together."""
    return np.asarray(sum(part.effects @ part.effects.T for part in parts.values()))


def make_trials(gaps_cm: tuple[float, ...]) -> tuple[Trial, ...]:
    """Lunges with these gaps whose covariance is the sum of its parts."""
    parts = make_parts(3)
    values = np.array([40.0, 38.0, 12.0, 0.0, 12.0, 0.46])
    gap = np.eye(6)[GAP]
    return tuple(Trial(values + g * (gap - np.eye(6)[OVER]), sum_up(parts), 0.0, 0.15, 0.0, parts=parts) for g in gaps_cm)


def test_parts_follow_the_covariance_through_the_update() -> None:
    """After the observation of one number the parts, with the observation's own error, sum to the updated covariance: exactly."""
    parts = make_parts(1)
    covariance = sum_up(parts)
    gain = covariance[:, GAP] / (covariance[GAP, GAP] + 0.2**2)
    after = condition_parts(parts, gain, GAP, seen={"touch": 0.2}, own={"stop": 0.1})
    expected = covariance - np.outer(gain, covariance[:, GAP])
    expected[GAP, GAP] += 0.1**2
    np.testing.assert_allclose(sum_up(after), expected, atol=1e-12)


def test_a_number_that_was_not_seen_does_not_spoil_the_others() -> None:
    """NaN in one row stays in that row."""
    parts = {"toe": Part(1.0, "px", np.array([[np.nan], [0.3], [0.2], [0.5], [0.1], [0.0]]))}
    after = condition_parts(parts, np.array([np.nan, 0.4, 0.2, 0.9, 0.1, 0.0]), GAP, seen={}, own={})
    assert np.isfinite(after["toe"].effects[1:]).all()


@pytest.mark.parametrize(("has_wall", "gaps_cm"), [(True, (0.1, 0.15)), (False, (0.1, 0.15, 0.12))])
def test_parts_of_a_stopped_lunge_sum_to_its_uncertainty(*, has_wall: bool, gaps_cm: tuple[float, ...]) -> None:
    """Whether the stop confirms a seen wall or places one: every number's variance is the sum of what its parts add."""
    stopped, by_knee = find_stops(make_trials(gaps_cm), has_wall=has_wall, covered=False, params=PARAMS)
    assert by_knee
    for trial in stopped:
        np.testing.assert_allclose(np.diag(sum_up(dict(trial.parts))), np.diag(trial.covariance), atol=1e-12)
    assert {"touch", "stop"} <= set(stopped[0].parts)


def test_parts_of_a_wall_that_is_weighed_sum_to_its_uncertainty() -> None:
    """Which of several lines is the wall is a part of its own; the others keep their sign."""
    gaps_cm = (0.1, 0.15)
    weighed, _ = find_stops(make_trials(gaps_cm), has_wall=True, covered=False, params=PARAMS, wall_share=0.6)
    surely, _ = find_stops(make_trials(gaps_cm), has_wall=True, covered=False, params=PARAMS)
    for trial in weighed:
        np.testing.assert_allclose(np.diag(sum_up(dict(trial.parts))), np.diag(trial.covariance), atol=1e-12)
    assert set(weighed[0].parts) == set(surely[0].parts) | {"wall"}
    signs = [np.sign(trials[0].parts["knee_depth"].effects[0]) for trials in (weighed, surely)]
    np.testing.assert_array_equal(*signs)


def test_a_wall_placed_by_the_knee_leaves_the_distance_what_the_way_past_the_toe_has() -> None:
    """Without a wall in the picture the distance owes the toe and the knee, not the camera's idea of the wall."""
    stopped, _ = find_stops(make_trials((0.1, 0.15, 0.12)), has_wall=False, covered=False, params=PARAMS)
    np.testing.assert_array_equal(stopped[0].parts["toe"].effects[TOE], stopped[0].parts["toe"].effects[OVER])


def test_the_largest_contribution_comes_first_and_squares_sum() -> None:
    """Root mean square over lunges, signed, in order of size."""
    trials = [make_parts(1), make_parts(2)]
    budget = compute_budget(trials, 0, unit="deg")
    assert sum(c.effect**2 for c in budget) == pytest.approx(np.mean([sum_up(parts)[0, 0] for parts in trials]))
    sizes = [abs(c.effect) for c in budget]
    assert sizes == sorted(sizes, reverse=True)


def test_single_inputs_have_a_sign_and_groups_have_none() -> None:
    """A sign says which way the number goes with the input; several inputs together have no way."""
    parts = {"toe": Part(1.0, "px", np.array([[-0.3]])), "camera": Part(None, "", np.array([[-0.3, -0.4]]))}
    assert {c.source: c.effect for c in compute_budget([parts], 0, unit="cm")} == {"toe": pytest.approx(-0.3), "camera": pytest.approx(0.5)}


def test_scatter_between_lunges_is_that_of_their_mean() -> None:
    """Lunges at 11, 12 and 13 scatter by 1, their mean by 1 / sqrt 3."""
    (scatter,) = (c for c in compute_budget([make_parts(1)] * 3, 2, unit="cm", values=[11.0, 12.0, 13.0]) if c.source == LUNGES)
    assert (scatter.known_to, scatter.unit, scatter.effect) == (pytest.approx(1.0), "cm", pytest.approx(3**-0.5))


def test_inputs_without_effect_are_left_out_and_unseen_numbers_have_no_budget() -> None:
    """What does nothing to a number is not listed; what is not a number has no list."""
    nothing = {"toe": Part(1.0, "px", np.array([[0.0]])), "heel": Part(1.0, "px", np.array([[0.1]]))}
    assert [c.source for c in compute_budget([nothing], 0, unit="cm")] == ["heel"]
    assert compute_budget([{"toe": Part(1.0, "px", np.array([[np.nan]]))}], 0, unit="cm") == ()
