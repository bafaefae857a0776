"""What is logged and tested, and the step that may follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.assessment.measurement import Side
from app.assessment.programme.intake import Reach, RedFlag
from app.assessment.programme.library import Stage
from app.assessment.programme.plan import Advice
from app.assessment.trend import TrendVerdict

Mark = Literal["done", "too_easy", "skipped"]
Swelling = Literal["none", "usual", "more"]
CriterionCode = Literal["pain", "next_day", "range", "balance", "hop"]
CriterionState = Literal["met", "missed", "unknown"]
StepKind = Literal["be_seen", "step_back", "ease", "move_on", "stay"]
"""`step_back`: one stage; `ease`: already in stage 1, so everything is made easier. Told by ``library.tell("advice", kind)``."""
Change = Literal["harder", "easier"]
AdviceCode = Literal["no_gain", "pinch_persists", "test_again", "keep_going"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLog:
    """What became of one exercise on one day; `pain` during it, 0 to 10."""

    exercise_id: str
    mark: Mark
    pain: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLog:
    """One day of a programme.

    Attributes
    ----------
    day : int
        As `datetime.date.toordinal` counts.
    usual_before : bool or None
        Whether pain of the training day before was back to usual on this day.
    pinched : set of str
        Legs of which the front of the ankle pinched.
    """

    day: int
    items: tuple[ItemLog, ...] = ()
    usual_before: bool | None = None
    swelling: Swelling = "none"
    pinched: frozenset[Side] = frozenset()
    red_flags: frozenset[RedFlag] = frozenset()

    @property
    def pain(self) -> int | None:
        """Return the worst pain of the day; None where none was said."""
        said = [item.pain for item in self.items if item.pain is not None]
        return max(said) if said else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What the stages' criteria look at besides the logs.

    Attributes
    ----------
    reaches : mapping
        Of the newest screening.
    verdicts : mapping
        Of the trend of each leg's sessions of the last three months (`app.assessment.trend`), or since the programme began.
    balance, hop : bool or None
        As in `Intake`; the answers that were given last.
    """

    reaches: Mapping[Side, Reach] = field(default_factory=dict)
    verdicts: Mapping[Side, TrendVerdict] = field(default_factory=dict)
    balance: bool | None = None
    hop: bool | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """Whether one of the stage's criteria is met; told by ``library.tell("criterion", code)``."""

    code: CriterionCode
    state: CriterionState


@dataclass(frozen=True, slots=True)
class ItemStep:
    """One exercise that is to be made harder or easier."""

    exercise_id: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What is suggested; `stage` is the one to be in afterwards, `advice` is set of kind `be_seen`."""

    kind: StepKind
    stage: Stage
    criteria: tuple[Criterion, ...] = ()
    items: tuple[ItemStep, ...] = ()
    also: tuple[AdviceCode, ...] = ()
    advice: Advice | None = None
