"""The pages: start, progress, report. They work without scripts; scripts only make them nicer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.assessment.measurement import Side
from app.assessment.readings import ReadingKind
from app.rendering.report_html import read_report_css
from app.rendering.sheet_source import PaperChoice, build_sheet_source
from app.usecases import athletes, checks, screenings
from app.usecases.errors import MalformedSubmissionError, ScreeningError, UnknownAthleteError
from app.usecases.services import Services
from app.web.dependencies import ScreeningId, ServicesDep
from app.web.errors import STATUS
from app.web.pages.templates import render_page
from app.web.reports import render_report
from app.web.schemas import AthleteView, ScreeningView
from app.web.uploads import receive_submission

router = APIRouter(include_in_schema=False)


@router.get("/")
def show_start(services: ServicesDep, athlete: Annotated[str | None, Query(max_length=64)] = None) -> HTMLResponse:
    """Show the form, for an athlete where one is named."""
    try:
        return _render_start(services, athlete=athlete)
    except ScreeningError as error:
        return render_page("missing.html", status=STATUS[type(error)], error=error)


@router.post("/screenings")
async def submit_form(request: Request, services: ServicesDep, athlete: Annotated[str | None, Query(max_length=64)] = None) -> Response:
    """Take the form as a browser without scripts sends it."""
    try:
        screening = await receive_submission(request, services)
    except ScreeningError as error:
        return _render_start(services, athlete=None if isinstance(error, UnknownAthleteError) else athlete, error=error)
    return RedirectResponse(f"/screenings/{screening.screening_id}", status_code=status.HTTP_303_SEE_OTHER)


def _render_start(services: Services, *, athlete: str | None, error: ScreeningError | None = None) -> HTMLResponse:
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    known = None if athlete is None else AthleteView.from_athlete(athletes.find_athlete(athlete, services))
    return render_page("start.html", status=code, max_clip_bytes=services.limits.max_clip_bytes, athlete=known, error=error)


@router.get("/screenings/{screening_id}")
def show_screening(screening_id: ScreeningId, services: ServicesDep) -> HTMLResponse:
    """Show the progress, and once it is there the report."""
    try:
        screening = screenings.find_screening(screening_id, services)
    except ScreeningError as error:
        return render_page("missing.html", status=STATUS[type(error)], error=error)
    if screening.state == "done":
        return HTMLResponse(render_report(screening_id, screenings.find_report(screening_id, services), services))
    return render_page("progress.html", screening=ScreeningView.from_screening(screening))


@router.post("/screenings/{screening_id}/readings")
def submit_reading(
    screening_id: ScreeningId, side: Annotated[Side, Form()], kind: Annotated[ReadingKind, Form()], value: Annotated[str, Form()], services: ServicesDep
) -> Response:
    """Keep a reading that was typed beside the report."""
    try:
        checks.type_reading(screening_id, side, kind, read_number(value), services)
    except ScreeningError as error:
        return render_page("refused.html", status=STATUS[type(error)], error=error, back=f"/screenings/{screening_id}")
    return RedirectResponse(f"/screenings/{screening_id}#check", status_code=status.HTTP_303_SEE_OTHER)


@router.get("/screenings/{screening_id}/repeat/{side}")
def ask_for_repeat(screening_id: ScreeningId, side: Side, services: ServicesDep) -> HTMLResponse:
    """Ask for a clip of the same leg, set up anew."""
    try:
        screenings.find_screening(screening_id, services)
    except ScreeningError as error:
        return render_page("missing.html", status=STATUS[type(error)], error=error)
    return _render_repeat(screening_id, side, services)


@router.post("/screenings/{screening_id}/repeat/{side}")
async def submit_repeat(screening_id: ScreeningId, side: Side, request: Request, services: ServicesDep) -> Response:
    """Take the repeat as a browser without scripts sends it."""
    try:
        repeat = await receive_submission(request, services)
    except ScreeningError as error:
        return _render_repeat(screening_id, side, services, error=error)
    return RedirectResponse(f"/screenings/{repeat.screening_id}", status_code=status.HTTP_303_SEE_OTHER)


def _render_repeat(screening_id: str, side: Side, services: Services, *, error: ScreeningError | None = None) -> HTMLResponse:
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    return render_page("repeat.html", status=code, screening_id=screening_id, side=side, max_clip_bytes=services.limits.max_clip_bytes, error=error)


@router.get("/screenings/{screening_id}/erase")
def ask_before_erasing(screening_id: ScreeningId, services: ServicesDep) -> HTMLResponse:
    """Ask once more."""
    try:
        screenings.find_screening(screening_id, services)
    except ScreeningError as error:
        return render_page("missing.html", status=STATUS[type(error)], error=error)
    words = "Clips, pictures, measurements, readings, repeats and the report are erased from this machine."
    return render_page("erase.html", what="this screening", words=words, address=f"/screenings/{screening_id}")


@router.post("/screenings/{screening_id}/erase")
def erase_screening(screening_id: ScreeningId, services: ServicesDep) -> Response:
    """Erase everything of a screening and go back to the start."""
    try:
        screenings.erase_screening(screening_id, services)
    except ScreeningError as error:
        return render_page("missing.html", status=STATUS[type(error)], error=error)
    return RedirectResponse("/", status_code=status.HTTP_303_SEE_OTHER)


@router.get("/sheet.pdf")
def download_sheet(services: ServicesDep, paper: Annotated[PaperChoice, Query(description="Paper of the printer.")] = "a4") -> Response:
    """Return the calibration sheet, to be saved and printed: a browser's own print of it would fit it to the page."""
    headers = {"Content-Disposition": f'attachment; filename="kneewall-sheet-{paper}.pdf"', "Cache-Control": "no-cache"}
    return Response(services.renderer.render_pdf(build_sheet_source(paper)), media_type="application/pdf", headers=headers)


@router.get("/favicon.ico")
def show_icon() -> RedirectResponse:
    """Lead browsers that ask by habit to the icon."""
    return RedirectResponse("/static/icon.svg", status_code=status.HTTP_301_MOVED_PERMANENTLY)


@router.get("/static/report.css")
def read_report_style() -> Response:
    """Return the style sheet that the report and these pages share."""
    return Response(read_report_css(), media_type="text/css", headers={"Cache-Control": "no-cache"})


def read_number(text: str) -> float:
    """Return a typed number, its decimal comma read as a point."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise MalformedSubmissionError((f"reading: found {text[:40]!r}; expected a number",)) from None
