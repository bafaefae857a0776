"""Putting the web application together."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import FastAPI
from starlette.types import ASGIApp

from app.usecases.services import Services
from app.web.api import accounts, athletes, by_hand, corrections, exports, health, passkeys, programmes, screenings, squads, uploads, webhooks
from app.web.errors import add_error_handlers
from app.web.guard import Guard
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

_DESCRIPTION = """Measures the knee-to-wall test from one clip of each leg: toe-to-wall distance and shin angle, each with its uncertainty, and whether the
difference between the sides is more than the camera's error. What cannot be measured is refused with a reason and advice."""
_LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")


def create_app(services: Services, *, allowed_hosts: Sequence[str] = _LOCAL_NAMES) -> FastAPI:
    """Build the application around a bundle of services."""
    app = FastAPI(title="Kneewall", version=version("kneewall"), description=_DESCRIPTION, docs_url=None, redoc_url=None)
    app.state.services = services
    add_error_handlers(app)
    api = (screenings, corrections, by_hand, exports, athletes, squads, accounts, passkeys, webhooks, uploads, programmes, health)
    people = (athlete_pages, squad_pages, signing_in, account_pages, webhook_pages, waiting, kiosk, comparing, plans, squad_plans)
    measured = (pages, correction_pages, hand_pages, typed_pages, filming, helping)
    for module in (*api, *people, *measured, language):
        app.include_router(module.router)
    app.mount("/static", OwnFiles(directory=FOLDER), name="static")
    app.add_middleware(_guard, allowed_hosts=allowed_hosts, this_machine_only=services.access == "open")
    return app


def _guard(app: ASGIApp, *, allowed_hosts: Sequence[str], this_machine_only: bool) -> Guard:
    return Guard(app, allowed_hosts=allowed_hosts, this_machine_only=this_machine_only)
