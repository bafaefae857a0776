from __future__ import annotations

import numpy as np

from app.assessment.belief import believe
from app.assessment.score import combine_trials
from app.assessment.verdicts import SHIN, TOE, Trial


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
