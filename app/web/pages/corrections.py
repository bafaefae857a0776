"""The page on which a screening is put right, and its history is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.assessment.measurement import Side
from app.ports.screenings import Screening
from app.rendering.language import write_number
from app.usecases import athletes, corrections
from app.usecases.access import Actor
from app.usecases.errors import UsecaseError
from app.usecases.services import Services
from app.web.correction_schemas import SAID_OF_BOTH, CorrectionBody, VersionView
from app.web.corrections import correct
from app.web.dependencies import ChangedScreening, ServicesDep, SignedIn
from app.web.errors import STATUS
from app.web.forms import Fields, parse_fields
from app.web.pages.templates import render_page
from app.web.people_schemas import AthleteView
from app.web.reports import render_version

router = APIRouter(include_in_schema=False)


@router.get("/screenings/{screening_id}/correct")
def ask_for_correction(screening: ChangedScreening, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Show what can be put right, and what was."""
    return _render(screening, actor, services)


@router.get("/screenings/{screening_id}/versions/{number}")
def show_version(screening: ChangedScreening, number: Annotated[int, Path(ge=1, le=1_000_000)], actor: SignedIn, services: ServicesDep) -> Response:
    """Show one version of the report as its page."""
    return render_version(screening, number, actor, services)


@router.post("/screenings/{screening_id}/correct")
def correct_screening(screening: ChangedScreening, fields: Fields, actor: SignedIn, services: ServicesDep) -> Response:
    """Put it right."""
    try:
        correct(parse_fields(CorrectionBody, _complete(fields, screening)), screening, actor, services)
    except UsecaseError as error:
        return _render(screening, actor, services, given=fields, error=error)
    return RedirectResponse(f"/screenings/{screening.screening_id}", status_code=status.HTTP_303_SEE_OTHER)


def _complete(fields: Mapping[str, str], screening: Screening) -> Mapping[str, object]:
    """Return the fields of a form with what it leaves out: an empty field of what was said takes it back, and a box without a cross says no."""
    if fields.get("what") != "said":
        return fields
    empty: dict[str, object] = dict.fromkeys(SAID_OF_BOTH)
    return empty | {f"furthest_{side}": "false" for side in _list_measured(screening)} | dict(fields)


def _list_measured(screening: Screening) -> list[Side]:
    return [attempt.side for attempt in screening.attempts if attempt.status == "measured"]


def _list_said(screening: Screening) -> dict[str, str]:
    """Return what was said with the clips as the fields of its form."""
    known = {name: value for name in SAID_OF_BOTH if (value := getattr(screening, name)) is not None}
    return {name: write_number(value) for name, value in known.items()} | {
        f"furthest_{attempt.side}": "true" for attempt in screening.attempts if attempt.furthest
    }


def _render(
    screening: Screening, actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None
) -> HTMLResponse:
    return render_page(
        "correct.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        screening_id=screening.screening_id,
        sides=[attempt.side for attempt in screening.attempts],
        measured=_list_measured(screening),
        said=_list_said(screening),
        kept=all(attempt.clip_key is not None for attempt in screening.attempts),
        athletes=[AthleteView.from_athlete(athlete) for athlete in athletes.list_athletes(actor, services) if athlete.athlete_id != screening.athlete_id],
        versions=[VersionView.from_note(note) for note in corrections.list_versions(screening.screening_id, services)],
        given=given or {},
        error=error,
    )
