"""A plan: what to do on which day, why, and what a professional changed; or, in its place, the advice to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.assessment.measurement import Side
from app.assessment.programme.intake import RedFlag
from app.assessment.programme.library import Bar, Dose, Need, Stage, Urgency

Changed = Literal["clinician", "harder", "easier"]
ReasonCode = Need | Changed
"""Why an exercise is there; told by ``library.tell("reason", code)``."""
TargetKind = Literal["reach", "keep", "more", "test_farther", "test_first"]
"""`reach`: about 10 cm; `keep`: there already; `more`: there already, and more is wanted, as far as it feels good; `test_farther`: the number is a lower
bound, from which nothing is set; `test_first`: there is no number. Told by ``library.tell("target", kind)``."""
NoteCode = Literal["arch", "high_arch", "turned_out", "old_sprain", "bone_shape", "raised_heels", "toe_walking", "older", "posterior", "keep_going", "agreed"]
WhyLeftOut = Literal["no_time", "enough", "barred", "no_equipment", "paused", "unknown"]
"""`enough`: the plan has as many exercises as are done for long; `paused`: it hurt, and there is no easier one; `unknown`: the library has none of that name
(any more)."""
ClearanceNeeded = Literal["clearance_leg", "clearance_child"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """To be seen, and no programme; `reasons` are what was answered, the most urgent first, told by the red flags' and the advice's words."""

    urgency: Urgency
    reasons: tuple[RedFlag | ClearanceNeeded, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One exercise of a plan.

    Attributes
    ----------
    legs : tuple of str
        Which legs do it; both for what is done with both at once.
    days : tuple of int
        Of the week, 0 is Monday.
    seconds : int
        How long it takes on a day, all its legs together.
    reasons : tuple of str
        The most important first; never empty.
    shortened : bool
        Fewer sets than the guide says, to fit the minutes.
    """

    exercise_id: str
    legs: tuple[Side, ...]
    dose: Dose
    days: tuple[int, ...]
    seconds: int
    reasons: tuple[ReasonCode, ...]
    shortened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An exercise that was asked for by a rule or a professional and is not in the plan, and why.

    Of `barred`, `legs` are those that it is kept from (the plan may have it for the other), and `bars` what stands against it.
    """

    exercise_id: str
    why: WhyLeftOut
    legs: tuple[Side, ...] = ()
    bars: tuple[Bar, ...] = ()
    by_clinician: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What one leg is to reach; `aim_cm` only of kind `reach`."""

    side: Side
    kind: TargetKind
    aim_cm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do in a week, every week until the next step.

    Attributes
    ----------
    targets : tuple of Target
        One for each leg.
    notes : tuple of str
        What is to be known besides, told by ``library.tell("note", code)``.
    be_seen : bool
        A pinch stays: be seen, beside the plan.
    left_out : tuple of LeftOut
        What did not fit or must not be.
    """

    stage: Stage
    minutes_a_day: int
    items: tuple[PlanItem, ...]
    targets: tuple[Target, ...]
    notes: tuple[NoteCode, ...]
    be_seen: bool
    left_out: tuple[LeftOut, ...]

    def on_day(self, weekday: int) -> tuple[PlanItem, ...]:
        """Return what is to be done on a day of the week, 0 is Monday."""
        return tuple(item for item in self.items if weekday in item.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """An exercise that a professional adds; without a dose it is the library's, without legs those of the plan."""

    exercise_id: str
    dose: Dose | None = None
    legs: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What a professional changed; contra-indications still win, and what they keep out is told in `Plan.left_out`.

    `removed` takes out all forms of an exercise; `doses` are of single forms.
    `locked`: nothing is made harder and no stage moves on without them; steps back for pain and advice to be seen stay.
    """

    locked: bool = False
    added: tuple[Addition, ...] = ()
    removed: frozenset[str] = frozenset()
    doses: Mapping[str, Dose] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where somebody stands: the stage (None: as the intake's answers have it), and for exercises by id how many steps up or down from the plan's own."""

    stage: Stage | None = None
    steps: Mapping[str, int] = field(default_factory=dict)
