"""Door to the picture around the leg: front of the shin, foremost knee, toe, heel and sole, from mask and edge together.

The network's mask says which of many edges is the person's, to a few pixels; the picture says where that edge is, to a fraction of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vision.contour import SnapParams, SnappedContour, finer, sample, snap, snap_params, to_lab
from vision.foot import FootPoints, find_foot_contour, find_foot_points, find_heel_profile
from vision.knees import cut_knee
from vision.robust import robust_line, running_median
from vision.shins import SHIN_FROM, SHIN_TO
from vision.standing import Part, average_foot
from vision.touch import find_touch_shadow
from vision.tracks import FRONT_POINTS, KneeView, LegEdges, SeenLeg

FloatArray = npt.NDArray[np.float64]
Lab = npt.NDArray[np.float32]
Mask = npt.NDArray[np.float32]

ANKLE_OVER_FOOT = 0.257
"""Height of the ankle joint over foot length: 0.039 and 0.152 of stature (Drillis & Contini, in Winter 2009, doi 10.1002/9780470549148, fig. 4.1), as in
`calibration.references`."""


@dataclass(frozen=True, slots=True)
class LineFit:
    """A straight line through an outline.

    Attributes
    ----------
    ends_px : (2, 2) float64
        Upper and lower end, at 13 % and 80 % of the way from knee to ankle.
    front_px : (N, 2) float64
        The outline that it goes through.
    """

    ends_px: FloatArray
    front_px: FloatArray


_WEIGHTS = (0.35, 1.0, 1.0)
"""Of lightness and both colour axes in the strength of an edge of shin and knee: a shadow changes the lightness far more than the colour."""


class EdgeLegFinder:
    """Reads one leg off the picture, looking only at the part that holds it."""

    def find(self, seen: SeenLeg, around: Sequence[SeenLeg]) -> LegEdges:
        """Front of the shin, knee, toe, heel and sole, see `vision.protocols.LegFinder`."""
        if not seen.rgb.size:
            return LegEdges()
        height, width = seen.rgb.shape[:2]
        shank = float(np.hypot(*(seen.points[1] - seen.points[2])))
        mask = np.ascontiguousarray(finer(seen.person, seen.k, (width, height)))
        leg = Part(seen.rgb, mask, np.array(seen.corner_px, np.float64))
        foot, ankle = _read_foot(average_foot(seen, around), seen.points)
        return LegEdges(ankle=ankle, **foot, **_read_shank(leg, seen.points[1], ankle, shank))  # type: ignore[arg-type]


def _read_foot(part: Part, points: FloatArray) -> tuple[dict[str, FloatArray], FloatArray]:
    """Points of the foot by name, and the ankle at its height above it (2,), pixels of the picture."""
    _, knee, ankle, heel, toe = points - part.corner_px
    lab = to_lab(part.rgb)
    contour = find_foot_contour(lab, part.person, heel, toe, ankle)
    foot = find_foot_points(lab, contour) if contour is not None else None
    if contour is None or foot is None:
        return {}, points[2]
    read = {"toe": foot.toe_px, "heel_back": foot.heel_px, "heel_low": foot.heel_low_px, "ball_low": foot.ball_low_px}
    read["heel_profile"] = find_heel_profile(contour, foot)
    return {name: point + part.corner_px for name, point in read.items()}, _ankle_at_height(knee, ankle, foot) + part.corner_px


def _read_shank(part: Part, knee_px: FloatArray, ankle_px: FloatArray, shank: float) -> dict[str, FloatArray | float | KneeView]:
    """Points of shin and knee by name, pixels of the picture."""
    lab, mask, corner = to_lab(part.rgb), part.person, part.corner_px
    knee, ankle = knee_px - corner, ankle_px - corner
    edges: dict[str, FloatArray | float | KneeView] = {"brightness": float(np.median(lab[::4, ::4, 0]))}
    line = find_shin_front(lab, mask, knee, ankle)
    if line is not None:
        edges["shin_front"] = line.front_px + corner
        edges["edge_width"] = find_edge_width(lab, line.ends_px, shank) / shank
    outline = find_knee_outline(lab, mask, knee, shank)
    if outline is not None:
        front, brow = find_knee_front(outline, shank), None if line is None else find_knee_brow(outline, line.ends_px)
        edges |= {name: point + corner for name, point in (("knee_front", front), ("knee_brow", brow)) if point is not None}
        if front is not None:
            edges["knee_view"] = cut_knee(np.ascontiguousarray(lab[..., 0]), mask, corner, front + corner, shank)
    edges["ankle_width"] = find_ankle_width(mask, knee, ankle)
    return edges


def _ankle_at_height(knee_px: FloatArray, ankle_px: FloatArray, foot: FootPoints) -> FloatArray:
    """Slide the ankle along the shank to `ANKLE_OVER_FOOT` above the heel's floor contact, by no more than 15 % of the shank."""
    wanted = foot.heel_low_px[1] - ANKLE_OVER_FOOT * float(foot.toe_px[0] - foot.heel_px[0])
    down = float(ankle_px[1] - knee_px[1])
    if down < 10:
        return ankle_px
    share = float(np.clip((wanted - knee_px[1]) / down, 0.85, 1.15))
    return np.asarray(knee_px + share * (ankle_px - knee_px))


def _leg_params(shank_px: float) -> SnapParams:
    return replace(snap_params(shank_px), weights=_WEIGHTS)


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
    shares = np.linspace(0.06, 0.88, FRONT_POINTS)
    axis = knee_px + shares[:, None] * (ankle_px - knee_px)
    reach = _mask_edge(mask, axis, forward, 0.45 * shank)
    seen = np.isfinite(reach)
    if seen.mean() < 0.8:
        return None
    reach = np.interp(shares, shares[seen], reach[seen])
    reach = running_median(reach, 7)
    contour = snap(lab, axis + reach[:, None] * forward, np.tile(forward, (len(axis), 1)), _leg_params(shank))
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
    slope, level, *_ = robust_line(s, d, floor_px=max(0.6, 0.01 * shank))
    ends_s = np.array([SHIN_FROM, SHIN_TO]) * shank
    ends = knee_px + ends_s[:, None] * along + (level + slope * ends_s)[:, None] * forward
    return LineFit(ends, contour.xy_px)


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


@dataclass(frozen=True, slots=True)
class KneeOutline:
    """The front of the knee, row by row from above: points (N, 2) px, and whether it touches something there (N,)."""

    xy_px: FloatArray
    touches: npt.NDArray[np.bool_]


def find_knee_outline(lab: Lab, mask: Mask, knee_px: FloatArray, shank_px: float) -> KneeOutline | None:
    """Front of the knee of a person who faces right: the edge, and where it touches the wall, the dark line between the two."""
    heights = np.linspace(-0.22, 0.22, 45) * shank_px
    rows = np.column_stack([np.full(45, knee_px[0]), knee_px[1] + heights])
    reach = _mask_edge(mask, rows, np.array([1.0, 0.0]), 0.6 * shank_px)
    seen = np.isfinite(reach)
    if seen.sum() < 15:
        return None
    rows, reach = rows[seen], running_median(reach[seen], 5)
    contour = snap(lab, rows + np.column_stack([reach, np.zeros_like(reach)]), np.tile([1.0, 0.0], (len(rows), 1)), _leg_params(shank_px))
    shadow = find_touch_shadow(lab, contour.xy_px, np.array([-1.0, 0.0]), shank_px)
    return KneeOutline(np.column_stack([contour.xy_px[:, 0] - shadow, contour.xy_px[:, 1]]), shadow > 0)


def find_knee_front(outline: KneeOutline, shank_px: float) -> FloatArray | None:
    """Foremost point of the knee, (2,) px; None where too little of it is seen.

    Notes
    -----
    Where some rows touch the wall, those alone count: beside them the outline may have strayed to the end of the wall's shadow, which lies before the knee.
    """
    x, y = outline.xy_px.T
    steady = running_median(x, 5)
    top = int(np.argmax(steady))
    touch = outline.touches & (x > steady[top] - _TOUCH_DEPTH * shank_px)
    if touch.sum() >= _LEAST_TOUCH:
        middle = float(np.median(y[touch]))
        near = touch & (np.abs(y - middle) < 0.06 * shank_px)
    if touch.sum() < _LEAST_TOUCH or near.sum() < _LEAST_TOUCH:
        middle = float(y[top])
        near = np.abs(y - middle) < 0.06 * shank_px
    if near.sum() < _LEAST_TOUCH:
        return None
    a, b, c = np.polyfit(y[near] - middle, x[near], 2)
    if a >= -1e-9:
        return np.array([float(np.median(x[near])), middle])
    at = float(np.clip(-b / (2 * a), -0.06 * shank_px, 0.06 * shank_px))
    return np.array([c + b * at + a * at * at, middle + at])


_TOUCH_DEPTH = 0.025
"""How far behind the foremost row a row may touch the wall, over the shank's length: a centimetre, what a shadow's end lies before the knee."""
_LEAST_TOUCH = 5
"""Rows, each 0.01 of the shank."""


def find_knee_brow(outline: KneeOutline, shin_ends_px: FloatArray) -> FloatArray:
    """Point of the knee that lies farthest ahead of the shank, square to the shin's front (2, 2) px: where a rod held along the shin would meet it, (2,) px."""
    run = shin_ends_px[1] - shin_ends_px[0]
    ahead = np.array([run[1], -run[0]]) / np.hypot(*run)
    steady = np.column_stack([running_median(outline.xy_px[:, 0], 5), outline.xy_px[:, 1]])
    return np.asarray(steady[int(np.argmax(steady @ ahead))])


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
