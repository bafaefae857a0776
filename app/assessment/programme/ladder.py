"""One exercise from its easiest form to its hardest, and where on it somebody stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.assessment.programme.library import Dose, Exercise, Library, Stage


@dataclass(frozen=True, slots=True)
class Rung:
    """A form of an exercise and how much of it."""

    exercise: Exercise
    dose: Dose


def find_root(library: Library, exercise_id: str) -> str:
    """Return the id of the easiest form; steps up and down are counted for it."""
    while (easier := library.exercises[exercise_id].easier) is not None:
        exercise_id = easier
    return exercise_id


def list_family(library: Library, root: str) -> tuple[Exercise, ...]:
    """Return the forms of an exercise, the easiest first."""
    family = [library.exercises[root]]
    while (harder := family[-1].harder) is not None:
        family.append(library.exercises[harder])
    return tuple(family)


def find_start(family: tuple[Exercise, ...], stage: Stage) -> Exercise | None:
    """Return the hardest form that belongs to a stage; None before the stage of the easiest."""
    return next((exercise for exercise in reversed(family) if exercise.stage <= stage), None)


def choose_rung(family: tuple[Exercise, ...], stage: Stage, *, steps: int, may: Callable[[Exercise], bool]) -> Rung | None:
    """Return the form and dose some steps from where the stage begins, at most one stage ahead; None below the easiest, or where none may be.

    First more repetitions or longer holds, then more sets, then the harder form.
    """
    start = find_start(family, stage)
    rungs = [rung for exercise in family if exercise.stage <= stage + 1 and may(exercise) for rung in _list_rungs(exercise)]
    if start is None or not rungs:
        return None
    allowed = [exercise for exercise in family[: family.index(start) + 1] if may(exercise)]
    if not allowed:
        return None
    place = next(number for number, rung in enumerate(rungs) if rung.exercise is allowed[-1]) + steps
    return rungs[min(place, len(rungs) - 1)] if place >= 0 else None


def _list_rungs(exercise: Exercise) -> list[Rung]:
    dose = exercise.dose
    more = replace(dose, reps=dose.most_reps, hold_s=dose.most_hold_s)
    return [Rung(exercise, each) for each in dict.fromkeys([dose, more, replace(more, sets=dose.most_sets)])]
