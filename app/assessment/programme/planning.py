"""From answers to a plan, or to the advice to be seen: the same answers, the same plan."""

from __future__ import annotations

from app.assessment.programme.intake import Intake
from app.assessment.programme.library import Library
from app.assessment.programme.plan import Advice, Overrides, Plan, Progress


def plan_programme(intake: Intake, library: Library, *, progress: Progress | None = None, overrides: Overrides | None = None) -> Plan | Advice:
    """Return a week that fits the minutes and has nothing in it that the answers stand against; with red flags the advice to be seen."""
    raise NotImplementedError
