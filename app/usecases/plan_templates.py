"""Templates of a squad: what its athletes' plans have in common. What an athlete answered about their own leg still wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.ports.people import Athlete, Squad
from app.ports.programmes import PlanTemplate
from app.ports.records import UnitOfWork
from app.usecases.access import Actor
from app.usecases.errors import MalformedSubmissionError, UnknownAthleteError, UnknownSquadError
from app.usecases.followed import Followed, follow_programme
from app.usecases.programme_errors import UnknownTemplateError
from app.usecases.programmes import check_overrides, use_template
from app.usecases.services import Services

Outcome = Literal["planned", "be_seen", "unanswered"]
"""A plan was made; advice to be seen stands in its place; the athlete has not answered the questions yet, and without them there is no plan."""
_MOST = 20
"""Templates of a squad."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a template for one athlete; `barred` are the exercises of the template that their answers stand against."""

    athlete: Athlete
    outcome: Outcome
    barred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """An athlete of a squad and their programme, None where the questions are not answered yet."""

    athlete: Athlete
    followed: Followed | None


def list_templates(squad: Squad, services: Services) -> Sequence[PlanTemplate]:
    """Templates of a squad, by name."""
    with services.open_records() as records:
        return records.programmes.templates_of(squad.squad_id)


def list_members(squad: Squad, services: Services) -> list[Member]:
    """Everybody of a squad with their programme, by name."""
    with services.open_records() as records:
        return [Member(athlete, follow_programme(athlete, records, services)) for athlete in records.squads.athletes_of(squad.squad_id)]


def add_template(template: PlanTemplate, services: Services) -> PlanTemplate:
    """Remember a template under a new id."""
    check_overrides(template.overrides, services.library)
    made = replace(template, template_id=services.new_id(), made_at=services.clock.now())
    with services.open_records() as records:
        if len(records.programmes.templates_of(template.squad_id)) >= _MOST:
            raise MalformedSubmissionError((f"templates: found {_MOST} of this squad; expected fewer, so erase one first",))
        if not records.programmes.add_template(made):
            raise UnknownSquadError
        records.commit()
    return made


def erase_template(squad: Squad, template_id: str, services: Services) -> None:
    """Forget a template; plans that were made with it stay."""
    with services.open_records() as records:
        _require_template(squad, template_id, records)
        records.programmes.erase_template(template_id)
        records.commit()


def apply_template(actor: Actor, squad: Squad, template_id: str, athlete_ids: Sequence[str], services: Services) -> list[Applied]:
    """Make the plans of some athletes of a squad anew by a template, and say of each what came of it."""
    with services.open_records() as records:
        template = _require_template(squad, template_id, records)
        members = {athlete.athlete_id: athlete for athlete in records.squads.athletes_of(squad.squad_id)}
        if not set(athlete_ids) <= set(members):
            raise UnknownAthleteError
        applied = [_apply(actor, members[athlete_id], template, records, services) for athlete_id in dict.fromkeys(athlete_ids)]
        records.commit()
    return applied


def _apply(actor: Actor, athlete: Athlete, template: PlanTemplate, records: UnitOfWork, services: Services) -> Applied:
    found = follow_programme(athlete, records, services)
    if found is None:
        return Applied(athlete, "unanswered")
    said = {"minutes_a_day": template.minutes_a_day, "sport": template.sport, "goal": template.goal, "equipment": template.equipment}
    use_template(actor, found, replace(found.version.intake, **said), template.overrides, records, services)  # type: ignore[arg-type] # the same names and types
    anew = follow_programme(athlete, records, services)
    if anew is None or anew.plan is None:
        return Applied(athlete, "be_seen")
    return Applied(athlete, "planned", tuple(left.exercise_id for left in anew.plan.left_out if left.by_clinician and left.why == "barred"))


def _require_template(squad: Squad, template_id: str, records: UnitOfWork) -> PlanTemplate:
    template = records.programmes.find_template(template_id)
    if template is None or template.squad_id != squad.squad_id:
        raise UnknownTemplateError
    return template
