"""What the pictures of a measured clip may show sharp: the test leg from above its knee to the floor, floor and wall, and the sheet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.assessment.evidence import to_picture
from app.assessment.leg_path import LegPath
from vision.sharp_area import SharpArea, compute_grain, join_spans
from vision.tracks import ClipSighting

FloatArray = npt.NDArray[np.float64]

_LEG = ("knee", "knee_front", "knee_brow", "ankle", "toe", "heel_back", "heel_low", "ball_low")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharpParams:
    """Margins about what was measured; lengths in shanks (knee to ankle, about 40 cm).

    Attributes
    ----------
    above : float
        Over the highest knee joint: the top of the knee and little thigh.
    behind : float
        Behind knee and heel: calf and floor.
    ahead : float
        Beyond the wall; without a wall, beyond toe and knee.
    below : float
        Under the foot: the floor on this side of it.
    about_sheet : float
        About the corners of the printed markers.
    strays : float
        Percent of frames that may lie outside: readings that went astray widen nothing.
    hold_s : float
        So long before and after a frame in which the leg was followed the window stays sharp.
    """

    above: float = 0.2
    behind: float = 0.4
    ahead: float = 0.35
    below: float = 0.4
    about_sheet: float = 0.15
    strays: float = 1.0
    hold_s: float = 0.5


def build_sharp_area(sighting: ClipSighting, path: LegPath, *, params: SharpParams | None = None) -> SharpArea:
    """Lay a window about leg, floor and wall over the whole clip, pixels of the clip as filmed.

    Notes
    -----
    A sighting that knows of no head, as earlier versions stored them, opens no window: what is not known to be free of faces is not shown.
    """
    params = params or SharpParams()
    leg, scale = sighting.leg, sighting.facts.work_scale
    shank_px = float(np.nanmedian(np.hypot(*(leg.knee - leg.ankle).T)))
    heads = sighting.heads.copy()
    heads[:, 2:4] = (heads[:, 2:4] + 0.5) / scale - 0.5
    heads[:, 4] /= scale
    followed = np.flatnonzero(np.isfinite(leg.knee[:, 0])) if len(heads) else np.empty(0, dtype=np.intp)
    room = _lay_room_window(sighting, path, shank_px, params)
    long_side_px = max(sighting.facts.picture_px)
    return SharpArea(
        window_px=_cover_frames(sighting, room, followed, params),
        spans_s=join_spans(leg.t_s[followed], hold_s=params.hold_s),
        heads=heads,
        grain_px=compute_grain(shank_px / scale, long_side_px / scale, heads),
    )


def _lay_room_window(sighting: ClipSighting, path: LegPath, shank_px: float, params: SharpParams) -> FloatArray:
    """Left, top, right and bottom (4,) in room pixels, where the person faces right."""
    points = np.stack([getattr(sighting.leg, name) for name in _LEG], axis=1)
    seen = np.isfinite(points).all(axis=2)
    low, high = (np.nanpercentile(np.where(seen[..., None], points, np.nan), q, axis=(0, 1)) for q in (params.strays / 2, 100 - params.strays / 2))
    highest_knee = np.nanpercentile(sighting.leg.knee[:, 1], params.strays)
    left, top = low[0] - params.behind * shank_px, highest_knee - params.above * shank_px
    right, bottom = high[0] + params.ahead * shank_px, high[1] + params.below * shank_px
    if path.has_wall:
        wall = path.plane.to_pixels(np.array([[0.0, 0.0]]))[0]
        right = max(right, wall[0] + params.ahead * shank_px)
    corners = [corner for corners in sighting.room.markers.values() for corner in corners]
    if corners:
        margin = params.about_sheet * shank_px
        first, last = np.min(corners, axis=0) - margin, np.max(corners, axis=0) + margin
        left, right, bottom = min(left, first[0]), max(right, last[0]), max(bottom, last[1])
    return np.array([left, top, right, bottom])


def _cover_frames(sighting: ClipSighting, room: FloatArray, frames: npt.NDArray[np.intp], params: SharpParams) -> tuple[float, float, float, float]:
    """Edges of a window that holds the room's window in nearly every frame, however the hand sways; pixels of the clip as filmed."""
    left, top, right, bottom = room
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    if not len(frames):
        return 0.0, 0.0, 0.0, 0.0
    laid = np.array([to_picture(corners, sighting, int(frame)) for frame in frames])
    low = np.percentile(laid.min(axis=1), params.strays, axis=0)
    high = np.percentile(laid.max(axis=1), 100 - params.strays, axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
