from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.ndimage import gaussian_filter

from vision.knees import cut_knee, steady_knees
from vision.tracks import KneeView

FloatArray = npt.NDArray[np.float64]
SHANK_PX = 160.0
WIDTH, HEIGHT, ROW = 400, 300, 150
FRONT = 200.0
HOLD = np.arange(7) / 7.5
LEANS = np.array([35.0, 36.0, 36.5, 37.0, 36.8, 36.0, 35.0])


def show_knee(front_px: float, *, cloth: float, rng: np.random.Generator) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Draw lightness and mask of a round knee that ends at `front_px`, its cloth patterned by so much, before a wall with a pattern of its own, in noise."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    inside = x < front_px - np.square(y - ROW) / 300.0
    pattern = np.random.default_rng(7).normal(size=(HEIGHT, 2 * WIDTH))
    worn = gaussian_filter(pattern, 3.0)[:, WIDTH // 2 : WIDTH // 2 + WIDTH] * 20.0
    shift = front_px - FRONT
    columns = np.clip(np.arange(WIDTH) - shift, 0, WIDTH - 1)
    low = columns.astype(int)
    share = columns - low
    moved = worn[:, low] * (1 - share) + worn[:, np.minimum(low + 1, WIDTH - 1)] * share
    wall = 80.0 + 30.0 * gaussian_filter(pattern, 2.0)[:, :WIDTH]
    light = np.where(inside, 40.0 + cloth * moved, wall) + rng.normal(0.0, 1.0, (HEIGHT, WIDTH))
    return np.clip(gaussian_filter(light, 0.8), 0, 100).astype(np.float32), inside.astype(np.float32)


def settle(true_px: FloatArray, read_px: FloatArray, leans: FloatArray, t_s: FloatArray, *, cloth: float, shanks_px: FloatArray | None = None) -> FloatArray:
    """Foremost x of knees that end at `true_px` and were read at `read_px`."""
    rng = np.random.default_rng(1)
    sizes = np.full(len(true_px), SHANK_PX) if shanks_px is None else shanks_px
    views: list[KneeView | None] = []
    for true, read, shank in zip(true_px, read_px, sizes, strict=True):
        light, person = show_knee(true, cloth=cloth, rng=rng)
        corner = np.array([40.0, 20.0])
        views.append(cut_knee(light[20:, 40:], person[20:, 40:], corner, np.array([read, ROW]), float(shank)))
    knees = np.column_stack([read_px, np.full(len(read_px), float(ROW))])
    out = steady_knees(t_s, knees, leans, views, np.tile(np.eye(3), (len(t_s), 1, 1)))
    assert out[:, 1] == pytest.approx(knees[:, 1])
    return np.asarray(out[:, 0])


def two_lunges() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Make times, leans and true ends of two lunges: the second stops 1.7 px short."""
    t_s = np.concatenate([HOLD, 4.0 + HOLD])
    coming = np.array([-3.0, -1.0, 0.0, 0.0, 0.0, -1.0, -3.0])
    return t_s, np.tile(LEANS, 2), FRONT + np.concatenate([coming, coming - 1.7])


def test_how_far_lunges_end_apart_is_told_by_the_cloth() -> None:
    """Readings that are off by two pixels, and all of one lunge the same way, leave the difference between the lunges at a quarter of one."""
    t_s, leans, ends = two_lunges()
    off = np.random.default_rng(3).normal(0.0, 1.0, len(ends)) + np.repeat([1.5, -1.5], len(HOLD))
    found = settle(ends, ends + off, leans, t_s, cloth=1.0)
    apart = np.median(found[2:5]) - np.median(found[9:12])
    assert abs(np.median((ends + off)[2:5]) - np.median((ends + off)[9:12]) - 1.7) > 2.0
    assert apart == pytest.approx(1.7, abs=0.25)
    assert np.std(found - ends) < 0.4 * np.std(off)
    assert abs(np.mean(found - ends) - np.mean(off)) < 0.8


def test_one_reading_far_off_is_outvoted() -> None:
    """A knee that was read 9 px behind, in the wall's shadow, lies where its cloth says."""
    t_s, leans, ends = two_lunges()
    read = ends.copy()
    read[3] -= 9.0
    assert settle(ends, read, leans, t_s, cloth=1.0) == pytest.approx(ends, abs=0.5)


def test_views_of_different_size_are_compared() -> None:
    """The network's shank, by which a view is scaled, is longer in one picture and shorter in the next."""
    t_s, leans, ends = two_lunges()
    off = np.repeat([1.0, -1.0], len(HOLD))
    shanks = SHANK_PX * np.random.default_rng(5).uniform(0.9, 1.1, len(ends))
    found = settle(ends, ends + off, leans, t_s, cloth=1.0, shanks_px=shanks)
    assert np.median(found[2:5]) - np.median(found[9:12]) == pytest.approx(1.7, abs=0.3)


def test_a_knee_of_one_colour_is_read_by_its_outline() -> None:
    """Before a wall with a pattern of its own, that stands still: nothing inside the leg says how far it went, and nothing outside is asked."""
    t_s, leans, ends = two_lunges()
    off = np.repeat([0.8, -0.8], len(HOLD))
    found = settle(ends, ends + off, leans, t_s, cloth=0.0)
    assert found == pytest.approx(ends + off, abs=0.6)


def test_a_knee_on_its_way_is_left_as_it_was_read() -> None:
    """Upright, and leaning otherwise than at the deepest, there is nothing to compare with."""
    t_s = np.arange(12) / 7.5
    leans = np.array([2.0, 5.0, 12.0, 20.0, 28.0, 36.0, 37.0, 36.5, 28.0, 20.0, 12.0, 4.0])
    ends = FRONT - (37.0 - leans) * 1.5
    off = np.random.default_rng(2).normal(0.0, 1.0, len(ends))
    found = settle(ends, ends + off, leans, t_s, cloth=1.0)
    way = leans < 30.0
    assert (found[way] == (ends + off)[way]).all()
    assert (found[~way] != (ends + off)[~way]).all()


def test_where_nothing_was_read_nothing_is_made_up() -> None:
    """No lunge, no view, no knee: all stays as it is."""
    nothing = np.full((3, 2), np.nan)
    out = steady_knees(np.arange(3.0), nothing, np.full(3, np.nan), [None] * 3, np.tile(np.eye(3), (3, 1, 1)))
    assert np.isnan(out).all()
    assert steady_knees(np.empty(0), np.empty((0, 2)), np.empty(0), [], np.empty((0, 3, 3))).shape == (0, 2)
