"""Is it up, and is anyone working."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response, status

from app.usecases.screenings import worker_is_alive
from app.web.dependencies import ServicesDep, everyone
from app.web.schemas import HealthView

router = APIRouter(tags=["health"], dependencies=[Depends(everyone)])


@router.get("/health")
def read_health(services: ServicesDep) -> HealthView:
    """Answer when the web server and its database do; a silent worker is told, not an error."""
    return HealthView(worker="alive" if worker_is_alive(services) else "silent")


@router.get("/health/ready", responses={503: {"model": HealthView, "description": "No worker has been heard of lately."}})
def read_readiness(response: Response, services: ServicesDep) -> HealthView:
    """Answer 200 only when clips that arrive now are worked at now."""
    health = read_health(services)
    if health.worker == "silent":
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return health
