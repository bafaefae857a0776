"""Putting the web application together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount
from starlette.types import ASGIApp

from app.usecases.services import Services
from app.web.api import accounts, athletes, by_hand, corrections, exports, health, passkeys, programmes, screenings, squads, uploads, webhooks
from app.web.errors import add_error_handlers
from app.web.guard import Guard, House
from app.web.pages import accounts as account_pages
from app.web.pages import athletes as athlete_pages
from app.web.pages import by_hand as hand_pages
from app.web.pages import comparing, filming, helping, kiosk, language, plans, signing_in, squad_plans, waiting
from app.web.pages import corrections as correction_pages
from app.web.pages import screenings as pages
from app.web.pages import squads as squad_pages
from app.web.pages import typed_values as typed_pages
from app.web.pages import webhooks as webhook_pages
from app.web.static_files import FOLDER, OwnFiles
from app.web.stopping import Stopping

_DESCRIPTION = """Measures the knee-to-wall test from one clip of each leg: toe-to-wall distance and shin angle, each with its uncertainty, and whether the
difference between the sides is more than the camera's error. What cannot be measured is refused with a reason and advice."""
_LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")


def create_app(services: Services, *, allowed_hosts: Sequence[str] = _LOCAL_NAMES, stopping: Stopping | None = None, own_tls: bool = False) -> FastAPI:
    """Build the application around a bundle of services; `own_tls` where it speaks TLS itself, with a certificate that nobody vouches for."""
    routes = [*_collect_routes().routes, Mount("/static", OwnFiles(directory=FOLDER), name="static")]
    app = FastAPI(title="Kneewall", version=version("kneewall"), description=_DESCRIPTION, docs_url=None, redoc_url=None, routes=routes)
    app.state.services = services
    app.state.stopping = stopping = stopping or Stopping()
    add_error_handlers(app)
    house = House(
        allowed_hosts=frozenset(host.lower() for host in allowed_hosts),
        this_machine_only=services.access == "open",
        watcher=services.watcher,
        stopping=stopping,
        keep_to_tls=not own_tls,
    )
    app.add_middleware(_guard, house=house)
    app.openapi = partial(_describe, app)  # type: ignore[method-assign] # FastAPI's own way to change its description
    return app


@cache
def _collect_routes() -> APIRouter:
    """Return every route, once for a process: FastAPI looks through each at its first request, which takes most of a second."""
    everything = APIRouter()
    api = (screenings, corrections, by_hand, exports, athletes, squads, accounts, passkeys, webhooks, uploads, programmes, health)
    people = (athlete_pages, squad_pages, signing_in, account_pages, webhook_pages, waiting, kiosk, comparing, plans, squad_plans)
    measured = (pages, correction_pages, hand_pages, typed_pages, filming, helping)
    for module in (*api, *people, *measured, language):
        _answer_head(module.router)
        everything.include_router(module.router)
    return everything


def _answer_head(router: APIRouter) -> None:
    """Have pages answer HEAD as GET without the body, as Starlette's own routes do; files of the API say so beside their GET and stay out of the schema."""
    for route in router.routes:
        if isinstance(route, APIRoute) and not route.include_in_schema and route.methods is not None and "GET" in route.methods:
            route.methods.add("HEAD")


def _describe(app: FastAPI) -> dict[str, Any]:
    """Describe the API with the body that refusals have here, where FastAPI would name its own."""
    if app.openapi_schema is None:
        described = FastAPI.openapi(app)
        for operation in (each for path in described["paths"].values() for each in path.values()):
            unreadable = operation["responses"].get("422", {}).get("content", {}).get("application/json")
            if unreadable is not None:
                unreadable["schema"] = {"$ref": "#/components/schemas/ErrorBody"}
        for unused in ("HTTPValidationError", "ValidationError"):
            described["components"]["schemas"].pop(unused, None)
    return FastAPI.openapi(app)


def _guard(app: ASGIApp, *, house: House) -> Guard:
    return Guard(app, house)
