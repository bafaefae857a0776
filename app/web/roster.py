"""A roster as CSV, read row by row: everything wrong is named at once, with the row that it is in."""

from __future__ import annotations

from pydantic import ValidationError

from app.usecases.athletes import AthleteDetails
from app.web.csv_rows import read_rows, refuse_problems
from app.web.errors import describe_problems
from app.web.people_schemas import AthleteBody

COLUMNS = tuple(AthleteBody.model_fields)


def parse_roster(content: bytes) -> list[AthleteDetails]:
    """Return who is in the file; raise `MalformedSubmissionError` that names each row and column at fault."""
    rows = read_rows(content, columns=COLUMNS, needed=("name",))
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
    refuse_problems(problems)
    return roster


def _read_commas(said: dict[str, str]) -> dict[str, str]:
    return {name: value.replace(",", ".") if name.endswith("_cm") else value for name, value in said.items()}
