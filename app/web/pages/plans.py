"""The pages of an athlete's home programme: the questions, today's plan and its log, changes, earlier versions, paper. They need no scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.assessment.programme.intake import SIDES
from app.ports.people import Athlete
from app.ports.programmes import Said
from app.rendering.language import get_language
from app.rendering.language import gettext as _
from app.rendering.programme_dict import build_programme_dict, build_version_dict
from app.rendering.programme_source import build_programme_source
from app.rendering.programme_view import ask_again, build_choices, build_day_view, fill_changes, fill_day, list_changes, name_changes
from app.usecases import followed, programmes
from app.usecases.access import Actor
from app.usecases.accounts import name_accounts
from app.usecases.errors import UsecaseError
from app.usecases.services import Services
from app.web.dependencies import Coach, SeenAthlete, ServicesDep, SignedIn
from app.web.errors import STATUS
from app.web.forms import Fields, parse_fields
from app.web.pages.templates import render_page
from app.web.people_schemas import AthleteView
from app.web.programme_forms import read_answers, read_change, read_log
from app.web.programme_schemas import ENTRY_KEY, StepBody

router = APIRouter(include_in_schema=False)
_PLAN = "/athletes/{athlete_id}/plan"


@router.get(_PLAN)
def show_plan(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep, *, saved: bool = False) -> Response:
    """Show what is to be done today, the log, and the next step; who has not answered the questions is led to them."""
    return _render_plan(athlete, actor, services, saved=saved)


@router.post(_PLAN)
def log_day(athlete: SeenAthlete, fields: Fields, actor: SignedIn, services: ServicesDep) -> Response:
    """Keep what was said about the day, as far as it is new."""
    try:
        body = read_log(fields, services.library)
        key, said = str(fields.get("key", "")), body.build_said()
        if said != Said():
            programmes.log_day(athlete, key if re.search(ENTRY_KEY, key) else services.new_id(), body.day, said, services)
    except UsecaseError as error:
        return _render_plan(athlete, actor, services, given=fields, error=error)
    return RedirectResponse(f"/athletes/{athlete.athlete_id}/plan?saved=true#saved", status_code=status.HTTP_303_SEE_OTHER)


@router.get(f"{_PLAN}/answers")
def show_questions(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Ask the questions that a plan is made from, warning signs first."""
    return _render_questions(athlete, actor, services)


@router.post(f"{_PLAN}/answers")
def answer(athlete: SeenAthlete, fields: Fields, actor: SignedIn, services: ServicesDep) -> Response:
    """Make a plan from the answers."""
    try:
        programmes.answer(actor, athlete, read_answers(fields).build_intake(), services)
    except UsecaseError as error:
        return _render_questions(athlete, actor, services, given=fields, error=error)
    return _go_to(athlete)


@router.post(f"{_PLAN}/step")
def go_on(athlete: SeenAthlete, fields: Fields, actor: SignedIn, services: ServicesDep) -> Response:
    """Take the step that is suggested."""
    programmes.go_on(actor, athlete, parse_fields(StepBody, {"version": fields.get("version", "")}).version, services)
    return _go_to(athlete)


@router.get(f"{_PLAN}/change")
def show_changes(athlete: SeenAthlete, actor: Coach, services: ServicesDep) -> HTMLResponse:
    """Show everything that a coach or clinician can change."""
    return _render_changes(athlete, actor, services)


@router.post(f"{_PLAN}/change")
def change(athlete: SeenAthlete, fields: Fields, actor: Coach, services: ServicesDep) -> Response:
    """Keep what a coach or clinician changed."""
    try:
        body = read_change(fields, services.library)
        programmes.change(actor, athlete, body.version, body.build_overrides(services.library), services)
    except UsecaseError as error:
        return _render_changes(athlete, actor, services, given=fields, error=error)
    return _go_to(athlete)


@router.get(f"{_PLAN}/history")
def show_history(athlete: SeenAthlete, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Show every version of the plan, newest first, and every day that was logged."""
    versions = programmes.list_versions(athlete, services)
    names = name_accounts([version.made_by for version in versions], services)
    shown = [build_version_dict(version, services.library, names.get(version.made_by or "")) for version in reversed(versions)]
    programme = build_programme_dict(followed.require_programme(athlete, services), services.library)
    names_of = {item: _tell_name(item, services) for day in programme["days"] for item in (each["exercise"] for each in day["items"])}
    return render_page("plan_history.html", actor=actor, athlete=AthleteView.from_athlete(athlete), versions=shown, programme=programme, names=names_of)


@router.get(f"{_PLAN}/plan.pdf")
def print_plan(athlete: SeenAthlete, services: ServicesDep) -> Response:
    """Return the plan on paper."""
    found = followed.require_programme(athlete, services)
    source = build_programme_source(build_programme_dict(found, services.library), athlete.name, services.library, found.today)
    headers = {"Content-Disposition": f'attachment; filename="plan-{found.today.isoformat()}.pdf"'}
    return Response(services.renderer.render_pdf(source), media_type="application/pdf", headers=headers)


@router.post(f"{_PLAN}/letters")
def choose_letters(athlete: SeenAthlete, fields: Fields, services: ServicesDep) -> Response:
    """Remember whether the athlete wants to be reminded by e-mail, in the language in which they read now."""
    programmes.choose_letters(athlete, get_language() if fields.get("letters") == "yes" else None, services)
    return _go_to(athlete)


@router.get(f"{_PLAN}/erase")
def ask_before_erasing(athlete: SeenAthlete, actor: SignedIn) -> HTMLResponse:
    """Ask once more."""
    words = _("The answers, every version of the plan and everything that was logged are erased from this machine. Measurements stay.")
    what = _("{name}: home programme").format(name=athlete.name)
    return render_page("erase.html", actor=actor, what=what, words=words, address=f"/athletes/{athlete.athlete_id}/plan")


@router.post(f"{_PLAN}/erase")
def erase_programme(athlete: SeenAthlete, services: ServicesDep) -> Response:
    """Erase the programme."""
    programmes.erase_programme(athlete, services)
    return RedirectResponse(f"/athletes/{athlete.athlete_id}", status_code=status.HTTP_303_SEE_OTHER)


def _go_to(athlete: Athlete) -> RedirectResponse:
    return RedirectResponse(f"/athletes/{athlete.athlete_id}/plan", status_code=status.HTTP_303_SEE_OTHER)


def _tell_name(exercise_id: str, services: Services) -> str:
    exercise = services.library.exercises.get(exercise_id)
    return exercise_id if exercise is None else exercise.name.de if get_language() == "de" else exercise.name.en


def _render_plan(
    athlete: Athlete, actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, saved: bool = False, error: UsecaseError | None = None
) -> Response:
    found = followed.find_programme(athlete, services)
    if found is None:
        return RedirectResponse(f"/athletes/{athlete.athlete_id}/plan/answers", status_code=status.HTTP_303_SEE_OTHER)
    programme = build_programme_dict(found, services.library)
    today = build_day_view(found, programme, services.library)
    logged = fill_day(today)
    return render_page(
        "plan.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        athlete=AthleteView.from_athlete(athlete),
        programme=programme,
        today=today,
        given=logged if given is None else given,
        shown=urlencode(logged) if given is None else given.get("shown", ""),
        saved=saved,
        choices=build_choices(services.library),
        key=services.new_id(),
        own=actor.athlete_id == athlete.athlete_id or actor.kind == "owner",
        letters=services.mailer is not None and services.access == "accounts",
        error=error,
    )


def _render_questions(
    athlete: Athlete, actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None
) -> HTMLResponse:
    found = followed.find_programme(athlete, services)
    return render_page(
        "plan_answers.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        athlete=AthleteView.from_athlete(athlete),
        given=ask_again(athlete, found, services.clock.now().year) if given is None else given,
        answered=None if found is None else found.version.answered_at,
        choices=build_choices(services.library),
        sides=SIDES,
        error=error,
    )


def _render_changes(
    athlete: Athlete, actor: Actor, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None
) -> HTMLResponse:
    found = followed.require_programme(athlete, services)
    programme: dict[str, Any] = build_programme_dict(found, services.library)
    exercises = list_changes(services.library, programme["overrides"], programme["plan"])
    return render_page(
        "plan_change.html",
        status=status.HTTP_200_OK if error is None else STATUS[type(error)],
        actor=actor,
        athlete=AthleteView.from_athlete(athlete),
        programme=programme,
        exercises=exercises,
        given=fill_changes(exercises, locked=programme["overrides"]["locked"]) if given is None else given,
        labels=name_changes(exercises),
        error=error,
    )
