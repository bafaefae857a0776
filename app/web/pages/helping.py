"""Help, the page of the calibration sheet, and all that plans are made from: open to everybody, before and after signing in."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from app.rendering.programme_dict import build_content_dict
from app.rendering.refusals import list_advice, list_refusals
from app.usecases.screenings import find_newest_with_sheet
from app.web.dependencies import Caller, ServicesDep
from app.web.pages.templates import render_page

router = APIRouter(include_in_schema=False)


@router.get("/help")
def show_help(caller: Caller) -> HTMLResponse:
    """Explain the test, the numbers, and every refusal."""
    return render_page("help.html", actor=caller, refusals=list_refusals(), advice=list_advice())


@router.get("/sheet")
def show_sheet(caller: Caller, services: ServicesDep) -> HTMLResponse:
    """Explain the calibration sheet, and lead to the newest report that used it."""
    return render_page("sheet.html", actor=caller, found=None if caller is None else find_newest_with_sheet(caller, services))


@router.get("/exercises")
def show_exercises(caller: Caller, services: ServicesDep) -> HTMLResponse:
    """List every rule, dose and warning of the home programmes with the kind of its source, for a professional to review."""
    drawings = {name: Markup(exercise.drawing) for name, exercise in services.library.exercises.items()}  # noqa: S704 - checked when the library was read
    return render_page("exercises.html", actor=caller, content=build_content_dict(services.library), drawings=drawings)
