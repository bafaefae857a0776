"""Repeatability, against numbers worked by hand."""

import math

import numpy as np
import pytest

from app.assessment.repeatability import LEAST_REPEATS, compute_repeatability


def test_pair_gives_its_difference_over_root_two() -> None:
    """10 and 11: squares about 10.5 add to 0.5, one degree of freedom, 0.7071; chi-squared of 1 at 97.5 and 2.5 % is 5.0239 and 0.00098207."""
    r = compute_repeatability([[10.0, 11.0]])
    assert (r.legs, r.repeats, r.largest) == (1, 1, 1.0)
    assert r.sem == pytest.approx(math.sqrt(0.5))
    assert r.sem_low == pytest.approx(math.sqrt(0.5 / 5.023886), rel=1e-5)
    assert r.sem_high == pytest.approx(math.sqrt(0.5 / 0.000982069), rel=1e-5)


def test_one_repeat_states_no_detectable_change() -> None:
    """Too little is known; from six repeats on it is stated."""
    assert math.isnan(compute_repeatability([[10.0, 11.0]]).mdc95)
    assert math.isnan(compute_repeatability([[10.0, 11.0]] * (LEAST_REPEATS - 1)).mdc95)
    assert compute_repeatability([[10.0, 11.0]] * LEAST_REPEATS).mdc95 == pytest.approx(1.96)


def test_legs_are_pooled_by_their_degrees_of_freedom() -> None:
    """8, 10, 12 (squares 8, two repeats) and 20, 22 (squares 2, one): sqrt(10 / 3); the level of a leg does not matter."""
    r = compute_repeatability([[8.0, 10.0, 12.0], [20.0, 22.0]])
    assert (r.legs, r.repeats, r.largest) == (2, 3, 4.0)
    assert r.sem == pytest.approx(math.sqrt(10 / 3))


def test_leg_measured_once_says_nothing() -> None:
    """No repeat, no number."""
    r = compute_repeatability([[10.0], []])
    assert (r.legs, r.repeats) == (0, 0)
    assert all(math.isnan(v) for v in (r.sem, r.sem_low, r.sem_high, r.mdc95, r.largest))


def test_equal_measurements_scatter_by_nothing() -> None:
    """Rounded numbers may be equal; that is zero and no error."""
    assert compute_repeatability([[10.0, 10.0]]).sem == 0


def test_interval_holds_what_it_promises() -> None:
    """Of 4000 drawn people with three repeats and SD 1, the interval holds 1 in 95 % (binomial SD 0.34 %)."""
    rng = np.random.default_rng(3)
    drawn = [compute_repeatability([rng.normal(size=3), rng.normal(size=2)]) for _ in range(4000)]
    assert np.mean([r.sem_low <= 1 <= r.sem_high for r in drawn]) == pytest.approx(0.95, abs=0.012)
