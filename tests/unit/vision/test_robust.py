"""Statistics over time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from vision.robust import running_nanmedian

FloatArray = npt.NDArray[np.float64]


def test_a_window_counts_seconds_not_frames() -> None:
    """What lies more than half a window away has no say, however densely either side was watched."""
    t_s = np.concatenate([np.arange(0.0, 5.0, 0.1), np.arange(5.0, 10.0, 0.5)])
    steps = (t_s >= 5.0).astype(np.float64)
    assert (running_nanmedian(steps, t_s, 2.0)[t_s < 4.0] == 0.0).all()
    assert (running_nanmedian(steps, t_s, 2.0)[t_s >= 6.0] == 1.0).all()


def test_what_was_never_seen_stays_unknown() -> None:
    """A window without any value is NaN, one with some is their median; both ends of a window belong to it."""
    values = np.array([np.nan, np.nan, np.nan, 4.0, np.nan, 8.0])
    found = running_nanmedian(values, np.arange(6.0), 2.0)
    np.testing.assert_array_equal(found, [np.nan, np.nan, 4.0, 4.0, 6.0, 8.0])


@given(st.integers(1, 40), st.floats(0.01, 5.0), st.integers(0, 2**32 - 1))
def test_even_times_make_windows_of_one_size(count: int, window_s: float, seed: int) -> None:
    """As a median over so many frames, cut off at the ends."""
    values = np.random.default_rng(seed).normal(size=count)
    every_s = 1 / 7.5
    half = int((0.5 * window_s + 1e-4) / every_s)
    expected = [np.median(values[max(0, i - half) : i + half + 1]) for i in range(count)]
    np.testing.assert_allclose(running_nanmedian(values, np.arange(count) * every_s, window_s), expected)
