"""What comes in over HTTP about home programmes: answers, days, what a professional changes, templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import Field

from app.assessment.measurement import Side
from app.assessment.programme.intake import LEAST_MINUTES, MOST_MINUTES, AgeGroup, Equipment, Goal, Habit, Intake, LegAnswers, Place, RedFlag, Sport, Trait
from app.assessment.programme.library import Dose, Library
from app.assessment.programme.logs import ItemLog, Mark, Swelling
from app.assessment.programme.plan import Addition, Overrides
from app.ports.programmes import LetterLanguage, PlanTemplate, Said
from app.web.people_schemas import StrictBody

Pain = Annotated[int, Field(ge=0, le=10, description="0 is none, 10 the worst that can be thought of.")]
Minutes = Annotated[int, Field(ge=LEAST_MINUTES, le=MOST_MINUTES)]
ExerciseId = Annotated[str, Field(max_length=64, pattern="^[a-z0-9_]+$")]
_MOST_LISTED = 60

ENTRY_KEY: Final = "^[A-Za-z0-9_-]{8,64}$"
"""What an entry of the log may be called by whoever sends it, so that it is kept once."""


class LegBody(StrictBody):
    """What is said of one leg."""

    felt: tuple[Place, ...] = Field(default=(), max_length=3, description="Where the end of the lunge is felt, the most limiting place first.")
    traits: frozenset[Trait] = frozenset()

    def build_leg(self) -> LegAnswers:
        """Return the same, for the use case."""
        return LegAnswers(felt=tuple(dict.fromkeys(self.felt)), traits=self.traits)


class AnswersBody(StrictBody):
    """The answers that a plan is made from. Red flags must be said, an empty list that there are none."""

    red_flags: frozenset[RedFlag]
    legs: Mapping[Side, LegBody] = Field(default_factory=dict)
    habits: frozenset[Habit] = frozenset()
    equipment: frozenset[Equipment] = frozenset()
    pain: Pain = Field(description="At the end of the lunge, of the worse leg.")
    minutes_a_day: Minutes = 15
    sport: Sport = "none"
    goal: Goal = "daily"
    age_group: AgeGroup
    agreed: bool = Field(default=False, description="A professional who knows the leg agreed to exercises.")
    balance: bool | None = None
    hop: bool | None = None

    def build_intake(self) -> Intake:
        """Return the same, for the use case; how far the legs reach is known from their screenings."""
        said = {name: getattr(self, name) for name in AnswersBody.model_fields if name != "legs"}
        return Intake(legs={side: leg.build_leg() for side, leg in self.legs.items()}, **said)


class ItemBody(StrictBody):
    """What became of one exercise."""

    exercise: ExerciseId
    mark: Mark
    pain: Pain | None = None


class LogBody(StrictBody):
    """What is said about a day; what is left out was not said."""

    day: date = Field(description="The day where the athlete is.")
    items: tuple[ItemBody, ...] = Field(default=(), max_length=_MOST_LISTED)
    usual_before: bool | None = Field(default=None, description="Whether pain of the training day before was back to usual.")
    swelling: Swelling | None = None
    pinched: frozenset[Side] | None = Field(default=None, description="Legs of which the front of the ankle pinched.")
    red_flags: frozenset[RedFlag] | None = None
    balance: bool | None = None
    hop: bool | None = None

    def build_said(self) -> Said:
        """Return the same, for the use case."""
        items = tuple(ItemLog(exercise_id=item.exercise, mark=item.mark, pain=item.pain) for item in self.items)
        rest = {name: getattr(self, name) for name in ("usual_before", "swelling", "pinched", "red_flags", "balance", "hop")}
        return Said(items=items, **rest)


class StepBody(StrictBody):
    """Of which version of the plan the suggested step is taken."""

    version: int = Field(ge=1)


class DoseBody(StrictBody):
    """How much of an exercise a professional wants."""

    sets: int = Field(ge=1, le=10)
    reps: int = Field(ge=1, le=60)
    hold_s: int = Field(default=0, ge=0, le=300)

    def build_dose(self, exercise: str, library: Library) -> Dose:
        """Return the dose with what the library says of the exercise's pace."""
        known = library.exercises.get(exercise)
        own, sets, reps, hold_s = Dose() if known is None else known.dose, self.sets, self.reps, self.hold_s
        return replace(own, sets=sets, reps=reps, hold_s=hold_s, most_sets=sets, most_reps=reps, most_hold_s=hold_s)


class AdditionBody(StrictBody):
    """An exercise that a professional adds; without a dose it is the library's, without legs those of the plan."""

    exercise: ExerciseId
    dose: DoseBody | None = None
    legs: tuple[Side, ...] = Field(default=(), max_length=2)


class OverridesBody(StrictBody):
    """What a professional changes of a plan, in place of what was changed before."""

    locked: bool = False
    added: tuple[AdditionBody, ...] = Field(default=(), max_length=_MOST_LISTED)
    removed: frozenset[ExerciseId] = frozenset()
    doses: Mapping[ExerciseId, DoseBody] = Field(default_factory=dict)

    def build_overrides(self, library: Library) -> Overrides:
        """Return the same, for the use case."""
        return Overrides(
            locked=self.locked,
            added=tuple(
                Addition(exercise_id=each.exercise, dose=None if each.dose is None else each.dose.build_dose(each.exercise, library), legs=each.legs)
                for each in self.added
            ),
            removed=self.removed,
            doses={name: dose.build_dose(name, library) for name, dose in self.doses.items()},
        )


class ChangeBody(OverridesBody):
    """What a professional changes of the version that they looked at."""

    version: int = Field(ge=1)


class TemplateBody(StrictBody):
    """What the plans of a squad have in common."""

    name: str = Field(min_length=1, max_length=80)
    minutes_a_day: Minutes = 15
    sport: Sport = "none"
    goal: Goal = "sport"
    equipment: frozenset[Equipment] = frozenset()
    overrides: OverridesBody = OverridesBody()

    def build_template(self, squad_id: str, library: Library) -> PlanTemplate:
        """Return the same, for the use case, which gives it an id and a time."""
        said = {name: getattr(self, name) for name in ("name", "minutes_a_day", "sport", "goal", "equipment")}
        overrides = self.overrides.build_overrides(library)
        return PlanTemplate(template_id="", squad_id=squad_id, made_at=datetime.min.replace(tzinfo=UTC), overrides=overrides, **said)


class ApplyBody(StrictBody):
    """For whom of the squad a template makes the plan anew."""

    athlete_ids: Sequence[Annotated[str, Field(max_length=64, pattern="^[0-9a-f]+$")]] = Field(min_length=1, max_length=200)


class LettersBody(StrictBody):
    """In which language to be reminded of the weekly test by e-mail; null not to be."""

    language: LetterLanguage | None
