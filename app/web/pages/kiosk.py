"""The board on a tablet at the wall, and one leg filmed again. Both work without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.assessment.measurement import Side
from app.ports.people import Squad
from app.ports.screenings import Screening
from app.rendering.squad_dict import build_board_dict
from app.usecases import kiosk
from app.usecases.access import Actor
from app.usecases.errors import UsecaseError
from app.usecases.services import Services
from app.web.dependencies import ChangedScreening, Coach, SeenSquad, ServicesDep, SignedIn
from app.web.errors import STATUS
from app.web.pages.templates import render_page
from app.web.people_schemas import SquadView
from app.web.time_zone import Today
from app.web.uploads import receive_leg, receive_submission

router = APIRouter(include_in_schema=False)
AfterQuery = Annotated[str | None, Query(max_length=64, pattern="^[0-9a-f]*$")]


@router.get("/squads/{squad_id}/kiosk")
def show_kiosk(squad: SeenSquad, actor: Coach, services: ServicesDep, today: Today, after: AfterQuery = None) -> HTMLResponse:
    """Show who is next, large, and how far everybody is."""
    return _render(squad, actor, services, today, after=after)


@router.post("/squads/{squad_id}/kiosk")
async def film_next(squad: SeenSquad, request: Request, actor: Coach, services: ServicesDep, today: Today, after: AfterQuery = None) -> Response:
    """Take the clips of whose turn it is, and go on to who is next."""
    typed: dict[str, str] = {}
    try:
        screening = await receive_submission(request, actor, services, typed)
    except UsecaseError as refusal:
        return await run_in_threadpool(partial(_render, squad, actor, services, today, after=after, given=typed, error=refusal))
    return RedirectResponse(f"/squads/{squad.squad_id}/kiosk?after={screening.athlete_id or ''}", status_code=status.HTTP_303_SEE_OTHER)


def _render(
    squad: Squad,
    actor: Actor,
    services: Services,
    today: datetime,
    *,
    after: str | None,
    given: Mapping[str, str] | None = None,
    error: UsecaseError | None = None,
) -> HTMLResponse:
    shown = kiosk.build_kiosk(actor, squad, today, services, after=after)
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    board = build_board_dict(shown.lines, today)
    shown_squad = SquadView.from_squad(squad)
    return render_page(
        "kiosk.html", status=code, actor=actor, squad=shown_squad, board=board, turn=shown.turn, after=after or "", given=given or {}, error=error
    )


@router.get("/screenings/{screening_id}/legs/{side}")
def ask_for_leg(screening: ChangedScreening, side: Side, actor: SignedIn) -> HTMLResponse:
    """Ask for a new clip of one leg."""
    return _render_leg(screening, side, actor)


@router.post("/screenings/{screening_id}/legs/{side}")
async def put_leg(screening: ChangedScreening, side: Side, request: Request, actor: SignedIn, services: ServicesDep, kiosk_of: AfterQuery = None) -> Response:
    """Take it in the place of what was there; whoever came from the tablet goes on to who is next."""
    typed: dict[str, str] = {}
    try:
        await receive_leg(request, screening, side, actor, services, typed)
    except UsecaseError as error:
        return _render_leg(screening, side, actor, given=typed, error=error)
    back = f"/squads/{kiosk_of}/kiosk?after={screening.athlete_id}" if kiosk_of else f"/screenings/{screening.screening_id}"
    return RedirectResponse(back, status_code=status.HTTP_303_SEE_OTHER)


def _render_leg(screening: Screening, side: Side, actor: Actor, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None) -> HTMLResponse:
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    there = screening.attempt(side) is not None
    return render_page("leg.html", status=code, actor=actor, screening_id=screening.screening_id, side=side, there=there, given=given or {}, error=error)
