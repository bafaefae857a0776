"""One clip in, one measurement out: the only way through, for the command line and for the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Protocol

from app.assessment.by_hand import move_by_hand
from app.assessment.evidence import build_key_marks, build_marks
from app.assessment.leg_path import LegPath, build_leg_path
from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.picture_words import PictureWords
from app.assessment.pipeline import build_rejection, compute_measurement
from app.assessment.scene_choice import choose_scene
from app.assessment.sharp_area import build_sharp_area
from app.assessment.verdicts import VerdictParams
from app.usecases.sightings import pack_sighting, unpack_sighting
from calibration.references import SHEET_V1
from vision.errors import ClipError
from vision.locate import LocateDoors, LocateParams, locate_leg
from vision.marks import PictureWindow
from vision.protocols import ClipStripper, Overlay
from vision.tracks import ClipSighting, MarkerSpec

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done ("reading", "finding the leg", ...)."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors that a measurement needs, opened by wiring."""

    locate: LocateDoors
    overlay: Overlay
    stripper: ClipStripper
    overlap: bool
    code_version: str


class Versioned(Protocol):
    """Whoever measures says with which version of the code."""

    @property
    def code_version(self) -> str:
        """Version of the code."""


def locate_attempt(clip: Path, options: AttemptOptions, doors: Doors, *, progress: Progress, earlier: bytes | None = None) -> bytes:
    """Watch the clip and pack where everything is, in pixels and seconds (a compressed .npz); raise `vision.errors.ClipError`.

    `earlier` is the sighting of the same clip before it lost its metadata: what it knows of the lens is not lost.
    """
    del options  # what is seen does not depend on what is declared
    located = locate_leg(
        clip,
        doors.locate,
        MarkerSpec(SHEET_V1.dictionary, SHEET_V1.ids),
        params=LocateParams(overlap=doors.overlap),
        progress=progress,
    )
    if earlier is not None and located.facts.focal_35mm_mm is None:
        located = replace(located, facts=replace(located.facts, focal_35mm_mm=unpack_sighting(earlier).facts.focal_35mm_mm))
    return pack_sighting(located)


def measure_attempt(clip_name: str, sighting: bytes, options: AttemptOptions, measurer: Versioned) -> tuple[Measurement, ...]:
    """Turn a packed sighting into measurements; a leg that cannot be measured gives a rejected one."""
    seen = unpack_sighting(sighting)
    try:
        return (compute_measurement(clip_name, seen, options, code_version=measurer.code_version),)
    except ClipError as error:
        return (_rejected(clip_name, error, options, measurer, seen.facts.model, seen.facts.model_sha256),)


def reject_attempt(clip_name: str, error: Exception, options: AttemptOptions, measurer: Versioned) -> Measurement:
    """Turn a `ClipError` into a rejected measurement with code and advice."""
    if not isinstance(error, ClipError):
        raise error
    return _rejected(clip_name, error, options, measurer, "", "")


def _rejected(clip_name: str, error: ClipError, options: AttemptOptions, measurer: Versioned, model: str, sha256: str) -> Measurement:
    return build_rejection(clip_name, error.code, error.message, error.advice, options, code_version=measurer.code_version, model=model, sha256=sha256)


def draw_evidence(
    clip: Path,
    sighting: bytes,
    measurement: Measurement,
    doors: Doors,
    *,
    words: PictureWords,
    still: Path | None,
    overlay: Path | None,
    plain: Path | None = None,
    unblurred: bool = False,
) -> PictureWindow | None:
    """Write the key frame (JPEG), with marks and `plain`, and the overlay clip (MP4) of a measured attempt; say which part of the frame the pictures show.

    They are blurred outside leg, floor and wall unless asked otherwise.
    """
    seen, path = _lay_again(sighting, measurement)
    if path is None:
        return None
    with_wall, window = path.has_wall, None
    sharp = None if unblurred else build_sharp_area(seen, path)
    if still is not None:
        key = build_key_marks(seen, path, measurement, words, with_wall=with_wall)
        if key is not None:
            window = doors.overlay.write_still(clip, key, still, sharp=sharp, plain=plain)
    if overlay is not None:
        doors.overlay.write_clip(clip, build_marks(seen, path, measurement, words, with_wall=with_wall), overlay, sharp=sharp)
    return window


def draw_evidence_again(
    plain: Path, window: PictureWindow, sighting: bytes, measurement: Measurement, doors: Doors, *, words: PictureWords, still: Path
) -> None:
    """Write the key frame of an attempt whose clip is gone: what is measured now on the picture that was kept."""
    seen, path = _lay_again(sighting, measurement)
    key = None if path is None else build_key_marks(seen, path, measurement, words, with_wall=path.has_wall)
    if key is not None:
        doors.overlay.draw_still(plain, window, key, still)


def _lay_again(sighting: bytes, measurement: Measurement) -> tuple[ClipSighting, LegPath | None]:
    """Lay the leg into its plane once more, with what the measurement was made with."""
    said = dict(measurement.provenance.parameters)
    options = AttemptOptions(**{f.name: said[f.name] for f in fields(AttemptOptions) if f.name in said})  # type: ignore[arg-type]
    options = replace(options, by_hand=measurement.provenance.by_hand)
    seen = move_by_hand(unpack_sighting(sighting), options.by_hand)
    scene = choose_scene(seen, options, VerdictParams())
    return seen, None if scene is None else build_leg_path(seen.leg, scene, options)
