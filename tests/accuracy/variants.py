"""Does the answer move when the leg does not? `python -m tests.accuracy.variants FOLDER OUT` changes every clip that has a truth and measures it again.

Changed copies are kept under OUT and made once. Printed are the changes against the unchanged clip, not the errors: a right answer moves by nothing.
Ends with 1 when a change is larger than it may be, or a number is lost.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from app.assessment.measurement import Measurement
from app.cli.running import quiet_libraries
from app.doors import build_local
from tests.accuracy.compare import TITLES, measure_truth
from tests.accuracy.recode import VARIANTS, Variant, make_variant
from tests.accuracy.truth import list_truths, read_truth

MIRROR_LIMITS = {"shin_angle_deg": 0.2, "axis_angle_deg": 0.2, "toe_to_wall_cm": 0.1}
"""A bias between the legs would pass for a difference between them; a tenth of the smallest that is worth a word."""
LIMITS = {"shin_angle_deg": 0.6, "axis_angle_deg": 0.6, "toe_to_wall_cm": 0.3}
"""Below what repeated measurements of a person scatter by (1.3 deg, 0.4 cm), so that the file is not what a trend shows."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured of one clip: headline numbers that were given, the scale, refusal code or verdicts."""

    numbers: dict[str, float]
    scale: str
    code: str | None
    verdicts: tuple[str, ...]
    findings: tuple[str, ...]

    @classmethod
    def from_measurement(cls, m: Measurement) -> Seen:
        """Keep what is compared."""
        numbers = {key: getattr(m, key).value for key in TITLES if getattr(m, key) is not None}
        errors = tuple(f.code for f in m.findings if f.severity == "error")
        return cls(numbers, m.scale.source, m.code, tuple(r.verdict for r in m.repetitions), errors)


@dataclass(frozen=True, slots=True)
class Change:
    """One clip and one changed copy of it."""

    clip: str
    before: Seen
    after: Seen

    @property
    def sizes(self) -> dict[str, float]:
        """After minus before, of numbers that both have."""
        return {key: self.after.numbers[key] - value for key, value in self.before.numbers.items() if key in self.after.numbers}

    @property
    def lost(self) -> tuple[str, ...]:
        """Numbers of the original that the copy has not."""
        return tuple(key for key in self.before.numbers if key not in self.after.numbers)

    @property
    def gained(self) -> tuple[str, ...]:
        """Numbers of the copy that the original has not."""
        return tuple(key for key in self.after.numbers if key not in self.before.numbers)

    @property
    def notes(self) -> str:
        """What else became of the clip."""
        before, after = self.before, self.after
        notes = [f"lost {', '.join(TITLES[key] for key in self.lost)}"] if self.lost else []
        notes += [f"gained {', '.join(TITLES[key] for key in self.gained)}"] if self.gained else []
        if after.code != before.code:
            return "; ".join([*notes, f"rejected: {before.code or 'no'} became {after.code or 'no'}"])
        if after.findings != before.findings:
            notes.append(f"errors {', '.join(before.findings) or 'none'} became {', '.join(after.findings) or 'none'}")
        if after.scale != before.scale:
            notes.append(f"scale {before.scale} became {after.scale}")
        if after.verdicts != before.verdicts:
            notes.append(f"{'/'.join(before.verdicts) or 'nothing'} became {'/'.join(after.verdicts) or 'nothing'}")
        return "; ".join(notes)


def get_limits(variant: str) -> dict[str, float]:
    """How far the answer may move."""
    return MIRROR_LIMITS if variant == "mirrored" else LIMITS


def find_failures(variant: str, changes: Iterable[Change]) -> list[str]:
    """Say each clip that moves further than it may, or loses a number."""
    failures = []
    for change in changes:
        failures += [f"{variant} {change.clip}: lost {TITLES[key]}" for key in change.lost]
        limits = get_limits(variant)
        failures += [f"{variant} {change.clip}: {TITLES[key]} moved by {size:+.2f}" for key, size in change.sizes.items() if abs(size) > limits[key]]
    return failures


def measure_file(clip: Path) -> Seen:
    """Measure one clip as its truth file says that it would be declared."""
    with quiet_libraries():
        return Seen.from_measurement(measure_truth(clip, read_truth(clip.with_suffix(".truth.json")), build_local()).measurement)


def measure_variant(clip: Path, variant: Variant, out: Path) -> Seen:
    """Make a changed copy where there is none yet, and measure it."""
    return measure_file(make_variant(clip, variant, out))


def format_clip(variant: str, change: Change) -> str:
    """One line for one changed copy."""
    cells = " ".join(f"{f'{change.sizes[key]:+.2f}' if key in change.sizes else '-':>7}" for key in TITLES)
    return f"{variant:13} {change.clip:20} {cells}  {change.notes}".rstrip()


def format_variants(changes: dict[str, list[Change]]) -> str:
    """Say per variant how far the numbers move: median and largest size, and what was lost."""
    head = " ".join(f"{f'{title} {unit}: median, max':>24}" for title, unit in zip(TITLES.values(), ("deg", "deg", "cm"), strict=True))
    lines = [f"{'variant':13} {head}  pairs  clips with loss  gain  verdicts changed  within limits"]
    for name, found in changes.items():
        cells = " ".join(f"{_format_sizes([abs(c.sizes[key]) for c in found if key in c.sizes]):>24}" for key in TITLES)
        counts = (sum(bool(c.sizes) for c in found), sum(bool(c.lost) for c in found), sum(bool(c.gained) for c in found))
        verdicts = sum(c.before.verdicts != c.after.verdicts for c in found)
        kept = "no" if find_failures(name, found) else "yes"
        lines.append(f"{name:13} {cells}  {counts[0]:5}  {counts[1]:15}  {counts[2]:4}  {verdicts:16}  {kept}")
    return "\n".join(lines)


def _format_sizes(sizes: Sequence[float]) -> str:
    return f"{statistics.median(sizes):.2f}, {max(sizes):.2f}" if sizes else "-"


def run(clips: Sequence[Path], out: Path, variants: Sequence[Variant], *, jobs: int, write: Callable[[str], object]) -> int:
    """Make, measure, compare, print; the number of failures."""
    changes: dict[str, list[Change]] = {v.name: [] for v in variants}
    # A fresh process for each worker: a forked copy of native threads hangs.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        originals = pool.map(measure_file, clips)
        copies = {v.name: pool.map(measure_variant, clips, repeat(v), repeat(out)) for v in variants}
        before = dict(zip(clips, originals, strict=True))
        for name, seen in copies.items():
            for clip, after in zip(clips, seen, strict=True):
                changes[name].append(Change(clip.stem, before[clip], after))
                write(format_clip(name, changes[name][-1]) + "\n")
                sys.stdout.flush()
    failures = [text for name, found in changes.items() for text in find_failures(name, found)]
    write(f"\n{format_variants(changes)}\n\n{len(failures)} outside the limits\n" + "".join(f"  {text}\n" for text in failures))
    return len(failures)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.variants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="+", choices=[v.name for v in VARIANTS], help="some variants")
    parser.add_argument("--clips", nargs="+", metavar="NAME", help="some clips")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--make-only", action="store_true", help="write the changed copies and measure nothing")
    args = parser.parse_args()
    variants = [v for v in VARIANTS if args.only is None or v.name in args.only]
    clips = [clip for clip, truth in list_truths(args.folder) if args.clips is None or truth.name in args.clips]
    if not clips:
        parser.error(f"found no NAME.mp4 with NAME.truth.json in {args.folder} that was asked for; expected at least one")
    if args.make_only:
        for path in (make_variant(clip, variant, args.out) for clip in clips for variant in variants):
            sys.stdout.write(f"{path}\n")
        return
    sys.exit(1 if run(clips, args.out, variants, jobs=args.jobs, write=sys.stdout.write) else 0)


if __name__ == "__main__":
    main()
