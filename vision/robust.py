"""Statistics that a minority of false edges does not move."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

FloatArray = npt.NDArray[np.float64]


_ROUNDS, _SETTLED = 25, 1e-6
"""Of a fit by weights: at most so many, and over as soon as no weight moves by more."""


def tukey_weights(residual: FloatArray, scatter: float) -> FloatArray:
    """Weight of each residual, 0..1: Tukey's biweight.

    References
    ----------
    Beaton & Tukey (1974), doi 10.1080/00401706.1974.10489171; c = 4.685 for 95 % efficiency.
    """
    return np.asarray(np.square(np.clip(1 - np.square(residual / (4.685 * scatter)), 0, None)))


def robust_line(x: FloatArray, y: FloatArray, *, floor_px: float) -> tuple[float, float, FloatArray, float]:
    """Straight line by biweights: slope, level, weights and robust scatter, which is never taken for less than `floor_px`."""
    weights = np.ones_like(y)
    slope = level = 0.0
    spread = floor_px
    for _ in range(_ROUNDS):
        share = (weights + 1e-9) / np.sum(weights + 1e-9)
        centre, height = float(share @ x), float(share @ y)
        slope = float(share @ ((x - centre) * (y - height)) / (share @ np.square(x - centre)))
        level = height - slope * centre
        last, residual = weights, y - (level + slope * x)
        spread = max(1.4826 * float(np.median(np.abs(residual))), floor_px)
        weights = tukey_weights(residual, spread)
        if np.abs(weights - last).max() < _SETTLED:
            break
    return slope, level, weights, spread


def running_median(values: FloatArray, width: int) -> FloatArray:
    """Median over a window of `width` samples, an odd number, about each value, the ends repeated."""
    return np.asarray(median_filter(values, width, mode="nearest"))


def window_frames(window_s: float, t_s: FloatArray) -> int:
    """Odd number of frames at times `t_s` (T,) that a window of so many seconds holds."""
    every_s = float(np.median(np.diff(t_s))) if len(t_s) > 1 else window_s
    return 2 * int(0.5 * window_s / every_s + 1e-6) + 1


def running_nanmedian(values: FloatArray, width: int) -> FloatArray:
    """Likewise over what is seen: a value in a window without any stays NaN; the window is cut off at the ends."""
    half = width // 2
    padded = np.pad(values, half, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    out = np.full(len(values), np.nan)
    some = np.isfinite(windows).any(axis=1)
    out[some] = np.nanmedian(windows[some], axis=1)
    return out
