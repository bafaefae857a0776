from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.belief import believe
from app.assessment.lunges import Judged
from app.assessment.repetitions import Lunge
from app.assessment.score import build_budget, build_headline, build_repetition, combine_trials
from app.assessment.verdicts import AXIS, LENGTHS, SHIN, TOE, Trial, VerdictParams, find_stops


def make_trial(values: np.ndarray) -> Trial:
    """Lunge with these numbers, each within 0.3."""
    return Trial(values, np.diag(np.full(6, 0.09)), 0.0, 0.1, 0.0)


def test_number_that_was_not_seen_is_left_out() -> None:
    """A covered shin gives no angle, whatever its other lunges gave, and the distance stays."""
    seen = make_trial(np.array([38.0, 35.0, 11.0, 0.0, 11.0, 0.4]))
    covered = make_trial(np.array([np.nan, np.nan, 11.2, 0.0, 11.2, 0.4]))
    assert believe(combine_trials([covered], SHIN, "deg"), 2.5) is None
    assert believe(combine_trials([seen, covered], SHIN, "deg"), 2.5) is None
    distance = believe(combine_trials([seen, covered], TOE, "cm"), 2.0)
    assert distance is not None
    assert abs(distance.value - 11.1) < 1e-9


def test_number_with_an_unknown_error_is_left_out() -> None:
    """No plus-minus, no number."""
    trial = Trial(np.zeros(6), np.full((6, 6), np.nan), 0.0, 0.1, 0.0)
    assert combine_trials([trial], SHIN, "deg") is None


def test_a_distance_that_is_not_believed_is_not_given_in_foot_lengths_either() -> None:
    """2 cm of a foot of 26 is 0.077 foot lengths: as far off, whatever it is called."""
    stds = np.array([1.0, 1.0, 2.0, 0.5, 0.5, 2.0 / 26.0])
    trial = Trial(np.array([38.0, 35.0, 10.0, 0.0, 10.0, 0.385]), np.diag(stds**2), 0.0, 0.1, 0.0)
    headline = build_headline([trial], foot_cm=26.0, with_cm=True, with_wall=True)
    assert (headline.toe_to_wall_cm, headline.toe_to_wall_foot_lengths) == (None, None)
    known = replace(trial, covariance=np.diag(np.square([1.0, 1.0, 2.0, 0.5, 0.5, 0.02])))
    assert build_headline([known], foot_cm=26.0, with_cm=True, with_wall=True).toe_to_wall_foot_lengths == combine_trials([known], LENGTHS, "1")


def test_an_axis_is_not_believed_where_its_outline_is_not() -> None:
    """Neither in the score nor in a single lunge."""
    covariance = np.diag(np.square([4.0, 2.0, 0.5, 0.5, 0.5, 0.02]))
    trial = Trial(np.array([38.0, 35.0, 10.0, 0.0, 10.0, 0.385]), covariance, 0.0, 0.1, 0.0)
    frames = np.ones(3, bool)
    judged = Judged(Lunge(0.0, 1.0, 2.0, frames, frames), trial, 1, 30.0, "valid", "")
    shown = build_repetition(judged, with_cm=True, with_wall=True)
    assert believe(combine_trials([trial], AXIS, "deg"), 2.5) is not None
    assert (shown.shin_angle_deg, shown.axis_angle_deg) == (None, None)


@pytest.mark.parametrize(("lift_cm", "std_cm", "doubted"), [(1.6, 0.8, True), (1.6, float(np.hypot(0.15, 0.32)), False)])
def test_what_a_heel_lift_owes_its_plus_minus_to_sums_to_it(lift_cm: float, std_cm: float, *, doubted: bool) -> None:
    """Also where something else of the foot speaks against it."""
    trial = Trial(np.zeros(6), np.eye(6), lift_cm, std_cm, 0.0, heel_doubted=doubted)
    parts = build_budget([], [trial], with_cm=True, with_wall=True)["heel_lift_cm"]
    assert sum(part.effect**2 for part in parts) == pytest.approx(std_cm**2)


def test_a_stop_of_unknown_error_is_no_touch() -> None:
    """Two lunges at one place whose plus-minus is not known prove nothing."""
    trial = Trial(np.array([38.0, 35.0, 10.0, 0.1, 9.9, 0.4]), np.full((6, 6), np.nan), 0.0, 0.1, 0.0)
    stopped, by_knee = find_stops((trial, trial), has_wall=True, covered=False, params=VerdictParams())
    assert (by_knee, any(t.stopped for t in stopped)) == (False, False)
