"""One clip in, one measurement out: the only way through, for the command line and for the service."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from app.assessment.evidence import build_key_marks, build_marks
from app.assessment.leg_path import LegPath, build_leg_path
from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.pipeline import build_rejection, compute_measurement
from app.assessment.scene_choice import choose_scene
from app.assessment.sharp_area import build_sharp_area
from app.assessment.verdicts import VerdictParams
from calibration.references import SHEET_V1
from vision.errors import ClipError
from vision.heads import NO_HEADS
from vision.locate import LocateDoors, LocateParams, locate_leg
from vision.protocols import ClipReader, ClipStripper, LegFinder, MarkerFinder, Overlay, PoseEstimator, RoomFinder
from vision.tracks import ClipFacts, ClipSighting, LegTrack, MarkerSpec, RoomMarks

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done ("reading", "finding the leg", ...)."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors that a measurement needs, opened by wiring."""

    reader: ClipReader
    new_pose: Callable[[], PoseEstimator]
    markers: MarkerFinder
    legs: LegFinder
    new_room: Callable[[], RoomFinder]
    overlay: Overlay
    stripper: ClipStripper
    code_version: str


def locate_attempt(clip: Path, options: AttemptOptions, doors: Doors, *, progress: Progress, earlier: bytes | None = None) -> bytes:
    """Watch the clip and pack where everything is, in pixels and seconds (a compressed .npz); raise `vision.errors.ClipError`.

    `earlier` is the sighting of the same clip before it lost its metadata: what it knows of the lens is not lost.
    """
    del options  # what is seen does not depend on what is declared
    located = locate_leg(
        clip,
        LocateDoors(doors.reader, doors.new_pose, doors.markers, doors.legs, doors.new_room),
        MarkerSpec(SHEET_V1.dictionary, SHEET_V1.ids),
        params=LocateParams(),
        progress=progress,
    )
    if earlier is not None and located.facts.focal_35mm_mm is None:
        located = replace(located, facts=replace(located.facts, focal_35mm_mm=unpack_sighting(earlier).facts.focal_35mm_mm))
    return pack_sighting(located)


def measure_attempt(clip_name: str, sighting: bytes, options: AttemptOptions, doors: Doors) -> tuple[Measurement, ...]:
    """Turn a packed sighting into measurements; a leg that cannot be measured gives a rejected one."""
    seen = unpack_sighting(sighting)
    try:
        return (compute_measurement(clip_name, seen, options, code_version=doors.code_version),)
    except ClipError as error:
        return (_rejected(clip_name, error, options, doors, seen.facts.model, seen.facts.model_sha256),)


def reject_attempt(clip_name: str, error: Exception, options: AttemptOptions, doors: Doors) -> Measurement:
    """Turn a `ClipError` into a rejected measurement with code and advice."""
    if not isinstance(error, ClipError):
        raise error
    return _rejected(clip_name, error, options, doors, "", "")


def _rejected(clip_name: str, error: ClipError, options: AttemptOptions, doors: Doors, model: str, sha256: str) -> Measurement:
    return build_rejection(clip_name, error.code, error.message, error.advice, options, code_version=doors.code_version, model=model, sha256=sha256)


def draw_evidence(
    clip: Path, sighting: bytes, measurement: Measurement, doors: Doors, *, still: Path | None, overlay: Path | None, unblurred: bool = False
) -> None:
    """Write the key frame (JPEG) and the overlay clip (MP4) of a measured attempt, blurred outside leg, floor and wall unless asked otherwise."""
    seen = unpack_sighting(sighting)
    path = _path_of(seen, measurement)
    if path is None:
        return
    with_wall = path.has_wall
    sharp = None if unblurred else build_sharp_area(seen, path)
    if still is not None:
        key = build_key_marks(seen, path, measurement, with_wall=with_wall)
        if key is not None:
            doors.overlay.write_still(clip, key, still, sharp=sharp)
    if overlay is not None:
        doors.overlay.write_clip(clip, build_marks(seen, path, measurement, with_wall=with_wall), overlay, sharp=sharp)


def _path_of(seen: ClipSighting, measurement: Measurement) -> LegPath | None:
    """Lay the leg into its plane again, with the options that the measurement was made with."""
    said = dict(measurement.provenance.parameters)
    options = AttemptOptions(**{f.name: said[f.name] for f in fields(AttemptOptions) if f.name in said})  # type: ignore[arg-type]
    scene = choose_scene(seen, options, VerdictParams())
    return None if scene is None else build_leg_path(seen.leg, scene, options)


def pack_sighting(seen: ClipSighting) -> bytes:
    """Write a sighting as a compressed .npz: arrays and numbers only, readable without running code."""
    arrays = {f"leg.{f.name}": getattr(seen.leg, f.name) for f in fields(LegTrack)}
    for field in fields(RoomMarks):
        value = getattr(seen.room, field.name)
        if field.name == "markers":
            arrays |= {f"marker.{marker_id}": corners for marker_id, corners in value.items()}
        else:
            arrays[f"room.{field.name}"] = np.asarray(value)
    arrays |= {f"facts.{f.name}": np.asarray(getattr(seen.facts, f.name)) for f in fields(ClipFacts) if getattr(seen.facts, f.name) is not None}
    arrays["heads"] = seen.heads
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def unpack_sighting(packed: bytes) -> ClipSighting:
    """Read what `pack_sighting` wrote."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
        arrays = dict(stored)
    leg = LegTrack(**{f.name: arrays[f"leg.{f.name}"] for f in fields(LegTrack)})
    room = RoomMarks(
        size_px=(int(arrays["room.size_px"][0]), int(arrays["room.size_px"][1])),
        markers={int(name.removeprefix("marker.")): value for name, value in arrays.items() if name.startswith("marker.")},
        marker_sigma_px=float(arrays["room.marker_sigma_px"]),
        edges_px=arrays["room.edges_px"],
        corner_lines_px=arrays["room.corner_lines_px"],
        corner_scores=arrays["room.corner_scores"],
    )
    facts = {f.name: arrays[f"facts.{f.name}"].item() for f in fields(ClipFacts) if f"facts.{f.name}" in arrays and f.name != "picture_px"}
    picture = arrays["facts.picture_px"]
    heads = arrays.get("heads", NO_HEADS)  # sightings of earlier versions have none: their pictures are blurred all over
    return ClipSighting(leg, room, ClipFacts(**({"focal_35mm_mm": None} | facts), picture_px=(int(picture[0]), int(picture[1]))), heads)
