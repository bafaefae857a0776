"""Readings of clips beside their truth: by method and by body, with what could be said without looking."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.assessment.agreement import Agreement
from app.assessment.agreement import compute_agreement as compute_pairs

SHARES_KEPT = (1.0, 0.75, 0.5, 0.25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One number of one clip beside its truth; `std` is the standard uncertainty that came with it, NaN for who gives none."""

    method: str
    key: str
    clip: str
    body: str
    true: float
    value: float
    std: float = math.nan

    @property
    def error(self) -> float:
        """Measured minus true."""
        return self.value - self.true


def compute_agreement(readings: Sequence[Reading]) -> Agreement:
    """Compute every figure from readings of one quantity by one method."""
    true, value, std = (np.array([getattr(r, name) for r in readings], np.float64) for name in ("true", "value", "std"))
    return compute_pairs(true, value, std)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left when the readings of widest uncertainty are refused."""

    share: float
    n: int
    widest_std: float
    median: float
    worst: float


def compute_refusal(readings: Sequence[Reading], shares: Iterable[float] = SHARES_KEPT) -> list[Kept]:
    """Keep the given shares of the readings, those of smallest stated uncertainty, and say how far off they are."""
    ordered = sorted(readings, key=lambda r: r.std)
    kept = []
    for share in shares if ordered else ():
        some = ordered[: max(1, round(share * len(ordered)))]
        sizes = [abs(r.error) for r in some]
        kept.append(Kept(share, len(some), some[-1].std, float(np.median(sizes)), max(sizes)))
    return kept


def group_by_body(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    """Sort readings by person: several clips of one are not independent."""
    groups: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.body].append(reading)
    return dict(groups)


def predict_constant(readings: Sequence[Reading], method: str) -> list[Reading]:
    """Answer every clip with the mean truth of all other bodies: what can be said without looking."""
    return [replace(r, method=method, value=mean, std=math.nan) for r, mean in _pair_with_others(readings, [r.true for r in readings])]


def correct_by_constant(readings: Sequence[Reading], method: str) -> list[Reading]:
    """Take the mean error of all other bodies off every reading: the best that one constant can do."""
    return [replace(r, method=method, value=r.value - mean, std=math.nan) for r, mean in _pair_with_others(readings, [r.error for r in readings])]


def _pair_with_others(readings: Sequence[Reading], values: Sequence[float]) -> list[tuple[Reading, float]]:
    """Pair each reading with the mean over the other bodies' means; readings without another body are left out."""
    by_body: dict[str, list[float]] = defaultdict(list)
    for reading, value in zip(readings, values, strict=True):
        by_body[reading.body].append(value)
    means = {body: float(np.mean(own)) for body, own in by_body.items()}
    paired = []
    for reading in readings:
        others = [mean for body, mean in means.items() if body != reading.body]
        if others:
            paired.append((reading, float(np.mean(others))))
    return paired
