"""Hold the engine against clips whose truth is known: `python -m tests.accuracy FOLDER` measures every NAME.mp4 that has a NAME.truth.json beside it.

One row a clip, then a summary. Ends with 1 when a headline number is grossly wrong, or stands where no repetition was valid.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from app.assessment.measurement import ScaleChoice
from app.cli.running import quiet_libraries
from app.wiring import build_local
from tests.accuracy.compare import measure_truth
from tests.accuracy.tables import HEADER, format_row, format_summary
from tests.accuracy.truth import list_truths

SCALES: tuple[ScaleChoice, ...] = ("auto", "sheet", "foot", "none")


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
