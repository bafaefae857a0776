"""Values that were read by hand, as CSV: a day, a leg, and a column for each method."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from app.usecases.typed_values import NewValue
from app.web.commas import with_point
from app.web.csv_rows import read_rows, refuse_problems
from app.web.errors import describe_problems
from app.web.people_schemas import TypedBody

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
                values.append(TypedBody.model_validate(body).build_value())
            except ValidationError as error:
                problems += [f"row {number}, {problem}" for problem in describe_problems(error.errors())]
        if not set(said) & set(_COLUMNS):
            problems.append(f"row {number}: found no value; expected one in {', '.join(_COLUMNS)}")
    refuse_problems(problems)
    return values
