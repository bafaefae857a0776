"""The API of screenings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.assessment.readings import ReadingKind
from app.rendering.checks_dict import build_checks_dict
from app.usecases import checks, screenings
from app.usecases.same_clips import find_sent_before
from app.web.api.refusals import BUSY
from app.web.dependencies import ChangedScreening, SeenScreening, ServicesDep, SignedIn, Uploader
from app.web.lent_files import LentFile
from app.web.reports import ReportFormat, answer_with_pdf, choose_format, render_report
from app.web.schemas import SUBMISSION_EXAMPLES, SUBMISSION_SCHEMA, ErrorBody, PageQuery, ReadingBody, ScreeningPage, ScreeningView
from app.web.stopping import Stopping
from app.web.uploads import receive_submission

router = APIRouter(prefix="/api/screenings", tags=["screenings"])
Side = Literal["left", "right"]
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "No such screening."}}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorBody, "description": "A clip is empty, or both are the same file. Nothing was stored."},
    413: {"model": ErrorBody, "description": "A clip is too large. Nothing was stored."},
    415: {"model": ErrorBody, "description": "A file is not a video. Nothing was stored."},
    422: {"model": ErrorBody, "description": "The form cannot be read. Nothing was stored."},
}
_REVALIDATE = {"Cache-Control": "private, no-cache"}
_BODY = {"required": True, "content": {"multipart/form-data": {"schema": SUBMISSION_SCHEMA, "examples": SUBMISSION_EXAMPLES}}}


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=ScreeningView,
    responses=_REFUSALS | BUSY,
    openapi_extra={"requestBody": _BODY},
)
async def create_screening(request: Request, response: Response, actor: Uploader, services: ServicesDep) -> ScreeningView:
    """Hand in a left and a right clip; the analysis goes on after the answer. Sent again under the same `Idempotency-Key`, it is the same screening."""
    screening = await receive_submission(request, actor, services)
    response.headers["Location"] = f"/api/screenings/{screening.screening_id}"
    return ScreeningView.from_screening(screening, await run_in_threadpool(find_sent_before, actor, screening, services))


@router.get("", responses=_UNKNOWN)
def list_screenings(actor: SignedIn, services: ServicesDep, page: Annotated[PageQuery, Query()]) -> ScreeningPage:
    """Return screenings that the caller may see, newest first, a page at a time; `next` is the address of the following page."""
    found = screenings.page_summaries(actor, page.build_wanted(), services)
    return ScreeningPage.from_screenings(found, page)


@router.get("/{screening_id}", responses=_UNKNOWN)
def read_screening(screening: SeenScreening, actor: Uploader, services: ServicesDep) -> ScreeningView:
    """State and progress."""
    return ScreeningView.from_screening(screening, find_sent_before(actor, screening, services))


@router.delete("/{screening_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_screening(screening: ChangedScreening, actor: SignedIn, services: ServicesDep) -> None:
    """Erase clips, pictures, measurements and report; there is no way back."""
    screenings.erase_screening(actor, screening.screening_id, services)


@router.get("/{screening_id}/events", response_class=EventSourceResponse, responses=_UNKNOWN)
async def stream_events(known: SeenScreening, request: Request, actor: Uploader, services: ServicesDep) -> AsyncIterator[ServerSentEvent]:
    """Stream the state as `progress` events, the last one as `end`, when there is a report or a failure."""
    stopping: Stopping = request.app.state.stopping
    async for screening in screenings.watch_screening(actor, known.screening_id, services, is_over=lambda: stopping.has_begun):
        name = "end" if screening.state in screenings.FINAL_STATES else "progress"
        yield ServerSentEvent(event=name, data=ScreeningView.from_screening(screening))


@router.head("/{screening_id}/report", include_in_schema=False)
@router.get(
    "/{screening_id}/report",
    responses=_UNKNOWN
    | {
        200: {"content": {"application/json": {}, "text/html": {}, "application/pdf": {}}},
        409: {"model": ErrorBody, "description": "There is no report (yet)."},
    },
    response_model=None,
)
def read_report(
    screening: SeenScreening,
    request: Request,
    actor: Uploader,
    services: ServicesDep,
    format: Annotated[ReportFormat | None, Query(description="Wins over the Accept header.")] = None,  # noqa: A002 - the query parameter's name
) -> Response:
    """Both sides next to each other: JSON (schema kneewall.report/1), or HTML or PDF when that is preferred."""
    report = screenings.find_report(screening.screening_id, services)
    chosen, headers = format or choose_format(request.headers.get("accept", "")), {"Vary": "Accept"}
    if chosen == "pdf":
        return answer_with_pdf(screening, report, services, headers=headers)
    if chosen == "html":
        return render_report(screening.screening_id, report, actor, services, headers=headers)
    return JSONResponse(report, headers=headers)


@router.get("/{screening_id}/checks", responses=_UNKNOWN)
def read_checks(screening: ChangedScreening, services: ServicesDep) -> dict[str, Any]:
    """Return readings by hand beside the camera's numbers, and takes of the same leg, set up anew."""
    return build_checks_dict(checks.find_checks(screening.screening_id, services))


@router.put(
    "/{screening_id}/readings/{side}/{kind}",
    responses=_UNKNOWN | {409: {"model": ErrorBody, "description": "A blind reading is there already."}},
)
def put_reading(screening: ChangedScreening, side: Side, kind: ReadingKind, body: ReadingBody, services: ServicesDep) -> dict[str, Any]:
    """Keep a reading by hand; blind as long as its leg has no measurement yet. It is never used in measuring."""
    checks.type_reading(screening.screening_id, side, kind, body.value, services)
    return build_checks_dict(checks.find_checks(screening.screening_id, services))


@router.delete(
    "/{screening_id}/readings/{side}/{kind}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=_UNKNOWN | {403: {"model": ErrorBody, "description": "Somebody else handed in the clips."}},
)
def drop_reading(screening: SeenScreening, side: Side, kind: ReadingKind, actor: Uploader, services: ServicesDep) -> None:
    """Take a reading back, as whoever handed in the clips; what is typed in its place once there is a result is not blind."""
    checks.drop_reading(actor, screening, side, kind, services)


@router.head("/{screening_id}/stills/{side}.jpg", include_in_schema=False)
@router.get("/{screening_id}/stills/{side}.jpg", responses=_UNKNOWN, response_class=FileResponse)
def read_still(screening: SeenScreening, side: Side, services: ServicesDep) -> FileResponse:
    """Return the frame that shows the score, with what was measured drawn on it."""
    return LentFile(screenings.lend_evidence(screening.screening_id, side, "still", services), media_type="image/jpeg", headers=_REVALIDATE)


@router.head("/{screening_id}/overlay/{side}.mp4", include_in_schema=False)
@router.get("/{screening_id}/overlay/{side}.mp4", responses=_UNKNOWN, response_class=FileResponse)
def read_overlay(screening: SeenScreening, side: Side, services: ServicesDep) -> FileResponse:
    """Return the whole clip with what was measured drawn on it; ranges can be asked for."""
    return LentFile(screenings.lend_evidence(screening.screening_id, side, "overlay", services), media_type="video/mp4", headers=_REVALIDATE)
