"""How near to the wall the knee came in a lunge, beside where its plateau lies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from app.assessment.lunges import find_reach_cm
from app.assessment.repetitions import Lunge

FloatArray = npt.NDArray[np.float64]


def touch(rate_hz: float, *, jitter_s: float = 0.0) -> tuple[FloatArray, FloatArray, Lunge]:
    """Return times, knee from the wall in cm, and lunge: a plateau a centimetre before the wall, and half a second at it."""
    t_s = np.arange(0.0, 4.0, 1.0 / rate_hz)
    t_s = t_s + np.random.default_rng(0).uniform(-jitter_s, jitter_s, len(t_s))
    at_wall = (t_s >= 2.4) & (t_s <= 2.9)
    knee_cm = np.where(at_wall, 0.0, 1.0)
    return t_s, knee_cm, Lunge(0.0, 2.0, 4.0, np.ones(len(t_s), bool), (t_s >= 1.5) & (t_s <= 2.0))


@pytest.mark.parametrize(("rate_hz", "jitter_s"), [(15.0, 0.0), (7.5, 0.0), (7.5, 0.03), (6.0, 0.02)])
def test_short_touch_is_seen_at_the_rates_that_clips_are_watched_at(rate_hz: float, jitter_s: float) -> None:
    """Also where a phone's frames come unevenly: the rows beside the touch do not hide it."""
    t_s, knee_cm, lunge = touch(rate_hz, jitter_s=jitter_s)
    assert find_reach_cm(t_s, knee_cm, lunge) == pytest.approx(1.0)


def test_single_misread_frame_is_no_touch() -> None:
    """One of three frames may be wrong."""
    t_s, knee_cm, lunge = touch(7.5)
    knee_cm[:] = 1.0
    knee_cm[20] = 0.0
    assert find_reach_cm(t_s, knee_cm, lunge) == pytest.approx(0.0)
