"""The page of a squad's plans: who has one, and the templates by which several are made at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from fastapi import APIRouter, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.assessment.programme.plan import Overrides
from app.ports.people import Squad
from app.rendering.programme_dict import build_applied_dict, build_overrides_dict, build_programme_dict, build_template_dict
from app.rendering.programme_view import build_choices, fill_changes, list_changes, name_changes
from app.usecases import plan_templates
from app.usecases.access import Actor
from app.usecases.errors import MalformedSubmissionError, UsecaseError
from app.usecases.plan_templates import Applied, Member
from app.usecases.services import Services
from app.web.dependencies import Coach, OtherId, SeenSquad, ServicesDep
from app.web.errors import STATUS
from app.web.forms import Fields
from app.web.pages.templates import render_page
from app.web.people_schemas import SquadView
from app.web.programme_forms import read_template

router = APIRouter(include_in_schema=False)
_PLANS = "/squads/{squad_id}/plans"


@router.get(_PLANS)
def show_plans(squad: SeenSquad, actor: Coach, services: ServicesDep) -> HTMLResponse:
    """Show everybody's stage, the templates, and a form to make one."""
    return _render(squad, actor, services)


@router.post(_PLANS)
def add_template(squad: SeenSquad, fields: Fields, actor: Coach, services: ServicesDep) -> Response:
    """Make a template."""
    try:
        body = read_template(fields, services.library)
        plan_templates.add_template(body.build_template(squad.squad_id, services.library), services)
    except UsecaseError as error:
        return _render(squad, actor, services, given=fields, error=error)
    return _go_to(squad)


@router.post(f"{_PLANS}/{{template_id}}/apply")
def apply_template(squad: SeenSquad, template_id: OtherId, fields: Fields, actor: Coach, services: ServicesDep) -> Response:
    """Make the plans of those who are ticked anew, and say of each what came of it."""
    chosen = [name.removeprefix("athlete_") for name in fields if name.startswith("athlete_")]
    try:
        if not chosen:
            raise MalformedSubmissionError(("athlete: found nobody ticked; expected at least one",))
        applied = plan_templates.apply_template(actor, squad, template_id, chosen, services)
    except UsecaseError as error:
        return _render(squad, actor, services, ticked_of=template_id, ticked=fields, error=error)
    return _render(squad, actor, services, applied=applied)


@router.post(f"{_PLANS}/{{template_id}}/erase")
def erase_template(squad: SeenSquad, template_id: OtherId, services: ServicesDep) -> Response:
    """Erase a template."""
    plan_templates.erase_template(squad, template_id, services)
    return _go_to(squad)


def _go_to(squad: Squad) -> RedirectResponse:
    return RedirectResponse(f"/squads/{squad.squad_id}/plans", status_code=status.HTTP_303_SEE_OTHER)


def _render(
    squad: Squad,
    actor: Actor,
    services: Services,
    *,
    applied: Sequence[Applied] = (),
    given: Mapping[str, str] | None = None,
    ticked_of: str | None = None,
    ticked: Collection[str] = (),
    error: UsecaseError | None = None,
) -> HTMLResponse:
    """Show the page; `given` is what was typed of a new template, `ticked` who was chosen for the template `ticked_of`."""
    library = services.library
    exercises = list_changes(library, build_overrides_dict(Overrides()), None)
    return render_page(
        "squad_plans.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        squad=SquadView.from_squad(squad),
        members=[_show_member(member, services) for member in plan_templates.list_members(squad, services)],
        templates=[build_template_dict(template, library) for template in plan_templates.list_templates(squad, services)],
        applied=[build_applied_dict(each, library) for each in applied],
        choices=build_choices(library),
        exercises=exercises,
        given=fill_changes(exercises, locked=False) if given is None else given,
        labels=name_changes(exercises),
        ticked_of=ticked_of,
        ticked=ticked,
        error=error,
    )


def _show_member(member: Member, services: Services) -> dict[str, object]:
    programme = None if member.followed is None else build_programme_dict(member.followed, services.library)
    return {"id": member.athlete.athlete_id, "name": member.athlete.name, "programme": programme}
