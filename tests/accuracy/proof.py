"""Everything that one run gathers: the product, the networks it starts from, and what could be said without any of it, on the same clips."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.assessment.measurement import ScaleChoice
from app.cli.running import quiet_libraries
from app.usecases.attempts import measure_clip
from app.usecases.measuring import Doors, measure_attempt
from tests.accuracy.agreement import Reading, correct_by_constant, predict_constant
from tests.accuracy.compare import TITLES, Row, compare
from tests.accuracy.landmarks import RawLook, look_raw
from tests.accuracy.truth import Truth

PRODUCT = "product"
CONSTANT = "constant"
BY_SCALE: tuple[ScaleChoice, ...] = ("sheet", "foot")


@dataclass(frozen=True, slots=True)
class Proven:
    """One clip: as declared in full, the same sighting with one scale only, and what the networks alone say."""

    truth: Truth
    row: Row
    by_scale: Mapping[ScaleChoice, Row] = field(default_factory=dict)
    raw: RawLook = field(default_factory=RawLook)


def prove_clip(clip: Path, truth: Truth, doors: Doors, *, scale: ScaleChoice, raw: bool) -> Proven:
    """Watch a clip once, measure it with every scale, and ask the networks alone."""
    with quiet_libraries():
        began = time.perf_counter()
        outcome = measure_clip(clip, truth.build_options(scale), doors, progress=lambda _share, _what: None)
        row = compare(truth, outcome.measurements[0], time.perf_counter() - began)
        by_scale = {}
        if outcome.sighting is not None:
            for choice in BY_SCALE:
                again = measure_attempt(clip.name, outcome.sighting, truth.build_options(choice), doors)[0]
                by_scale[choice] = compare(truth, again, row.seconds)
        return Proven(truth, row, by_scale, look_raw(clip, truth) if raw else RawLook())


def prove(truths: Iterable[tuple[Path, Truth]], doors: Doors, *, scale: ScaleChoice, raw: bool, tell: Callable[[Row], object]) -> list[Proven]:
    """Prove clip after clip, and tell each as it is done."""
    proven = []
    for clip, truth in truths:
        proven.append(prove_clip(clip, truth, doors, scale=scale, raw=raw))
        tell(proven[-1].row)
    return proven


def read_rows(rows: Iterable[Row], method: str = PRODUCT) -> list[Reading]:
    """Headline numbers that were given and have a truth."""
    readings = []
    for row in rows:
        best = row.truth.best
        if best is None:
            continue
        for key, deviation in row.deviations.items():
            true = getattr(best, key)
            readings.append(
                Reading(method=method, key=key, clip=row.truth.name, body=row.truth.body, true=true, value=true + deviation.error, std=deviation.std)
            )
    return readings


def read_raw(proven: Iterable[Proven]) -> list[Reading]:
    """Landmark lines against the joint axis, the quantity that they are meant to be."""
    key = "axis_angle_deg"
    return [
        Reading(method=f"landmarks, {model}", key=key, clip=p.truth.name, body=p.truth.body, true=p.truth.best.axis_angle_deg, value=value)
        for p in proven
        if p.truth.best is not None
        for model, value in p.raw.axis_deg.items()
    ]


def read_truths(truths: Iterable[Truth]) -> list[Reading]:
    """Return the true headline numbers of every clip that has one, as if measured without error: what a constant is learnt from."""
    return [
        Reading(method="truth", key=key, clip=t.name, body=t.body, true=getattr(t.best, key), value=getattr(t.best, key))
        for t in truths
        if t.best is not None
        for key in TITLES
    ]


def read_all(proven: Sequence[Proven]) -> dict[str, dict[str, list[Reading]]]:
    """Quantity to method to readings, methods from the product to the trivial ones."""
    everything = read_rows(p.row for p in proven)
    raw = read_raw(proven)
    everything += raw
    for method in dict.fromkeys(r.method for r in raw):
        own = [r for r in raw if r.method == method]
        everything += correct_by_constant(own, f"{method} + constant")
    truths = read_truths(p.truth for p in proven)
    for key in TITLES:
        everything += predict_constant([r for r in truths if r.key == key], CONSTANT)
    sorted_out: dict[str, dict[str, list[Reading]]] = {key: {} for key in TITLES}
    for reading in everything:
        sorted_out[reading.key].setdefault(reading.method, []).append(reading)
    return sorted_out


def keep_common(by_method: Mapping[str, Sequence[Reading]]) -> dict[str, list[Reading]]:
    """Keep the clips of which every method has a number: a method that refuses the hard ones would look better otherwise."""
    common = set.intersection(*({r.clip for r in readings} for readings in by_method.values())) if by_method else set()
    return {method: [r for r in readings if r.clip in common] for method, readings in by_method.items()}
