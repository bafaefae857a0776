"""What the close look gathers frame by frame, and what becomes of it: the leg over time and the room, both in pixels of the first frame."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vision.knees import steady_knees
from vision.legs import plausible_frames
from vision.protocols import RoomFinder
from vision.shins import fit_shins
from vision.tracks import FRONT_POINTS, PROFILE_POINTS, LegEdges, LegTrack, MarkerSighting, RoomMarks

FloatArray = npt.NDArray[np.float64]


@dataclass(slots=True)
class Watched:
    """What was seen, frame by frame.

    Attributes
    ----------
    times, legs, edges, rear, right, to_room : lists
        Of the frames in which the leg was followed: seconds, points of the front leg (5, 2), its edges, the rear foot (2,), whether the network calls the front
        leg the right one (0 or 1), and the homography (3, 3) onto the first frame.
    markers : list of (homography, sighting)
    steady : list of bool
        Of every watched frame: whether it could be laid onto the first.
    heads : list of (seconds, (3,))
        Centre and radius of the person's head, pixels as filmed.
    shown : int
        Frames of the clip, watched or not.
    last_s : float
        Time of the last one.
    """

    times: list[float] = field(default_factory=list)
    legs: list[FloatArray] = field(default_factory=list)
    edges: list[LegEdges] = field(default_factory=list)
    rear: list[FloatArray] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    to_room: list[FloatArray] = field(default_factory=list)
    markers: list[tuple[FloatArray, MarkerSighting]] = field(default_factory=list)
    steady: list[bool] = field(default_factory=list)
    heads: list[tuple[float, FloatArray]] = field(default_factory=list)
    shown: int = 0
    last_s: float = 0.0


def build_track(watched: Watched) -> LegTrack:
    """Bring everything into room pixels and blank what does not belong to the leg that is followed."""
    maps = np.array(watched.to_room).reshape(-1, 3, 3)
    legs = map_points(maps, np.array(watched.legs).reshape(-1, 5, 2))
    good = plausible_frames(np.array(watched.times), legs) if len(legs) else np.empty(0, bool)

    legs[~good] = np.nan

    def gather(name: str, *shape: int) -> FloatArray:
        values = np.array([getattr(e, name) for e in watched.edges], dtype=np.float64).reshape(-1, *shape)
        values = map_points(maps, values) if shape else values
        values[~good] = np.nan
        return values

    times, ankle = np.array(watched.times), gather("ankle", 2)
    shin_ends = fit_shins(times, gather("shin_front", FRONT_POINTS, 2), legs[:, 1], ankle)
    run = shin_ends[:, 0] - shin_ends[:, 1]
    lean_deg = np.degrees(np.arctan2(run[:, 0], -run[:, 1]))
    return LegTrack(
        t_s=times,
        hip=legs[:, 0],
        knee=legs[:, 1],
        ankle=ankle,
        ankle_width=gather("ankle_width"),
        shin_ends=shin_ends,
        knee_front=steady_knees(times, gather("knee_front", 2), lean_deg, [e.knee_view for e in watched.edges], maps),
        knee_brow=gather("knee_brow", 2),
        toe=gather("toe", 2),
        heel_back=gather("heel_back", 2),
        heel_low=gather("heel_low", 2),
        ball_low=gather("ball_low", 2),
        heel_profile=gather("heel_profile", PROFILE_POINTS, 2),
        rear_foot=map_points(maps, np.array(watched.rear).reshape(-1, 2)),
        labelled_right=np.array(watched.right),
        to_room=maps,
    )


def build_room(room: RoomFinder, leg: LegTrack, watched: Watched, size_px: tuple[int, int], *, overlap: bool) -> RoomMarks:
    """Gather markers, edges and, where `overlap` at the same time, corner lines; a marker lies where the median of its sightings lies."""
    markers: dict[int, FloatArray] = {}
    errors = [0.3]
    for marker_id in sorted({s.marker_id for _, s in watched.markers}):
        corners = np.array([map_points(m[None], s.corners_px[None])[0] for m, s in watched.markers if s.marker_id == marker_id])
        markers[marker_id] = np.median(corners, axis=0)
        errors.append(float(np.median(np.std(corners, axis=0))))
    toe, heel = np.nanmedian(leg.toe, axis=0), np.nanmedian(leg.heel_back, axis=0)
    with ThreadPoolExecutor(1) as aside:
        edges = aside.submit(room.edges)
        if not overlap:
            edges.exception()
        lines, scores = np.empty((0, 2, 2)), np.empty(0)
        if np.isfinite(toe).all() and np.isfinite(heel).all():
            lines, scores = room.corner_lines(toe, float(toe[0] - heel[0]))
    return RoomMarks(
        size_px=size_px,
        markers=markers,
        marker_sigma_px=max(errors),
        edges_px=edges.result(),
        corner_lines_px=lines,
        corner_scores=scores,
    )


def mostly_mirrored(markers: list[tuple[FloatArray, MarkerSighting]]) -> bool:
    """Whether most markers read only in the mirror: then the recording itself is mirrored."""
    return bool(markers) and float(np.mean([s.mirrored for _, s in markers])) > 0.5


def map_points(maps: FloatArray, points: FloatArray) -> FloatArray:
    """Map points (T, ..., 2) by one homography a frame (T, 3, 3)."""
    flat = points.reshape(len(points), math.prod(points.shape[1:-1]), 2)
    homogeneous = np.concatenate([flat, np.ones((*flat.shape[:2], 1))], axis=2)
    mapped = np.einsum("tij,tkj->tki", maps, homogeneous)
    return np.asarray((mapped[..., :2] / mapped[..., 2:]).reshape(points.shape))
