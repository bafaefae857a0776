"""The pages: start, progress, report. They work without scripts; scripts only make them nicer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.assessment.measurement import Side
from app.assessment.readings import ReadingKind
from app.ports.screenings import Screening, Wanted
from app.rendering.language import gettext as _
from app.rendering.remarks import notice_sent_before
from app.rendering.report_html import read_report_css
from app.rendering.result_rows import build_result_rows
from app.rendering.sheet_source import PaperChoice, build_sheet_source
from app.rendering.told import list_activities
from app.usecases import athletes, checks, screenings
from app.usecases.access import Actor
from app.usecases.errors import UnknownAthleteError, UsecaseError
from app.usecases.same_clips import find_sent_before
from app.usecases.services import Services
from app.web.dependencies import Caller, ChangedScreening, SeenScreening, ServicesDep, SignedIn, Uploader
from app.web.errors import STATUS
from app.web.forms import Fields, parse_fields, write_fields
from app.web.pages.templates import render_page
from app.web.people_schemas import AthleteView
from app.web.reports import render_report
from app.web.schemas import ReadingForm, ScreeningView
from app.web.time_zone import ReaderZone, name_zone
from app.web.uploads import receive_submission

router = APIRouter(include_in_schema=False)
_LISTED = 50


AthleteQuery = Annotated[str | None, Query(max_length=64)]
AfterQuery = Annotated[str | None, Query(max_length=64, pattern="^[0-9a-f]+$")]


@router.get("/")
def show_start(actor: Uploader, services: ServicesDep, athlete: AthleteQuery = None) -> Response:
    """Show the form, for an athlete where one is named; where there are accounts, one must be."""
    if services.access == "accounts" and athlete is None and actor.athlete_id is None:
        return RedirectResponse("/athletes", status_code=status.HTTP_303_SEE_OTHER)
    return _render_start(actor, services, athlete=athlete)


@router.post("/screenings")
async def submit_form(request: Request, actor: Uploader, services: ServicesDep, athlete: AthleteQuery = None) -> Response:
    """Take the form as a browser without scripts sends it."""
    typed: dict[str, str] = {}
    try:
        screening = await receive_submission(request, actor, services, typed)
    except UsecaseError as error:
        known = None if isinstance(error, UnknownAthleteError) else athlete
        return await run_in_threadpool(partial(_render_start, actor, services, athlete=known, given=typed, error=error))
    return RedirectResponse(f"/screenings/{screening.screening_id}", status_code=status.HTTP_303_SEE_OTHER)


def _render_start(
    actor: Actor, services: Services, *, athlete: str | None, given: Mapping[str, str] | None = None, error: UsecaseError | None = None
) -> HTMLResponse:
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    filmed = athlete or actor.athlete_id
    known = None if filmed is None else athletes.find_filmed(actor, filmed, services)
    if known is not None and services.access == "accounts" and athletes.find_consent(known.athlete_id, services) is None:
        return render_page("consent.html", status=code, actor=actor, athlete=AthleteView.from_athlete(known), given={}, error=None)
    view = None if known is None else AthleteView.from_athlete(known)
    if given is None:
        given = write_fields({"foot_length_cm": view.foot_length_cm}) if view is not None and view.foot_length_origin == "typed" else {}
    most = services.limits.max_clip_bytes
    return render_page("start.html", status=code, actor=actor, max_clip_bytes=most, athlete=view, given=given, error=error)


@router.get("/screenings")
def show_screenings(actor: SignedIn, services: ServicesDep, zone: ReaderZone, after: AfterQuery = None) -> HTMLResponse:
    """List what was handed in and what came of it, newest first, so that one can leave while it is measured and come back."""
    found = screenings.list_results(actor, Wanted(most=_LISTED, after=after), services)
    names = {athlete.athlete_id: athlete.name for athlete in athletes.list_athletes(actor, services)}
    more = found.screenings[-1].screening_id if len(found.screenings) == _LISTED else None
    told = name_zone(zone, services.clock.now())
    return render_page("screenings.html", actor=actor, rows=build_result_rows(found, names, zone), zone=told, more=more)


@router.get("/screenings/{screening_id}")
def show_screening(screening: SeenScreening, actor: Uploader, services: ServicesDep) -> HTMLResponse:
    """Show progress, the report, or why there is none."""
    if screening.state == "done":
        report = screenings.find_report(screening.screening_id, services)
        return render_report(screening.screening_id, report, actor, services)
    view = ScreeningView.from_screening(screening)
    notices = list(map(notice_sent_before, find_sent_before(actor, screening, services)))
    return render_page("progress.html", actor=actor, screening=view, athlete_id=screening.athlete_id, activities=list_activities(), notices=notices)


@router.post("/screenings/{screening_id}/readings")
def submit_reading(screening: ChangedScreening, fields: Fields, actor: SignedIn, services: ServicesDep) -> Response:
    """Keep a reading that was typed beside the report."""
    try:
        said = parse_fields(ReadingForm, fields)
        checks.type_reading(screening.screening_id, said.side, said.kind, said.value, services)
    except UsecaseError as error:
        report = screenings.find_report(screening.screening_id, services)
        return render_report(screening.screening_id, report, actor, services, given=fields, error=error)
    return RedirectResponse(f"/screenings/{screening.screening_id}#check", status_code=status.HTTP_303_SEE_OTHER)


@router.post("/screenings/{screening_id}/readings/{side}/{kind}/erase")
def drop_reading(screening: ChangedScreening, side: Side, kind: ReadingKind, actor: SignedIn, services: ServicesDep) -> Response:
    """Take a reading back."""
    checks.drop_reading(actor, screening, side, kind, services)
    return RedirectResponse(f"/screenings/{screening.screening_id}#check", status_code=status.HTTP_303_SEE_OTHER)


@router.get("/screenings/{screening_id}/repeat/{side}")
def ask_for_repeat(screening: ChangedScreening, side: Side, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Ask for a clip of the same leg, set up anew."""
    return _render_repeat(screening, side, actor, services)


@router.post("/screenings/{screening_id}/repeat/{side}")
async def submit_repeat(screening: ChangedScreening, side: Side, request: Request, actor: SignedIn, services: ServicesDep) -> Response:
    """Take the repeat as a browser without scripts sends it."""
    typed: dict[str, str] = {}
    try:
        repeat = await receive_submission(request, actor, services, typed)
    except UsecaseError as error:
        return _render_repeat(screening, side, actor, services, given=typed, error=error)
    return RedirectResponse(f"/screenings/{repeat.screening_id}", status_code=status.HTTP_303_SEE_OTHER)


def _render_repeat(
    screening: Screening, side: Side, actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None
) -> HTMLResponse:
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    most = services.limits.max_clip_bytes
    known = {"screening_id": screening.screening_id, "athlete_id": screening.athlete_id, "side": side}
    return render_page("repeat.html", status=code, actor=actor, max_clip_bytes=most, given=given or {}, error=error, **known)


@router.get("/screenings/{screening_id}/erase")
def ask_before_erasing(screening: ChangedScreening, actor: SignedIn) -> HTMLResponse:
    """Ask once more."""
    words = _("Clips, pictures, measurements, readings, repeats and the report are erased from this machine.")
    return render_page("erase.html", actor=actor, what=_("this screening"), words=words, address=f"/screenings/{screening.screening_id}")


@router.post("/screenings/{screening_id}/erase")
def erase_screening(screening: ChangedScreening, actor: SignedIn, services: ServicesDep) -> Response:
    """Erase everything of a screening and go back to the start."""
    screenings.erase_screening(actor, screening.screening_id, services)
    return RedirectResponse("/", status_code=status.HTTP_303_SEE_OTHER)


@router.get("/sheet.pdf")
def download_sheet(caller: Caller, services: ServicesDep, paper: Annotated[PaperChoice, Query(description="Paper of the printer.")] = "a4") -> Response:
    """Return the calibration sheet, to be saved and printed: a browser's own print of it would fit it to the page."""
    del caller
    headers = {"Content-Disposition": f'attachment; filename="kneewall-sheet-{paper}.pdf"', "Cache-Control": "no-cache"}
    return Response(services.renderer.render_pdf(build_sheet_source(paper)), media_type="application/pdf", headers=headers)


@router.get("/favicon.ico")
def show_icon(caller: Caller) -> RedirectResponse:
    """Lead browsers that ask by habit to the icon."""
    del caller
    return RedirectResponse("/static/icon.svg", status_code=status.HTTP_301_MOVED_PERMANENTLY)


@router.get("/static/report.css")
def read_report_style(caller: Caller) -> Response:
    """Return the style sheet that the report and these pages share."""
    del caller
    return Response(read_report_css(), media_type="text/css", headers={"Cache-Control": "no-cache"})
