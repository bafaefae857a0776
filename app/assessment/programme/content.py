"""Everything that the programme says and doses, with where it comes from, for a professional to review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from app.assessment.programme.library import Exercise, Library, Rule, RuleKind

LABELS: frozenset[RuleKind] = frozenset({"place", "equipment", "sport", "goal", "age_group"})
"""Words of choices, which advise nothing."""


@dataclass(frozen=True, slots=True)
class Content:
    """All rules by their kind, and all exercises."""

    rules: Sequence[tuple[RuleKind, Sequence[Rule]]]
    exercises: Sequence[Exercise]


def list_content(library: Library) -> Content:
    """Return every rule, dose and warning, sorted for reading."""
    kinds = [kind for kind in get_args(RuleKind) if kind not in LABELS]
    rules = tuple((kind, tuple(rule for (of, _), rule in library.rules.items() if of == kind)) for kind in kinds)
    exercises = sorted(library.exercises.values(), key=lambda each: (each.stage, each.rank, each.id))
    return Content(rules=rules, exercises=tuple(exercises))
