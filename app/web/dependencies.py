"""What routes ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from app.ports.records import Screening
from app.usecases.screenings import find_screening
from app.usecases.services import Services


def get_services(request: Request) -> Services:
    """Return the bundle that the application was built with."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]
ScreeningId = Annotated[str, Path(description="Id of a screening, as the answer to the upload gives it.", max_length=64, pattern="^[0-9a-f]+$")]

AthleteId = Annotated[str, Path(description="Id of an athlete, as the answer to adding them gives it.", max_length=64, pattern="^[0-9a-f]+$")]


def load_screening(screening_id: ScreeningId, services: ServicesDep) -> Screening:
    """Return the screening, before a stream begins that could no longer answer 404."""
    return find_screening(screening_id, services)


KnownScreening = Annotated[Screening, Depends(load_screening)]
