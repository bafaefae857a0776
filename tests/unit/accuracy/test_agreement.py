"""The statistics, against numbers worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accuracy.agreement import Reading, compute_agreement, compute_refusal, correct_by_constant, fit_line, group_by_body, predict_constant


def read(true: float, value: float, std: float = math.nan, *, clip: str = "c", body: str = "b") -> Reading:
    """One shin angle."""
    return Reading(method="m", key="shin_angle_deg", clip=clip, body=body, true=true, value=value, std=std)


def test_limits_of_agreement_are_those_worked_by_hand() -> None:
    """Errors 1, 2, 3, -2: mean 1, squares about it 0 + 1 + 4 + 9 = 14, SD sqrt(14 / 3) = 2.16025, limits 1 -+ 4.23408."""
    a = compute_agreement([read(10, 11), read(20, 22), read(30, 33), read(40, 38)])
    assert a.n == 4
    assert a.bias == pytest.approx(1.0)
    assert a.sd == pytest.approx(2.160247)
    assert (a.low, a.high) == pytest.approx((-3.234084, 5.234084))
    # t of 3 degrees of freedom at 97.5 % is 3.182446; times sqrt(3 / 4) times SD.
    assert a.limits_half_width == pytest.approx(5.953812, abs=1e-5)


def test_sizes_ignore_the_sign() -> None:
    """Sizes 1, 2, 2, 3: median 2; the 90th percentile lies 0.7 of the way from the third to the fourth."""
    a = compute_agreement([read(10, 11), read(20, 22), read(30, 33), read(40, 38)])
    assert (a.median, a.p90, a.worst) == pytest.approx((2.0, 2.7, 3.0))


def test_slope_is_of_measured_on_true() -> None:
    """Means 2 and 5, products about them 2 + 0 + 4 = 6, squares 2: slope 3, intercept -1; of true on measured it would be 0.32."""
    a = compute_agreement([read(1, 3), read(2, 3), read(3, 9)])
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
    a = compute_agreement([read(0, 1.9, 1.0), read(0, 4.0, 2.0), read(0, -0.95, 0.5), read(0, 0, 1.0)])
    assert a.coverage == 0.75
    assert a.z_rms == pytest.approx(math.sqrt(11.22 / 4))
    assert a.z_sd == pytest.approx(math.sqrt((1.4**2 + 1.5**2 + 2.4**2 + 0.5**2) / 3))


def test_who_states_no_uncertainty_has_no_coverage() -> None:
    """A method without a plus-minus is not called right or wrong about it."""
    a = compute_agreement([read(0, 1), read(1, 3)])
    assert math.isnan(a.coverage)
    assert math.isnan(a.z_sd)


def test_nothing_measured_gives_no_figures() -> None:
    """No reading, no number; not a zero."""
    a = compute_agreement([])
    assert a.n == 0
    assert all(math.isnan(v) for v in (a.bias, a.sd, a.low, a.worst, a.slope, a.coverage))


def test_widest_is_refused_first() -> None:
    """Of four with sizes 4, 1, 2, 3 and uncertainties 4, 1, 2, 3, a half keeps 1 and 2."""
    everything, half = compute_refusal([read(0, 4, 4), read(0, 1, 1), read(0, -2, 2), read(0, 3, 3)], (1.0, 0.5))
    assert (everything.n, everything.widest_std, everything.median, everything.worst) == (4, 4, 2.5, 4)
    assert (half.n, half.widest_std, half.median, half.worst) == (2, 2, 1.5, 2)
    assert compute_refusal([]) == []


def test_constant_has_not_seen_the_body_that_it_answers() -> None:
    """Bodies at 10 and 20 (one clip each) and 30 and 34 (one body): each gets the mean of the other two bodies' means."""
    truths = [read(10, 10, body="a"), read(20, 20, body="b"), read(30, 30, body="c"), read(34, 34, body="c")]
    assert [r.value for r in predict_constant(truths, "constant")] == [(20 + 32) / 2, (10 + 32) / 2, 15, 15]
    assert {r.method for r in predict_constant(truths, "constant")} == {"constant"}


def test_correction_comes_from_other_bodies() -> None:
    """Errors +1 and +3 on one body, +5 on another: the first two lose 5, the third loses 2."""
    raw = [read(10, 11, body="a"), read(20, 23, body="a"), read(30, 35, body="b")]
    assert [r.error for r in correct_by_constant(raw, "corrected")] == pytest.approx([-4, -2, 3])


def test_one_body_cannot_teach_itself() -> None:
    """Without a second body there is no baseline."""
    assert predict_constant([read(10, 10), read(20, 20)], "constant") == []


def test_clips_of_one_person_are_one_group() -> None:
    """Left and right of one person are not two people."""
    groups = group_by_body([read(1, 1, clip="a_left", body="a"), read(1, 1, clip="a_right", body="a"), read(1, 1, body="b")])
    assert {body: len(own) for body, own in groups.items()} == {"a": 2, "b": 1}
