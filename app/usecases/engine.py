"""The measuring engine with its doors open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.picture_words import PictureWords
from app.usecases.measuring import Doors, Progress, draw_evidence, draw_evidence_again, locate_attempt, measure_attempt, reject_attempt
from vision.marks import PictureWindow


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

    def draw(
        self, clip: Path, sighting: bytes, measurement: Measurement, *, words: PictureWords, still: Path, overlay: Path, plain: Path
    ) -> PictureWindow | None:
        """Write the key frame, with marks and plain, and the overlay clip."""
        return draw_evidence(clip, sighting, measurement, self.doors, words=words, still=still, overlay=overlay, plain=plain)

    def draw_again(self, plain: Path, window: PictureWindow, sighting: bytes, measurement: Measurement, *, words: PictureWords, still: Path) -> None:
        """Write the key frame with other marks."""
        draw_evidence_again(plain, window, sighting, measurement, self.doors, words=words, still=still)

    def strip(self, clip: Path, out: Path) -> None:
        """Copy the pictures of a clip and nothing besides."""
        self.doors.stripper.strip(clip, out)
