"""Agreement of two ways to measure, against numbers worked by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.agreement import Agreement, compute_agreement, compute_icc, fit_line

Pair = tuple[float, float] | tuple[float, float, float]


def agree(pairs: Sequence[Pair], *, reference_std: float = 0.0, independent: int | None = None) -> Agreement:
    """Pairs of reference and value, with the value's standard uncertainty where it has one."""
    columns = np.array([[*pair, math.nan][:3] for pair in pairs], np.float64).reshape(-1, 3)
    return compute_agreement(*columns.T, reference_std=reference_std, independent=independent)


def test_limits_of_agreement_are_those_worked_by_hand() -> None:
    """Errors 1, 2, 3, -2: mean 1, squares about it 0 + 1 + 4 + 9 = 14, SD sqrt(14 / 3) = 2.16025, limits 1 -+ 4.23408."""
    a = agree([(10, 11), (20, 22), (30, 33), (40, 38)])
    assert a.n == 4
    assert a.bias == pytest.approx(1.0)
    assert a.sd == pytest.approx(2.160247)
    assert (a.low, a.high) == pytest.approx((-3.234084, 5.234084))
    # t of 3 degrees of freedom at 97.5 % is 3.182446; times sqrt(3 / 4) times SD.
    assert a.limits_half_width == pytest.approx(5.953812, abs=1e-5)


def test_sizes_ignore_the_sign() -> None:
    """Sizes 1, 2, 2, 3: median 2; the 90th percentile lies 0.7 of the way from the third to the fourth."""
    a = agree([(10, 11), (20, 22), (30, 33), (40, 38)])
    assert (a.median, a.p90, a.worst) == pytest.approx((2.0, 2.7, 3.0))


def test_slope_is_of_measured_on_true() -> None:
    """Means 2 and 5, products about them 2 + 0 + 4 = 6, squares 2: slope 3, intercept -1; of true on measured it would be 0.32."""
    a = agree([(1, 3), (2, 3), (3, 9)])
    assert (a.slope, a.intercept) == pytest.approx((3.0, -1.0))


@given(slope=st.floats(-3, 3), intercept=st.floats(-50, 50), x=st.lists(st.integers(-60, 60), min_size=3, max_size=9, unique=True))
def test_line_is_found_again(slope: float, intercept: float, x: list[int]) -> None:
    """Points on a line give that line."""
    at = np.array(x, np.float64)
    assert fit_line(at, slope * at + intercept) == pytest.approx((slope, intercept), abs=1e-6)


@pytest.mark.parametrize("x", [[1.0, 2.0], [3.0, 3.0, 3.0]])
def test_no_line_through_too_little(x: list[float]) -> None:
    """Two points always lie on a line, and points above one place on none."""
    assert all(math.isnan(v) for v in fit_line(np.array(x), np.array(x)))


def test_coverage_counts_intervals_that_hold_the_truth() -> None:
    """Errors of 1.9, 2.0, -1.9 and 0 standard uncertainties: three of four within 1.96; rms z is sqrt((3.61 + 4 + 3.61 + 0) / 4)."""
    a = agree([(0, 1.9, 1.0), (0, 4.0, 2.0), (0, -0.95, 0.5), (0, 0, 1.0)])
    assert a.coverage == 0.75
    assert a.z_rms == pytest.approx(math.sqrt(11.22 / 4))
    assert a.z_sd == pytest.approx(math.sqrt((1.4**2 + 1.5**2 + 2.4**2 + 0.5**2) / 3))


def test_who_states_no_uncertainty_has_no_coverage() -> None:
    """A method without a plus-minus is not called right or wrong about it."""
    a = agree([(0, 1), (1, 3)])
    assert math.isnan(a.coverage)
    assert math.isnan(a.z_sd)


def test_nothing_measured_gives_no_figures() -> None:
    """No reading, no number; not a zero."""
    a = agree([])
    assert a.n == 0
    assert all(math.isnan(v) for v in (a.bias, a.sd, a.low, a.worst, a.slope, a.coverage))


def test_bias_has_an_interval() -> None:
    """Differences 1, 2, 3, -2: SD 2.160247, t of 3 degrees of freedom 3.182446, over sqrt(4): 3.437436."""
    assert agree([(10, 11), (20, 22), (30, 33), (40, 38)]).bias_half_width == pytest.approx(3.437436, abs=1e-5)
    assert math.isnan(agree([(10, 11)]).bias_half_width)


def test_legs_of_one_person_do_not_count_twice() -> None:
    """Four differences of two people: t of 1 degree of freedom is 12.706205, so bias +- 12.706205 x 2.160247 / sqrt(2), limits +- times sqrt(3 / 2)."""
    a = agree([(10, 11), (20, 22), (30, 33), (40, 38)], independent=2)
    assert (a.n, a.independent) == (4, 2)
    assert a.bias_half_width == pytest.approx(19.409048, abs=1e-4)
    assert a.limits_half_width == pytest.approx(33.617458, abs=1e-4)


def test_reading_s_own_error_widens_what_counts_as_reached() -> None:
    """2.5 apart with an uncertainty of 1 is not reached (1.96); with a reading known to 1 as well it is (1.96 sqrt(2) = 2.77)."""
    assert agree([(10, 12.5, 1.0)]).coverage == 0
    assert agree([(10, 12.5, 1.0)], reference_std=1.0).coverage == 1


def test_who_is_told_is_counted() -> None:
    """Of two pairs one has an uncertainty; the share is of that one."""
    a = agree([(0, 1.9, 1.0), (0, 50)])
    assert (a.n, a.told, a.coverage) == (2, 1, 1.0)


def test_reference_that_errs_flattens_even_a_flawless_line() -> None:
    """References 1, 2, 3 have variance 1; an error of SD 0.5 is a quarter of it, so equals would show 0.75."""
    assert agree([(1, 1), (2, 2), (3, 3)], reference_std=0.5).slope_of_equals == pytest.approx(0.75)
    assert agree([(1, 1), (2, 2), (3, 3)]).slope_of_equals == 1


def test_flattening_is_what_simulated_readings_show() -> None:
    """True angles of SD 5 read with an error of SD 2.5: the line of exact values on readings has slope 25 / 31.25 = 0.8 within 0.02 (20 000 draws)."""
    rng = np.random.default_rng(5)
    true = rng.normal(40, 5, 20_000)
    a = compute_agreement(true + rng.normal(0, 2.5, true.size), true, reference_std=2.5)
    assert a.slope == pytest.approx(0.8, abs=0.02)
    assert a.slope_of_equals == pytest.approx(a.slope, abs=0.02)


def test_icc_worked_by_hand() -> None:
    """(1, 2), (2, 3), (3, 4): legs' mean square 2, ways' 1.5, rest 0: 2 / (2 + 2 x 1.5 / 3) = 2/3; a constant offset costs agreement."""
    assert compute_icc(np.array([1.0, 2, 3]), np.array([2.0, 3, 4])) == pytest.approx(2 / 3)
    assert compute_icc(np.array([1.0, 2, 3]), np.array([1.0, 2, 3])) == pytest.approx(1)
    assert math.isnan(compute_icc(np.array([1.0, 1]), np.array([1.0, 1])))


@pytest.mark.parametrize(("n", "independent", "given"), [(29, 29, False), (30, 30, True), (60, 29, False)])
def test_icc_wants_thirty_people(n: int, independent: int, *, given: bool) -> None:
    """Below that it is not stated."""
    a = agree([(float(i), i + 0.5) for i in range(n)], independent=independent)
    assert math.isnan(a.icc) is not given


@pytest.mark.parametrize("n", [2, 5, 12])
def test_intervals_hold_what_they_promise(n: int) -> None:
    """Of 1500 drawn sets, bias 0 and SD 1, the bias interval holds 0 in 95 % (binomial SD 0.56 %)."""
    rng = np.random.default_rng(n)
    inside = [abs(a.bias) <= a.bias_half_width for a in (agree([(0.0, d) for d in rng.normal(size=n)]) for _ in range(4000))]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)
