"""Hold the engine against clips whose truth is known: `python -m tests.accuracy FOLDER` measures every NAME.mp4 that has a NAME.truth.json beside it.

One row a clip, then what the whole says, beside the pose network alone and a constant. Ends with 1 when a headline number is grossly wrong, or stands
where no repetition was valid.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from app.assessment.measurement import ScaleChoice
from app.doors import build_local
from tests.accuracy.compare import Row
from tests.accuracy.document import DOCUMENT, build_result, write_document
from tests.accuracy.drawn_summary import read_drawn
from tests.accuracy.proof import prove
from tests.accuracy.tables import HEADER, format_row, format_summary
from tests.accuracy.truth import list_truths

SCALES: tuple[ScaleChoice, ...] = ("auto", "sheet", "foot", "none")


def run(folder: Path, *, scale: ScaleChoice, raw: bool, drawn: Path | None, document: Path | None, write: Callable[[str], object]) -> int:
    """Measure and print, and write the document where one is named; the number of gross errors."""
    truths = list_truths(folder)
    if not truths:
        write(f"Found no NAME.mp4 with NAME.truth.json in {folder}; expected at least one.\n")
        return 1
    told = None if drawn is None else read_drawn(drawn)
    write(HEADER + "\n")

    def tell(row: Row) -> None:
        write(format_row(row) + "\n")
        sys.stdout.flush()

    proven = prove(truths, build_local(), scale=scale, raw=raw, tell=tell)
    rows = [p.row for p in proven]
    write(f"\n{format_summary(rows)}\n")
    result = build_result(proven, told)
    for table in result.list_tables():
        write(f"\n{table.format_text()}\n")
    if document is not None:
        write_document(result, command="make accuracy", document=document)
        write(f"\nwritten: {document}\n")
    return sum(len(r.gross) for r in rows)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", choices=SCALES, default="auto")
    parser.add_argument("--product-only", action="store_true", help="do not ask the pose networks alone, which takes as long again")
    parser.add_argument("--drawn", type=Path, help="what `python -m tests.drawn --json FILE` wrote")
    parser.add_argument("--write", type=Path, nargs="?", const=DOCUMENT, help=f"write the document, {DOCUMENT.name} in docs unless another is named")
    args = parser.parse_args()
    if args.write is not None and (args.product_only or args.scale != "auto"):
        parser.error("the document is written from a whole run only: leave out --product-only and --scale, or --write")
    sys.exit(1 if run(args.folder, scale=args.scale, raw=not args.product_only, drawn=args.drawn, document=args.write, write=sys.stdout.write) else 0)


if __name__ == "__main__":
    main()
