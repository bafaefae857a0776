"""The middle of many readings of one thing."""

from __future__ import annotations

import numpy as np

from app.assessment.middle import middle


def test_a_third_may_be_anywhere() -> None:
    """Twenty readings about 5, six of them far off to one side."""
    readings = np.concatenate([5.0 + np.linspace(-0.2, 0.2, 14), np.full(6, 400.0)])
    assert abs(middle(readings[:, None])[0] - 5.0) < 0.25


def test_between_two_heaps_it_walks() -> None:
    """One reading more in the upper heap moves it by a part of the way, where the median would leap the whole of it."""
    at = [float(middle(np.concatenate([np.zeros(30 - k), np.ones(k)])[:, None])[0]) for k in range(12, 19)]
    assert np.max(np.diff(at)) < 0.15
    assert at == sorted(at)
    assert at[0] < 0.3
    assert at[-1] > 0.7


def test_each_coordinate_by_itself_and_only_what_is_seen() -> None:
    """Shapes are kept; a coordinate that was never seen is NaN, without a warning."""
    readings = np.array([[[1.0, np.nan], [3.0, 4.0]], [[2.0, np.nan], [np.nan, 4.0]], [[3.0, np.nan], [5.0, 4.0]]])
    np.testing.assert_array_equal(middle(readings), [[2.0, np.nan], [4.0, 4.0]])
    assert np.isnan(middle(np.empty((0, 2)))).all()
