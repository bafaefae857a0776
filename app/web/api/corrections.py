"""The API of corrections: what was wrong is put right, and what was there before stays to be seen."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, status
from fastapi.concurrency import run_in_threadpool

from app.assessment.measurement import Side
from app.usecases import corrections, screenings
from app.web.api.refusals import BUSY
from app.web.correction_schemas import CorrectionBody, VersionView
from app.web.corrections import correct
from app.web.dependencies import ChangedScreening, ServicesDep, SignedIn
from app.web.schemas import ErrorBody, ScreeningView
from app.web.uploads import receive_leg

router = APIRouter(prefix="/api/screenings", tags=["screenings"])
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "There is no such screening or version for whoever asks."}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    409: {"model": ErrorBody, "description": "The analysis is not finished, or a clip that is needed is no longer kept."},
    422: {"model": ErrorBody, "description": "Something is missing or does not fit."},
}
_CLIP = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"clip": {"type": "string", "format": "binary"}, "furthest": {"type": "boolean"}, "reason": {"type": "string"}},
                    "required": ["clip"],
                },
                "example": {"clip": "right.mp4", "furthest": "true", "reason": "The heel came up."},
            }
        },
    }
}


@router.post("/{screening_id}/corrections", status_code=status.HTTP_202_ACCEPTED, responses=_UNKNOWN | _REFUSED)
def correct_screening(screening: ChangedScreening, body: CorrectionBody, actor: SignedIn, services: ServicesDep) -> ScreeningView:
    """Analyse again, take the clips for the other legs, erase one leg, or say that they are another athlete's; the reason is kept with the new version."""
    correct(body, screening, actor, services)
    return ScreeningView.from_screening(screenings.find_screening(screening.screening_id, services))


@router.post("/{screening_id}/legs/{side}", status_code=status.HTTP_202_ACCEPTED, responses=_UNKNOWN | _REFUSED | BUSY, openapi_extra=_CLIP)
async def put_leg(screening: ChangedScreening, side: Side, request: Request, actor: SignedIn, services: ServicesDep) -> ScreeningView:
    """Put a new clip of one leg in the place of what a finished screening has of it; the other leg stays, and both are compared anew."""
    await receive_leg(request, screening, side, actor, services)
    return ScreeningView.from_screening(await run_in_threadpool(screenings.find_screening, screening.screening_id, services))


@router.get("/{screening_id}/versions", responses=_UNKNOWN)
def list_versions(screening: ChangedScreening, services: ServicesDep) -> list[VersionView]:
    """Versions of the report, oldest first: when, by whom and why."""
    return [VersionView.from_note(note) for note in corrections.list_versions(screening.screening_id, services)]


@router.get("/{screening_id}/versions/{number}", responses=_UNKNOWN)
def read_version(screening: ChangedScreening, number: Annotated[int, Path(ge=1, le=1_000_000)], services: ServicesDep) -> dict[str, Any]:
    """Return the report as it was in one version (schema kneewall.report/1)."""
    return dict(corrections.find_version(screening.screening_id, number, services))
