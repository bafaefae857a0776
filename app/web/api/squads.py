"""The API of squads."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response, status
from fastapi.concurrency import run_in_threadpool

from app.rendering.squad_dict import build_board_dict, build_overview_dict, write_table_csv
from app.usecases import overviews, squads, waiting
from app.usecases.errors import MalformedSubmissionError
from app.web.api.refusals import BUSY
from app.web.dependencies import Coach, OtherId, SeenAthlete, SeenSquad, ServicesDep
from app.web.people_schemas import AccountView, AthleteView, BatchLineView, RosterView, SquadBody, SquadView
from app.web.roster import parse_roster
from app.web.schemas import ErrorBody
from app.web.squad_schemas import ChoiceBody, Filtered, NoteBody, WaitingView, show_assigned
from app.web.time_zone import Today
from app.web.uploads import receive_batch

router = APIRouter(prefix="/api/squads", tags=["squads"])
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "No such squad for whoever asks."}}
_MALFORMED: dict[int | str, dict[str, Any]] = {422: {"model": ErrorBody, "description": "Something is missing or out of range; nothing was stored."}}
_CSV = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}, "example": "name,foot_length_cm\nAnna,24.5\n"}}}}
_CLIPS = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "clips": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "uploads": {
                            "type": "array",
                            "items": {"type": "string"},
                            "description": "In place of files: the id of a finished upload, a space, and the file's name.",
                        },
                    },
                    "additionalProperties": {"type": "string"},
                },
                "example": {"clips": ["marchetti_left.mp4", "marchetti_right.mp4"], "footwear": "barefoot"},
            }
        },
    }
}
_MAX_ROSTER_BYTES = 500_000


@router.get("")
def list_squads(actor: Coach, services: ServicesDep) -> list[SquadView]:
    """Squads that the caller coaches, by name."""
    return [SquadView.from_squad(squad) for squad in squads.list_squads(actor, services)]


@router.post("", status_code=status.HTTP_201_CREATED, responses=_MALFORMED)
def add_squad(body: SquadBody, response: Response, actor: Coach, services: ServicesDep) -> SquadView:
    """Make a squad; who makes it coaches it."""
    squad = squads.add_squad(actor, body.name, services)
    response.headers["Location"] = f"/api/squads/{squad.squad_id}"
    return SquadView.from_squad(squad)


@router.get("/{squad_id}", responses=_UNKNOWN)
def read_squad(squad: SeenSquad) -> SquadView:
    """Return one squad."""
    return SquadView.from_squad(squad)


@router.delete("/{squad_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_squad(squad: SeenSquad, services: ServicesDep) -> None:
    """Forget a squad; its athletes stay."""
    squads.erase_squad(squad.squad_id, services)


@router.get("/{squad_id}/athletes", responses=_UNKNOWN)
def list_members(squad: SeenSquad, services: ServicesDep) -> list[AthleteView]:
    """Athletes of a squad, by name."""
    return [AthleteView.from_athlete(athlete) for athlete in squads.list_members(squad.squad_id, services)]


@router.put("/{squad_id}/athletes/{athlete_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def join_squad(squad: SeenSquad, athlete: SeenAthlete, actor: Coach, services: ServicesDep) -> None:
    """Put an athlete into a squad as well."""
    squads.join_squad(actor, squad.squad_id, athlete.athlete_id, services)


@router.delete("/{squad_id}/athletes/{athlete_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def leave_squad(squad: SeenSquad, athlete: SeenAthlete, services: ServicesDep) -> None:
    """Take an athlete out of a squad."""
    squads.leave_squad(squad.squad_id, athlete.athlete_id, services)


@router.get("/{squad_id}/coaches", responses=_UNKNOWN)
def list_coaches(squad: SeenSquad, services: ServicesDep) -> list[AccountView]:
    """Accounts that coach a squad, by address."""
    return [AccountView.from_account(account) for account in squads.list_coaches(squad.squad_id, services)]


@router.delete("/{squad_id}/coaches/{coach_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def drop_coach(squad: SeenSquad, coach_id: OtherId, services: ServicesDep) -> None:
    """Let an account no longer coach a squad."""
    squads.drop_coach(squad.squad_id, coach_id, services)


@router.post("/{squad_id}/roster", status_code=status.HTTP_201_CREATED, responses=_UNKNOWN | _MALFORMED, openapi_extra=_CSV)
async def import_roster(squad: SeenSquad, request: Request, actor: Coach, services: ServicesDep) -> RosterView:
    """Add everybody of a CSV file to a squad, or nobody when a row is wrong; columns as the fields of an athlete, `name` among them."""
    content = await read_roster(request)
    added = await run_in_threadpool(lambda: squads.import_roster(actor, squad.squad_id, parse_roster(content), services))
    return RosterView(added=[AthleteView.from_athlete(athlete) for athlete in added])


async def read_roster(request: Request) -> bytes:
    """Return the body, as far as a roster can be long."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _MAX_ROSTER_BYTES:
            raise MalformedSubmissionError((f"roster: found more than {_MAX_ROSTER_BYTES} bytes; expected a list of names",))
    return content


@router.post("/{squad_id}/screenings", status_code=status.HTTP_202_ACCEPTED, responses=_UNKNOWN | _MALFORMED | BUSY, openapi_extra=_CLIPS)
async def receive_clips(squad: SeenSquad, request: Request, actor: Coach, services: ServicesDep) -> list[BatchLineView]:
    """Hand in clips of many athletes at once: each file is of whom its name says, and what is wrong with one does not hold up the others."""
    return [BatchLineView.from_line(line) for line in await receive_batch(request, squad, actor, services)]


@router.get("/{squad_id}/table", responses=_UNKNOWN)
def read_table(squad: SeenSquad, wanted: Filtered, actor: Coach, services: ServicesDep) -> dict[str, Any]:
    """Return how everybody who is looked for stands by their newest screening, whoever is likeliest to differ between the legs first."""
    return build_overview_dict(overviews.build_overview(actor, squad, wanted.build_filter(), services))


@router.head("/{squad_id}/table.csv", include_in_schema=False)
@router.get("/{squad_id}/table.csv", responses=_UNKNOWN, response_class=Response)
def read_table_csv(squad: SeenSquad, wanted: Filtered, actor: Coach, services: ServicesDep) -> Response:
    """Return the same table for a spreadsheet."""
    headers = {"Content-Disposition": 'attachment; filename="squad.csv"'}
    overview = overviews.build_overview(actor, squad, wanted.build_filter(), services)
    return Response(write_table_csv(overview), media_type="text/csv; charset=utf-8", headers=headers)


@router.put("/{squad_id}/athletes/{athlete_id}/note", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN | _MALFORMED)
def write_note(squad: SeenSquad, athlete: SeenAthlete, body: NoteBody, actor: Coach, services: ServicesDep) -> None:
    """Keep a note about an athlete of a squad, in place of an earlier one; its coaches see it, and the athlete in their export. An empty one is none."""
    overviews.write_note(actor, squad, athlete, body.text, services)


@router.get("/{squad_id}/waiting", responses=_UNKNOWN)
def list_waiting(squad: SeenSquad, services: ServicesDep) -> list[WaitingView]:
    """Clips whose names did not say whose leg they show: they wait for a day to be told."""
    return [WaitingView.from_guess(guess) for guess in waiting.list_waiting(squad, services)]


@router.post("/{squad_id}/waiting/{clip_id}", status_code=status.HTTP_202_ACCEPTED, responses=_UNKNOWN | _MALFORMED)
def assign_clip(squad: SeenSquad, clip_id: OtherId, body: ChoiceBody, actor: Coach, services: ServicesDep, today: Today) -> BatchLineView:
    """Say whose leg a waiting clip shows. Beside the clip of the other leg of the same day it becomes part of that screening."""
    choice = waiting.Choice(clip_id, body.athlete_id, body.side)
    return show_assigned(waiting.assign_clips(actor, squad, [choice], services, since=today)[0])


@router.delete("/{squad_id}/waiting/{clip_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def drop_clip(squad: SeenSquad, clip_id: OtherId, services: ServicesDep) -> None:
    """Forget a waiting clip."""
    waiting.drop_clip(squad, clip_id, services)


@router.get("/{squad_id}/board", responses=_UNKNOWN | _MALFORMED)
def read_board(squad: SeenSquad, services: ServicesDep, today: Today) -> dict[str, Any]:
    """Return for everybody what was handed in since midnight where the caller is, and which legs are still to be filmed."""
    return build_board_dict(squads.build_board(squad, today, services), today)
