"""The page that films: what is to be done, a camera with a coach, and the clips; and what makes the pages installable."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, status
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from app.assessment.measurement import Side
from app.usecases import athletes
from app.web.dependencies import Caller, ServicesDep, Uploader
from app.web.guard import CONTENT_POLICY
from app.web.pages.templates import render_page
from app.web.people_schemas import AthleteView
from app.web.static_files import FOLDER

router = APIRouter(include_in_schema=False)
PAGE_POLICY = CONTENT_POLICY.replace("media-src 'self'", "media-src 'self' blob:")
"""What was filmed is played back from the page's own memory."""
COACH_POLICY = CONTENT_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""Only the coach runs WebAssembly; a worker is bound by the policy of its own answer, not by that of the page."""
_SCRIPT = "text/javascript"


@router.get("/film")
def show_film(
    actor: Uploader, services: ServicesDep, athlete: Annotated[str | None, Query(max_length=64)] = None, side: Annotated[Side, Query()] = "left"
) -> Response:
    """Show how to film and do it, for an athlete where one is named; where there are accounts, one must be."""
    filmed = athlete or actor.athlete_id
    if services.access == "accounts" and filmed is None:
        return RedirectResponse("/athletes", status_code=status.HTTP_303_SEE_OTHER)
    known = None if filmed is None else athletes.find_filmed(actor, filmed, services)
    view = None if known is None else AthleteView.from_athlete(known)
    if known is not None and services.access == "accounts" and athletes.find_consent(known.athlete_id, services) is None:
        return render_page("consent.html", actor=actor, athlete=view, given={}, error=None)
    page = render_page("film.html", actor=actor, athlete=view, side=side, max_clip_bytes=services.limits.max_clip_bytes)
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    return page


@router.get("/film/coach.js")
def read_coach(caller: Caller) -> FileResponse:
    """Return the script that runs the pose network beside the page."""
    del caller
    return FileResponse(FOLDER / "film" / "coach_worker.js", media_type=_SCRIPT, headers={"Content-Security-Policy": COACH_POLICY, "Cache-Control": "no-cache"})


@router.get("/service-worker.js")
def read_service_worker(caller: Caller) -> FileResponse:
    """Return the script that keeps the static files; it stands at the top, because it may serve only what lies below it."""
    del caller
    return FileResponse(FOLDER / "service-worker.js", media_type=_SCRIPT, headers={"Cache-Control": "no-cache"})


@router.get("/offline")
def show_offline(caller: Caller) -> HTMLResponse:
    """Show what is left without a connection; it is the same for everybody, so a phone may keep it."""
    del caller
    return render_page("offline.html")
