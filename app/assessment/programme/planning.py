"""From answers to a plan, or to the advice to be seen: the same answers, the same plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from app.assessment.measurement import Side
from app.assessment.programme.intake import SIDES, Intake
from app.assessment.programme.ladder import choose_rung, find_root, find_start, list_family
from app.assessment.programme.library import Bar, Exercise, Library, Need, Stage
from app.assessment.programme.needs import MOST_PAIN, find_stage, is_pinch_lasting, list_bars, list_legs, list_needs, list_notes, set_targets
from app.assessment.programme.plan import Addition, Advice, LeftOut, Overrides, Plan, Progress, ReasonCode
from app.assessment.programme.red_flags import find_advice
from app.assessment.programme.weeks import Wanted, lay_week


def plan_programme(intake: Intake, library: Library, *, progress: Progress | None = None, overrides: Overrides | None = None) -> Plan | Advice:
    """Return a week that fits the minutes and has nothing in it that the answers stand against; with red flags the advice to be seen."""
    advice = find_advice(intake, library)
    if advice is not None:
        return advice
    progress, overrides = progress or Progress(), overrides or Overrides()
    stage: Stage = 1 if intake.pain > MOST_PAIN else progress.stage or find_stage(intake)
    asked = _Asked(intake, library, stage, progress, overrides)
    chosen = [*asked.add(), *asked.choose()]
    items, left = lay_week([each for each in chosen if isinstance(each, Wanted)], intake.minutes_a_day)
    return Plan(
        stage=stage,
        minutes_a_day=intake.minutes_a_day,
        items=items,
        targets=set_targets(intake),
        notes=list_notes(intake),
        be_seen=is_pinch_lasting(intake),
        left_out=(*(each for each in chosen if isinstance(each, LeftOut)), *left),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """Everything that a plan is made from."""

    intake: Intake
    library: Library
    stage: Stage
    progress: Progress
    overrides: Overrides

    def add(self) -> Iterator[Wanted | LeftOut]:
        """Yield what a professional added, in their order."""
        for addition in self.overrides.added:
            exercise = self.library.exercises.get(addition.exercise_id)
            yield LeftOut(exercise_id=addition.exercise_id, why="unknown", by_clinician=True) if exercise is None else self._want(exercise, addition)

    def _want(self, exercise: Exercise, addition: Addition) -> Wanted | LeftOut:
        legs = self._free(exercise, SIDES if exercise.together else addition.legs or list_legs(self.intake))
        if not legs:
            return LeftOut(exercise_id=exercise.id, why="barred", bars=self._name_bars(exercise), by_clinician=True)
        dose = addition.dose or self.overrides.doses.get(exercise.id) or exercise.dose
        return Wanted(exercise=exercise, dose=dose, legs=legs, reasons=("clinician",), first=True)

    def choose(self) -> Iterator[Wanted | LeftOut]:
        """Yield what the needs ask for, taking turns among them so that none waits for another to be done with."""
        done = set(self.overrides.removed) | {addition.exercise_id for addition in self.overrides.added}
        roots: set[str] = set()
        for root in self._list_roots():
            if root not in roots:
                roots.add(root)
                found = self._choose(root)
                if found is not None and _name(found) not in done:
                    yield found

    def _list_roots(self) -> Iterator[str]:
        waiting = [list_needs(self.intake, side, self.stage) for side in list_legs(self.intake)]
        needs = dict.fromkeys(need for row in zip_longest(*waiting) for need in row if need is not None)
        queues = [self._list_for(need) for need in needs if need != "range"]
        for row in zip_longest(*queues):
            yield from (root for root in row if root is not None)
        yield from self._list_for("range")

    def _list_for(self, need: Need) -> list[str]:
        serving = sorted((exercise for exercise in self.library.exercises.values() if need in exercise.needs), key=lambda each: (each.rank, each.id))
        return list(dict.fromkeys(find_root(self.library, exercise.id) for exercise in serving))

    def _choose(self, root: str) -> Wanted | LeftOut | None:
        family = list_family(self.library, root)
        start = find_start(family, self.stage)
        if start is None or not self._list_reasons(start, self._list_sides(start)):
            return None
        steps = self.progress.steps.get(root, 0)
        rung = choose_rung(family, self.stage, steps=steps, may=self._may)
        if rung is None:
            return self._excuse(family, start)
        legs = self._free(rung.exercise, self._list_sides(rung.exercise))
        reasons: tuple[ReasonCode, ...] = self._list_reasons(rung.exercise, legs)
        if not reasons:
            return None
        moved: tuple[ReasonCode, ...] = ("harder",) if steps > 0 else ("easier",) if steps < 0 else ()
        dose = self.overrides.doses.get(rung.exercise.id, rung.dose)
        return Wanted(exercise=rung.exercise, dose=dose, legs=legs, reasons=(*reasons, *moved))

    def _excuse(self, family: tuple[Exercise, ...], start: Exercise) -> LeftOut:
        if any(self._may(exercise) for exercise in family[: family.index(start) + 1]):
            return LeftOut(exercise_id=family[0].id, why="paused")
        if not self._free(family[0], self._list_sides(family[0])):
            return LeftOut(exercise_id=family[0].id, why="barred", bars=self._name_bars(family[0]))
        return LeftOut(exercise_id=family[0].id, why="no_equipment")

    def _list_sides(self, exercise: Exercise) -> tuple[Side, ...]:
        """Return the legs that an exercise is for, barred or not."""
        legs = list_legs(self.intake)
        serving = tuple(side for side in legs if exercise.needs.intersection(list_needs(self.intake, side, self.stage)))
        return SIDES if exercise.together and serving else serving

    def _may(self, exercise: Exercise) -> bool:
        return exercise.equipment <= self.intake.equipment and bool(self._free(exercise, self._list_sides(exercise)))

    def _free(self, exercise: Exercise, legs: tuple[Side, ...]) -> tuple[Side, ...]:
        """Return the legs that nothing stands against; none where both do it at once and one must not."""
        free = tuple(side for side in legs if not exercise.bars & list_bars(self.intake, side))
        return free if free == legs or not exercise.together else ()

    def _name_bars(self, exercise: Exercise) -> tuple[Bar, ...]:
        return tuple(sorted(exercise.bars & (list_bars(self.intake, "left") | list_bars(self.intake, "right"))))

    def _list_reasons(self, exercise: Exercise, legs: tuple[Side, ...]) -> tuple[Need, ...]:
        planned = [side for side in legs if side in list_legs(self.intake)]
        return tuple(dict.fromkeys(need for side in planned for need in list_needs(self.intake, side, self.stage) if need in exercise.needs))


def _name(found: Wanted | LeftOut) -> str:
    """Return which exercise was found."""
    return found.exercise.id if isinstance(found, Wanted) else found.exercise_id
