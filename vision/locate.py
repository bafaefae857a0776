"""The image loop: after the coarse look, one close look that follows the leg; doors in, arrays out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vision.ahead import work_ahead, work_here
from vision.around import cut_leg, with_neighbours
from vision.close_look import CloseLookParams, Posed, look_close
from vision.errors import RejectedClipError
from vision.heads import compute_head, hold_heads
from vision.legs import front_leg, rear_leg
from vision.look import Look, LookParams, Progress, find_person, look_over
from vision.protocols import ClipReader, LegFinder, MarkerFinder, PersonFinder, PoseEstimator, RoomFinder
from vision.tracks import ClipFacts, ClipSighting, LegTrack, MarkerSighting, MarkerSpec, SeenLeg
from vision.watched import Watched, build_room, build_track, map_points, mostly_mirrored

FloatArray = npt.NDArray[np.float64]
Rgb = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocateParams:
    """How a clip is watched.

    Attributes
    ----------
    look, close_look : LookParams, CloseLookParams
        Of the coarse look that comes first, and of the close one.
    shortest_s : float
        A lunge and its hold do not fit into less.
    watch_hz : float
        Frames a second for the close look: four or five in the half second that counts of a hold. Twice as many give the same numbers (decision 1005).
    least_steady : float
        Share of watched frames that must be laid onto the first; the rest shows another place or a blur.
    least_followed, least_followed_share : int, float
        Watched frames in which the leg must be seen, a second of a lunge, and their share of those in which somebody is found.
    least_margin : float
        Share of the picture that must lie between the foot and its edge.
    darkest : float
        Median lightness (CIE L*, 0..100) under which edges drown in noise.
    widest_edge : float
        Median width over which the front of the shin is smeared, over the length of the shank, beyond which nobody can say where it is.
    markers_every : int
        Markers stand still: every so many watched frames are enough.
    head_hold_s : float
        So long before and after a watched frame the person's head may still be where it was.
    overlap : bool
        Decode, look for the person and read edges at the same time, in three threads; the result is the same.
    """

    look: LookParams = field(default_factory=LookParams)
    close_look: CloseLookParams = field(default_factory=CloseLookParams)
    shortest_s: float = 1.5
    watch_hz: float = 7.5
    least_steady: float = 0.6
    least_followed: int = 8
    least_followed_share: float = 0.4
    least_margin: float = 0.01
    darkest: float = 6.0
    widest_edge: float = 0.09
    markers_every: int = 5
    head_hold_s: float = 0.5
    overlap: bool = True


@dataclass(frozen=True, slots=True)
class LocateDoors:
    """The doors that the loop needs."""

    reader: ClipReader
    new_person: Callable[[], PersonFinder]
    new_pose: Callable[[], PoseEstimator]
    markers: MarkerFinder
    legs: LegFinder
    new_room: Callable[[], RoomFinder]
    mirror: Callable[[Rgb], Rgb]


def locate_leg(path: Path, doors: LocateDoors, spec: MarkerSpec, *, params: LocateParams, progress: Progress) -> ClipSighting:
    """Watch a clip twice and say where everything is.

    Raises
    ------
    UnreadableClipError
        When the file cannot be decoded to its end.
    RejectedClipError
        too_short, no_person, legs_only, not_side_on, camera_moves, no_lunge, foot_out_of_frame, too_dark, blurred: the clip plays but shows no leg that can
        be measured.
    """
    info = doors.reader.probe(path)
    _refuse_short(info.duration_s, params)
    ahead = work_ahead if params.overlap else work_here
    with closing(doors.new_person()) as person, closing(doors.new_person()) as another:
        frames = doors.reader.glimpses(path, every_s=params.look.every_s)
        with closing(ahead(frames)) as frames_ahead, closing(ahead(find_person(frames_ahead, person))) as glimpses:
            look = look_over(glimpses, another, info.duration_s, params=params.look, progress=progress)
    room = doors.new_room()
    watched = Watched()
    with closing(doors.new_pose()) as pose, closing(_follow(path, doors, pose, room, spec, look, info.duration_s, params, progress, watched)) as legs:
        for seen, around in with_neighbours(legs):
            watched.edges.append(doors.legs.find(seen, around))
        model, sha256 = pose.model, pose.model_sha256
    _refuse_short(watched.last_s, params)
    progress(0.95, "reading the room")
    leg = build_track(watched)
    _refuse_what_shows_no_leg(watched, leg, look.size_px, params)
    brightness = float(np.nanmedian([e.brightness for e in watched.edges]))
    if brightness < params.darkest:
        raise RejectedClipError(
            f"Found a picture of lightness {brightness:.0f} of 100 about the leg; expected at least {params.darkest:.0f}.",
            code="too_dark",
            advice="Switch on the lights or film towards a lit wall, then film again.",
        )
    _refuse_blur(watched, params)
    facts = ClipFacts(
        flipped=look.facing < 0,
        mirror_recording=mostly_mirrored(watched.markers),
        picture_px=look.size_px,
        work_scale=look.size_px[0] / info.width_px,
        duration_s=watched.last_s,
        rate_hz=(watched.shown - 1) / watched.last_s,
        brightness=brightness,
        steady_share=float(np.mean(watched.steady)),
        found_share=look.found_share,
        side_view=look.side_view,
        focal_35mm_mm=info.focal_35mm_mm,
        model=model,
        model_sha256=sha256,
        others_share=look.others_share,
        room_misfit=room.misfit(),
    )
    own_heads = hold_heads([t_s for t_s, _ in watched.heads], [head for _, head in watched.heads], hold_s=params.head_hold_s)
    return ClipSighting(leg, build_room(room, leg, watched, look.size_px, overlap=params.overlap), facts, np.concatenate([own_heads, look.other_heads]))


def _refuse_short(duration_s: float | None, params: LocateParams) -> None:
    if duration_s is not None and duration_s < params.shortest_s:
        raise RejectedClipError(
            f"Found a clip of {duration_s:.1f} s; expected at least {params.shortest_s:.1f} s.",
            code="too_short",
            advice="Film from standing upright through the whole lunge, with a hold of two seconds, and back.",
        )


def _follow(
    path: Path,
    doors: LocateDoors,
    pose: PoseEstimator,
    room: RoomFinder,
    spec: MarkerSpec,
    look: Look,
    declared_s: float | None,
    params: LocateParams,
    progress: Progress,
    out: Watched,
) -> Generator[SeenLeg, None, None]:
    """Follow the front leg in the picture that faces right: lay each picture onto the first, and yield those in which the leg is seen."""
    width = look.size_px[0]
    ahead = work_ahead if params.overlap else work_here
    with closing(ahead(_pictures(path, doors, look, params, out))) as pictures, closing(ahead(look_close(pictures, pose, look, params.close_look))) as posed:
        for number, frame in enumerate(posed):
            if frame.landmarks is not None:
                x, y, radius = compute_head(frame.landmarks)
                out.heads.append((frame.t_s, np.array([width - 1 - x if look.facing < 0 else x, y, radius])))
            to_room = room.add(frame.rgb, frame.person, frame.t_s)
            out.steady.append(to_room is not None)
            progress(0.2 + (0.74 * min(1.0, frame.t_s / declared_s) if declared_s else 0.0), "following the leg")
            if to_room is None:
                continue
            if number % params.markers_every == 0:
                filmed = doors.mirror(frame.rgb) if look.facing < 0 else frame.rgb
                out.markers += [(to_room, _mirror_sighting(s, width, flip=look.facing < 0)) for s in doors.markers.find(filmed, spec)]
            if frame.landmarks is not None and frame.person is not None:
                leg = front_leg(frame.landmarks)
                out.times.append(frame.t_s)
                out.legs.append(leg.points)
                out.rear.append(rear_leg(frame.landmarks).points[3])
                out.right.append(float(leg.labelled_right))
                out.to_room.append(to_room)
                yield cut_leg(frame.t_s, frame.rgb, frame.person, leg.points, to_room)


def _pictures(path: Path, doors: LocateDoors, look: Look, params: LocateParams, out: Watched) -> Iterator[Posed]:
    """Take the frames that are watched, with the person facing right; count all."""
    next_s = 0.0
    for frame in doors.reader.frames(path):
        out.shown, out.last_s = out.shown + 1, frame.t_s
        if frame.t_s + 1e-6 >= next_s:
            next_s = max(next_s + 1.0 / params.watch_hz, frame.t_s + 0.5 / params.watch_hz)
            yield Posed(frame.t_s, doors.mirror(frame.rgb) if look.facing < 0 else frame.rgb)


def _mirror_sighting(sighting: MarkerSighting, width: int, *, flip: bool) -> MarkerSighting:
    if not flip:
        return sighting
    return MarkerSighting(sighting.marker_id, np.column_stack([width - 1 - sighting.corners_px[:, 0], sighting.corners_px[:, 1]]), sighting.mirrored)


def _refuse_what_shows_no_leg(watched: Watched, leg: LegTrack, size_px: tuple[int, int], params: LocateParams) -> None:
    steady = float(np.mean(watched.steady)) if watched.steady else 0.0
    if steady < params.least_steady:
        raise RejectedClipError(
            f"Found a picture that can be held still in {steady:.0%} of the clip; expected at least {params.least_steady:.0%}.",
            code="camera_moves",
            advice="Lean the phone against something or use a stand, do not zoom, keep some furniture or floor pattern in view, and film again.",
        )
    seen = np.isfinite(leg.knee[:, 0])
    if seen.sum() < params.least_followed or seen.mean() < params.least_followed_share:
        raise RejectedClipError(
            f"Found a leg that can be followed in {int(seen.sum())} of {len(watched.steady)} watched frames; expected one through the whole lunge.",
            code="no_lunge",
            advice="Film one person from the side, hips, knee and foot of the front leg in view, camera still, and film again.",
        )
    # A phone in the hand wanders: what counts is where the foot was in each picture, not in the first.
    filmed: FloatArray = np.linalg.inv(leg.to_room).astype(np.float64)
    foot = np.array([np.nanmedian(map_points(filmed, p), axis=0) for p in (leg.toe, leg.heel_low) if np.isfinite(p).any()])
    edge = params.least_margin * np.array(size_px)
    if not len(foot) or (foot < edge).any() or (foot > np.array(size_px) - 1 - edge).any():
        raise RejectedClipError(
            "Found the foot at the very edge of the picture or cut off by it; expected all of it, with floor around it.",
            code="foot_out_of_frame",
            advice="Aim the camera lower or step back until foot and wall are well inside the picture, and film again.",
        )


def _refuse_blur(watched: Watched, params: LocateParams) -> None:
    widths = np.array([e.edge_width for e in watched.edges])
    width = float(np.nanmedian(widths)) if np.isfinite(widths).any() else 0.0
    if width > params.widest_edge:
        raise RejectedClipError(
            f"Found the front of the shin smeared over {width:.0%} of the shank's length; expected {params.widest_edge:.0%} at most.",
            code="blurred",
            advice="Wipe the lens, tap on the leg to focus, film in brighter light, and film again.",
        )
