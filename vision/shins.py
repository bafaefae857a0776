"""The front of the shin in all frames together: a shank is rigid, so one shape is fitted to the whole clip and each frame only says how it lies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vision.robust import robust_line, running_nanmedian

FloatArray = npt.NDArray[np.float64]

SHIN_FROM, SHIN_TO = 0.13, 0.80
"""The stretch of the shin that defines its front outline, as shares of the way from knee to ankle joint centre."""

_SOLE_S, _KNEE_S = 4.0, 1.0
"""Time over which the lower and the upper end of the stretch are kept steady: the sole stays for seconds, however often it is misread; the knee as
the network sees it slides along the leg as that bends."""
_SHAPE_POINTS = 40
_LEAST_FRAMES = 10
_LEAST_SEEN = 0.75


def fit_shins(t_s: FloatArray, front_px: FloatArray, knee_px: FloatArray, ankle_px: FloatArray) -> FloatArray:
    """Line through the front of the shin at 13 % and 80 % of the way from knee to ankle, frame by frame.

    Parameters
    ----------
    t_s : (T,) float64
    front_px : (T, N, 2) float64
        Front outline, any points from knee to ankle; NaN where not seen.
    knee_px, ankle_px : (T, 2) float64
        Joints as read in each frame; only where along the shank the stretch begins and ends is taken from them.

    Returns
    -------
    (T, 2, 2) float64
        Upper and lower end; NaN where less than three quarters of the stretch is seen.

    Notes
    -----
    In each frame the outline is one shape, common to all frames and straight in the mean, plus a line. The shape takes up the bulge of the shin, so that a
    stretch that begins a little higher or lower, or is hidden in part, does not turn the line.
    """
    ends = np.full((len(front_px), 2, 2), np.nan)
    if not len(front_px):
        return ends
    ankle, up, length = _steady_axis(t_s, knee_px, ankle_px)
    ahead = np.column_stack([-up[:, 1], up[:, 0]])
    relative = front_px - ankle[:, None]
    along = np.einsum("tnk,tk->tn", relative, up) / length[:, None]
    aside = np.einsum("tnk,tk->tn", relative, ahead)
    at = np.linspace(1 - SHIN_TO, 1 - SHIN_FROM, _SHAPE_POINTS)
    reach = np.array([_resample(s, d, at) for s, d in zip(along, aside, strict=True)])
    seen = np.isfinite(reach).mean(axis=1) >= _LEAST_SEEN
    shape = _common_shape(reach[seen], at)
    for k in np.flatnonzero(seen):
        there = np.isfinite(reach[k])
        slope, level, *_ = robust_line(at[there], (reach[k] - shape)[there], floor_px=max(0.6, 0.01 * float(length[k])))
        share = at[[-1, 0]]
        ends[k] = ankle[k] + (share * length[k])[:, None] * up[k] + (level + slope * share)[:, None] * ahead[k]
    return ends


def _steady_axis(t_s: FloatArray, knee_px: FloatArray, ankle_px: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Ankle (T, 2) on each frame's line of joints at a steady height, direction (T, 2) up the shank, and steady length (T,)."""
    run = knee_px - ankle_px
    up = run / np.hypot(*run.T)[:, None]
    rise = (ankle_px[:, 1] - running_nanmedian(ankle_px[:, 1], t_s, _SOLE_S)) / np.minimum(up[:, 1], -0.3)
    ankle = ankle_px - rise[:, None] * up
    return ankle, up, running_nanmedian(np.hypot(*(knee_px - ankle).T), t_s, _KNEE_S)


def _resample(along: FloatArray, aside: FloatArray, at: FloatArray) -> FloatArray:
    """Offsets of the outline at chosen shares of the shank; NaN beyond its ends and where it is not seen."""
    seen = np.isfinite(along) & np.isfinite(aside)
    if seen.sum() < _LEAST_FRAMES:
        return np.full(len(at), np.nan)
    order = np.argsort(along[seen])
    return np.asarray(np.interp(at, along[seen][order], aside[seen][order], left=np.nan, right=np.nan))


def _common_shape(reach_px: FloatArray, at: FloatArray) -> FloatArray:
    """Return what all frames have in common beside a line (N,) px, itself without a line; nothing where too few frames tell."""
    whole = reach_px[np.isfinite(reach_px).all(axis=1)]
    if len(whole) < _LEAST_FRAMES:
        return np.zeros(len(at))
    lines = np.polyfit(at, whole.T, 1)
    shape = np.median(whole - (lines[0][:, None] * at + lines[1][:, None]), axis=0)
    return np.asarray(shape - np.polyval(np.polyfit(at, shape, 1), at))
