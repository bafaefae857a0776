"""The API of athletes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response, status
from fastapi.responses import StreamingResponse

from app.rendering.foot_dict import build_foot_dict
from app.rendering.reminder_ics import write_reminder
from app.rendering.trend_dict import build_trend_dict
from app.rendering.typed_dict import build_typed_dict
from app.usecases import athletes, exporting, following, foot_lengths, grants, invites, reminding, squads, typed_values
from app.web.dependencies import Coach, FilmedAthlete, OtherId, SeenAthlete, ServicesDep, SignedIn, Uploader
from app.web.people_schemas import (
    AthleteBody,
    AthleteView,
    BaselineBody,
    ConsentBody,
    ConsentView,
    GrantBody,
    GrantView,
    LookView,
    NewAthleteBody,
    NewGrantView,
    TypedValuesBody,
)
from app.web.schemas import ErrorBody

router = APIRouter(prefix="/api/athletes", tags=["athletes"])
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "No such athlete for whoever asks."}}
_MALFORMED: dict[int | str, dict[str, Any]] = {422: {"model": ErrorBody, "description": "Something is missing or out of range."}}


@router.post("", status_code=status.HTTP_201_CREATED, responses=_MALFORMED)
def add_athlete(body: NewAthleteBody, response: Response, actor: SignedIn, services: ServicesDep) -> AthleteView:
    """Add an athlete; hand in clips with their id as `athlete_id`."""
    athlete = athletes.add_athlete(actor, body.build_details(), body.squad_id, services)
    response.headers["Location"] = f"/api/athletes/{athlete.athlete_id}"
    return AthleteView.from_athlete(athlete)


@router.get("")
def list_athletes(actor: SignedIn, services: ServicesDep) -> list[AthleteView]:
    """All athletes whom the caller may see, by name."""
    return [AthleteView.from_athlete(athlete) for athlete in athletes.list_athletes(actor, services)]


@router.get("/{athlete_id}", responses=_UNKNOWN)
def read_athlete(athlete: SeenAthlete) -> AthleteView:
    """Return one athlete."""
    return AthleteView.from_athlete(athlete)


@router.put("/{athlete_id}", responses=_UNKNOWN | _MALFORMED)
def change_athlete(athlete: SeenAthlete, body: AthleteBody, actor: SignedIn, services: ServicesDep) -> AthleteView:
    """Say anew what is known about an athlete; what is left out is no longer known."""
    return AthleteView.from_athlete(athletes.change_athlete(actor, athlete, body.build_details(), services))


@router.delete("/{athlete_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_athlete(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> None:
    """Erase an athlete with all screenings, clips, pictures, links and their own account; there is no way back."""
    athletes.erase_athlete(actor, athlete.athlete_id, services)


@router.get("/{athlete_id}/export", responses=_UNKNOWN | {200: {"content": {"application/zip": {}}}}, response_class=StreamingResponse)
def export_athlete(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> StreamingResponse:
    """Return everything that is kept of an athlete as a zip file: JSON, CSV, pictures, and clips where they are kept."""
    pieces = exporting.export_athlete(actor, athlete.athlete_id, services)
    return StreamingResponse(pieces, media_type="application/zip", headers={"Content-Disposition": 'attachment; filename="kneewall-export.zip"'})


@router.get("/{athlete_id}/trend", responses=_UNKNOWN)
def read_trend(athlete: SeenAthlete, services: ServicesDep) -> dict[str, Any]:
    """Return the numbers of each leg over time, and whether they changed by more than measuring them again explains."""
    return build_trend_dict(following.follow_athlete(athlete, services))


@router.put("/{athlete_id}/baseline", responses=_UNKNOWN | _MALFORMED)
def choose_baseline(athlete: SeenAthlete, body: BaselineBody, services: ServicesDep) -> dict[str, Any]:
    """Choose the session from which on the baseline is taken, null for the usual one; return the trend anew."""
    return build_trend_dict(following.follow_athlete(athletes.choose_baseline(athlete, body.since, services), services))


@router.get("/{athlete_id}/foot-length", responses=_UNKNOWN)
def read_foot_length(athlete: SeenAthlete, services: ServicesDep) -> dict[str, Any]:
    """Return the length that is known of the bare foot, where it comes from and since when, and what clips with the sheet say."""
    return build_foot_dict(athlete, foot_lengths.find_learnt(athlete, services))


@router.put("/{athlete_id}/foot-length", responses=_UNKNOWN | {409: {"model": ErrorBody, "description": "No clip shows it."}})
def accept_foot_length(athlete: SeenAthlete, services: ServicesDep) -> dict[str, Any]:
    """Keep the length that was learnt from clips with the sheet, with its uncertainty; a typed one is kept by saying the athlete anew."""
    changed = foot_lengths.accept_learnt(athlete, services)
    return build_foot_dict(changed, foot_lengths.find_learnt(changed, services))


@router.head("/{athlete_id}/reminder.ics", include_in_schema=False)
@router.get(
    "/{athlete_id}/reminder.ics",
    responses=_UNKNOWN | {200: {"content": {"text/calendar": {}}}, 409: {"model": ErrorBody, "description": "Paused by pain."}},
    response_class=Response,
)
def download_reminder(athlete: SeenAthlete, services: ServicesDep) -> Response:
    """Return a calendar file that reminds of the next test and then weekly; it names nobody."""
    start = reminding.plan_reminder(athlete, services)
    content = write_reminder(start, athlete.athlete_id, now=services.clock.now())
    return Response(content, media_type="text/calendar", headers={"Content-Disposition": 'attachment; filename="knee-to-wall-test.ics"'})


@router.get("/{athlete_id}/typed", responses=_UNKNOWN)
def list_typed(athlete: SeenAthlete, services: ServicesDep) -> list[dict[str, Any]]:
    """Return what was read by hand of each leg, by each method: never joined with the camera's numbers."""
    return build_typed_dict(typed_values.follow_typed(athlete, services))


@router.post("/{athlete_id}/typed", status_code=status.HTTP_201_CREATED, responses=_UNKNOWN | _MALFORMED)
def type_values(athlete: SeenAthlete, body: TypedValuesBody, services: ServicesDep) -> list[dict[str, Any]]:
    """Keep values that were read by hand, all or none; one takes the place of an earlier one of the same day, leg and method."""
    typed_values.type_values(athlete, [value.build_value() for value in body.values], services)
    return build_typed_dict(typed_values.follow_typed(athlete, services))


@router.delete("/{athlete_id}/typed/{value_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_value(athlete: SeenAthlete, value_id: OtherId, services: ServicesDep) -> None:
    """Forget a value that was read by hand."""
    typed_values.erase_value(athlete, value_id, services)


@router.put("/{athlete_id}/consent", responses=_UNKNOWN | _MALFORMED)
def record_consent(athlete: FilmedAthlete, body: ConsentBody, actor: Uploader, services: ServicesDep) -> ConsentView:
    """Write down that the athlete, or their guardian, agreed to being filmed and measured."""
    return ConsentView.from_consent(athletes.record_consent(actor, athlete.athlete_id, body.given_by, services))


@router.delete("/{athlete_id}/consent", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def withdraw_consent(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> None:
    """Take the consent back: nothing new is taken; what was measured stays until it is erased."""
    athletes.withdraw_consent(actor, athlete.athlete_id, services)


@router.delete("/{athlete_id}/squads/{group_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def quit_squad(athlete: SeenAthlete, group_id: OtherId, actor: SignedIn, services: ServicesDep) -> None:
    """Leave a squad: its coaches see the athlete no longer."""
    squads.quit_squad(actor, athlete, group_id, services)


@router.get("/{athlete_id}/looks", responses=_UNKNOWN)
def list_looks(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> list[LookView]:
    """Who looked at the athlete's results, newest day first."""
    return [LookView.from_look(named) for named in athletes.list_looks(actor, athlete.athlete_id, services)]


@router.get("/{athlete_id}/links", responses=_UNKNOWN)
def list_links(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> list[GrantView]:
    """Links for the athlete that are still good, newest first."""
    return [GrantView.from_grant(grant) for grant in grants.list_links(actor, athlete.athlete_id, services)]


@router.post("/{athlete_id}/links", status_code=status.HTTP_201_CREATED, responses=_UNKNOWN | _MALFORMED)
def share_athlete(athlete: SeenAthlete, body: GrantBody, actor: SignedIn, services: ServicesDep) -> NewGrantView:
    """Make a link over which clips of the athlete can be handed in without an account."""
    return NewGrantView.from_new(grants.share_athlete(actor, athlete.athlete_id, body.days, services, label=body.label), path="/s")


@router.post("/{athlete_id}/invites", status_code=status.HTTP_201_CREATED, responses=_UNKNOWN)
def invite_athlete(athlete: SeenAthlete, actor: Coach, services: ServicesDep) -> NewGrantView:
    """Make a link over which the athlete can make an account of their own."""
    return NewGrantView.from_new(invites.invite_athlete(actor, athlete.athlete_id, services), path="/join")


@router.delete("/{athlete_id}/links/{grant_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def revoke_link(athlete: SeenAthlete, grant_id: OtherId, actor: SignedIn, services: ServicesDep) -> None:
    """Take a link back."""
    grants.revoke_link(actor, athlete.athlete_id, grant_id, services)
