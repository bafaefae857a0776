"""A roster as CSV, read row by row: everything wrong is named at once, with the row that it is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.usecases.athletes import AthleteDetails
from app.web.commas import read_commas
from app.web.csv_rows import read_rows, refuse_problems
from app.web.people_schemas import AthleteBody
from app.web.problems import describe_problems

COLUMNS = tuple(AthleteBody.model_fields)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row: who is in it, or what is wrong with it."""

    number: int
    name: str
    details: AthleteDetails | None
    problems: tuple[str, ...] = ()


def parse_roster(content: bytes) -> list[AthleteDetails]:
    """Return who is in the file; raise `MalformedSubmissionError` that names each row and column at fault."""
    rows = read_roster_rows(content)
    refuse_problems([f"row {row.number}{':' if problem.startswith('found') else ','} {problem}" for row in rows for problem in row.problems])
    return [row.details for row in rows if row.details is not None]


def read_roster_rows(content: bytes) -> list[RosterRow]:
    """Return each row with who is in it or what is wrong with it; raise `MalformedSubmissionError` when it is no roster at all."""
    rows: list[RosterRow] = []
    seen: dict[str, int] = {}
    for number, row in read_rows(content, columns=COLUMNS, needed=("name",)):
        read = _read_row(number, row)
        key = read.name.casefold()
        if read.details is not None and key in seen:
            read = RosterRow(number, read.name, None, (f"name: found {read.name!r} as in row {seen[key]}; expected each name once",))
        if read.details is not None:
            seen[key] = number
        rows.append(read)
    return rows


def _read_row(number: int, row: Mapping[Any, Any]) -> RosterRow:
    said = {name: value.strip() for name, value in row.items() if isinstance(value, str) and value.strip()}
    name = said.get("name", "")
    if None in row:
        return RosterRow(number, name, None, ("found more values than columns; expected one for each column, in quotes where it holds a comma",))
    try:
        details = AthleteBody.model_validate(read_commas(said)).build_details()
    except ValidationError as error:
        return RosterRow(number, name, None, describe_problems(error.errors()))
    return RosterRow(number, details.name, details)
