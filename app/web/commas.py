"""Decimal commas, as people type them in half of Europe."""

from __future__ import annotations


def with_point(typed: object) -> object:
    """Return what was typed with a point where it has a comma; what is no text stays as it is."""
    return typed.replace(",", ".") if isinstance(typed, str) else typed
