"""The foot on the picture: its outline, its ends, the border of its sole and the round of its heel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from vision.contour import SnappedContour, snap, snap_params
from vision.touch import find_touch_shadow
from vision.tracks import BALL_AT, HEEL_AT, PROFILE_POINTS

FloatArray = npt.NDArray[np.float64]
Lab = npt.NDArray[np.float32]
Mask = npt.NDArray[np.float32]

_SHANK_OVER_FOOT = 1.6
"""Knee-ankle length over foot length: 0.246 and 0.152 of stature (Drillis & Contini, in Winter 2009, doi 10.1002/9780470549148, fig. 4.1)."""


@dataclass(frozen=True, slots=True)
class FootPoints:
    """Where a foot that points right begins, ends and stands, pixels.

    Attributes
    ----------
    toe_px, heel_px : (2,) float64
        Foremost and rearmost point of its outline.
    heel_low_px, ball_low_px : (2,) float64
        Where the outer border of the sole meets the floor at heel and ball, 15 % and 70 % of the way from heel to toe.
    """

    toe_px: FloatArray
    heel_px: FloatArray
    heel_low_px: FloatArray
    ball_low_px: FloatArray


def find_foot_points(lab: Lab, contour: SnappedContour) -> FootPoints | None:
    """Read toe, heel and floor contacts off a foot's outline."""
    xy = contour.xy_px
    low = xy[:, 1].max()
    span = xy[:, 0].max() - xy[:, 0].min()
    near_floor = xy[:, 1] > low - 0.40 * span
    if near_floor.sum() < 12 or span < 12:
        return None
    band = xy[near_floor]
    toe = _read_toe(lab, _tip(band, np.array([1.0, 0.0]), span), span)
    heel = _tip(band, np.array([-1.0, 0.0]), span)
    length = toe[0] - heel[0]
    border = _sole_border(lab, band, heel[0], length)
    if border is None:
        return None
    return FootPoints(toe, heel, border[0], border[1])


def _sole_border(lab: Lab, band: FloatArray, heel_x: float, length: float) -> FloatArray | None:
    """Outer border of the sole at heel and ball (2, 2) px, off one straight line through its lower edge; None where too little of it is seen.

    Notes
    -----
    From heel to ball the border lies on the floor and is straight: of all lines through two points of it the one with most others near is taken. A stretch
    of the outline that has strayed to a shadow or a board's joint is outvoted, at an end too. Where a dark line runs under the sole, it is the border.
    """
    at = heel_x + length * np.linspace(0.10, 0.76, 34)
    half = 0.5 * (at[1] - at[0]) + 0.5
    lowest = np.array([float(band[np.abs(band[:, 0] - x) <= half, 1].max(initial=-np.inf)) for x in at])
    seen = np.isfinite(lowest)
    if seen.sum() < 12:
        return None
    x, y = at[seen] - heel_x, lowest[seen]
    # One shift for all: where the line shows at one end only, the sole would seem to turn.
    y = y - float(np.median(find_touch_shadow(lab, np.column_stack([x + heel_x, y]), np.array([0.0, -1.0]), _SHANK_OVER_FOOT * length)))
    pairs = np.column_stack(np.triu_indices(len(x), 1))
    pairs = pairs[x[pairs[:, 1]] - x[pairs[:, 0]] > 0.25 * length]
    if not len(pairs):
        return None
    (x0, x1), (y0, y1) = x[pairs].T, y[pairs].T
    aside = y - y0[:, None] - ((y1 - y0) / (x1 - x0))[:, None] * (x - x0[:, None])
    near = np.clip(1 - np.square(aside / max(1.5, 0.015 * length)), 0, None)
    agree = near[int(np.argmax(near.sum(axis=1)))] > 0
    slope, level = np.polyfit(x[agree], y[agree], 1)
    share = np.array([HEEL_AT, BALL_AT]) * length
    return np.column_stack([heel_x + share, level + slope * share])


def _tip(points: FloatArray, direction: FloatArray, span: float) -> FloatArray:
    """Farthest point in a direction, as the mean of those within 1 % of the foot of it: one noisy point does not decide."""
    reach = points @ direction
    top = np.partition(reach, -min(3, len(reach)))[-min(3, len(reach))]
    near = reach > top - 0.012 * span
    return np.asarray(points[near].mean(axis=0) + direction * max(0.0, top - float(reach[near].mean())))


def _read_toe(lab: Lab, tip: FloatArray, foot_px: float) -> FloatArray:
    """Tip of the toe (2,) px, read row by row ahead of the outline's own.

    Notes
    -----
    An outline that follows the sole and comes back over the instep turns round at the tip within a few pixels. Held together as it is, it cuts the tip off
    in one frame and not in the next: by up to 4 px of a foot of 84. Rows through the tip cross one edge each, that of the toe, and have no turn to make.
    """
    at = np.arange(tip[1] - _TIP_ABOVE * foot_px, tip[1] + _TIP_BELOW * foot_px, max(0.5, 0.005 * foot_px))
    rough = np.column_stack([np.full(len(at), tip[0]), at])
    params = replace(snap_params(_SHANK_OVER_FOOT * foot_px), half_width_px=max(4.0, _TIP_REACH * foot_px), bend_cost=0.05)
    return _tip(snap(lab, rough, np.tile([1.0, 0.0], (len(at), 1)), params).xy_px, np.array([1.0, 0.0]), foot_px)


_TIP_ABOVE, _TIP_BELOW, _TIP_REACH = 0.05, 0.03, 0.06
"""The rows through a tip, and how far before and behind it the toe may end: shares of the foot. Judgement; half as much again of
each moves the tip by 0.01 cm on the sample clips."""


def find_foot_contour(lab: Lab, mask: Mask, heel_px: FloatArray, toe_px: FloatArray, ankle_px: FloatArray) -> SnappedContour | None:
    """Outline of a standing foot from behind the heel along the sole to the toe and back up the instep.

    Parameters
    ----------
    lab, mask
        As `vision.standing.average_foot` holds them still.
    heel_px, toe_px, ankle_px : (2,) float64
        Landmarks of the foot; only say where it is.
    """
    foot = float(np.hypot(*(toe_px - heel_px)))
    if not foot > 15:
        return None
    low = max(heel_px[1], toe_px[1])
    box = np.zeros(mask.shape[:2], np.uint8)
    x0, x1 = int(heel_px[0] - 0.5 * foot), int(toe_px[0] + 0.5 * foot)
    y0, y1 = int(ankle_px[1] - 0.25 * foot), int(low + 0.4 * foot)
    box[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = 1
    found, _ = cv2.findContours(((mask > 0.5) & (box > 0)).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not found:
        return None
    ring = max(found, key=cv2.contourArea)[:, 0, :].astype(np.float64)
    ring = ring[ring[:, 1] > y0 + 1]
    if len(ring) < 30:
        return None
    contour = _snap_round(lab, _start_at_gap(ring), foot)
    for _ in range(_ROUNDS - 1):
        contour = _snap_round(lab, contour.xy_px, foot)
    return contour


_ROUNDS = 3
"""The mask's toe is blunter than the foot's: the first round looks for its edges square to the mask, and only from what it found does the tip lie ahead."""


def _snap_round(lab: Lab, path: FloatArray, foot_px: float) -> SnappedContour:
    path = _resample_open(path, step_px=max(1.0, foot_px / 90.0))
    return snap(lab, path, _normals(path), snap_params(_SHANK_OVER_FOOT * foot_px))


def _start_at_gap(ring: FloatArray) -> FloatArray:
    """Start the ring at its widest gap, where the leg goes on upward."""
    gaps = np.hypot(*(np.roll(ring, -1, axis=0) - ring).T)
    return np.roll(ring, -(int(np.argmax(gaps)) + 1), axis=0)


def _resample_open(path: FloatArray, *, step_px: float) -> FloatArray:
    """Walk an outline in equal steps, lightly smoothed."""
    walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = np.arange(0.0, walked[-1], step_px)
    path = np.column_stack([np.interp(at, walked, path[:, 0]), np.interp(at, walked, path[:, 1])])
    kernel = np.hanning(7) / np.hanning(7).sum()
    padded = np.pad(path, ((3, 3), (0, 0)), mode="edge")
    return np.column_stack([np.convolve(padded[:, i], kernel, mode="valid") for i in range(2)])


def _normals(path: FloatArray) -> FloatArray:
    tangent = np.gradient(path, axis=0)
    tangent /= np.hypot(*tangent.T)[:, None] + 1e-9
    return np.column_stack([tangent[:, 1], -tangent[:, 0]])


def find_heel_profile(contour: SnappedContour, foot: FootPoints) -> FloatArray:
    """Return the rear outline of the foot, from 0.42 foot lengths above the sole down to it, as rearmost x at evenly spaced heights (40, 2)."""
    length = float(foot.toe_px[0] - foot.heel_px[0])
    xy = contour.xy_px
    rear = xy[(xy[:, 0] < foot.heel_px[0] + 0.35 * length) & (xy[:, 1] > foot.heel_low_px[1] - 0.45 * length)]
    rows = foot.heel_low_px[1] - length * np.linspace(0.42, 0.0, PROFILE_POINTS)
    out = np.column_stack([np.full(PROFILE_POINTS, np.nan), rows])
    for k, row in enumerate(rows):
        near = np.abs(rear[:, 1] - row) < 0.02 * length + 0.5
        if near.any():
            out[k, 0] = rear[near, 0].min()
    out[np.isnan(out[:, 0])] = np.nan
    return out
