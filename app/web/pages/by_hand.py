"""The page on which somebody who knows legs sets points on the key frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.assessment.by_hand import HAND_POINTS
from app.assessment.measurement import Side
from app.ports.screenings import Screening
from app.rendering.by_hand_view import build_hand_view
from app.rendering.measurement_dict import build_measurement_dict
from app.usecases import by_hand
from app.usecases.access import Actor
from app.usecases.by_hand import KeyPicture
from app.usecases.errors import MalformedSubmissionError, UsecaseError
from app.usecases.services import Services
from app.web.by_hand_schemas import HandForm, KeyPictureView
from app.web.dependencies import ChangedScreening, ServicesDep, SignedIn
from app.web.errors import STATUS
from app.web.forms import Fields, parse_fields
from app.web.pages.templates import render_page
from app.web.problems import FieldPlace, write_place

router = APIRouter(prefix="/screenings/{screening_id}/by-hand/{side}", include_in_schema=False)
_SAME_PX = 0.02
"""A point that differs by less from where it was shown was not moved: two decimals are shown."""
_LEAST_REASON = 3


@router.get("")
def show(screening: ChangedScreening, side: Side, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Show the key frame with its points."""
    return _render(screening, side, actor, services)


@router.post("")
def take(screening: ChangedScreening, side: Side, fields: Fields, actor: SignedIn, services: ServicesDep) -> Response:
    """Show what the numbers would be, keep the points, or put them back."""
    moved: Mapping[str, tuple[float, float]] = {}
    try:
        form = parse_fields(HandForm, fields, _name_axis)
        moved = _find_moved(form.list_points(), by_hand.find_key_picture(screening, side, services))
        if form.action == "preview":
            return _render(screening, side, actor, services, moved=moved, typed=fields)
        if len(form.reason) < _LEAST_REASON:
            raise MalformedSubmissionError((f"reason: found {len(form.reason)} characters; expected at least {_LEAST_REASON}",))
        if form.action == "save":
            by_hand.correct_by_hand(actor, screening, side, moved, form.reason, services)
        else:
            by_hand.undo_by_hand(actor, screening, side, form.reason, services)
    except UsecaseError as error:
        return _render(screening, side, actor, services, moved=moved, typed=fields, error=error)
    return RedirectResponse(f"/screenings/{screening.screening_id}", status_code=status.HTTP_303_SEE_OTHER)


def _name_axis(place: FieldPlace) -> str:
    """Name the field that holds one coordinate of a point."""
    match place:
        case ("points", str(point), int(axis)):
            return f"{point}_{'xy'[axis]}"
        case _:
            return write_place(place)


def _find_moved(points: Mapping[str, tuple[float, float]], found: KeyPicture) -> dict[str, tuple[float, float]]:
    def stayed(name: str, x: float, y: float) -> bool:
        known = found.points_px.get(name)
        return known is not None and abs(known[0] - x) < _SAME_PX and abs(known[1] - y) < _SAME_PX

    return {name: (x, y) for name, (x, y) in points.items() if not stayed(name, x, y)}


def _render(
    screening: Screening,
    side: Side,
    actor: Actor,
    services: Services,
    *,
    moved: Mapping[str, tuple[float, float]] | None = None,
    typed: Fields | None = None,
    error: UsecaseError | None = None,
) -> HTMLResponse:
    found = by_hand.find_key_picture(screening, side, services)
    try:
        measured = by_hand.preview_by_hand(screening, side, moved or {}, services)
    except MalformedSubmissionError:  # nothing can be measured with points where they were put: they are shown there, beside the numbers without them
        measured = by_hand.preview_by_hand(screening, side, {}, services)
    document: Mapping[str, Any] = build_measurement_dict(measured)
    address = f"/screenings/{screening.screening_id}/by-hand/{side}"
    return render_page(
        "by_hand.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        screening_id=screening.screening_id,
        side=side,
        address=address,
        picture=KeyPictureView.from_picture(found, f"/api{address}/picture.jpg"),
        points={name: (moved or {}).get(name) or found.points_px.get(name) for name in HAND_POINTS},
        shown=build_hand_view(document),
        typed=typed or {},
        error=error,
    )
