"""Draw, film, measure and score: `python -m tests.drawn --scenes 300 --seed 1 --jobs 2`.

Seeds under 1000 are for development, any other is unseen. Ends with 1 when a headline number is grossly wrong, or stands where no repetition is valid.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tests.drawn.run import run_scene
from tests.drawn.score import format_row, format_summary, summarise


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.drawn", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="number of the first scene of the family")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder for clips and truths")
    parser.add_argument("--json", type=Path, help="file for every row")
    args = parser.parse_args()
    # One thread each: set before the workers load their libraries.
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    rows = []
    with multiprocessing.get_context("spawn").Pool(args.jobs) as pool:
        for row in pool.imap(partial(run_scene, args.seed, keep=args.keep), range(args.first, args.first + args.scenes)):
            rows.append(row)
            sys.stdout.write(format_row(row) + "\n")
            sys.stdout.flush()
    sys.stdout.write("\n" + format_summary(rows) + "\n")
    if args.json:
        told = {"rows": [asdict(row) for row in rows], "summary": summarise(rows)}
        args.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 1 if any(row.gross for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
