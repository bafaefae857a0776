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


def find_touch_shadow(lab: Lab, edge_px: FloatArray, inward: FloatArray, shank_px: float, *, outward_share: float = 0.0) -> FloatArray:
    """How far `inward` (2,) of each edge point (N, 2), px (N,), the darkest place between the leg and what it touches lies; 0 where there is none.

    Parameters
    ----------
    outward_share : float
        How far beyond the edge it is looked for too, over the length of the shank: there it is less than 0.

    Notes
    -----
    Where knee and wall or sole and floor touch, no light falls between the two: the border is that dark line, while the strongest edge is the far side of
    its shadow or, before a wall as dark as the shadow, the leg's own.
    """
    first = -np.floor(outward_share * shank_px / _STEP_PX) * _STEP_PX
    steps = np.arange(first, 0.045 * shank_px, _STEP_PX)
    light = sample(lab[..., :1], edge_px[:, None, :] + steps[None, :, None] * inward).reshape(len(edge_px), len(steps))
    light = median_filter(light, (5, 1), mode="nearest")
    near = steps <= 0.025 * shank_px
    darkest = np.argmin(np.where(near, light, np.inf), axis=1)
    rows = np.arange(len(edge_px))
    reach = int(np.sum(near & (steps >= 0)))
    floor = light[rows, darkest]
    inner = np.array([light[i, k : k + reach].max() for i, k in enumerate(darkest)]) - floor
    beyond = np.minimum(steps[darkest], 0.0) - 0.02 * shank_px
    outer = sample(lab[..., :1], edge_px + beyond[:, None] * inward)[:, 0] - floor
    valley = (outer > _SHADOW_DEPTH) & (inner > np.maximum(0.5 * _SHADOW_DEPTH, _SHADOW_SHARE * outer))
    return np.where(valley, steps[darkest], 0.0)


_STEP_PX = 0.25
