"""The pages of athletes: the list, one athlete's trend, what is known of them, links, erasing. They need no scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.ports.people import Athlete
from app.rendering.foot_dict import build_foot_dict
from app.rendering.language import gettext as _
from app.rendering.language import mark
from app.rendering.programme_dict import build_weeks_dict
from app.rendering.trend_chart import build_chart, write_number_of
from app.rendering.trend_dict import build_trend_dict
from app.rendering.trend_svg import draw_trend
from app.rendering.typed_dict import build_hand_rows
from app.usecases import athletes, following, foot_lengths, grants, invites, squads, typed_values
from app.usecases.access import Actor
from app.usecases.day_logs import find_weeks
from app.usecases.errors import UsecaseError
from app.usecases.services import Services
from app.web.dependencies import Coach, FilmedAthlete, OtherId, SeenAthlete, ServicesDep, SignedIn, Uploader
from app.web.errors import STATUS
from app.web.forms import Fields, parse_fields, write_fields
from app.web.pages.links import show_link
from app.web.pages.templates import render_page
from app.web.people_schemas import AthleteBody, AthleteView, BaselineBody, ConsentBody, NewAthleteBody, SquadView

router = APIRouter(include_in_schema=False)
_UNITS = {"toe_to_wall_cm": "cm", "shin_angle_deg": "deg"}
_TITLES = {
    ("left", "toe_to_wall_cm"): mark("Left leg: toe to wall, cm"),
    ("right", "toe_to_wall_cm"): mark("Right leg: toe to wall, cm"),
    ("left", "shin_angle_deg"): mark("Left leg: shin angle, degrees"),
    ("right", "shin_angle_deg"): mark("Right leg: shin angle, degrees"),
    ("difference", "toe_to_wall_cm"): mark("Left less right: toe to wall, cm"),
}


@router.get("/athletes")
def show_athletes(actor: SignedIn, services: ServicesDep) -> Response:
    """Show everybody, and a form to add somebody; an athlete is led to their own page."""
    if actor.athlete_id is not None:
        return RedirectResponse(f"/athletes/{actor.athlete_id}", status_code=status.HTTP_303_SEE_OTHER)
    return _render_list(actor, services)


@router.post("/athletes")
def add_athlete(fields: Fields, actor: SignedIn, services: ServicesDep) -> Response:
    """Add an athlete."""
    try:
        body = parse_fields(NewAthleteBody, fields)
        athlete = athletes.add_athlete(actor, body.build_details(), body.squad_id, services)
    except UsecaseError as error:
        return _render_list(actor, services, given=fields, error=error)
    return _go_to(athlete.athlete_id)


@router.get("/athletes/{athlete_id}")
def show_athlete(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Show how the legs of one athlete do over time."""
    courses = following.follow_athlete(athlete, services)
    trend = build_trend_dict(courses)
    with services.open_records() as records:
        weeks = build_weeks_dict(find_weeks(athlete.athlete_id, services.clock.now().date(), records))
    shown = [_show_course(side, key, trend[side][key], weeks if key == "toe_to_wall_cm" else ()) for side in ("left", "right") for key in _UNITS]
    shown.append(_show_course("difference", "toe_to_wall_cm", trend["difference"]["toe_to_wall_cm"]))
    foot = build_foot_dict(athlete, courses.learnt)
    view = AthleteView.from_athlete(athlete)
    return render_page(
        "athlete.html",
        actor=actor,
        athlete=view,
        courses=shown,
        suggestions=trend["suggestions"],
        next_test=trend["next_test"],
        foot=foot,
        baseline=athlete.baseline_from,
        weeks=weeks,
        by_hand=build_hand_rows(typed_values.list_by_hand(athlete, services)),
        **_find_company(athlete.athlete_id, actor, services),
    )


def _find_company(athlete_id: str, actor: Actor, services: Services) -> dict[str, Any]:
    """Return what the page shows beside the numbers: consent, squads, links and who looked, where there are accounts."""
    accounts = services.access == "accounts"
    return {
        "accounts": accounts,
        "consent": athletes.find_consent(athlete_id, services),
        "squads": [SquadView.from_squad(squad) for squad in squads.squads_of_athlete(actor, athlete_id, services)],
        "links": grants.list_links(actor, athlete_id, services) if accounts else [],
        "looks": athletes.list_looks(actor, athlete_id, services) if accounts else [],
    }


def _show_course(side: str, key: str, course: Mapping[str, Any], weeks: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return what the page shows of one course."""
    unit = _UNITS[key]
    signed = side == "difference"
    title = _(_TITLES[side, key])
    picture = draw_trend(course, title=title, name=f"trend-{side}-{unit}", signed=signed, weeks=weeks)
    rows = [session | {"text": write_number_of(session, unit, signed=signed)} for session in course["sessions"]]
    chart = build_chart(course, unit, signed=signed, weeks=weeks)
    return {"side": side, "title": title, "words": course["words"], "slope": course["slope_words"], "picture": picture, "chart": chart, "rows": rows}


@router.get("/athletes/{athlete_id}/edit")
def show_details(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Show what is known of an athlete, to be said anew."""
    return _render_details(athlete, actor, services)


@router.post("/athletes/{athlete_id}/edit")
def change_athlete(athlete: SeenAthlete, fields: Fields, actor: SignedIn, services: ServicesDep) -> Response:
    """Keep what is said now."""
    try:
        athletes.change_athlete(actor, athlete, parse_fields(AthleteBody, fields).build_details(), services)
    except UsecaseError as error:
        return _render_details(athlete, actor, services, given=fields, error=error)
    return _go_to(athlete.athlete_id)


@router.post("/athletes/{athlete_id}/foot-length")
def accept_foot_length(athlete: SeenAthlete, services: ServicesDep) -> Response:
    """Keep the foot length that was learnt."""
    foot_lengths.accept_learnt(athlete, services)
    return _go_to(athlete.athlete_id)


@router.post("/athletes/{athlete_id}/baseline")
def choose_baseline(athlete: SeenAthlete, fields: Fields, services: ServicesDep) -> Response:
    """Take the baseline from the chosen session on."""
    athletes.choose_baseline(athlete, parse_fields(BaselineBody, fields).since, services)
    return _go_to(athlete.athlete_id)


@router.post("/athletes/{athlete_id}/consent")
def record_consent(athlete: FilmedAthlete, fields: Fields, actor: Uploader, services: ServicesDep) -> Response:
    """Write down who agreed, and go on to the clips."""
    try:
        athletes.record_consent(actor, athlete.athlete_id, parse_fields(ConsentBody, fields).given_by, services)
    except UsecaseError as error:
        return render_page("consent.html", status=STATUS[type(error)], actor=actor, athlete=AthleteView.from_athlete(athlete), given=fields, error=error)
    return RedirectResponse(f"/?athlete={athlete.athlete_id}", status_code=status.HTTP_303_SEE_OTHER)


@router.post("/athletes/{athlete_id}/consent/withdraw")
def withdraw_consent(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> Response:
    """Take the consent back."""
    athletes.withdraw_consent(actor, athlete.athlete_id, services)
    return _go_to(athlete.athlete_id)


@router.post("/athletes/{athlete_id}/share")
def share_athlete(athlete: SeenAthlete, request: Request, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Make a link for handing in clips, and show it once."""
    made = grants.share_athlete(actor, athlete.athlete_id, None, services)
    words = _("Whoever opens it can hand in clips of {name} and see what comes of them, nothing else.").format(name=athlete.name)
    return show_link(made, "/s", words=words, back=f"/athletes/{athlete.athlete_id}", actor=actor, request=request)


@router.post("/athletes/{athlete_id}/invite")
def invite_athlete(athlete: SeenAthlete, request: Request, actor: Coach, services: ServicesDep) -> HTMLResponse:
    """Make an invitation to an account, and show it once."""
    made = invites.invite_athlete(actor, athlete.athlete_id, services)
    words = _("Whoever opens it can make an account for {name}, once.").format(name=athlete.name)
    return show_link(made, "/join", words=words, back=f"/athletes/{athlete.athlete_id}", actor=actor, request=request)


@router.post("/athletes/{athlete_id}/links/{grant_id}/revoke")
def revoke_link(athlete: SeenAthlete, grant_id: OtherId, actor: SignedIn, services: ServicesDep) -> Response:
    """Take a link back."""
    grants.revoke_link(actor, athlete.athlete_id, grant_id, services)
    return _go_to(athlete.athlete_id)


@router.post("/athletes/{athlete_id}/squads/{group_id}/leave")
def quit_squad(athlete: SeenAthlete, group_id: OtherId, actor: SignedIn, services: ServicesDep) -> Response:
    """Leave a squad."""
    squads.quit_squad(actor, athlete, group_id, services)
    return RedirectResponse("/athletes", status_code=status.HTTP_303_SEE_OTHER)


@router.get("/athletes/{athlete_id}/erase")
def ask_before_erasing(athlete: SeenAthlete, actor: SignedIn) -> HTMLResponse:
    """Ask once more."""
    words = _("The name and all of their screenings, with clips, pictures, measurements, readings and reports, are erased from this machine.")
    return render_page("erase.html", actor=actor, what=athlete.name, words=words, address=f"/athletes/{athlete.athlete_id}")


@router.post("/athletes/{athlete_id}/erase")
def erase_athlete(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> Response:
    """Erase an athlete with everything and go back to the list."""
    athletes.erase_athlete(actor, athlete.athlete_id, services)
    return RedirectResponse("/athletes", status_code=status.HTTP_303_SEE_OTHER)


def _go_to(athlete_id: str) -> RedirectResponse:
    return RedirectResponse(f"/athletes/{athlete_id}", status_code=status.HTTP_303_SEE_OTHER)


def _render_details(
    athlete: Athlete, actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None
) -> HTMLResponse:
    view = AthleteView.from_athlete(athlete)
    return render_page(
        "athlete_edit.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        athlete=view,
        given=write_fields(view.model_dump(include=set(AthleteBody.model_fields))) if given is None else given,
        foot=build_foot_dict(athlete, foot_lengths.find_learnt(athlete, services)),
        error=error,
    )


def _render_list(actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None) -> HTMLResponse:
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    return render_page(
        "athletes.html",
        status=code,
        actor=actor,
        athletes=[AthleteView.from_athlete(athlete) for athlete in athletes.list_athletes(actor, services)],
        squads=[SquadView.from_squad(squad) for squad in squads.list_squads(actor, services)],
        given=given or {},
        error=error,
    )
