"""Statistics that a minority of false edges does not move."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

FloatArray = npt.NDArray[np.float64]


_ROUNDS, _SETTLED = 25, 1e-6
"""Of a fit by weights: at most so many, and over as soon as no weight moves by more."""
_SAME_TIME_S = 1e-4
"""Half a window is so much longer than it says: times that are sums of a frame's length are not exact."""


def tukey_weights(residual: FloatArray, scatter: float | FloatArray) -> FloatArray:
    """Weight of each residual, 0..1, for one scatter or one that is broadcast over them: Tukey's biweight.

    References
    ----------
    Beaton & Tukey (1974), doi 10.1080/00401706.1974.10489171; c = 4.685 for 95 % efficiency.
    """
    return np.asarray(np.square(np.clip(1 - np.square(residual / (4.685 * scatter)), 0, None)))


def cauchy_weights(residual: FloatArray) -> FloatArray:
    """Weight of each residual, in standard errors, 0..1, by Cauchy's law: one that is far off counts for little, but is never left out.

    References
    ----------
    Holland & Welsch (1977), doi 10.1080/03610927708827533; c = 2.385 for 95 % efficiency.
    """
    return np.asarray(1 / (1 + np.square(residual / 2.385)))


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


def running_nanmedian(values: FloatArray, t_s: FloatArray, window_s: float) -> FloatArray:
    """Median of what is seen in a window of so many seconds about each value (T,), however unevenly the times `t_s` (T,) follow; NaN where nothing is."""
    half_s = 0.5 * window_s + _SAME_TIME_S
    spans = zip(np.searchsorted(t_s, t_s - half_s), np.searchsorted(t_s, t_s + half_s), strict=True)
    windows = [values[first:end] for first, end in spans]
    return np.array([np.median(seen) if len(seen := window[np.isfinite(window)]) else np.nan for window in windows])
