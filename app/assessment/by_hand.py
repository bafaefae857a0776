"""Points that a person set on the key frame, in place of what was read there, and what they do to everything that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from app.assessment.middle import middle
from vision.tracks import ClipSighting

FloatArray = npt.NDArray[np.float64]

CLICK_STD_PX = 2.0
"""Standard error of a point set by hand, pixels of the picture as filmed: what somebody with a magnifier does. Judgement."""
_ALIKE_S = 0.25
"""Where nothing was read on the key frame, the point stands for so long before and after it: a leg at rest."""
_MEMBERS: Mapping[str, tuple[str, int | None]] = {
    "outline_top": ("shin_ends", 0),
    "outline_bottom": ("shin_ends", 1),
    "knee_front": ("knee_front", None),
    "toe": ("toe", None),
    "heel": ("heel_back", None),
    "sole_heel": ("heel_low", None),
    "sole_ball": ("ball_low", None),
}
_STANDING = frozenset({"sole_heel", "sole_ball"})
"""Points that are read over the whole clip, not in one frame."""
WALL = "wall_bottom"
HAND_POINTS = (*_MEMBERS, WALL)
"""Names of the points that can be set; the two of the sole say where the floor is, the wall where it meets the floor in front of the toe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandMarks:
    """Points set by hand on one frame; without any it says alone which frame is the key frame.

    Attributes
    ----------
    key_frame_s : float
        Time of the frame.
    points_px : mapping of name to (x, y)
        Of `HAND_POINTS`, pixels of the upright, unmirrored frame as filmed.
    """

    key_frame_s: float
    points_px: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class SetByHand:
    """What of a scene a person said.

    Attributes
    ----------
    names : frozenset of str
        Of the points that were set.
    wall_px : (2,) float64 or None
        Where the wall meets the floor, room pixels.
    click_px : float
        Standard error of a point, room pixels.
    """

    names: frozenset[str] = field(default_factory=frozenset)
    wall_px: FloatArray | None = None
    click_px: float = CLICK_STD_PX


def find_key_frame(sighting: ClipSighting, key_frame_s: float) -> int:
    """Return the number of the watched frame nearest a time."""
    return int(np.argmin(np.abs(sighting.leg.t_s - key_frame_s)))


def lay_by_hand(sighting: ClipSighting, marks: HandMarks | None) -> SetByHand:
    """Return what a person said, in the room's pixels."""
    if marks is None:
        return SetByHand()
    wall = marks.points_px.get(WALL)
    laid = None if wall is None else _to_room(wall, sighting, find_key_frame(sighting, marks.key_frame_s))
    return SetByHand(frozenset(marks.points_px), laid, CLICK_STD_PX * sighting.facts.work_scale)


def move_by_hand(sighting: ClipSighting, marks: HandMarks | None) -> ClipSighting:
    """Return the sighting as it is with the points where a person set them.

    Notes
    -----
    What was read a little beside an edge in one frame was read beside it in the others too, so a point is moved by the same amount in all of them. How the
    leg moves from frame to frame stays as it was seen.
    """
    if marks is None:
        return sighting
    frame = find_key_frame(sighting, marks.key_frame_s)
    near = np.abs(sighting.leg.t_s - sighting.leg.t_s[frame]) <= _ALIKE_S
    arrays: dict[str, FloatArray] = {}
    for name, (member, row) in _MEMBERS.items():
        if name not in marks.points_px:
            continue
        whole = arrays.setdefault(member, np.array(getattr(sighting.leg, member)))
        track = whole if row is None else whole[:, row]
        set_px = _to_room(marks.points_px[name], sighting, frame)
        read_px = middle(track) if name in _STANDING else track[frame]
        if np.isfinite(read_px).all():
            track += set_px - read_px
        else:
            track[near] = set_px
    return replace(sighting, leg=replace(sighting.leg, **arrays))


def _to_room(xy_px: tuple[float, float], sighting: ClipSighting, frame: int) -> FloatArray:
    """Pixels of one frame as filmed to room pixels (2,); see `app.assessment.evidence.to_picture` for the way back."""
    x, y = ((np.asarray(xy_px) + 0.5) * sighting.facts.work_scale - 0.5).tolist()
    if sighting.facts.flipped:
        x = sighting.facts.picture_px[0] - 1 - x
    mapped = sighting.leg.to_room[frame] @ np.array([x, y, 1.0])
    return np.asarray(mapped[:2] / mapped[2])
