"""A roster as CSV, read row by row: everything wrong is named at once, with the row that it is in."""

from __future__ import annotations

import csv
import io

from pydantic import ValidationError

from app.usecases.athletes import AthleteDetails
from app.usecases.errors import MalformedSubmissionError
from app.web.errors import describe_problems
from app.web.people_schemas import AthleteBody

_MAX_ROWS = 500
_MAX_PROBLEMS = 50
COLUMNS = tuple(AthleteBody.model_fields)


def parse_roster(content: bytes) -> list[AthleteDetails]:
    """Return who is in the file; raise `MalformedSubmissionError` that names each row and column at fault."""
    rows = _read_rows(content)
    problems: list[str] = []
    roster: list[AthleteDetails] = []
    seen: dict[str, int] = {}
    for number, row in rows:
        said = {name: value.strip() for name, value in row.items() if isinstance(value, str) and value.strip()}
        if None in row:
            problems.append(f"row {number}: found more values than columns; expected one for each column, in quotes where it holds a comma")
            continue
        try:
            body = AthleteBody.model_validate(_read_commas(said))
        except ValidationError as error:
            problems += [f"row {number}, {problem}" for problem in describe_problems(error.errors())]
            continue
        if body.name.casefold() in seen:
            problems.append(f"row {number}, name: found {body.name!r} as in row {seen[body.name.casefold()]}; expected each name once")
        seen[body.name.casefold()] = number
        roster.append(body.build_details())
    if problems:
        more = len(problems) - _MAX_PROBLEMS
        raise MalformedSubmissionError((*problems[:_MAX_PROBLEMS], *((f"and {more} more",) if more > 0 else ())))
    return roster


def _read_rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedSubmissionError(("roster: found bytes that are no UTF-8; expected a CSV file saved as UTF-8",)) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [name.strip() for name in reader.fieldnames or ()]
    unknown = [name for name in header if name not in COLUMNS]
    if "name" not in header or unknown or len(set(header)) < len(header):
        raise MalformedSubmissionError((f"roster: found the columns {', '.join(header)[:200] or 'none'}; expected name and any of {', '.join(COLUMNS[1:])}",))
    reader.fieldnames = header
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise MalformedSubmissionError((f"row {reader.line_num}: found {error}; expected values in quotes to be closed",)) from None
    if not 0 < len(rows) <= _MAX_ROWS:
        raise MalformedSubmissionError((f"roster: found {len(rows)} rows below the header; expected 1 to {_MAX_ROWS}",))
    return rows


def _read_commas(said: dict[str, str]) -> dict[str, str]:
    return {name: value.replace(",", ".") if name.endswith("_cm") else value for name, value in said.items()}
