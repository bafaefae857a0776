"""The pages of athletes: the list, one athlete's trend, erasing. They need no scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from app.rendering.numbers import format_quantity
from app.rendering.trend_dict import build_trend_dict
from app.rendering.trend_svg import draw_trend
from app.usecases import athletes
from app.usecases.errors import MalformedSubmissionError, ScreeningError
from app.usecases.services import Services
from app.web.dependencies import AthleteId, ServicesDep
from app.web.errors import STATUS, describe_problems
from app.web.pages.templates import render_page
from app.web.schemas import AthleteBody, AthleteView

router = APIRouter(include_in_schema=False)
_NUMBERS = {"toe_to_wall_cm": ("Toe to wall, cm", "cm"), "shin_angle_deg": ("Shin angle, degrees", "deg")}


@router.get("/athletes")
def show_athletes(services: ServicesDep) -> HTMLResponse:
    """Show everybody, and a form to add somebody."""
    return _render_list(services)


@router.post("/athletes")
def add_athlete(services: ServicesDep, name: Annotated[str, Form()] = "", foot_length_cm: Annotated[str, Form()] = "") -> Response:
    """Add an athlete as a browser without scripts sends them."""
    try:
        body = AthleteBody.model_validate({"name": name, "foot_length_cm": foot_length_cm.replace(",", ".").strip() or None})
    except ValidationError as error:
        return _render_list(services, error=MalformedSubmissionError(describe_problems(error.errors())))
    athlete = athletes.add_athlete(body.name, body.foot_length_cm, services)
    return RedirectResponse(f"/athletes/{athlete.athlete_id}", status_code=status.HTTP_303_SEE_OTHER)


@router.get("/athletes/{athlete_id}")
def show_athlete(athlete_id: AthleteId, services: ServicesDep) -> HTMLResponse:
    """Show how the legs of one athlete do over time."""
    try:
        athlete = AthleteView.from_athlete(athletes.find_athlete(athlete_id, services))
        trend = build_trend_dict(athletes.follow_athlete(athlete_id, services))
    except ScreeningError as error:
        return render_page("missing.html", status=STATUS[type(error)], error=error)
    shown = [_show_course(side, key, trend[side][key]) for side in ("left", "right") for key in _NUMBERS]
    shown.append(_show_course("difference", "toe_to_wall_cm", trend["difference"]["toe_to_wall_cm"]))
    return render_page("athlete.html", athlete=athlete, courses=shown)


def _show_course(side: str, key: str, course: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of one course."""
    number, unit = _NUMBERS[key]
    title = "Left less right: " + number.lower() if side == "difference" else f"{side.capitalize()} leg: {number}"
    picture = draw_trend(course, title=title, name=f"trend-{side}-{unit}")
    at_least = side != "difference"
    rows = [
        session | {"text": format_quantity(session["value"], unit, signed=not at_least, at_least=at_least and session["lower_bound"])}
        for session in course["sessions"]
    ]
    return {"side": side, "title": title, "words": course["words"], "picture": picture, "rows": rows}


@router.get("/athletes/{athlete_id}/erase")
def ask_before_erasing(athlete_id: AthleteId, services: ServicesDep) -> HTMLResponse:
    """Ask once more."""
    try:
        athlete = athletes.find_athlete(athlete_id, services)
    except ScreeningError as error:
        return render_page("missing.html", status=STATUS[type(error)], error=error)
    words = "The name and all of their screenings, with clips, pictures, measurements, readings and reports, are erased from this machine."
    return render_page("erase.html", what=athlete.name, words=words, address=f"/athletes/{athlete_id}")


@router.post("/athletes/{athlete_id}/erase")
def erase_athlete(athlete_id: AthleteId, services: ServicesDep) -> Response:
    """Erase an athlete with everything and go back to the list."""
    try:
        athletes.erase_athlete(athlete_id, services)
    except ScreeningError as error:
        return render_page("missing.html", status=STATUS[type(error)], error=error)
    return RedirectResponse("/athletes", status_code=status.HTTP_303_SEE_OTHER)


def _render_list(services: Services, *, error: ScreeningError | None = None) -> HTMLResponse:
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    return render_page("athletes.html", status=code, athletes=[AthleteView.from_athlete(a) for a in athletes.list_athletes(services)], error=error)
