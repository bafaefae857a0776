"""The front of the shin over a clip: one shape, and a line for each frame."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from vision.shins import SHIN_FROM, SHIN_TO, fit_shins
from vision.tracks import FRONT_POINTS

FloatArray = npt.NDArray[np.float64]

SHANK_PX, FRAMES = 170.0, 60
TIMES_S = np.arange(FRAMES) / 15.0
SHARES = np.linspace(0.04, 0.92, FRONT_POINTS)


def film_shins(rng: np.random.Generator, *, bulge_px: float = 4.0, noise_px: float = 0.3) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return fronts (T, N, 2), knees and ankles (T, 2) of a shank that leans and comes back, and the lean of its front (T,), degrees."""
    lean = np.radians(10 + 28 * np.sin(np.linspace(0, np.pi, FRAMES)))
    ankle = np.tile([300.0, 600.0], (FRAMES, 1))
    up = np.column_stack([np.sin(lean), -np.cos(lean)])
    ahead = np.column_stack([-up[:, 1], up[:, 0]])
    knee = ankle + SHANK_PX * up
    shape = 14.0 + 5.0 * (0.8 - SHARES) + bulge_px * np.cos(2 * np.pi * (SHARES - SHIN_FROM) / (SHIN_TO - SHIN_FROM))
    front = (
        knee[:, None]
        - SHARES[:, None] * SHANK_PX * up[:, None]
        + shape[:, None] * ahead[:, None]
        + rng.normal(0, noise_px, (FRAMES, FRONT_POINTS, 1)) * ahead[:, None]
    )
    return front, knee, ankle, np.degrees(lean) + np.degrees(np.arctan(5.0 / SHANK_PX))


def leans(ends: FloatArray) -> FloatArray:
    """Inclination of each line, degrees."""
    run = ends[:, 0] - ends[:, 1]
    return np.asarray(np.degrees(np.arctan2(run[:, 0], -run[:, 1])))


def test_a_rigid_shin_is_followed_through_the_clip() -> None:
    """Every frame within 0.3 degrees, all together within 0.05; the ends lie where the stretch begins and ends."""
    front, knee, ankle, true = film_shins(np.random.default_rng(0))
    ends = fit_shins(TIMES_S, front, knee, ankle)
    assert np.abs(leans(ends) - true).max() < 0.3
    assert np.mean(leans(ends) - true) == pytest.approx(0.0, abs=0.05)
    along = np.einsum("tek,tk->te", ends - ankle[:, None], (knee - ankle) / SHANK_PX) / SHANK_PX
    np.testing.assert_allclose(along, np.tile([1 - SHIN_FROM, 1 - SHIN_TO], (FRAMES, 1)), atol=0.01)


def test_a_sole_that_is_misread_in_a_third_of_the_frames_does_not_turn_the_shin() -> None:
    """The ankle of those frames lies 16 px lower: what their stretch covers of the bulge stays the same."""
    front, knee, ankle, _ = film_shins(np.random.default_rng(1))
    misread = np.arange(FRAMES) % 3 == 0
    low = ankle + np.where(misread[:, None], 16.0 * (ankle - knee) / SHANK_PX, 0.0)
    np.testing.assert_allclose(leans(fit_shins(TIMES_S, front, knee, low)), leans(fit_shins(TIMES_S, front, knee, ankle)), atol=0.05)


def test_a_part_that_is_hidden_in_some_frames_is_known_from_the_others() -> None:
    """The upper fifth of a bulging shin is not seen in ten frames of the hold: without the common shape they would read 0.5 degrees off."""
    front, knee, ankle, true = film_shins(np.random.default_rng(2))
    front[25:35, SHARES < SHIN_FROM + 0.15] = np.nan
    off = np.abs(leans(fit_shins(TIMES_S, front, knee, ankle)) - true)[25:35]
    assert off.max() < 0.3


def test_a_shin_of_which_too_little_is_seen_has_no_line() -> None:
    """Half of it hidden: NaN for that frame, and the others as they were."""
    front, knee, ankle, true = film_shins(np.random.default_rng(3))
    front[5, : FRONT_POINTS // 2] = np.nan
    ends = fit_shins(TIMES_S, front, knee, ankle)
    assert np.isnan(ends[5]).all()
    seen = np.arange(FRAMES) != 5
    assert np.abs(leans(ends[seen]) - true[seen]).max() < 0.3


def test_a_handful_of_frames_is_fitted_without_a_common_shape() -> None:
    """Three frames cannot tell a shape: straight lines, and no error; no frames give no lines."""
    front, knee, ankle, true = film_shins(np.random.default_rng(4), bulge_px=0.0)
    ends = fit_shins(TIMES_S[:3], front[:3], knee[:3], ankle[:3])
    np.testing.assert_allclose(leans(ends), true[:3], atol=0.3)
    assert fit_shins(TIMES_S[:0], front[:0], knee[:0], ankle[:0]).shape == (0, 2, 2)
