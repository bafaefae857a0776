"""Values that were read by hand, as CSV: a day, a leg, and a column for each method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from pydantic import ValidationError

from app.usecases.typed_values import NewValue
from app.web.commas import with_point
from app.web.csv_rows import read_rows, refuse_problems
from app.web.people_schemas import TypedBody
from app.web.problems import FieldPlace, describe_problems

_COLUMNS: Mapping[str, tuple[str, str]] = {"tape_cm": ("tape_cm", "cm"), "tape_in": ("tape_cm", "in"), "inclinometer_deg": ("inclinometer_deg", "deg")}
COLUMNS = ("date", "side", *_COLUMNS)


def parse_typed(content: bytes) -> list[NewValue]:
    """Return the values of a file; raise `MalformedSubmissionError` that names each row and column at fault."""
    problems: list[str] = []
    values: list[NewValue] = []
    for number, row in read_rows(content, columns=COLUMNS, needed=("date", "side")):
        said = {name: value.strip() for name, value in row.items() if isinstance(value, str) and value.strip()}
        for column, (kind, unit) in _COLUMNS.items():
            if column not in said:
                continue
            try:
                body = {"measured_on": said.get("date"), "side": said.get("side"), "kind": kind, "unit": unit, "value": with_point(said[column])}
                values.append(replace(TypedBody.model_validate(body).build_value(), place=f"row {number}", column=column))
            except ValidationError as error:
                problems += [f"row {number}, {problem}" for problem in describe_problems(error.errors(), partial(_name_column, column))]
        if not set(said) & set(_COLUMNS):
            problems.append(f"row {number}: found no value; expected one in {', '.join(_COLUMNS)}")
    refuse_problems(problems)
    return values


def _name_column(column: str, place: FieldPlace) -> str:
    """Name the column that a field of the body came from."""
    return {"measured_on": "date", "value": column}.get(str(place[0]), str(place[0]))
