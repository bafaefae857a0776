"""The page on which a person says whose leg each clip shows whose name did not say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.ports.people import Squad
from app.usecases import squads, waiting
from app.usecases.access import Actor
from app.usecases.errors import MalformedSubmissionError, UsecaseError
from app.usecases.services import Services
from app.web.dependencies import Coach, OtherId, SeenSquad, ServicesDep
from app.web.errors import STATUS
from app.web.forms import Fields, parse_fields
from app.web.lent_files import LentFile
from app.web.pages.templates import render_page
from app.web.people_schemas import AthleteView, SquadView
from app.web.squad_schemas import ChoiceBody
from app.web.time_zone import Today

router = APIRouter(include_in_schema=False)
_AT_ONCE = 15
"""Clips on one page: each has a video to load."""


@router.get("/squads/{squad_id}/waiting")
def show_waiting(squad: SeenSquad, actor: Coach, services: ServicesDep) -> HTMLResponse:
    """Show the clips that wait, each with a place to say whose it is."""
    return _render(squad, actor, services)


@router.post("/squads/{squad_id}/waiting")
def assign_clips(squad: SeenSquad, fields: Fields, actor: Coach, services: ServicesDep, today: Today) -> HTMLResponse:
    """Hand in those of which it was said."""
    try:
        lines = waiting.assign_clips(actor, squad, _read_choices(fields), services, since=today)
    except UsecaseError as error:
        return _render(squad, actor, services, given=fields, error=error)
    return _render(squad, actor, services, given=fields, lines=lines)


@router.get("/squads/{squad_id}/waiting/{clip_id}/clip")
def play_clip(squad: SeenSquad, clip_id: OtherId, actor: Coach, services: ServicesDep) -> Response:
    """Return a waiting clip to whoever handed it in."""
    return LentFile(waiting.lend_waiting(actor, squad, clip_id, services), media_type="video/mp4", headers={"Cache-Control": "no-store"})


@router.post("/squads/{squad_id}/waiting/{clip_id}/erase")
def drop_clip(squad: SeenSquad, clip_id: OtherId, fields: Fields, actor: Coach, services: ServicesDep) -> Response:
    """Forget a waiting clip; what was chosen of the others stays chosen."""
    waiting.drop_clip(squad, clip_id, services)
    if fields:
        return _render(squad, actor, services, given=fields)
    return RedirectResponse(f"/squads/{squad.squad_id}/waiting", status_code=status.HTTP_303_SEE_OTHER)


def _read_choices(fields: Mapping[str, str]) -> list[waiting.Choice]:
    """Return what was chosen; a clip of which only the athlete or only the leg was said waits on, and the page says which is missing."""
    ids = [clip_id for name in fields if name.startswith("athlete-") and f"side-{(clip_id := name.partition('-')[2])}" in fields]
    if not ids:
        raise MalformedSubmissionError(("found no clip with athlete and leg; expected both of each that is to be handed in",))
    choices = []
    for clip_id in ids:
        body = parse_fields(ChoiceBody, {"athlete_id": fields[f"athlete-{clip_id}"], "side": fields[f"side-{clip_id}"]})
        choices.append(waiting.Choice(clip_id, body.athlete_id, body.side))
    return choices


def _choose(guess: waiting.Guess, given: Mapping[str, str] | None) -> dict[str, str]:
    """Return what is chosen of a clip: what somebody has just said of it, else what its name says."""
    if given is None:
        return {"athlete": "" if guess.athlete is None else guess.athlete.athlete_id, "side": guess.side or ""}
    return {name: given.get(f"{name}-{guess.clip.clip_id}", "") for name in ("athlete", "side")}


def _render(
    squad: Squad,
    actor: Actor,
    services: Services,
    *,
    given: Mapping[str, str] | None = None,
    lines: Sequence[waiting.Assigned] = (),
    error: UsecaseError | None = None,
) -> HTMLResponse:
    """Show what waits; `given` is what was chosen just now, `lines` what became of it."""
    guesses = waiting.list_waiting(squad, services)
    return render_page(
        "waiting.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        squad=SquadView.from_squad(squad),
        athletes=[AthleteView.from_athlete(athlete) for athlete in squads.list_members(squad.squad_id, services)],
        clips=[(guess.clip, _choose(guess, given)) for guess in guesses[:_AT_ONCE]],
        said=given is not None,
        more=max(0, len(guesses) - _AT_ONCE),
        lines=lines,
        error=error,
    )
