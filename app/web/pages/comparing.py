"""The page that shows a few athletes of a squad side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, status
from fastapi.responses import HTMLResponse

from app.rendering.comparison_view import build_comparison
from app.usecases import comparing, squads
from app.usecases.errors import UsecaseError
from app.web.dependencies import Coach, SeenSquad, ServicesDep
from app.web.errors import STATUS
from app.web.pages.templates import render_page
from app.web.people_schemas import AthleteView, SquadView

router = APIRouter(include_in_schema=False)
Chosen = Annotated[list[Annotated[str, Query(max_length=64, pattern="^[0-9a-f]*$")]], Query(max_length=20)]


@router.get("/squads/{squad_id}/compare")
def compare_athletes(squad: SeenSquad, actor: Coach, services: ServicesDep, athlete: Chosen = []) -> HTMLResponse:  # noqa: B006 - FastAPI copies it
    """Show latest numbers and courses of those who are chosen, and let others be chosen."""
    error: UsecaseError | None = None
    shown = None
    chosen = [each for each in athlete if each]
    try:
        shown = build_comparison(comparing.compare_athletes(actor, squad, chosen, services)) if chosen else None
    except UsecaseError as refusal:
        error = refusal
    return render_page(
        "compare.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        squad=SquadView.from_squad(squad),
        athletes=[AthleteView.from_athlete(member) for member in squads.list_members(squad.squad_id, services)],
        chosen=chosen,
        most=comparing.MOST,
        shown=shown,
        error=error,
    )
