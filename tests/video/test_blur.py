"""Pictures as they may be shown."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from vision.blur import Veil
from vision.heads import NO_HEADS
from vision.sharp_area import SharpArea

WIDTH, HEIGHT = 640, 360
WINDOW = np.s_[160:340, 220:380]
INNER = np.s_[180:320, 240:360]


def make_area(*, heads: npt.NDArray[np.float64] = NO_HEADS, window: tuple[float, float, float, float] = (220.0, 160.0, 380.0, 340.0)) -> SharpArea:
    """Return an area that is open up to 4 s, with a grain of 20 pixels."""
    return SharpArea(window_px=window, spans_s=np.array([[0.0, 4.0]]), heads=heads, grain_px=20.0)


def make_picture(seed: int = 1) -> npt.NDArray[np.uint8]:
    """Noise: detail in every pixel."""
    return np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def roughness(rgb: npt.NDArray[np.uint8]) -> float:
    """Mean square of the step from one pixel to the next."""
    return float((np.diff(rgb.astype(float), axis=1) ** 2).mean())


def test_window_is_untouched_and_the_rest_is_flat() -> None:
    """Well inside the window every pixel is the one that was given; outside steps between pixels are all but gone."""
    picture = make_picture()
    before = picture.copy()
    shown = Veil(make_area(), WIDTH, HEIGHT).apply(picture, 1.0)
    assert (picture == before).all()
    assert (shown[INNER] == picture[INNER]).all()
    for outside in (np.s_[:158], np.s_[342:], np.s_[:, :218], np.s_[:, 382:]):
        assert roughness(shown[outside]) < roughness(picture[outside]) / 5000


def test_nothing_is_sharp_when_the_area_is_closed() -> None:
    """While nobody follows the leg, all of the picture is blurred."""
    shown = Veil(make_area(), WIDTH, HEIGHT).apply(make_picture(), 5.0)
    assert roughness(shown) < 1


def test_head_in_the_window_is_blurred_there() -> None:
    """Somebody who bends down to their foot is not shown, and the rest of the window stays."""
    heads = np.array([[0.0, 2.0, 330.0, 200.0, 30.0]])
    veil, picture = Veil(make_area(heads=heads), WIDTH, HEIGHT), make_picture()
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    away = np.hypot(x - 330, y - 200)
    shown = veil.apply(picture, 1.0)
    assert np.abs(np.diff(shown[195:205, 305:356].astype(float), axis=1)).max() < 8
    assert (shown[away < 30] != picture[away < 30]).mean() > 0.9
    assert (shown[280:320, 240:360] == picture[280:320, 240:360]).all()
    assert (veil.apply(picture, 3.0)[INNER] == picture[INNER]).all()


@pytest.mark.parametrize("size_px", [2, 4, 5, 8, 10])
def test_texture_finer_than_a_grain_is_gone(size_px: int) -> None:
    """Of checks up to half a grain large a twentieth of the contrast stays at most, in whatever way they fall on the grains."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    checks = np.repeat(((x // size_px + y // size_px) % 2 * 2 - 1)[..., None], 3, axis=2)
    shown = Veil(make_area(), WIDTH, HEIGHT).apply((128 + 60 * checks).astype(np.uint8), 5.0)
    within = shown[40:-40, 40:-40].astype(int)
    assert np.abs(within - 128).max() <= 3


def test_window_that_reaches_over_the_edge_is_sharp_up_to_it() -> None:
    """Floor at the lower edge of the picture is not veiled by a border that nobody sees."""
    picture = make_picture()
    shown = Veil(make_area(window=(-50.0, 160.0, 380.0, 500.0)), WIDTH, HEIGHT).apply(picture, 1.0)
    assert (shown[180:, :360] == picture[180:, :360]).all()


def test_window_outside_the_picture_shows_nothing() -> None:
    """An area of another clip, or one that went astray, opens no window."""
    for window in ((700.0, 0.0, 900.0, 300.0), (0.0, 0.0, 0.0, 0.0), (0.0, -90.0, 600.0, -10.0)):
        assert roughness(Veil(make_area(window=window), WIDTH, HEIGHT).apply(make_picture(), 1.0)) < 1
