"""The rows of a validation: a CSV file with one line for each clip, read with every mistake named, and written."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from app.assessment.measurement import Side
from app.assessment.readings import REFERENCES, HeadlineKey, ReferenceKind
from app.usecases.errors import MalformedSubmissionError

Column = Literal[
    "clip",
    "side",
    "person",
    "foot_length_cm",
    "furthest",
    "tape_cm",
    "inclinometer_deg",
    "board_deg",
    "repeat_of",
    "camera_cm",
    "camera_cm_std",
    "camera_deg",
    "camera_deg_std",
    "refused",
]
COLUMNS: tuple[Column, ...] = get_args(Column)
CAMERA_COLUMNS: dict[HeadlineKey, tuple[Column, Column]] = {
    "toe_to_wall_cm": ("camera_cm", "camera_cm_std"),
    "shin_angle_deg": ("camera_deg", "camera_deg_std"),
}
_OWN_RANGES: dict[Column, tuple[float, float]] = {
    "foot_length_cm": (10, 40),
    "camera_cm": (-20, 60),
    "camera_cm_std": (0.001, 20),
    "camera_deg": (-30, 90),
    "camera_deg_std": (0.001, 45),
}
_RANGES: dict[Column, tuple[float, float]] = {**_OWN_RANGES, **{kind: (params.least, params.greatest) for kind, params in REFERENCES.items()}}
_TRUE, _FALSE = frozenset({"yes", "true", "1"}), frozenset({"", "no", "false", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One clip of one leg with what was read by hand; `camera` is None where the clip is still to be measured."""

    line: int
    clip: str
    side: Side
    person: str
    foot_length_cm: float | None
    furthest: bool
    references: Mapping[ReferenceKind, float]
    repeat_of: str | None
    camera: CameraNumbers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraNumbers:
    """What the camera says of one clip: value and standard uncertainty (NaN where it is not known) by headline number, or why there is none."""

    numbers: Mapping[HeadlineKey, tuple[float, float]] = field(default_factory=dict)
    board: tuple[float, float] | None = None
    counts: bool = False
    refused: str | None = None


def read_rows(text: str, *, is_clip: Callable[[str], bool]) -> tuple[Row, ...]:
    """Read the rows of a CSV text; commas or semicolons part the cells, and a decimal comma is read as a point.

    Raises
    ------
    MalformedSubmissionError
        Naming line by line what was found and what was expected; `is_clip` says whether a clip without camera columns is there.
    """
    first = text.lstrip("\ufeff").partition("\n")[0]
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    problems: list[str] = []
    lines: list[tuple[int, list[str]]] = []
    try:
        lines.extend((reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cell.strip() for cell in cells))
    except csv.Error as error:
        raise MalformedSubmissionError((f"line {reader.line_num}: found text that is no CSV ({error}); expected cells parted by commas",)) from None
    names = [name.lower() for name in lines[0][1]] if lines else []
    _check_header(names)
    rows = [row for line, cells in lines[1:] if (row := _read_row(line, cells, names, problems, is_clip)) is not None]
    if not lines[1:]:
        problems.append("line 2: found no row; expected one for each clip")
    _check_names(rows, problems)
    if problems:
        raise MalformedSubmissionError(tuple(problems))
    return tuple(rows)


def write_rows(rows: Iterable[Mapping[Column, str]]) -> str:
    """Return rows as CSV text that `read_rows` reads."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([dict(row) for row in rows])
    return out.getvalue()


def _check_header(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in COLUMNS]
    missing = [name for name in ("clip", "side") if name not in names]
    problems = []
    if unknown:
        problems.append(f"line 1: found the column {', '.join(map(repr, unknown))}; expected columns among {', '.join(COLUMNS)}")
    if missing:
        problems.append(f"line 1: found no column {' and none '.join(missing)}; expected a first line with the names of the columns")
    if len(set(names)) < len(names):
        problems.append("line 1: found a column twice; expected each name once")
    if problems:
        raise MalformedSubmissionError(tuple(problems))


def _read_row(line: int, cells: Sequence[str], names: Sequence[str], problems: list[str], is_clip: Callable[[str], bool]) -> Row | None:
    before = len(problems)
    if len(cells) > len(names):
        problems.append(f"line {line}: found {len(cells)} cells; expected {len(names)}, as many as columns (a decimal comma needs quotes, or semicolons)")
        return None
    text = dict(zip(names, cells, strict=False))
    numbers = {name: value for name in _RANGES if (value := _read_number(line, name, text.get(name, ""), problems)) is not None}
    side, furthest = text.get("side", "").lower(), text.get("furthest", "").lower()
    if not text.get("clip"):
        problems.append(f"line {line}: clip: found nothing; expected the name of the clip")
    if side not in {"left", "right"}:
        problems.append(f"line {line}: side: found {text.get('side', '')!r}; expected left or right")
    if furthest not in _TRUE | _FALSE:
        problems.append(f"line {line}: furthest: found {text['furthest']!r}; expected yes or no")
    if "inclinometer_deg" in numbers and "board_deg" in numbers:
        problems.append(f"line {line}: found both inclinometer_deg and board_deg; expected one: a board is filmed instead of a shin")
    camera = _read_given(text, numbers, furthest=furthest in _TRUE)
    if camera is None and text.get("clip") and not is_clip(text["clip"]):
        problems.append(f"line {line}: clip: found no file {text['clip']!r}; expected a clip beside the CSV file, or its numbers in camera_cm or camera_deg")
    if len(problems) > before:
        return None
    return Row(
        line=line,
        clip=text["clip"],
        side="left" if side == "left" else "right",
        person=text.get("person", ""),
        foot_length_cm=numbers.get("foot_length_cm"),
        furthest=furthest in _TRUE,
        references={kind: numbers[kind] for kind in REFERENCES if kind in numbers},
        repeat_of=text.get("repeat_of") or None,
        camera=camera,
    )


def _read_number(line: int, name: Column, text: str, problems: list[str]) -> float | None:
    if not text:
        return None
    least, greatest = _RANGES[name]
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not least <= value <= greatest:
        problems.append(f"line {line}: {name}: found {text!r}; expected a number from {least:g} to {greatest:g}")
        return None
    return value


def _read_given(text: Mapping[str, str], numbers: Mapping[Column, float], *, furthest: bool) -> CameraNumbers | None:
    given = {key: (numbers[value], numbers.get(std, math.nan)) for key, (value, std) in CAMERA_COLUMNS.items() if value in numbers}
    refused = text.get("refused") or None
    if not given and refused is None:
        return None
    return CameraNumbers(numbers=given, board=given.get("shin_angle_deg"), counts=furthest, refused=None if given else refused)


def _check_names(rows: Sequence[Row], problems: list[str]) -> None:
    """Every clip has one row, and what repeats a clip is of the same leg."""
    by_clip: dict[str, Row] = {}
    for row in rows:
        if row.clip in by_clip:
            problems.append(f"line {row.line}: clip: found {row.clip!r} again, as in line {by_clip[row.clip].line}; expected each clip once")
        by_clip.setdefault(row.clip, row)
    for row in rows:
        if row.repeat_of is None:
            continue
        original = by_clip.get(row.repeat_of)
        if original is None or original is row:
            problems.append(f"line {row.line}: repeat_of: found {row.repeat_of!r}; expected the clip of another row")
        elif original.side != row.side:
            problems.append(f"line {row.line}: repeat_of: found a clip of the {original.side} leg; expected one of the {row.side} leg")
        elif original.repeat_of is not None:
            problems.append(f"line {row.line}: repeat_of: found {row.repeat_of!r}, a repeat itself; expected the first clip of the leg, {original.repeat_of!r}")
