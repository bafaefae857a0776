"""The API of setting points by hand: what the key frame is, what the numbers would be, and a new version with them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response, status

from app.assessment.measurement import Side
from app.rendering.by_hand_view import build_hand_view
from app.rendering.measurement_dict import build_measurement_dict
from app.usecases import by_hand, screenings
from app.web.by_hand_schemas import HandCorrectionBody, KeyPictureView, PointsBody, UndoBody
from app.web.dependencies import ChangedScreening, ServicesDep, SignedIn
from app.web.schemas import ErrorBody, ScreeningView

router = APIRouter(prefix="/api/screenings/{screening_id}/by-hand/{side}", tags=["screenings"])
_MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "No such screening for whoever asks, no measurement of this leg, or no key frame is kept of it."},
    409: {"model": ErrorBody, "description": "The analysis is not finished."},
}
_REFUSED: dict[int | str, dict[str, Any]] = _MISSING | {422: {"model": ErrorBody, "description": "With these points nothing can be measured."}}
_PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}, "description": "Blurred outside leg, floor and wall."}}


@router.get("", responses=_MISSING)
def read_key_picture(screening: ChangedScreening, side: Side, services: ServicesDep) -> KeyPictureView:
    """Return where the points of one leg are on its key frame."""
    found = by_hand.find_key_picture(screening, side, services)
    return KeyPictureView.from_picture(found, f"/api/screenings/{screening.screening_id}/by-hand/{side}/picture.jpg")


@router.head("/picture.jpg", include_in_schema=False)
@router.get("/picture.jpg", responses=_MISSING | _PICTURE, response_class=Response)
def read_picture(screening: ChangedScreening, side: Side, services: ServicesDep) -> Response:
    """Return the key frame of one leg without marks."""
    return Response(by_hand.find_key_picture(screening, side, services).jpeg, media_type="image/jpeg")


@router.post("/preview", responses=_REFUSED)
def preview(screening: ChangedScreening, side: Side, body: PointsBody, services: ServicesDep) -> dict[str, Any]:
    """Return what would be measured with these points: `measurement` (kneewall.measurement/1) and `shown`, the same in words; nothing is kept."""
    document = build_measurement_dict(by_hand.preview_by_hand(screening, side, body.list_points(), services))
    return {"measurement": document, "shown": build_hand_view(document)}


@router.put("", status_code=status.HTTP_202_ACCEPTED, responses=_REFUSED)
def correct(screening: ChangedScreening, side: Side, body: HandCorrectionBody, actor: SignedIn, services: ServicesDep) -> ScreeningView:
    """Set points by hand; a new version of the report is made with them."""
    by_hand.correct_by_hand(actor, screening, side, body.list_points(), body.reason, services)
    return ScreeningView.from_screening(screenings.find_screening(screening.screening_id, services))


@router.delete("", status_code=status.HTTP_202_ACCEPTED, responses=_REFUSED)
def undo(screening: ChangedScreening, side: Side, body: UndoBody, actor: SignedIn, services: ServicesDep) -> ScreeningView:
    """Put every point of one leg back to where it was read off the picture; a new version of the report is made."""
    by_hand.undo_by_hand(actor, screening, side, body.reason, services)
    return ScreeningView.from_screening(screenings.find_screening(screening.screening_id, services))
