"""One clip in, one measurement out: the only way through, for the command line and for the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.assessment.measurement import AttemptOptions, Measurement
from vision.protocols import ClipReader, MarkerFinder, Overlay, PoseEstimator

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done ("reading", "finding the leg", ...)."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors that a measurement needs, opened by wiring."""

    reader: ClipReader
    new_pose: Callable[[], PoseEstimator]
    markers: MarkerFinder
    overlay: Overlay
    code_version: str


def locate_attempt(clip: Path, options: AttemptOptions, doors: Doors, *, progress: Progress) -> bytes:
    """Watch the clip once and pack where everything is, in pixels and seconds (a compressed .npz); raise `vision.errors.ClipError`."""
    raise NotImplementedError


def measure_attempt(clip_name: str, sighting: bytes, options: AttemptOptions, doors: Doors) -> tuple[Measurement, ...]:
    """Turn a packed sighting into measurements: one, or two where side is auto and both legs lunge."""
    raise NotImplementedError


def reject_attempt(clip_name: str, error: Exception, options: AttemptOptions, doors: Doors) -> Measurement:
    """Turn a `ClipError` into a rejected measurement with code and advice."""
    raise NotImplementedError


def draw_evidence(clip: Path, sighting: bytes, measurement: Measurement, doors: Doors, *, still: Path | None, overlay: Path | None) -> None:
    """Write the key frame (JPEG) and the overlay clip (MP4) of a measured attempt."""
    raise NotImplementedError
