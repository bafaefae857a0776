"""What somebody says before a programme is made: where the ankle is felt, what stands against exercising, and what they have and want."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.assessment.measurement import Limit, Side

Place = Literal["front", "achilles", "calf"]
"""Where the end of the lunge is felt: front of the ankle, back of the ankle, back of the calf."""
Trait = Literal[
    "pinch",
    "pinch_persists",
    "achilles_irritated",
    "pain_pointing",
    "old_sprain",
    "fracture",
    "surgery",
    "bone_shape",
    "arch_collapses",
    "high_arch",
    "turned_out",
    "big_toe_bends_little",
]
"""What is said of one leg: signs of today first, then what it went through, then its shape.

`pain_pointing` is pain at the back of the ankle when the toes are pointed; `pinch_persists` that a pinch at the front stays for weeks.
"""
Habit = Literal["raised_heels", "toe_walking"]
RedFlag = Literal[
    "calf_and_breath",
    "calf_one_side",
    "no_weight",
    "accident",
    "open_wound",
    "fever",
    "pop",
    "bone_tender",
    "numbness",
    "night_pain",
    "locking",
    "new_swelling",
]
"""Signs with which nobody exercises before being seen; in the order in which they are told."""
Equipment = Literal["band", "ball", "roller", "weight", "step", "foam", "helper"]
"""What an exercise can need beyond a wall and a chair; `step` is a book or a low step, `helper` another person."""
Sport = Literal["none", "running", "jumping", "lifting", "dance", "other"]
Goal = Literal["daily", "squat", "sport"]
AgeGroup = Literal["under_18", "adult", "60_plus"]
SIDES: tuple[Side, ...] = ("left", "right")
LEAST_MINUTES = 5
MOST_MINUTES = 120


@dataclass(frozen=True, slots=True)
class Reach:
    """Toe to wall of one leg's newest screening, cm, and what it bounds."""

    value_cm: float
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAnswers:
    """What is said of one leg; `felt` has the most limiting place first."""

    felt: tuple[Place, ...] = ()
    traits: frozenset[Trait] = frozenset()
    reach: Reach | None = None

    def __post_init__(self) -> None:
        if len(set(self.felt)) != len(self.felt):
            raise ValueError(f"found {self.felt}; expected each place once, the most limiting first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """All answers, and the numbers of the newest screening.

    Attributes
    ----------
    pain : int
        At the end of the lunge, 0 to 10; of the worse leg.
    agreed : bool
        A professional who knows the leg agreed to exercises; asked after a fracture or an operation, and under 18.
    balance, hop : bool or None
        Stands on either leg for 30 s; hops on either leg without pain. None where it was not tried.
    """

    legs: Mapping[Side, LegAnswers] = field(default_factory=dict)
    red_flags: frozenset[RedFlag] = frozenset()
    habits: frozenset[Habit] = frozenset()
    equipment: frozenset[Equipment] = frozenset()
    pain: int = 0
    minutes_a_day: int = 15
    sport: Sport = "none"
    goal: Goal = "daily"
    age_group: AgeGroup = "adult"
    agreed: bool = False
    balance: bool | None = None
    hop: bool | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.pain <= 10:
            raise ValueError(f"found pain {self.pain}; expected 0 to 10")
        if not LEAST_MINUTES <= self.minutes_a_day <= MOST_MINUTES:
            raise ValueError(f"found {self.minutes_a_day} minutes a day; expected {LEAST_MINUTES} to {MOST_MINUTES}")

    def leg(self, side: Side) -> LegAnswers:
        """Return what is said of a leg; a leg of which nothing was said has nothing."""
        return self.legs.get(side, LegAnswers())
