"""What may be sharp, where and when."""

from __future__ import annotations

import numpy as np
import pytest

from vision.heads import NO_HEADS
from vision.sharp_area import SharpArea, compute_grain, join_spans


def make_area(*heads: tuple[float, ...]) -> SharpArea:
    """Return an area that is open from 1 to 4 s."""
    return SharpArea(window_px=(100.0, 200.0, 300.0, 400.0), spans_s=np.array([[1.0, 4.0]]), heads=np.array(heads).reshape(-1, 5), grain_px=20.0)


def test_heads_count_when_they_reach_into_the_window() -> None:
    """In time and in place: beside it, touching it, within it; not far off, and not later."""
    beside, within, far, later = (0.0, 2.0, 80.0, 300.0, 30.0), (0.0, 2.0, 200.0, 300.0, 10.0), (0.0, 2.0, 200.0, 60.0, 40.0), (3.0, 4.0, 200.0, 300.0, 10.0)
    assert make_area(beside, within, far, later).heads_at(1.0).tolist() == [list(beside[2:]), list(within[2:])]
    assert make_area().heads_at(1.0).shape == (0, 3)


def test_area_is_open_only_while_the_leg_is_followed() -> None:
    """Before and after nothing is sharp; an area without spans is never open."""
    assert [make_area().is_open(t_s) for t_s in (0.9, 1.0, 2.5, 4.0, 4.1)] == [False, True, True, True, False]
    assert not SharpArea(window_px=(0, 0, 9, 9), spans_s=np.empty((0, 2)), heads=NO_HEADS, grain_px=9).is_open(0.0)


def test_area_scales_with_its_picture() -> None:
    """Places and sizes change, times do not."""
    half = make_area((0.5, 1.5, 80.0, 300.0, 30.0)).scale(0.5)
    assert half.window_px == (50.0, 100.0, 150.0, 200.0)
    assert half.heads.tolist() == [[0.5, 1.5, 40.0, 150.0, 15.0]]
    assert (half.grain_px, half.spans_s.tolist()) == (10.0, [[1.0, 4.0]])


def test_a_head_is_left_with_few_grains() -> None:
    """About five from chin to crown of the person measured, and of somebody who stands nearer no more than they."""
    shank_px, head_px = 200.0, 200.0 * 24 / 40
    assert head_px / compute_grain(shank_px, 1280.0, NO_HEADS) < 5
    near = np.array([[0.0, 1.0, 10.0, 10.0, 150.0]])
    assert 2 * 150.0 / compute_grain(shank_px, 1280.0, near) == pytest.approx(8.0)
    assert compute_grain(10.0, 1280.0, NO_HEADS) == 20.0


def test_short_gaps_are_closed_and_long_ones_stay() -> None:
    """A leg that was lost for a moment leaves the window open, one that is gone closes it."""
    assert join_spans(np.array([1.0, 1.5, 2.4, 5.0]), hold_s=0.5).tolist() == [[0.5, 2.9], [4.5, 5.5]]
    assert join_spans(np.empty(0), hold_s=0.5).shape == (0, 2)
