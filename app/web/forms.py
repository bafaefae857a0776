"""What a browser sends without scripts: text fields, where an empty one means that nothing was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from app.usecases.errors import MalformedSubmissionError
from app.web.errors import describe_problems

_MAX_FIELDS = 400
_MAX_PART_BYTES = 500_000
_Body = TypeVar("_Body", bound=BaseModel)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields that hold something; decimal commas of lengths become points. A small file is read as its text."""
    fields = {}
    async with request.form(max_fields=_MAX_FIELDS, max_files=1, max_part_size=_MAX_PART_BYTES) as form:
        for name, value in form.items():
            text = value if isinstance(value, str) else (await value.read(_MAX_PART_BYTES)).decode("utf-8", errors="replace")
            if text.strip():
                fields[name] = text.replace(",", ".") if name.endswith("_cm") else text
    return fields


Fields = Annotated[dict[str, str], Depends(read_form)]


def parse_fields(model: type[_Body], fields: Mapping[str, object]) -> _Body:
    """Return the fields as a body; raise `MalformedSubmissionError` that names everything wrong."""
    try:
        return model.model_validate(dict(fields))
    except ValidationError as error:
        raise MalformedSubmissionError(describe_problems(error.errors())) from None
