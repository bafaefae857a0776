"""Door to the picture around the leg: front of the shin, foremost knee, toe, heel and sole, from mask and edge together.

The network's mask says which of many edges is the person's, to a few pixels; the picture says where that edge is, to a fraction of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from vision.contour import SnapParams, SnappedContour, sample, snap, to_lab
from vision.tracks import PROFILE_POINTS, LegEdges

FloatArray = npt.NDArray[np.float64]
Lab = npt.NDArray[np.float32]
Mask = npt.NDArray[np.float32]

SHIN_FROM, SHIN_TO = 0.13, 0.80
"""The stretch of the shin that defines its front outline, as shares of the way from knee to ankle joint centre."""


ANKLE_OVER_FOOT = 0.257
"""Height of the ankle joint over foot length: 0.039 and 0.152 of stature (Drillis & Contini, in Winter 2009, doi 10.1002/9780470549148, fig. 4.1)."""


HEEL_AT, BALL_AT = 0.15, 0.70
"""Where along the foot, from heel to toe, its outer border is read."""


@dataclass(frozen=True, slots=True)
class LineFit:
    """A straight line through an outline.

    Attributes
    ----------
    ends_px : (2, 2) float64
        Upper and lower end, at 13 % and 80 % of the way from knee to ankle.
    rms_px : float
        Scatter of the outline about it (robust).
    share : float
        Share of the outline's points that the line explains.
    contrast : float
        Median colour step at the edge, Lab units a pixel.
    """

    ends_px: FloatArray
    rms_px: float
    share: float
    contrast: float


_WEIGHTS = np.array([0.35, 1.0, 1.0], np.float32)
"""Weights of lightness and both colour axes in an edge's strength: a shadow changes the lightness far more than the colour."""


_SHANK_OVER_FOOT = 1.6
"""Knee-ankle length over foot length: 0.246 and 0.152 of stature (Drillis & Contini, as above)."""
_SHADOW_DEPTH = 1.75
"""Lightness, weighted as above, by which the line of a touch is darker than what is touched; the leg behind it is lighter by half of that at least."""
_SHADOW_SHARE = 0.12
"""Of the step to the wall, by which the leg must be lighter than the line: a dark leg's own shading is less."""


class EdgeLegFinder:
    """Reads one leg off the picture, looking only at the part that holds it."""

    def find(self, rgb: npt.NDArray[np.uint8], person: Mask, points: FloatArray) -> LegEdges:
        """Front of the shin, knee, toe, heel and sole; `points` are hip, knee, ankle, heel, toe landmarks (5, 2) px."""
        height, width = rgb.shape[:2]
        shank = float(np.hypot(*(points[1] - points[2])))
        if not (np.isfinite(points).all() and shank > 20):
            return LegEdges()
        low = np.floor(points.min(axis=0) - 0.9 * shank)
        high = np.ceil(points.max(axis=0) + 0.9 * shank)
        x0, y0 = (int(max(0, v)) for v in low)
        x1, y1 = int(min(width, high[0])), int(min(height, high[1]))
        if x1 - x0 < 20 or y1 - y0 < 20:
            return LegEdges()
        corner = np.array([x0, y0], dtype=np.float64)
        lab = to_lab(rgb[y0:y1, x0:x1])
        return _read_leg(lab, np.ascontiguousarray(person[y0:y1, x0:x1]), points - corner, shank, corner)


def _read_leg(lab: Lab, mask: Mask, points: FloatArray, shank: float, corner: FloatArray) -> LegEdges:
    _, knee, ankle, heel, toe = points
    edges: dict[str, FloatArray | float] = {"brightness": float(np.median(lab[..., 0]))}
    lab = lab * _WEIGHTS
    contour = find_foot_contour(lab, mask, heel, toe, ankle)
    foot = find_foot_points(lab, contour) if contour is not None else None
    if contour is not None and foot is not None:
        ankle = _ankle_at_height(knee, ankle, foot)
        edges |= {"toe": foot.toe_px + corner, "heel_back": foot.heel_px + corner, "heel_low": foot.heel_low_px + corner}
        edges |= {"ball_low": foot.ball_low_px + corner, "toe_contrast": foot.contrast, "heel_profile": _heel_profile(contour, foot) + corner}
    edges["ankle"] = ankle + corner
    line = find_shin_front(lab, mask, knee, ankle)
    if line is not None:
        edges |= {"shin_ends": line.ends_px + corner, "shin_rms": line.rms_px, "shin_share": line.share, "shin_contrast": line.contrast}
        edges["edge_width"] = find_edge_width(lab, line.ends_px, shank) / shank
    front = find_knee_front(lab, mask, knee, shank)
    if front is not None:
        edges["knee_front"] = front + corner
    edges["ankle_width"] = find_ankle_width(mask, knee, ankle)
    return LegEdges(**edges)  # type: ignore[arg-type]


def _ankle_at_height(knee_px: FloatArray, ankle_px: FloatArray, foot: FootPoints) -> FloatArray:
    """Slide the ankle along the shank to `ANKLE_OVER_FOOT` above the heel's floor contact, by no more than 15 % of the shank."""
    wanted = foot.heel_low_px[1] - ANKLE_OVER_FOOT * float(foot.toe_px[0] - foot.heel_px[0])
    down = float(ankle_px[1] - knee_px[1])
    if down < 10:
        return ankle_px
    share = float(np.clip((wanted - knee_px[1]) / down, 0.85, 1.15))
    return np.asarray(knee_px + share * (ankle_px - knee_px))


def _heel_profile(contour: SnappedContour, foot: FootPoints) -> FloatArray:
    """Rear outline of the foot, from 0.42 foot lengths above the sole down to it, as rearmost x at evenly spaced heights (40, 2)."""
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


def snap_params(shank_px: float) -> SnapParams:
    """Search as wide as the mask may be wrong: about 4.5 % of the shank (two pixels of the network's mask)."""
    return SnapParams(half_width_px=max(4.0, 0.045 * shank_px), step_px=max(0.25, 0.0035 * shank_px), blur_px=max(0.8, 0.008 * shank_px))


def find_shin_front(lab: Lab, mask: Mask, knee_px: FloatArray, ankle_px: FloatArray) -> LineFit | None:
    """Front outline of the shin of a person who faces right; None where mask or edge are missing."""
    along = ankle_px - knee_px
    shank = float(np.hypot(*along))
    if not shank > 20:
        return None
    along = along / shank
    forward = np.array([along[1], -along[0]])
    if forward[0] < 0:
        forward = -forward
    shares = np.linspace(0.06, 0.88, 56)
    axis = knee_px + shares[:, None] * (ankle_px - knee_px)
    reach = _mask_edge(mask, axis, forward, 0.45 * shank)
    seen = np.isfinite(reach)
    if seen.mean() < 0.8:
        return None
    reach = np.interp(shares, shares[seen], reach[seen])
    reach = _running_median(reach, 7)
    contour = snap(lab, axis + reach[:, None] * forward, np.tile(forward, (len(axis), 1)), snap_params(shank))
    inside = (shares >= SHIN_FROM) & (shares <= SHIN_TO)
    return _fit_line(contour, reach, shares, inside, knee_px, along, forward, shank)


def _fit_line(
    contour: SnappedContour,
    reach: FloatArray,
    shares: FloatArray,
    inside: npt.NDArray[np.bool_],
    knee_px: FloatArray,
    along: FloatArray,
    forward: FloatArray,
    shank: float,
) -> LineFit | None:
    s, d = shares[inside] * shank, (reach + contour.offset_px)[inside]
    slope, level, weights, rms = robust_line(s, d, floor_px=max(0.6, 0.01 * shank))
    ends_s = np.array([SHIN_FROM, SHIN_TO]) * shank
    ends = knee_px + ends_s[:, None] * along + (level + slope * ends_s)[:, None] * forward
    return LineFit(ends, rms, float(np.mean(weights > 0.1)), float(np.median(contour.strength[inside])))


def robust_line(x: FloatArray, y: FloatArray, *, floor_px: float) -> tuple[float, float, FloatArray, float]:
    """Tukey's biweight line: slope, level, weights and robust scatter.

    References
    ----------
    Beaton & Tukey (1974), doi 10.1080/00401706.1974.10489171; c = 4.685 for 95 % efficiency.
    """
    weights = np.ones_like(y)
    slope = level = 0.0
    spread = floor_px
    for _ in range(25):
        slope, level = np.polyfit(x, y, 1, w=np.sqrt(weights + 1e-9))
        residual = y - (level + slope * x)
        spread = max(1.4826 * float(np.median(np.abs(residual))), floor_px)
        u = residual / (4.685 * spread)
        weights = np.where(np.abs(u) < 1, np.square(1 - np.square(u)), 0.0)
    return float(slope), float(level), weights, spread


def find_edge_width(lab: Lab, ends_px: FloatArray, shank_px: float) -> float:
    """How wide the outline through `ends_px` (2, 2) is smeared, pixels: the whole step of colour over its steepest slope.

    Notes
    -----
    Averaged along the outline, so that noise does not pass for sharpness. Of a picture blurred by a Gaussian of s pixels it is 2.5 s.
    """
    run = ends_px[1] - ends_px[0]
    forward = np.array([run[1], -run[0]]) / np.hypot(*run)
    offsets = np.arange(-0.10 * shank_px, 0.10 * shank_px + 0.25, 0.5)
    at = ends_px[0] + np.linspace(0, 1, 40)[:, None] * run
    profile = np.median(sample(lab, at[:, None, :] + offsets[None, :, None] * forward).reshape(40, len(offsets), 3), axis=0)
    step = profile[-8:].mean(axis=0) - profile[:8].mean(axis=0)
    size = float(np.linalg.norm(step))
    steepest = float(np.abs(np.gradient(profile @ step / max(size, 1e-6), 0.5))[np.abs(offsets) < 0.05 * shank_px].max())
    return size / max(steepest, 1e-6)


def _mask_edge(mask: Mask, axis: FloatArray, forward: FloatArray, reach_px: float) -> FloatArray:
    """How far forward of each axis point the person ends (N,), pixels; NaN where the axis point is not on the person or no end is met."""
    offsets = np.arange(0.0, reach_px, 1.0)
    values = sample(mask[..., None] if mask.ndim == 2 else mask, axis[:, None, :] + offsets[None, :, None] * forward)
    values = values.reshape(len(axis), len(offsets))
    out = np.full(len(axis), np.nan)
    for i, row in enumerate(values):
        below = np.flatnonzero(row < 0.5)
        if row[0] >= 0.5 and len(below):
            k = int(below[0])
            out[i] = offsets[k - 1] + (row[k - 1] - 0.5) / (row[k - 1] - row[k] + 1e-9)
    return out


def find_knee_front(lab: Lab, mask: Mask, knee_px: FloatArray, shank_px: float) -> FloatArray | None:
    """Foremost point of the knee of a person who faces right, (2,) pixels: where it touches the wall, the dark line between the two."""
    heights = np.linspace(-0.22, 0.22, 45) * shank_px
    rows = np.column_stack([np.full(45, knee_px[0]), knee_px[1] + heights])
    reach = _mask_edge(mask, rows, np.array([1.0, 0.0]), 0.6 * shank_px)
    seen = np.isfinite(reach)
    if seen.sum() < 15:
        return None
    rows, heights, reach = rows[seen], heights[seen], _running_median(reach[seen], 5)
    contour = snap(lab, rows + np.column_stack([reach, np.zeros_like(reach)]), np.tile([1.0, 0.0], (len(rows), 1)), snap_params(shank_px))
    x, y = contour.xy_px[:, 0] - _touch_shadow(lab, contour.xy_px, np.array([-1.0, 0.0]), shank_px), contour.xy_px[:, 1]
    top = int(np.argmax(_running_median(x, 5)))
    near = np.abs(y - y[top]) < 0.06 * shank_px
    if near.sum() < 5:
        return None
    a, b, c = np.polyfit(y[near] - y[top], x[near], 2)
    if a >= -1e-9:
        return np.array([float(np.median(x[near])), float(y[top])])
    at = float(np.clip(-b / (2 * a), -0.06 * shank_px, 0.06 * shank_px))
    return np.array([c + b * at + a * at * at, y[top] + at])


def _touch_shadow(lab: Lab, edge_px: FloatArray, inward: FloatArray, shank_px: float) -> FloatArray:
    """How far `inward` (2,) of each edge point (N, 2), px (N,), the darkest place between the leg and what it touches lies; 0 where there is none.

    Notes
    -----
    Where knee and wall or sole and floor touch, no light falls between the two: the border is that dark line, while the strongest edge is the far side of
    its shadow.
    """
    steps = np.arange(0.0, 0.045 * shank_px, 0.25)
    light = sample(lab[..., :1], edge_px[:, None, :] + steps[None, :, None] * inward).reshape(len(edge_px), len(steps))
    light = np.apply_along_axis(_running_median, 0, light, 5)
    near = steps <= 0.025 * shank_px
    darkest = np.argmin(np.where(near, light, np.inf), axis=1)
    rows = np.arange(len(edge_px))
    reach = int(np.sum(near))
    floor = light[rows, darkest]
    inner = np.array([light[i, k : k + reach].max() for i, k in enumerate(darkest)]) - floor
    outer = sample(lab[..., :1], edge_px - 0.02 * shank_px * inward)[:, 0] - floor
    valley = (outer > _SHADOW_DEPTH) & (inner > np.maximum(0.5 * _SHADOW_DEPTH, _SHADOW_SHARE * outer))
    return np.where(valley, steps[darkest], 0.0)


def find_foot_contour(lab: Lab, mask: Mask, heel_px: FloatArray, toe_px: FloatArray, ankle_px: FloatArray) -> SnappedContour | None:
    """Outline of a standing foot from behind the heel along the sole to the toe and back up the instep.

    Parameters
    ----------
    lab, mask
        Averages over the frames of one stance, held still.
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
    ring = _resample_open(ring, step_px=max(1.0, foot / 90.0))
    normals = _normals(ring)
    return snap(lab, ring, normals, snap_params(_SHANK_OVER_FOOT * foot))


def _resample_open(ring: FloatArray, *, step_px: float) -> FloatArray:
    """Start the ring at its widest gap and walk it in equal steps, lightly smoothed."""
    gaps = np.hypot(*(np.roll(ring, -1, axis=0) - ring).T)
    ring = np.roll(ring, -(int(np.argmax(gaps)) + 1), axis=0)
    walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    at = np.arange(0.0, walked[-1], step_px)
    path = np.column_stack([np.interp(at, walked, ring[:, 0]), np.interp(at, walked, ring[:, 1])])
    kernel = np.hanning(7) / np.hanning(7).sum()
    padded = np.pad(path, ((3, 3), (0, 0)), mode="edge")
    return np.column_stack([np.convolve(padded[:, i], kernel, mode="valid") for i in range(2)])


def _normals(path: FloatArray) -> FloatArray:
    tangent = np.gradient(path, axis=0)
    tangent /= np.hypot(*tangent.T)[:, None] + 1e-9
    return np.column_stack([tangent[:, 1], -tangent[:, 0]])


def _running_median(values: FloatArray, width: int) -> FloatArray:
    half = width // 2
    padded = np.pad(values, half, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1))


@dataclass(frozen=True, slots=True)
class FootPoints:
    """Where a foot that points right begins, ends and stands, pixels.

    Attributes
    ----------
    toe_px, heel_px : (2,) float64
        Foremost and rearmost point of its outline.
    heel_low_px, ball_low_px : (2,) float64
        Where the outer border of the sole meets the floor at heel and ball, 15 % and 70 % of the way from heel to toe.
    contrast : float
        Colour step at the toe, Lab units a pixel.
    """

    toe_px: FloatArray
    heel_px: FloatArray
    heel_low_px: FloatArray
    ball_low_px: FloatArray
    contrast: float


def find_foot_points(lab: Lab, contour: SnappedContour) -> FootPoints | None:
    """Read toe, heel and floor contacts off a foot's outline."""
    xy = contour.xy_px
    low = xy[:, 1].max()
    span = xy[:, 0].max() - xy[:, 0].min()
    near_floor = xy[:, 1] > low - 0.40 * span
    if near_floor.sum() < 12 or span < 12:
        return None
    band = xy[near_floor]
    toe = _tip(band, np.array([1.0, 0.0]), span)
    heel = _tip(band, np.array([-1.0, 0.0]), span)
    length = toe[0] - heel[0]
    border = _sole_border(lab, band, heel[0], length)
    if border is None:
        return None
    strength = contour.strength[near_floor]
    at_toe = np.hypot(*(band - toe).T) < 0.08 * length
    contrast = float(np.median(strength[at_toe])) if at_toe.any() else 0.0
    return FootPoints(toe, heel, border[0], border[1], contrast)


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
    y = y - float(np.median(_touch_shadow(lab, np.column_stack([x + heel_x, y]), np.array([0.0, -1.0]), _SHANK_OVER_FOOT * length)))
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


def find_ankle_width(mask: Mask, knee_px: FloatArray, ankle_px: FloatArray) -> float:
    """Width of the lower leg just above the ankle, from the mask, px; NaN where it is not seen."""
    along = ankle_px - knee_px
    shank = float(np.hypot(*along))
    if not shank > 20:
        return float("nan")
    along = along / shank
    forward = np.array([along[1], -along[0]]) * (1.0 if along[1] > 0 else -1.0)
    axis = knee_px + np.linspace(0.74, 0.86, 7)[:, None] * (ankle_px - knee_px)
    width = _mask_edge(mask, axis, forward, 0.4 * shank) + _mask_edge(mask, axis, -forward, 0.4 * shank)
    return float(np.nanmedian(width)) if np.isfinite(width).sum() >= 4 else float("nan")
