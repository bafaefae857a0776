"""When nobody exercises before being seen."""

from __future__ import annotations

from typing import get_args

from app.assessment.programme.intake import SIDES, Intake, RedFlag
from app.assessment.programme.library import Library, Urgency
from app.assessment.programme.plan import Advice, ClearanceNeeded

_ORDER: tuple[Urgency, ...] = get_args(Urgency)


def find_advice(intake: Intake, library: Library) -> Advice | None:
    """Return the advice to be seen in place of a programme; None where nothing that was answered asks for it."""
    return advise(intake.red_flags, library, clearance=() if intake.agreed else _find_clearance(intake))


def advise(flags: frozenset[RedFlag], library: Library, *, clearance: tuple[ClearanceNeeded, ...] = ()) -> Advice | None:
    """Return the advice for some red flags, the most urgent first."""
    urgency = {flag: library.rules["red_flag", flag].urgency or "soon" for flag in get_args(RedFlag) if flag in flags}
    told = sorted(urgency, key=lambda flag: _ORDER.index(urgency[flag]))
    if not told and not clearance:
        return None
    return Advice(urgency=urgency[told[0]] if told else "soon", reasons=(*told, *clearance))


def _find_clearance(intake: Intake) -> tuple[ClearanceNeeded, ...]:
    leg = any(intake.leg(side).traits & {"fracture", "surgery"} for side in SIDES)
    return (*(("clearance_leg",) if leg else ()), *(("clearance_child",) if intake.age_group == "under_18" else ()))
