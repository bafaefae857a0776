"""Signing in by password, by passkey, or over an identity provider, and out again; taking back passkeys and links to a provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.usecases import accounts, identities, passkeys
from app.usecases.access import Actor
from app.usecases.account_errors import ProviderFailedError
from app.usecases.errors import UsecaseError
from app.usecases.services import Services
from app.web.api.accounts import read_address
from app.web.cookies import clear_session, clear_way, put_session, put_way, read_way
from app.web.dependencies import Caller, OtherId, Secret, ServicesDep, SignedIn
from app.web.errors import LONGEST_NEXT, STATUS
from app.web.forms import Fields, parse_fields
from app.web.pages.templates import render_page
from app.web.people_schemas import SignInBody
from app.web.sites import find_obstacle

router = APIRouter(include_in_schema=False)
Next = Annotated[str, Query(max_length=LONGEST_NEXT)]
Said = Annotated[str | None, Query(max_length=4000)]
CALLBACK = "/signin/provider/callback"


@router.get("/signin")
def show_sign_in(request: Request, caller: Caller, services: ServicesDep, next: Next = "/", *, out: bool = False) -> HTMLResponse:  # noqa: A002 - the query parameter's name
    """Offer every way to sign in; after signing `out` the browser forgets what it kept of a plan."""
    return _render_sign_in(request, caller, services, next, out=out and caller is None)


@router.post("/signin")
def sign_in(fields: Fields, request: Request, caller: Caller, services: ServicesDep, next: Next = "/") -> Response:  # noqa: A002 - as above
    """Begin a session and go to where one was going."""
    try:
        body = parse_fields(SignInBody, fields)
        secret = accounts.sign_in(body.email, body.password, read_address(request), services)
    except UsecaseError as error:
        return _render_sign_in(request, caller, services, next, given=fields, error=error)
    return enter(request, secret, next)


@router.post("/signout")
def sign_out(request: Request, actor: SignedIn, services: ServicesDep) -> Response:
    """End the session."""
    accounts.sign_out(actor, services)
    response = RedirectResponse("/signin?out=1", status_code=status.HTTP_303_SEE_OTHER)
    clear_session(request, response)
    return response


@router.get("/signin/provider")
def go_to_provider(request: Request, caller: Caller, services: ServicesDep, next: Next = "/") -> Response:  # noqa: A002 - as above
    """Go to the identity provider; a link and no form, for a form may lead nowhere else."""
    return _go(request, caller, services, next, invite=None)


@router.get("/join/{secret}/provider")
def join_over_provider(secret: Secret, request: Request, caller: Caller, services: ServicesDep) -> Response:
    """Go to the identity provider with an invitation in hand."""
    return _go(request, caller, services, "/", invite=secret)


@router.get(CALLBACK)
def come_back(request: Request, caller: Caller, services: ServicesDep, state: Said = None, code: Said = None, error: Said = None, iss: Said = None) -> Response:
    """Begin the session of whoever comes back from the identity provider."""
    secret, invite, back = read_way(request)
    answer = identities.Answer(state=state, code=code, error=error, issuer=iss)
    try:
        session = identities.finish(secret, answer, _write_callback(request), invite, read_address(request), services)
    except UsecaseError as fault:
        response: Response = _render_refusal(request, caller, services, back, invite, fault)
    else:
        response = enter(request, session, back)
    clear_way(request, response)
    return response


@router.post("/account/passkeys/{passkey_id}/erase")
def erase_passkey(passkey_id: OtherId, actor: SignedIn, services: ServicesDep) -> Response:
    """Take a passkey back."""
    passkeys.erase_passkey(actor, passkey_id, services)
    return RedirectResponse("/account", status_code=status.HTTP_303_SEE_OTHER)


@router.post("/account/identities/{identity_id}/erase")
def erase_identity(identity_id: OtherId, actor: SignedIn, services: ServicesDep) -> Response:
    """Take back that somebody known to a provider opens this account."""
    identities.erase_identity(actor, identity_id, services)
    return RedirectResponse("/account", status_code=status.HTTP_303_SEE_OTHER)


def enter(request: Request, secret: str, address: str) -> Response:
    """Hand over the cookie and go on, to an address of this service only."""
    response = RedirectResponse(_keep_here(address), status_code=status.HTTP_303_SEE_OTHER)
    put_session(request, response, secret)
    return response


def _keep_here(address: str) -> str:
    """Return the address if it is one of this service; browsers leave out control characters, and what is left may begin with two slashes."""
    away = not address.startswith("/") or address.startswith(("//", "/\\")) or not address.isprintable()
    return "/" if away else address


def _go(request: Request, caller: Actor | None, services: Services, back: str, *, invite: str | None) -> Response:
    try:
        address, secret = identities.begin(_write_callback(request), invite, read_address(request), services)
    except UsecaseError as error:
        return _render_refusal(request, caller, services, back, invite, error)
    response = RedirectResponse(address, status_code=status.HTTP_303_SEE_OTHER)
    put_way(request, response, secret, invite=invite, back=back)
    return response


def _write_callback(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{CALLBACK}"


def _render_refusal(request: Request, caller: Actor | None, services: Services, back: str, invite: str | None, error: UsecaseError) -> HTMLResponse:
    if isinstance(error, ProviderFailedError):
        structlog.get_logger().error("signin.provider_failed", reason=error.reason)
    return _render_sign_in(request, caller, services, back, error=error, invite=invite)


def _render_sign_in(
    request: Request,
    caller: Actor | None,
    services: Services,
    back: str,
    *,
    given: Mapping[str, str] | None = None,
    error: UsecaseError | None = None,
    invite: str | None = None,
    out: bool = False,
) -> HTMLResponse:
    shown = {
        "next": _keep_here(back),
        "invite": invite,
        "out": out,
        "accounts": services.access == "accounts",
        "obstacle": find_obstacle(request),
        "provider": None if services.provider is None else services.provider.name,
    }
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    return render_page("signin.html", status=code, actor=caller, given=given or {}, error=error, **shown)
