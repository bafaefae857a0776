"""Decimal commas, as people type them in half of Europe."""

from __future__ import annotations

from collections.abc import Mapping

_MEASURES = ("_cm", "_mm", "_deg")
"""How the name of a field ends that holds a measure."""


def with_point(typed: object) -> object:
    """Return what was typed with a point where it has a comma; what is no text stays as it is."""
    return typed.replace(",", ".") if isinstance(typed, str) else typed


def read_commas(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a form or table; measures, and the value that was read by hand, with a point."""
    return {name: with_point(typed) if name.endswith(_MEASURES) or name == "value" else typed for name, typed in fields.items()}
