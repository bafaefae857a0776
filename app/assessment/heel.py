"""Heel lift: how far the rear outline of the foot has risen since the person stood upright."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

_LOW, _HIGH = 0.0, 0.20
"""The stretch of the rear outline that is heel: above it the Achilles tendon leans with the shank. Shares of foot length."""


_OUTLIER_SHARE = 0.02
"""A point farther off than this share of the foot is another edge and counts no more than that."""


def compute_heel_rise_px(profiles: FloatArray, standing: npt.NDArray[np.bool_], foot_px: float) -> FloatArray:
    """Rise of the heel in every frame (T,), pixels; NaN where the heel was not seen.

    Parameters
    ----------
    profiles : (T, K, 2) float64
        Rear outline of the foot in room pixels.
    standing : (T,) bool
        Frames in which the heel is surely down: the baseline.
    foot_px : float
        Foot length in pixels.

    Notes
    -----
    The heel's rear edge is nearly upright, so its rearmost point says little about height; its roundness does. Each frame's outline is laid onto the
    standing one at different heights and the rise that fits best is taken. It is not shifted sideways: within a stance the foot stays put, and leaving
    that free lets a heel that is pressed wider pass for one that rose.
    """
    rise = np.full(len(profiles), np.nan)
    if not np.isfinite(profiles[standing][:, -1, 1]).any():
        return rise
    low = float(np.nanmedian(profiles[standing][:, -1, 1]))
    rows = low - foot_px * np.linspace(_HIGH, _LOW, 30)
    base_rows = low - foot_px * np.linspace(0.42, 0.0, 90)
    standing_rows = np.array([_at_rows(p, base_rows) for p in profiles[standing]])
    base = np.full(len(base_rows), np.nan)
    known = np.isfinite(standing_rows).any(axis=0)
    base[known] = np.nanmedian(standing_rows[:, known], axis=0)
    seen = np.isfinite(base)
    if seen.sum() < 30:
        return rise
    shifts = np.arange(-0.05, 0.20, 0.0025) * foot_px
    for i, profile in enumerate(profiles):
        if np.isfinite(profile).all(axis=1).sum() >= 15:
            rise[i] = _best_shift(profile, rows, base_rows[seen], base[seen], shifts, _OUTLIER_SHARE * foot_px)
    return rise - float(np.nanmedian(rise[standing])) if np.isfinite(rise[standing]).any() else rise


def _at_rows(profile: FloatArray, rows: FloatArray) -> FloatArray:
    good = np.isfinite(profile).all(axis=1)
    if good.sum() < 5:
        return np.full(len(rows), np.nan)
    return np.interp(rows, profile[good, 1], profile[good, 0], left=np.nan, right=np.nan)


def _best_shift(profile: FloatArray, rows: FloatArray, base_rows: FloatArray, base: FloatArray, shifts: FloatArray, outlier_px: float) -> float:
    x = _at_rows(profile, (rows[None, :] - shifts[:, None]).ravel()).reshape(len(shifts), len(rows))
    both = np.isfinite(x)
    count = both.sum(axis=1)
    apart = np.where(both, np.minimum(np.abs(x - np.interp(rows, base_rows, base)), outlier_px), 0.0)
    costs = np.where(count >= 0.7 * len(rows), apart.sum(axis=1) / np.maximum(count, 1), np.inf)
    k = int(np.argmin(costs))
    if 0 < k < len(shifts) - 1 and np.isfinite(costs[k - 1 : k + 2]).all():
        a, b, c = costs[k - 1 : k + 2]
        return float(shifts[k] + (shifts[1] - shifts[0]) * 0.5 * (a - c) / max(a - 2 * b + c, 1e-9))
    return float(shifts[k])
