"""One clip from file to result for someone who waits: measured or refused, never an exception for what the clip shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.picture_words import PictureWords
from app.usecases.measuring import Doors, Progress, draw_evidence, locate_attempt, measure_attempt, reject_attempt
from vision.errors import ClipError, UnreadableClipError, WeightsError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one clip; `sighting` is what evidence is drawn from, `readable` is False when the file could not be decoded."""

    clip: Path
    measurements: tuple[Measurement, ...]
    sighting: bytes | None = None
    readable: bool = True

    @property
    def measured(self) -> tuple[Measurement, ...]:
        """The attempts that were not refused."""
        return tuple(m for m in self.measurements if m.status == "measured")


def measure_clip(clip: Path, options: AttemptOptions, doors: Doors, *, progress: Progress) -> Outcome:
    """Measure one clip; only missing weights raise, because they say nothing about the clip."""
    try:
        sighting = locate_attempt(clip, options, doors, progress=progress)
        return Outcome(clip, measure_attempt(clip.name, sighting, options, doors), sighting)
    except WeightsError:
        raise
    except ClipError as error:
        return Outcome(clip, (reject_attempt(clip.name, error, options, doors),), readable=not isinstance(error, UnreadableClipError))


def draw_outcome(
    outcome: Outcome, measurement: Measurement, doors: Doors, *, words: PictureWords, still: Path | None, overlay: Path | None, unblurred: bool = False
) -> None:
    """Draw the evidence of one measured attempt; a refused one has none."""
    if outcome.sighting is None or measurement.status != "measured" or measurement.evidence is None or (still is None and overlay is None):
        return
    draw_evidence(outcome.clip, outcome.sighting, measurement, doors, words=words, still=still, overlay=overlay, unblurred=unblurred)
