"""When nobody exercises before being seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from app.assessment.programme.intake import SIDES, Intake, RedFlag
from app.assessment.programme.library import Urgency
from app.assessment.programme.plan import Advice, ClearanceNeeded

URGENCY: Mapping[RedFlag, Urgency] = {
    "calf_and_breath": "emergency",
    "calf_one_side": "today",
    "no_weight": "today",
    "accident": "today",
    "open_wound": "today",
    "fever": "today",
    "pop": "today",
    "bone_tender": "today",
    "numbness": "today",
    "night_pain": "soon",
    "locking": "soon",
    "new_swelling": "soon",
}
"""The guides name one emergency; how soon the others are to be seen is this product's careful reading."""
_ORDER: tuple[Urgency, ...] = ("emergency", "today", "soon")


def find_advice(intake: Intake) -> Advice | None:
    """Return the advice to be seen in place of a programme; None where nothing that was answered asks for it."""
    return advise(intake.red_flags, clearance=() if intake.cleared else _find_clearance(intake))


def advise(flags: frozenset[RedFlag], *, clearance: tuple[ClearanceNeeded, ...] = ()) -> Advice | None:
    """Return the advice for some red flags, the most urgent first."""
    told = sorted((flag for flag in get_args(RedFlag) if flag in flags), key=lambda flag: _ORDER.index(URGENCY[flag]))
    if not told and not clearance:
        return None
    return Advice(urgency=URGENCY[told[0]] if told else "soon", reasons=(*told, *clearance))


def _find_clearance(intake: Intake) -> tuple[ClearanceNeeded, ...]:
    leg = any(intake.leg(side).traits & {"fracture", "surgery"} for side in SIDES)
    return (*(("clearance_leg",) if leg else ()), *(("clearance_child",) if intake.age_group == "under_18" else ()))
