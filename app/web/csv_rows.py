"""Rows of a CSV file as spreadsheets write them: commas, semicolons or tabs, with or without a mark of the encoding."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice

from app.usecases.errors import MalformedSubmissionError

_MAX_ROWS = 500
_MAX_PROBLEMS = 50


def read_rows(content: bytes, *, columns: Sequence[str], needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Return each row with its number; raise `MalformedSubmissionError` when it is no such file, or has other columns."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedSubmissionError(("found bytes that are no UTF-8; expected a CSV file saved as UTF-8",)) from None
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        header = [name.strip().casefold().replace(" ", "_") for name in reader.fieldnames or ()]  # as people write "Foot length cm"
    except csv.Error as error:
        raise MalformedSubmissionError((f"row 1: found {error}; expected values in quotes to be closed",)) from None
    if not set(needed) <= set(header) <= set(columns) or len(set(header)) < len(header):
        optional = ", ".join(name for name in columns if name not in needed)
        found = ", ".join(header)[:200] or "none"
        raise MalformedSubmissionError((f"found the columns {found}; expected {', '.join(needed)} and any of {optional}",))
    reader.fieldnames = header
    try:
        rows = [(reader.line_num, row) for row in islice(reader, _MAX_ROWS + 1)]
    except csv.Error as error:
        raise MalformedSubmissionError((f"row {reader.line_num}: found {error}; expected values in quotes to be closed",)) from None
    if not 0 < len(rows) <= _MAX_ROWS:
        raise MalformedSubmissionError((f"found {len(rows) if len(rows) <= _MAX_ROWS else 'more'} rows below the header; expected 1 to {_MAX_ROWS}",))
    return rows


def refuse_problems(problems: Sequence[str]) -> None:
    """Raise `MalformedSubmissionError` with everything that is wrong, as far as a person would read."""
    more = len(problems) - _MAX_PROBLEMS
    if problems:
        raise MalformedSubmissionError((*problems[:_MAX_PROBLEMS], *((f"and {more} more",) if more > 0 else ())))
