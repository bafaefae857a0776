"""The measuring engine with its doors open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.assessment.measurement import AttemptOptions, Measurement
from app.usecases.measuring import Doors, Progress, draw_evidence, locate_attempt, measure_attempt, reject_attempt


@dataclass(frozen=True, slots=True)
class MeasuringEngine:
    """Engine that measures for real."""

    doors: Doors

    def locate(self, clip: Path, options: AttemptOptions, *, progress: Progress, earlier: bytes | None = None) -> bytes:
        """Watch a clip once."""
        return locate_attempt(clip, options, self.doors, progress=progress, earlier=earlier)

    def measure(self, clip_name: str, sighting: bytes, options: AttemptOptions) -> tuple[Measurement, ...]:
        """Turn a sighting into measurements."""
        return measure_attempt(clip_name, sighting, options, self.doors)

    def reject(self, clip_name: str, error: Exception, options: AttemptOptions) -> Measurement:
        """Turn a `ClipError` into a rejected measurement."""
        return reject_attempt(clip_name, error, options, self.doors)

    def draw(self, clip: Path, sighting: bytes, measurement: Measurement, *, still: Path, overlay: Path) -> None:
        """Write the key frame and the overlay clip."""
        draw_evidence(clip, sighting, measurement, self.doors, still=still, overlay=overlay)

    def strip(self, clip: Path, out: Path) -> None:
        """Copy the pictures of a clip and nothing besides."""
        self.doors.stripper.strip(clip, out)
