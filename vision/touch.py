"""Where two things touch: the dark line between them, into which no light falls."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

from vision.contour import sample

FloatArray = npt.NDArray[np.float64]
Lab = npt.NDArray[np.float32]

_SHADOW_DEPTH = 5.0
"""Lightness (CIE L*, 0..100) by which the line of a touch is darker than what is touched; the leg behind it is lighter by half of that at least."""
_SHADOW_SHARE = 0.12
"""Of the step to what is touched, by which the leg must be lighter than the line: a dark leg's own shading is less."""


def find_touch_shadow(lab: Lab, edge_px: FloatArray, inward: FloatArray, shank_px: float) -> FloatArray:
    """How far `inward` (2,) of each edge point (N, 2), px (N,), the darkest place between the leg and what it touches lies; 0 where there is none.

    Notes
    -----
    Where knee and wall or sole and floor touch, no light falls between the two: the border is that dark line, while the strongest edge is the far side of
    its shadow.
    """
    steps = np.arange(0.0, 0.045 * shank_px, 0.25)
    light = sample(lab[..., :1], edge_px[:, None, :] + steps[None, :, None] * inward).reshape(len(edge_px), len(steps))
    light = median_filter(light, (5, 1), mode="nearest")
    near = steps <= 0.025 * shank_px
    darkest = np.argmin(np.where(near, light, np.inf), axis=1)
    rows = np.arange(len(edge_px))
    reach = int(np.sum(near))
    floor = light[rows, darkest]
    inner = np.array([light[i, k : k + reach].max() for i, k in enumerate(darkest)]) - floor
    outer = sample(lab[..., :1], edge_px - 0.02 * shank_px * inward)[:, 0] - floor
    valley = (outer > _SHADOW_DEPTH) & (inner > np.maximum(0.5 * _SHADOW_DEPTH, _SHADOW_SHARE * outer))
    return np.where(valley, steps[darkest], 0.0)
