from __future__ import annotations

import numpy as np
import pytest

from tests.unit.vision.drawing import draw, film
from vision.contour import SnapParams, sample, snap, to_lab

SIZE_PX = (120, 120)
DARK, LIGHT, MIDDLE = (60, 50, 45), (200, 190, 180), (120, 110, 105)
NORMALS = np.tile([1.0, 0.0], (81, 1))


def half_plane(x_px: float) -> np.ndarray:
    """Polygon of everything left of x."""
    return np.array([[-10.0, -10.0], [x_px, -10.0], [x_px, 130.0], [-10.0, 130.0]])


def rough(x_px: float) -> np.ndarray:
    """Rough upright outline at x."""
    return np.column_stack([np.full(81, x_px), np.arange(20.0, 101.0)])


@pytest.mark.parametrize("edge_px", [59.5, 60.0, 60.3, 61.75, 57.2])
def test_an_edge_is_found_to_a_tenth_of_a_pixel(edge_px: float) -> None:
    """From a rough outline up to 3 px away, under the blur of a phone."""
    lab = to_lab(film(draw(SIZE_PX, LIGHT, (half_plane(edge_px), DARK))))
    found = snap(lab, rough(60.0), NORMALS, SnapParams(half_width_px=8.0))
    # Coverage of a pixel at whole coordinate x is that of x - 0.5 .. x + 0.5; the curve of L* against grey shifts a blurred edge by under 0.1 px.
    np.testing.assert_allclose(found.xy_px[:, 0], edge_px, atol=0.15)
    assert float(np.mean(found.xy_px[:, 0])) == pytest.approx(edge_px, abs=0.1)
    np.testing.assert_allclose(found.offset_px, found.xy_px[:, 0] - 60.0, atol=1e-12)


def test_noise_averages_out_along_an_edge() -> None:
    """6 grey levels of noise leave the mean of 81 points within 0.1 px."""
    lab = to_lab(film(draw(SIZE_PX, LIGHT, (half_plane(61.3), DARK)), noise=6.0))
    found = snap(lab, rough(60.0), NORMALS, SnapParams(half_width_px=8.0))
    assert float(np.mean(found.xy_px[:, 0])) == pytest.approx(61.3, abs=0.1)


def creased(length_px: float) -> np.ndarray:
    """Draw a weak edge at x = 61 with a strong short one 4 to 6 px behind it."""
    half = 0.5 * length_px
    crease = np.array([[55.0, 60 - half], [57.0, 60 - half], [57.0, 60 + half], [55.0, 60 + half]])
    return to_lab(film(draw(SIZE_PX, MIDDLE, (half_plane(61.0), (150, 140, 135)), (crease, (10, 5, 5)))))


def test_a_long_weak_edge_wins_over_a_short_strong_one() -> None:
    """A crease a twentieth as long and three times as strong does not pull the outline off."""
    found = snap(creased(4.0), rough(60.0), NORMALS, SnapParams(half_width_px=8.0))
    assert np.abs(found.xy_px[:, 0] - 61.0).max() < 0.8  # px; the crease lies 4 to 6 px away


def test_a_longer_crease_disturbs_no_more_than_its_own_length() -> None:
    """Over a tenth of the outline it may win, but beyond its ends and two pixels the outline is the true one."""
    found = snap(creased(8.0), rough(60.0), NORMALS, SnapParams(half_width_px=8.0))
    beyond = np.abs(found.xy_px[:, 1] - 60.0) > 8.0
    assert np.abs(found.xy_px[beyond, 0] - 61.0).max() < 0.5


def test_strength_tells_an_edge_from_none() -> None:
    """Contrast scales the strength; a plain picture has next to none."""
    lab = to_lab(film(draw(SIZE_PX, LIGHT, (half_plane(60.0), DARK))))
    faint = to_lab(film(draw(SIZE_PX, LIGHT, (half_plane(60.0), (190, 180, 170)))))
    plain = to_lab(film(draw(SIZE_PX, LIGHT)))
    strong, weak, none = (float(np.median(snap(p, rough(60.0), NORMALS, SnapParams(half_width_px=8.0)).strength)) for p in (lab, faint, plain))
    assert strong > 5 * weak > 0
    assert none < 0.05 * weak


def test_sampling_lies_between_pixels() -> None:
    """Bilinear at whole-number pixel centres: half-way between two pixels is their mean."""
    image = np.zeros((4, 4, 1), np.float32)
    image[1, 2] = 8.0
    at = sample(image, np.array([[2.0, 1.0], [1.5, 1.0], [2.0, 1.5]])).ravel()
    np.testing.assert_allclose(at, [8.0, 4.0, 4.0])
