"""The API of home programmes, of squads' templates for them, and of what they are made from."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response, status

from app.rendering.programme_dict import build_applied_dict, build_content_dict, build_programme_dict, build_template_dict, build_version_dict
from app.usecases import followed, plan_templates, programmes
from app.usecases.accounts import name_accounts
from app.web.dependencies import Caller, Coach, OtherId, SeenAthlete, SeenSquad, ServicesDep, SignedIn
from app.web.programme_schemas import ENTRY_KEY, AnswersBody, ApplyBody, ChangeBody, LettersBody, LogBody, StepBody, TemplateBody
from app.web.schemas import ErrorBody

router = APIRouter(tags=["programmes"])
_OWN = "/api/athletes/{athlete_id}/programme"
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "No such athlete for whoever asks, or no programme yet."}}
_NO_SQUAD: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "No such squad for whoever asks, or no such template."}}
_MALFORMED: dict[int | str, dict[str, Any]] = {422: {"model": ErrorBody, "description": "Something is missing or out of range; nothing was stored."}}
_CHANGED: dict[int | str, dict[str, Any]] = {409: {"model": ErrorBody, "description": "Another version holds by now."}}
EntryKey = Annotated[str, Header(alias="Idempotency-Key", pattern=ENTRY_KEY)]


@router.get("/api/exercises")
def list_exercises(caller: Caller, services: ServicesDep) -> dict[str, Any]:
    """Return every rule, dose and warning that plans are made from, each with the kind of its source."""
    del caller
    return build_content_dict(services.library)


@router.get(_OWN, responses=_UNKNOWN)
def read_programme(athlete: SeenAthlete, services: ServicesDep) -> dict[str, Any]:
    """Return the programme as it stands today: plan or advice, the next step, what was logged, what was done in each week."""
    return build_programme_dict(followed.require_programme(athlete, services), services.library)


@router.put(f"{_OWN}/answers", responses=_UNKNOWN | _MALFORMED | _CHANGED)
def answer(athlete: SeenAthlete, body: AnswersBody, actor: SignedIn, services: ServicesDep) -> dict[str, Any]:
    """Make a plan from answers, or anew from other answers; with red flags there is advice in its place."""
    return build_programme_dict(programmes.answer(actor, athlete, body.build_intake(), services), services.library)


@router.post(f"{_OWN}/logs", status_code=status.HTTP_201_CREATED, responses=_UNKNOWN | _MALFORMED | {200: {"description": "It was there already."}})
def log_day(athlete: SeenAthlete, body: LogBody, key: EntryKey, response: Response, services: ServicesDep) -> dict[str, bool]:
    """Log a day, or a part of it. Of each thing what was said last counts; sent again under the same `Idempotency-Key` it is the same entry."""
    added = programmes.log_day(athlete, key, body.day, body.build_said(), services)
    if not added:
        response.status_code = status.HTTP_200_OK
    return {"added": added}


@router.post(f"{_OWN}/steps", responses=_UNKNOWN | _CHANGED)
def go_on(athlete: SeenAthlete, body: StepBody, actor: SignedIn, services: ServicesDep) -> dict[str, Any]:
    """Take the step that is suggested."""
    return build_programme_dict(programmes.go_on(actor, athlete, body.version, services), services.library)


@router.put(f"{_OWN}/overrides", responses=_UNKNOWN | _MALFORMED | _CHANGED)
def change(athlete: SeenAthlete, body: ChangeBody, actor: Coach, services: ServicesDep) -> dict[str, Any]:
    """Change or lock a plan, as a coach or clinician; `plan.left_out` says what contra-indications keep out all the same."""
    found = programmes.change(actor, athlete, body.version, body.build_overrides(services.library), services)
    return build_programme_dict(found, services.library)


@router.get(f"{_OWN}/versions", responses=_UNKNOWN)
def list_versions(athlete: SeenAthlete, services: ServicesDep) -> list[dict[str, Any]]:
    """Return every version of the plan, oldest first, with who made it and why."""
    versions = programmes.list_versions(athlete, services)
    names = name_accounts([version.made_by for version in versions], services)
    return [build_version_dict(version, services.library, names.get(version.made_by or "")) for version in versions]


@router.put(f"{_OWN}/letters", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN | _MALFORMED)
def choose_letters(athlete: SeenAthlete, body: LettersBody, services: ServicesDep) -> None:
    """Say whether to be reminded of the weekly test by e-mail, where the service sends any and the athlete has an account."""
    programmes.choose_letters(athlete, body.language, services)


@router.delete(_OWN, status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_programme(athlete: SeenAthlete, services: ServicesDep) -> None:
    """Erase the programme: answers, every version, everything that was logged."""
    programmes.erase_programme(athlete, services)


@router.get("/api/squads/{squad_id}/plans", responses=_NO_SQUAD)
def list_templates(squad: SeenSquad, services: ServicesDep) -> list[dict[str, Any]]:
    """Templates of a squad, by name."""
    return [build_template_dict(template, services.library) for template in plan_templates.list_templates(squad, services)]


@router.post("/api/squads/{squad_id}/plans", status_code=status.HTTP_201_CREATED, responses=_NO_SQUAD | _MALFORMED)
def add_template(squad: SeenSquad, body: TemplateBody, services: ServicesDep) -> dict[str, Any]:
    """Make a template; no plan changes by that alone."""
    return build_template_dict(plan_templates.add_template(body.build_template(squad.squad_id, services.library), services), services.library)


@router.post("/api/squads/{squad_id}/plans/{template_id}/apply", responses=_NO_SQUAD | _MALFORMED)
def apply_template(squad: SeenSquad, template_id: OtherId, body: ApplyBody, actor: Coach, services: ServicesDep) -> list[dict[str, Any]]:
    """Make the plans of some athletes anew by a template; each one's red flags and contra-indications still win, and who has not answered gets none."""
    applied = plan_templates.apply_template(actor, squad, template_id, body.athlete_ids, services)
    return [build_applied_dict(each, services.library) for each in applied]


@router.delete("/api/squads/{squad_id}/plans/{template_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_NO_SQUAD)
def erase_template(squad: SeenSquad, template_id: OtherId, services: ServicesDep) -> None:
    """Erase a template; plans that were made with it stay."""
    plan_templates.erase_template(squad, template_id, services)
