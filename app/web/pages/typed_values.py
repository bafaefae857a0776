"""The page of what was read by hand, by tape or inclinometer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.ports.people import Athlete
from app.rendering.typed_dict import build_typed_dict
from app.usecases import typed_values
from app.usecases.access import Actor
from app.usecases.errors import UsecaseError
from app.usecases.services import Services
from app.web.dependencies import OtherId, SeenAthlete, ServicesDep, SignedIn
from app.web.errors import STATUS
from app.web.forms import Fields, parse_fields
from app.web.pages.templates import render_page
from app.web.people_schemas import AthleteView, TypedBody
from app.web.typed_csv import COLUMNS, parse_typed

router = APIRouter(include_in_schema=False)


@router.get("/athletes/{athlete_id}/typed")
def show_typed(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Show what there is, and forms for more."""
    return _render(athlete, actor, services)


@router.post("/athletes/{athlete_id}/typed")
def type_values(athlete: SeenAthlete, fields: Fields, actor: SignedIn, services: ServicesDep) -> Response:
    """Keep one value, or those of a CSV file or pasted list."""
    try:
        content = fields.get("file") or fields.get("list")
        values = [replace(parse_fields(TypedBody, fields).build_value(), place="")] if content is None else parse_typed(content.encode())
        typed_values.type_values(athlete, values, services)
    except UsecaseError as error:
        return _render(athlete, actor, services, given=fields, error=error)
    return _go_to(athlete)


@router.post("/athletes/{athlete_id}/typed/{value_id}/erase")
def erase_value(athlete: SeenAthlete, value_id: OtherId, services: ServicesDep) -> Response:
    """Forget one."""
    typed_values.erase_value(athlete, value_id, services)
    return _go_to(athlete)


def _go_to(athlete: Athlete) -> RedirectResponse:
    return RedirectResponse(f"/athletes/{athlete.athlete_id}/typed", status_code=status.HTTP_303_SEE_OTHER)


def _render(athlete: Athlete, actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None) -> HTMLResponse:
    return render_page(
        "typed.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        athlete=AthleteView.from_athlete(athlete),
        courses=build_typed_dict(typed_values.follow_typed(athlete, services)),
        columns=COLUMNS,
        given=given or {},
        error=error,
    )
