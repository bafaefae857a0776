"""Exercises and rules as a professional can read and edit them: words in both languages, doses, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.assessment.programme.intake import Equipment

Stage = Literal[1, 2, 3]
"""1 calm and regain range; 2 resistance and balance; 3 sport."""
STAGES: tuple[Stage, ...] = (1, 2, 3)
Need = Literal["front", "achilles", "calf", "big_toe", "arch", "sprain", "squat", "strength", "sport", "range"]
"""What an exercise is there for: where the lunge is felt, what the leg has or went through, what is wanted, and last what everybody needs."""
Bar = Literal["pinch", "achilles_irritated", "pain_pointing", "pain_above_3", "fracture", "surgery", "no_hop"]
"""What stands against an exercise. `no_hop`: hopping without pain was not shown yet."""
Kind = Literal["mobility", "strength"]
SourceKind = Literal["guide", "study", "house"]
"""A physiotherapist's guide, which is no trial; a study; or this product's own careful reading where neither says it."""
Urgency = Literal["emergency", "today", "soon"]
"""Call for help now; be seen today; be seen before beginning, or going on."""
RuleKind = Literal[
    "red_flag", "place", "trait", "habit", "equipment", "sport", "goal", "age_group",
    "target", "reason", "bar", "left_out", "note", "criterion", "advice", "urgency", "stage", "rule",
]  # fmt: skip
"""What is asked, what a plan tells, and last the rules that are kept by the program and told nowhere else."""

SECONDS_TO_BEGIN = 15
SECONDS_OF_REST = 20


@dataclass(frozen=True, slots=True)
class Told:
    """The same said in both languages."""

    en: str
    de: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How much of an exercise: `sets` times `reps`, each held for `hold_s` where it is held; the `most_` are where a dose ends when it is too easy.

    `rep_s` is how long a repetition takes besides its hold; `each_way` counts the repetitions in both directions.
    """

    sets: int = 1
    reps: int = 1
    hold_s: int = 0
    rep_s: int = 3
    each_way: bool = False
    most_sets: int = 1
    most_reps: int = 1
    most_hold_s: int = 0

    @property
    def seconds(self) -> int:
        """Return how long it takes for one leg, getting ready and the rest between sets included."""
        each = self.hold_s + (self.rep_s if self.reps > 1 or not self.hold_s else 0)
        return SECONDS_TO_BEGIN + self.sets * self.reps * each * (2 if self.each_way else 1) + (self.sets - 1) * SECONDS_OF_REST


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One exercise of the library.

    Attributes
    ----------
    rank : int
        The lower, the sooner it is chosen among those for the same need.
    together : bool
        Both legs at once; else one leg after the other.
    needs, bars : frozenset of str
        Indications and contra-indications.
    harder, easier : str or None
        Id of the next exercise up and down; `easier` follows from the others' `harder`.
    dose_source : str
        Of the dose, where the guide names the exercise and no dose; else the same as `source`.
    steps : tuple of Told
        What to do, in order.
    drawing : str
        An SVG element that draws in `currentColor`; it says nothing that the steps do not say.
    """

    id: str
    name: Told
    purpose: Told
    steps: tuple[Told, ...]
    caution: Told | None
    kind: Kind
    stage: Stage
    rank: int
    together: bool
    needs: frozenset[Need]
    bars: frozenset[Bar]
    equipment: frozenset[Equipment]
    dose: Dose
    harder: str | None
    easier: str | None
    source: SourceKind
    dose_source: SourceKind
    drawing: str

    @property
    def minutes(self) -> float:
        """Return how many minutes the first dose takes, for both legs."""
        return self.dose.seconds * (1 if self.together else 2) / 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a rule says, in words; of a red flag `asked` is the question and `told` the advice."""

    kind: RuleKind
    code: str
    told: Told
    asked: Told | None
    source: SourceKind
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that can be chosen from and said, checked when it was read."""

    exercises: Mapping[str, Exercise]
    rules: Mapping[tuple[RuleKind, str], Rule]

    def tell(self, kind: RuleKind, code: str) -> Told:
        """Return the words of a rule."""
        return self.rules[kind, code].told
