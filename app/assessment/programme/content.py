"""Everything that the programme says and doses, with where it comes from, for a professional to review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.assessment.programme.library import Exercise, Library, Rule, RuleKind


@dataclass(frozen=True, slots=True)
class Content:
    """All rules by their kind, and all exercises."""

    rules: Sequence[tuple[RuleKind, Sequence[Rule]]]
    exercises: Sequence[Exercise]


def list_content(library: Library) -> Content:
    """Return every rule, dose and warning, sorted for reading."""
    raise NotImplementedError
