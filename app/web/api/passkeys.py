"""The API of passkeys, and of the people known to an identity provider."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response, status

from app.usecases import identities, passkeys
from app.web.api.accounts import read_address
from app.web.cookies import put_session
from app.web.dependencies import Caller, OtherId, ServicesDep, SignedIn
from app.web.passkey_schemas import IdentityView, PasskeyBody, PasskeyOptions, PasskeySignInBody, PasskeyView
from app.web.schemas import ErrorBody
from app.web.sites import read_site

router = APIRouter(prefix="/api", tags=["accounts"])
_UNAVAILABLE: dict[int | str, dict[str, Any]] = {409: {"model": ErrorBody, "description": "Browsers offer no passkeys under this address; it is said why."}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "The passkey is not known here, or what was signed is not what was asked for."},
    429: {"model": ErrorBody, "description": "Too many tries; Retry-After says how many seconds to wait."},
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "There is no such thing for whoever asks."}}


@router.post("/session/passkey/options", responses=_UNAVAILABLE | {429: _REFUSED[429]})
def begin_sign_in(request: Request, caller: Caller, services: ServicesDep) -> PasskeyOptions:
    """Return what a browser asks its devices for, with a challenge that is good once and for five minutes."""
    del caller
    return PasskeyOptions(public_key=dict(passkeys.begin_sign_in(read_site(request), read_address(request), services)))


@router.post("/session/passkey", status_code=status.HTTP_204_NO_CONTENT, responses=_UNAVAILABLE | _REFUSED)
def sign_in(body: PasskeySignInBody, request: Request, response: Response, caller: Caller, services: ServicesDep) -> None:
    """Sign in with what a device has signed: the session is a cookie."""
    del caller
    put_session(request, response, passkeys.sign_in(body.build_shown(), read_site(request), read_address(request), services))


@router.get("/account/passkeys")
def list_passkeys(actor: SignedIn, services: ServicesDep) -> list[PasskeyView]:
    """Passkeys of the caller, oldest first."""
    return [PasskeyView.from_passkey(passkey) for passkey in passkeys.list_passkeys(actor, services)]


@router.post("/account/passkeys/options", responses=_UNAVAILABLE)
def begin_adding(request: Request, actor: SignedIn, services: ServicesDep) -> PasskeyOptions:
    """Return what a browser asks a device for that is to make a passkey."""
    return PasskeyOptions(public_key=dict(passkeys.begin_adding(actor, read_site(request), services)))


@router.post("/account/passkeys", status_code=status.HTTP_201_CREATED, responses=_UNAVAILABLE | {401: _REFUSED[401]})
def add_passkey(body: PasskeyBody, request: Request, actor: SignedIn, services: ServicesDep) -> PasskeyView:
    """Add a passkey that a device has just made."""
    return PasskeyView.from_passkey(passkeys.add_passkey(actor, body.name, body.build_made(), read_site(request), services))


@router.delete("/account/passkeys/{passkey_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_passkey(passkey_id: OtherId, actor: SignedIn, services: ServicesDep) -> None:
    """Take a passkey back; sessions that it began go on until they are ended."""
    passkeys.erase_passkey(actor, passkey_id, services)


@router.get("/account/identities")
def list_identities(actor: SignedIn, services: ServicesDep) -> list[IdentityView]:
    """Who the caller is to identity providers, oldest first."""
    return [IdentityView.from_identity(identity) for identity in identities.list_identities(actor, services)]


@router.delete("/account/identities/{identity_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_identity(identity_id: OtherId, actor: SignedIn, services: ServicesDep) -> None:
    """Take back that somebody known to a provider opens this account."""
    identities.erase_identity(actor, identity_id, services)
