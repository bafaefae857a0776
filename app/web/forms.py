"""What a browser sends without scripts: text fields, where an empty one means that nothing was said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from app.rendering.language import write_number
from app.usecases.errors import MalformedSubmissionError
from app.web.commas import read_commas
from app.web.problems import FieldPlace, describe_problems, write_place

_MAX_FIELDS = 400
_MAX_PART_BYTES = 500_000
_Body = TypeVar("_Body", bound=BaseModel)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields that hold something, as they were typed: a form that is refused comes back with them. A small file is read as its text."""
    fields = {}
    async with request.form(max_fields=_MAX_FIELDS, max_files=1, max_part_size=_MAX_PART_BYTES) as form:
        for name, value in form.items():
            text = value if isinstance(value, str) else (await value.read(_MAX_PART_BYTES)).decode("utf-8", errors="replace")
            if text.strip():
                fields[name] = text
    return fields


Fields = Annotated[dict[str, str], Depends(read_form)]


def parse_fields(model: type[_Body], fields: Mapping[str, object], name: Callable[[FieldPlace], str] = write_place) -> _Body:
    """Return the fields as a body; raise `MalformedSubmissionError` that names everything wrong, by the fields' names in the form."""
    try:
        return model.model_validate(read_commas(fields))
    except ValidationError as error:
        raise MalformedSubmissionError(describe_problems(error.errors(), name)) from None


def write_fields(known: Mapping[str, object]) -> dict[str, str]:
    """Return what is known already as the fields of a form that shows it, to be changed; what is not known is left out."""
    return {name: _write(value) for name, value in known.items() if value is not None}


def _write(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else write_number(value) if isinstance(value, float) else str(value)
