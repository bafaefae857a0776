"""What is measured, for other programs: every frame of a leg as a table."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response

from app.rendering.frames_csv import write_frames_csv
from app.usecases import screenings
from app.web.dependencies import SeenScreening, ServicesDep
from app.web.schemas import ErrorBody

router = APIRouter(prefix="/api/screenings", tags=["screenings"])
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}}, "description": "One row a frame; the columns are in docs/api.md."},
    404: {"model": ErrorBody, "description": "No such screening, or this leg was not measured."},
    409: {"model": ErrorBody, "description": "There is no report (yet)."},
}


@router.head("/{screening_id}/frames/{side}.csv", include_in_schema=False)
@router.get("/{screening_id}/frames/{side}.csv", responses=_RESPONSES, response_class=Response)
def read_frames(screening: SeenScreening, side: Literal["left", "right"], services: ServicesDep) -> Response:
    """Return every watched frame of one leg: time, angles, gap, heel lift, and the repetition that it lies in."""
    content = write_frames_csv([screenings.find_measurement(screening.screening_id, side, services)])
    headers = {"Content-Disposition": f'attachment; filename="kneewall-frames-{side}.csv"'}
    return Response(content, media_type="text/csv; header=present", headers=headers)
