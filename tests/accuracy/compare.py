"""One measurement held against its truth."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.assessment.measurement import Measurement, Repetition, ScaleChoice
from app.usecases.attempts import measure_clip
from app.usecases.measuring import Doors
from calibration.quantity import Quantity
from tests.accuracy.truth import TrueRepetition, Truth

GROSS_LIMITS = {"shin_angle_deg": 5.0, "axis_angle_deg": 5.0, "toe_to_wall_cm": 2.0}
"""Headline numbers, and how far off each may be before it is a gross error: degrees, degrees, centimetres."""
TITLES = {"shin_angle_deg": "shin", "axis_angle_deg": "axis", "toe_to_wall_cm": "toe"}


@dataclass(frozen=True, slots=True)
class Deviation:
    """Product minus truth of one headline number, and the standard uncertainty that the product gave."""

    error: float
    std: float

    @property
    def z(self) -> float:
        """Error in units of the stated uncertainty."""
        return self.error / self.std

    @property
    def covered(self) -> bool:
        """Whether the 95 % interval holds the truth."""
        return abs(self.z) <= 1.96


@dataclass(frozen=True, slots=True)
class Row:
    """How one clip fared.

    Attributes
    ----------
    deviations : dict of headline key to Deviation
        Only of numbers that were given and have a truth.
    gross : tuple of str
        What must never happen.
    found : int
        True repetitions that were found.
    wrong : tuple of str
        Those of them that did not get the true verdict.
    extra : int
        Repetitions that are in no truth.
    """

    truth: Truth
    measurement: Measurement
    seconds: float
    deviations: dict[str, Deviation]
    gross: tuple[str, ...]
    found: int
    wrong: tuple[str, ...]
    extra: int

    @property
    def right(self) -> int:
        """True repetitions that were found and got the true verdict."""
        return self.found - len(self.wrong)


def compare(truth: Truth, measurement: Measurement, seconds: float) -> Row:
    """Hold one measurement against its truth."""
    best, deviations, gross = truth.best, {}, []
    for key, limit in GROSS_LIMITS.items():
        quantity: Quantity | None = getattr(measurement, key)
        if quantity is None:
            continue
        if best is None:
            gross.append(f"{TITLES[key]} {quantity.value:.1f} although no repetition is valid")
            continue
        deviations[key] = Deviation(quantity.value - getattr(best, key), quantity.std)
        if abs(deviations[key].error) > limit:
            gross.append(f"{TITLES[key]} off by {deviations[key].error:+.1f}")
    pairs = pair_repetitions(truth.repetitions, measurement.repetitions)
    wrong = tuple(f"{seen.verdict} at {seen.peak_s:.1f} s is {true.verdict} ({seen.reason})" for true, seen in pairs if true.verdict != seen.verdict)
    return Row(truth, measurement, seconds, deviations, tuple(gross), len(pairs), wrong, len(measurement.repetitions) - len(pairs))


def pair_repetitions(true: Iterable[TrueRepetition], seen: Iterable[Repetition]) -> list[tuple[TrueRepetition, Repetition]]:
    """Pair each true repetition with the seen one that shares most time with it and holds its peak, or half of what both span; each is used once."""
    left, pairs = list(seen), []
    for t in true:

        def shared_s(s: Repetition, t: TrueRepetition = t) -> float:
            return min(t.end_s, s.end_s) - max(t.start_s, s.start_s)

        def belongs(s: Repetition, t: TrueRepetition = t) -> bool:
            spanned = max(t.end_s, s.end_s) - min(t.start_s, s.start_s)
            return s.start_s <= t.peak_s < s.end_s or shared_s(s, t) >= 0.5 * spanned

        mates = [s for s in left if shared_s(s) > 0 and belongs(s)]
        if mates:
            pairs.append((t, max(mates, key=shared_s)))
            left.remove(pairs[-1][1])
    return pairs


def measure_truth(clip: Path, truth: Truth, doors: Doors, *, scale: ScaleChoice = "auto") -> Row:
    """Measure one clip with the real engine and compare."""
    began = time.perf_counter()
    outcome = measure_clip(clip, truth.build_options(scale), doors, progress=lambda _share, _what: None)
    return compare(truth, outcome.measurements[0], time.perf_counter() - began)
