from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.trend import DIFFERENCE_TREND, DISTANCE_TREND, TrendPoint, compute_trend
from calibration.quantity import Quantity
from tests.trend.athletes import AthleteSpec, follow_many

CAMERA_STD_CM = 0.35


def make_series(*values: float, setting: str = "barefoot", lower_bounds: tuple[int, ...] = ()) -> list[TrendPoint]:
    """One session a week, cm."""
    return [
        TrendPoint(week=float(week), value=Quantity(value, CAMERA_STD_CM, "cm"), setting=setting, lower_bound=week in lower_bounds)
        for week, value in enumerate(values)
    ]


def test_a_steady_leg_has_not_changed() -> None:
    """Twelve sessions within half a centimetre: the change is smaller than its interval, and the slope's interval holds zero."""
    trend = compute_trend(make_series(10.0, 10.3, 9.8, 10.1, 10.4, 9.9, 10.0, 10.2, 9.7, 10.1, 10.3, 10.0), DISTANCE_TREND)
    assert trend.verdict == "no_change"
    assert trend.baseline is not None
    assert trend.change is not None
    assert trend.slope_per_week is not None
    assert trend.baseline.value == pytest.approx(10.1, abs=0.1)
    assert abs(trend.change.value) < trend.change.half_width95()
    assert abs(trend.slope_per_week.value) < trend.slope_per_week.half_width95()


@pytest.mark.parametrize(("sign", "verdict"), [(1, "improved"), (-1, "worse")])
def test_a_lasting_step_is_told(sign: int, verdict: str) -> None:
    """Three centimetres up or down, kept for five sessions."""
    values = [10.0 + 0.1 * (-1) ** n for n in range(7)]
    trend = compute_trend(make_series(*values, *(10.0 + sign * 3.0 + 0.1 * (-1) ** n for n in range(5))), DISTANCE_TREND)
    assert trend.verdict == verdict
    assert trend.change is not None
    assert trend.change.value == pytest.approx(sign * 3.0, abs=0.5)


def test_one_stray_session_is_no_change() -> None:
    """A session 2 cm off among steady ones changes no verdict, whenever it comes."""
    for at in range(2, 12):
        values = [10.0 + 0.1 * (-1) ** n for n in range(12)]
        values[at] += 2.0
        told = [compute_trend(make_series(*values[:n]), DISTANCE_TREND).verdict for n in range(1, 13)]
        assert not {"improved", "worse"} & set(told), at


def test_a_gain_of_the_first_two_sessions_is_learning() -> None:
    """Half a centimetre from the first to the third session, steady afterwards, is never called improved."""
    values = [9.5, 9.75, *(10.0 + 0.1 * (-1) ** n for n in range(14))]
    told = [compute_trend(make_series(*values[:n]), DISTANCE_TREND).verdict for n in range(1, len(values) + 1)]
    assert "improved" not in told


def test_with_too_few_sessions_it_says_how_many_lack() -> None:
    """One session: three more are needed; nothing is given meanwhile."""
    trend = compute_trend(make_series(10.0), DISTANCE_TREND)
    assert (trend.verdict, trend.missing) == ("too_few", 3)
    assert trend.level is None
    assert compute_trend([], DISTANCE_TREND).missing == 4


def test_lower_bounds_are_left_out() -> None:
    """A session that says only "at least" neither counts nor moves anything."""
    values = [10.0 + 0.1 * (-1) ** n for n in range(12)]
    with_bounds = compute_trend(make_series(*values[:8], 4.0, *values[8:], lower_bounds=(8,)), DISTANCE_TREND)
    without = compute_trend(make_series(*values), DISTANCE_TREND)
    assert 8 not in with_bounds.counted
    assert with_bounds.change == without.change


def test_a_new_setting_breaks_the_series() -> None:
    """In shoes a new series begins, without practice; what was barefoot is no baseline for it."""
    shod = [replace(p, week=p.week + 12, setting="shod") for p in make_series(13.0, 13.1, 12.9, 13.0, 13.1)]
    trend = compute_trend([*make_series(*[10.0] * 12), *shod], DISTANCE_TREND)
    assert trend.breaks == (12,)
    assert trend.counted == (12, 13, 14, 15, 16)
    assert trend.verdict == "no_change"


def test_a_baseline_can_be_chosen() -> None:
    """From the week after the injury on, the leg has gained 4 cm; since the beginning nothing."""
    values = [10.0, 10.1, 9.9, 10.0, 10.1, 10.0, 6.0, 6.1, 5.9, 6.0, 9.0, 10.0, 10.1, 9.9, 10.0, 10.1, 10.0, 9.9, 10.0]
    assert compute_trend(make_series(*values), DISTANCE_TREND).verdict == "no_change"
    assert compute_trend(make_series(*values), DISTANCE_TREND, baseline_from=6).verdict == "improved"


def test_a_difference_must_change_by_a_centimetre_and_a_half() -> None:
    """Sure but small is no change of the difference between the sides."""
    values = [0.0] * 8 + [1.3] * 40
    assert compute_trend(make_series(*values), replace(DIFFERENCE_TREND, least_change=0.0, person_std=0.1)).verdict == "improved"
    assert compute_trend(make_series(*values), replace(DIFFERENCE_TREND, person_std=0.1)).verdict == "no_change"


@pytest.mark.parametrize("sessions", [6, 16])
def test_the_stated_error_of_a_change_is_what_series_scatter_by(sessions: int) -> None:
    """Of 400 unchanged series of the assumed kind, changes over their standard error have SD 1 (within 12 %, three of its own standard errors)."""
    rng, rho = np.random.default_rng(3), DISTANCE_TREND.correlation
    total = float(np.hypot(DISTANCE_TREND.person_std, CAMERA_STD_CM))
    params = replace(DISTANCE_TREND, own_from=99, practice=0, outlier=9.0)
    z = []
    for _ in range(400):
        values = [float(rng.normal(0, total))]
        while len(values) < sessions:
            values.append(rho * values[-1] + float(rng.normal(0, total * np.sqrt(1 - rho**2))))
        change = compute_trend(make_series(*values), params).change
        assert change is not None
        z.append(change.value / change.std)
    assert np.std(z) == pytest.approx(1.0, abs=0.12)


def test_few_unchanged_athletes_are_ever_called_improved() -> None:
    """Short form of `make bench-trend`: 5 % of 60 are 3; up to 8 happen once in 200 such tests. A gain of 3 cm within a year is nearly always told."""
    assert sum(o.ever_changed for o in follow_many(AthleteSpec(weeks=52, change_cm=0.0), 60, seed=7)) <= 8
    assert sum(o.ever_improved for o in follow_many(AthleteSpec(weeks=52, change_cm=3.0), 20, seed=7)) >= 16
