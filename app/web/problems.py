"""What is wrong with a body, as the API says it: "field: found, expected". Pages tell it anew by `app.rendering.problems`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

FieldPlace = tuple[int | str, ...]
"""Where pydantic found something: the names of the fields from outside in, and numbers in lists."""

_EXPECTED: Mapping[str, str] = {
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_parsing": "yes or no",
    "bool_type": "yes or no",
    "date_from_datetime_parsing": "a day, as 2026-03-04",
    "date_parsing": "a day, as 2026-03-04",
    "less_than_equal": "at most {le:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "greater_than": "more than {gt:g}",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "literal_error": "{expected}",
}
"""What was expected, by pydantic's name of what is wrong; for everything else its own words are taken."""


def write_place(place: FieldPlace) -> str:
    """Name a field by where it stands in the body."""
    return ".".join(map(str, place))


def describe_problems(problems: Sequence[Any], name: Callable[[FieldPlace], str] = write_place) -> tuple[str, ...]:
    """Say each problem that pydantic found; a form may name its fields otherwise than the body that they become."""
    return tuple(_describe_problem(problem, name) for problem in problems)


def _describe_problem(problem: Any, name: Callable[[FieldPlace], str]) -> str:  # noqa: ANN401 - pydantic's own dict
    if not problem["loc"]:
        return str(problem["ctx"]["error"])
    return f"{name(problem['loc'])[:80]}: {_say(problem)}"


def _say(problem: Any) -> str:  # noqa: ANN401 - as above
    kind = problem["type"]
    if kind == "extra_forbidden":
        return "found a field of that name; expected one of those that the description names"
    if kind == "missing":
        return "found nothing; expected a value"
    if kind == "value_error":
        return str(problem["ctx"]["error"])
    found = f"found {str(problem.get('input'))[:40]!r}"
    if kind in _EXPECTED:
        try:
            return f"{found}; expected {_EXPECTED[kind].format(**problem.get('ctx', {}))}"
        except ValueError:  # a limit that is no number, as a time
            pass
    return f"{found}; {problem['msg'][:1].lower()}{problem['msg'][1:]}"
