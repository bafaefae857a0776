"""From answers to a plan, or to the advice to be seen: the same answers, the same plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
    added = tuple(asked.add())
    chosen = [*added, *asked.choose([each.exercise.id for each in added if isinstance(each, Wanted)])]
    items, left = lay_week([each for each in chosen if isinstance(each, Wanted)], intake.minutes_a_day)
    # what was added and rests is in the plan all the same where the step back of its own family leads onto it
    planned = {item.exercise_id for item in items}
    told = (each for each in chosen if isinstance(each, LeftOut) and not (each.why == "paused" and each.exercise_id in planned))
    return Plan(
        stage=stage,
        minutes_a_day=intake.minutes_a_day,
        items=items,
        targets=set_targets(intake),
        notes=list_notes(intake),
        be_seen=is_pinch_lasting(intake),
        left_out=(*told, *left),
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
        """Yield what a professional added, in their order, each once."""
        named: dict[str, Addition] = {}
        for each in self.overrides.added:
            named.setdefault(each.exercise_id, each)
        for exercise_id, addition in named.items():
            exercise = self.library.exercises.get(exercise_id)
            if exercise is None:
                yield LeftOut(exercise_id=exercise_id, why="unknown", by_clinician=True)
            elif self.progress.steps.get(find_root(self.library, exercise_id), 0) < 0:
                yield LeftOut(exercise_id=exercise_id, why="paused", by_clinician=True)
            else:
                yield from self._want(exercise, addition)

    def _want(self, exercise: Exercise, addition: Addition) -> Iterator[Wanted | LeftOut]:
        sides = SIDES if exercise.together else addition.legs or list_legs(self.intake)
        dose = addition.dose or self.overrides.doses.get(exercise.id) or exercise.dose
        if legs := self._free(exercise, sides):
            yield Wanted(exercise=exercise, dose=dose, legs=legs, reasons=("clinician",), first=True)
        yield from self._tell_barred(exercise, sides, by_clinician=True)

    def choose(self, added: Collection[str]) -> Iterator[Wanted | LeftOut]:
        """Yield what the needs ask for, taking turns among them so that none waits for another to be done with; not what was added or removed."""
        known = [each for each in (*added, *self.overrides.removed) if each in self.library.exercises]
        done = {find_root(self.library, each) for each in known}
        for root in self._list_roots():
            if root not in done:
                done.add(root)
                yield from self._choose(root)

    def _list_roots(self) -> Iterator[str]:
        waiting = [list_needs(self.intake, side, self.stage) for side in list_legs(self.intake)]
        needs = dict.fromkeys(need for row in zip_longest(*waiting) for need in row if need is not None)
        queues = [self._list_for(need) for need in needs if need != "range" or self.stage > 1]  # later on range has its turn, so that it is kept
        for row in zip_longest(*queues):
            yield from (root for root in row if root is not None)
        yield from self._list_for("range")

    def _list_for(self, need: Need) -> list[str]:
        serving = sorted((exercise for exercise in self.library.exercises.values() if need in exercise.needs), key=lambda each: (each.rank, each.id))
        return list(dict.fromkeys(find_root(self.library, exercise.id) for exercise in serving))

    def _choose(self, root: str) -> Iterator[Wanted | LeftOut]:
        family = list_family(self.library, root)
        start = find_start(family, self.stage)
        if start is None or not self._list_reasons(start, self._list_sides(start)):
            return
        steps = self.progress.steps.get(root, 0)
        rung = choose_rung(family, self.stage, steps=steps, may=self._may)
        if rung is None:
            yield from self._excuse(family, start)
            return
        sides = self._list_sides(rung.exercise)
        legs = self._free(rung.exercise, sides)
        moved: tuple[ReasonCode, ...] = ("harder",) if steps > 0 else ("easier",) if steps < 0 else ()
        dose = self.overrides.doses.get(rung.exercise.id, rung.dose)
        yield Wanted(exercise=rung.exercise, dose=dose, legs=legs, reasons=(*self._list_reasons(rung.exercise, legs), *moved))
        yield from self._tell_barred(rung.exercise, sides)

    def _excuse(self, family: tuple[Exercise, ...], start: Exercise) -> Iterator[LeftOut]:
        easiest = family[0]
        if any(self._may(exercise) for exercise in family[: family.index(start) + 1]):
            yield LeftOut(exercise_id=easiest.id, why="paused")
        elif self._free(easiest, self._list_sides(easiest)):
            yield LeftOut(exercise_id=easiest.id, why="no_equipment")
        else:
            yield from self._tell_barred(easiest, self._list_sides(easiest))

    def _tell_barred(self, exercise: Exercise, sides: tuple[Side, ...], *, by_clinician: bool = False) -> Iterator[LeftOut]:
        """Yield which legs an exercise is kept from, and by what; none where it is free for all."""
        bars = {side: exercise.bars & list_bars(self.intake, side) for side in sides}
        kept = sides if exercise.together and any(bars.values()) else tuple(side for side in sides if bars[side])
        if kept:
            named = tuple(sorted(frozenset[Bar]().union(*bars.values())))
            yield LeftOut(exercise_id=exercise.id, why="barred", legs=kept, bars=named, by_clinician=by_clinician)

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

    def _list_reasons(self, exercise: Exercise, legs: tuple[Side, ...]) -> tuple[Need, ...]:
        planned = [side for side in legs if side in list_legs(self.intake)]
        return tuple(dict.fromkeys(need for side in planned for need in list_needs(self.intake, side, self.stage) if need in exercise.needs))
