"""What the answers ask for and what they stand against: legs, needs, bars, the first stage, targets, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from app.assessment.measurement import Side
from app.assessment.programme.intake import SIDES, Intake, Reach, Trait
from app.assessment.programme.library import Bar, Need, Stage
from app.assessment.programme.plan import NoteCode, Target

AIM_CM = 10.0
"""Toe to wall that physiotherapists commonly aim for: a rule of thumb, never a verdict."""
LEVEL_CM = 1.5
"""Legs that differ by less are as good as level: minimal detectable change of the difference between limbs, Chisholm et al. 2012, Physiother Can 64:347,
PMC3484905."""
MOST_PAIN = 3
"""Of 10; above it nothing is loaded."""
CALM_PAIN = 2
"""Of 10, at most: to move on. The guides say 2 to 3; the lower end is for moving on, the upper for going on."""
COMPLAINTS: frozenset[Trait] = frozenset(
    {"pinch", "pinch_persists", "achilles_irritated", "pain_pointing", "old_sprain", "fracture", "surgery", "arch_collapses", "big_toe_bends_little"}
)
"""What makes a leg one to work on, as does a place where it is felt, or a known reach below the aim."""
_IRRITABLE: frozenset[Trait] = frozenset({"pinch", "pinch_persists", "achilles_irritated", "pain_pointing"})
_TRAIT_NEEDS: Mapping[Trait, Need] = {"old_sprain": "sprain", "arch_collapses": "arch", "big_toe_bends_little": "big_toe"}
_TRAIT_BARS: Mapping[Trait, Bar] = {
    "pinch": "pinch",
    "pinch_persists": "pinch",
    "achilles_irritated": "achilles_irritated",
    "pain_pointing": "pain_pointing",
    "fracture": "fracture",
    "surgery": "surgery",
}
_TRAIT_NOTES: Mapping[Trait, NoteCode] = {
    "pain_pointing": "posterior",
    "arch_collapses": "arch",
    "turned_out": "turned_out",
    "high_arch": "high_arch",
    "old_sprain": "old_sprain",
    "bone_shape": "bone_shape",
}


def list_legs(intake: Intake) -> tuple[Side, ...]:
    """Return the legs to work on; both where neither stands out."""
    legs = tuple(side for side in SIDES if intake.leg(side).felt or intake.leg(side).traits & COMPLAINTS or _is_short(intake.leg(side).reach))
    return legs or SIDES


def list_needs(intake: Intake, side: Side, stage: Stage) -> tuple[Need, ...]:
    """Return what a leg needs, the most limiting first, and what everybody needs last."""
    leg = intake.leg(side)
    found: list[Need] = list(leg.felt)
    if leg.traits & {"pinch", "pinch_persists"}:
        found.append("front")
    if "achilles_irritated" in leg.traits:
        found.append("achilles")
    found += [need for trait, need in _TRAIT_NEEDS.items() if trait in leg.traits]
    if wants_more(intake):
        found.append("squat")
    if stage >= 2:
        found.append("strength")
    if stage == 3 and (intake.sport != "none" or intake.goal == "sport"):
        found.append("sport")
    return tuple(dict.fromkeys([*found, "range"]))


def list_bars(intake: Intake, side: Side) -> frozenset[Bar]:
    """Return what stands against exercises of a leg."""
    bars: set[Bar] = {_TRAIT_BARS[trait] for trait in intake.leg(side).traits if trait in _TRAIT_BARS}
    if intake.pain > MOST_PAIN:
        bars.add("pain_above_3")
    if intake.hop is not True:
        bars.add("no_hop")
    return frozenset(bars)


def find_stage(intake: Intake) -> Stage:
    """Return the stage whose criteria the answers meet: the calmest while something hurts, is irritated or short of range."""
    legs = list_legs(intake)
    irritable = any(intake.leg(side).traits & _IRRITABLE for side in legs)
    if irritable or intake.pain > CALM_PAIN or not has_range(legs, {side: intake.leg(side).reach for side in SIDES}):
        return 1
    return 3 if intake.balance and intake.hop else 2


def has_range(legs: tuple[Side, ...], reaches: Mapping[Side, Reach | None]) -> bool | None:
    """Say whether legs reach the aim, or the one that is worked on is level with the other; None where that is not known."""
    found = [_has_range(side, legs, reaches) for side in legs]
    return False if False in found else None if None in found else True


def _has_range(side: Side, legs: tuple[Side, ...], reaches: Mapping[Side, Reach | None]) -> bool | None:
    reach, other = reaches.get(side), reaches.get("right" if side == "left" else "left")
    if reach is None:
        return None
    if reach.value_cm >= AIM_CM:
        return True
    if reach.limit == "lower_bound":
        return None
    return len(legs) == 1 and other is not None and other.limit != "lower_bound" and other.value_cm - reach.value_cm <= LEVEL_CM


def set_targets(intake: Intake) -> tuple[Target, ...]:
    """Return what each leg is to reach; none is set from a lower bound."""
    return tuple(_set_target(side, intake.leg(side).reach, more=wants_more(intake)) for side in SIDES)


def _set_target(side: Side, reach: Reach | None, *, more: bool) -> Target:
    if reach is None:
        return Target(side=side, kind="test_first")
    if reach.limit == "lower_bound":
        return Target(side=side, kind="test_farther")
    if reach.value_cm < AIM_CM:
        return Target(side=side, kind="reach", aim_cm=AIM_CM)
    return Target(side=side, kind="more" if more else "keep")


def list_notes(intake: Intake) -> tuple[NoteCode, ...]:
    """Return what is to be known beside the exercises, in the order of the notes."""
    found: set[NoteCode] = {_TRAIT_NOTES[trait] for side in SIDES for trait in intake.leg(side).traits if trait in _TRAIT_NOTES}
    found |= {"keep_going", *intake.habits}
    if intake.age_group == "60_plus":
        found.add("older")
    if intake.agreed:
        found.add("agreed")
    return tuple(note for note in get_args(NoteCode) if note in found)


def is_pinch_lasting(intake: Intake) -> bool:
    """Say whether a pinch stays on either leg."""
    return any("pinch_persists" in intake.leg(side).traits for side in SIDES)


def wants_more(intake: Intake) -> bool:
    """Say whether somebody squats deep or dances."""
    return intake.goal == "squat" or intake.sport in ("lifting", "dance")


def _is_short(reach: Reach | None) -> bool:
    return reach is not None and reach.limit != "lower_bound" and reach.value_cm < AIM_CM
