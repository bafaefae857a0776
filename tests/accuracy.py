"""Hold the engine against clips whose truth is known: `python -m tests.accuracy FOLDER` measures every NAME.mp4 that has a NAME.truth.json beside it.

One row a clip, then a summary. Ends with 1 when a headline number is grossly wrong, or stands where no repetition was valid.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.assessment.measurement import AttemptOptions, Measurement, Repetition, ScaleChoice, Side
from app.cli.running import quiet_libraries
from app.usecases.attempts import measure_clip
from app.usecases.measuring import Doors
from app.wiring import build_local
from calibration.quantity import Quantity

GROSS_LIMITS = {"shin_angle_deg": 5.0, "axis_angle_deg": 5.0, "toe_to_wall_cm": 2.0}
"""Headline numbers, and how far off each may be before it is a gross error: degrees, degrees, centimetres."""
TITLES = {"shin_angle_deg": "shin", "axis_angle_deg": "axis", "toe_to_wall_cm": "toe"}
ONE_DISTANCE_CM = 0.5
"""True repetitions whose distances differ by less stood at one spot; the steepest of them is then the best."""
SCALES: tuple[ScaleChoice, ...] = ("auto", "sheet", "foot", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueRepetition:
    """One repetition as it was animated; `valid` is contact with the heel down."""

    start_s: float
    peak_s: float
    end_s: float
    shin_angle_deg: float
    axis_angle_deg: float
    toe_to_wall_cm: float
    heel_down: bool
    valid: bool

    @property
    def verdict(self) -> str:
        """What a right measurement says of it."""
        if self.valid:
            return "valid"
        return "no_contact" if self.heel_down else "heel_lift"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a truth file says about one clip."""

    name: str
    side: Side
    shod: bool
    foot_length_cm: float
    acceptable_codes: frozenset[str]
    repetitions: tuple[TrueRepetition, ...]

    @property
    def best(self) -> TrueRepetition | None:
        """The repetition that a headline is about: of the valid ones at the greatest distance, the one with the greatest shin angle."""
        valid = [r for r in self.repetitions if r.valid]
        reach = max((r.toe_to_wall_cm for r in valid), default=0.0)
        return max((r for r in valid if reach - r.toe_to_wall_cm <= ONE_DISTANCE_CM), key=lambda r: r.shin_angle_deg, default=None)

    def build_options(self, scale: ScaleChoice = "auto") -> AttemptOptions:
        """Return what an honest person would have declared about the clip."""
        foot = self.foot_length_cm if scale in ("auto", "foot") else None
        return AttemptOptions(side=self.side, scale=scale, foot_length_cm=foot, footwear="shod" if self.shod else "barefoot")


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


def read_truth(path: Path) -> Truth:
    """Read NAME.truth.json."""
    d = json.loads(path.read_text(encoding="utf-8"))
    keys = TrueRepetition.__dataclass_fields__
    repetitions = tuple(TrueRepetition(**{key: r[key] for key in keys}) for r in d["repetitions"])
    return Truth(d["name"], d["side"], d["shod"], d["foot_length_cm"], frozenset(d["acceptable_codes"]), repetitions)


def list_truths(folder: Path) -> list[tuple[Path, Truth]]:
    """Clips of a folder that have a truth, with it."""
    truths = [(path.with_name(path.name.replace(".truth.json", ".mp4")), read_truth(path)) for path in sorted(folder.glob("*.truth.json"))]
    return [(clip, truth) for clip, truth in truths if clip.is_file()]


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


_COLUMNS = " ".join(f"{f'{title}: error (std, z)':>25}" for title in ("shin deg", "axis deg", "toe cm"))
HEADER = f"{'clip':24} {'scale':11} {_COLUMNS}  verdicts  limit        seconds  notes"


def format_row(row: Row) -> str:
    """One line a clip; verdicts are right/found/true."""
    m = row.measurement
    numbers = []
    for key in GROSS_LIMITS:
        d = row.deviations.get(key)
        numbers.append(f"{'-' if d is None else f'{d.error:+6.2f} ({d.std:.2f}, {d.z:+.1f})':>25}")
    verdicts = f"{row.right}/{row.found}/{len(row.truth.repetitions)}" + (f"+{row.extra}" if row.extra else "")
    return f"{row.truth.name:24} {m.scale.source:11} {' '.join(numbers)}  {verdicts:8}  {m.limit or '-':11}  {row.seconds:6.1f}  {_notes(row)}"


def _notes(row: Row) -> str:
    m = row.measurement
    if m.status == "rejected":
        return f"rejected: {m.code}" + ("" if m.code in row.truth.acceptable_codes else " (not a reason that the truth names)")
    errors = [f.code for f in m.findings if f.severity == "error"]
    return "; ".join([*(f"GROSS {text}" for text in row.gross), *errors, *row.wrong]) or "measured"


def format_summary(rows: Sequence[Row]) -> str:
    """Say how all clips fared together."""
    measurable = [r for r in rows if r.truth.best is not None]
    angles, distances = (sum(key in r.deviations for r in measurable) for key in ("shin_angle_deg", "toe_to_wall_cm"))
    rejected = sum(r.measurement.status == "rejected" for r in rows)
    lines = [f"{len(rows)} clips, {len(measurable)} with a valid repetition; of these {angles} got an angle, {distances} a distance; {rejected} clips rejected"]
    for key, title in TITLES.items():
        found = [r.deviations[key] for r in rows if key in r.deviations]
        if found:
            lines.append(f"{title:5} {_spread(found)} {'cm' if key.endswith('_cm') else 'deg'}")
    everything = [d for r in rows for d in r.deviations.values()]
    if everything:
        rms = math.sqrt(statistics.fmean(d.z**2 for d in everything))
        lines.append(f"95 % intervals hold the truth in {sum(d.covered for d in everything)} of {len(everything)}; root mean square z {rms:.2f}")
    judged = [r for r in rows if r.measurement.status == "measured"]
    counts = [sum(getattr(r, name) for r in judged) for name in ("right", "found", "extra")]
    lines.append(f"verdicts right {counts[0]}, repetitions found {counts[1]} of {sum(len(r.truth.repetitions) for r in judged)}, extra {counts[2]}")
    lines.append(f"gross errors: {sum(len(r.gross) for r in rows)}")
    return "\n".join(lines)


def _spread(deviations: Sequence[Deviation]) -> str:
    sizes = [abs(d.error) for d in deviations]
    mean, std = statistics.fmean(d.error for d in deviations), statistics.median(d.std for d in deviations)
    return f"abs error median {statistics.median(sizes):.2f}, max {max(sizes):.2f}, mean error {mean:+.2f}, median std {std:.2f}"


def run(folder: Path, *, scale: ScaleChoice, write: Callable[[str], object]) -> int:
    """Measure and print; the number of gross errors."""
    truths = list_truths(folder)
    if not truths:
        write(f"Found no NAME.mp4 with NAME.truth.json in {folder}; expected at least one.\n")
        return 1
    write(HEADER + "\n")
    rows = []
    doors = build_local()
    for clip, truth in truths:
        with quiet_libraries():
            rows.append(measure_truth(clip, truth, doors, scale=scale))
        write(format_row(rows[-1]) + "\n")
        sys.stdout.flush()
    write(f"\n{format_summary(rows)}\n")
    return sum(len(r.gross) for r in rows)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", choices=SCALES, default="auto")
    args = parser.parse_args()
    sys.exit(1 if run(args.folder, scale=args.scale, write=sys.stdout.write) else 0)


if __name__ == "__main__":
    main()
