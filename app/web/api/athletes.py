"""The API of athletes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response, status

from app.rendering.trend_dict import build_trend_dict
from app.usecases import athletes
from app.web.dependencies import AthleteId, ServicesDep
from app.web.schemas import AthleteBody, AthleteView, ErrorBody

router = APIRouter(prefix="/api/athletes", tags=["athletes"])
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "No such athlete."}}


@router.post("", status_code=status.HTTP_201_CREATED, responses={422: {"model": ErrorBody, "description": "Something is missing or out of range."}})
def add_athlete(body: AthleteBody, response: Response, services: ServicesDep) -> AthleteView:
    """Add an athlete; hand in clips with their id as `athlete_id`."""
    athlete = athletes.add_athlete(body.name, body.foot_length_cm, services)
    response.headers["Location"] = f"/api/athletes/{athlete.athlete_id}"
    return AthleteView.from_athlete(athlete)


@router.get("")
def list_athletes(services: ServicesDep) -> list[AthleteView]:
    """All athletes, by name."""
    return [AthleteView.from_athlete(athlete) for athlete in athletes.list_athletes(services)]


@router.get("/{athlete_id}", responses=_UNKNOWN)
def read_athlete(athlete_id: AthleteId, services: ServicesDep) -> AthleteView:
    """Return one athlete."""
    return AthleteView.from_athlete(athletes.find_athlete(athlete_id, services))


@router.delete("/{athlete_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_athlete(athlete_id: AthleteId, services: ServicesDep) -> None:
    """Erase an athlete with all screenings, clips and pictures; there is no way back."""
    athletes.erase_athlete(athlete_id, services)


@router.get("/{athlete_id}/trend", responses=_UNKNOWN)
def read_trend(athlete_id: AthleteId, services: ServicesDep) -> dict[str, Any]:
    """Return the numbers of each leg over time, and whether they changed by more than measuring them again explains."""
    return build_trend_dict(athletes.follow_athlete(athlete_id, services))
