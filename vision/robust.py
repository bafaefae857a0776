"""Statistics that a minority of false edges does not move."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


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
    for _ in range(25):
        share = (weights + 1e-9) / np.sum(weights + 1e-9)
        centre, height = float(share @ x), float(share @ y)
        slope = float(share @ ((x - centre) * (y - height)) / (share @ np.square(x - centre)))
        level = height - slope * centre
        residual = y - (level + slope * x)
        spread = max(1.4826 * float(np.median(np.abs(residual))), floor_px)
        weights = tukey_weights(residual, spread)
    return slope, level, weights, spread


def running_median(values: FloatArray, width: int) -> FloatArray:
    """Median over a window of `width` samples about each value, the ends repeated."""
    half = width // 2
    padded = np.pad(values, half, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1))


def running_nanmedian(values: FloatArray, width: int) -> FloatArray:
    """Likewise over what is seen: a value in a window without any stays NaN; the window is cut off at the ends."""
    half = width // 2
    padded = np.pad(values, half, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    out = np.full(len(values), np.nan)
    some = np.isfinite(windows).any(axis=1)
    out[some] = np.nanmedian(windows[some], axis=1)
    return out
