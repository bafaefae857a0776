"""The API of accounts, sessions and tokens."""

from __future__ import annotations

import ipaddress
from typing import Any

from fastapi import APIRouter, Request, Response, status

from app.usecases import accounts, grants, invites
from app.web.cookies import clear_session, put_session
from app.web.dependencies import Admin, Caller, OtherId, ServicesDep, SignedIn
from app.web.people_schemas import AccountView, GrantBody, GrantView, InviteBody, NewGrantView, NewPasswordBody, SignInBody
from app.web.schemas import ErrorBody

router = APIRouter(prefix="/api", tags=["accounts"])
_VERSION_6 = 6
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "There is no such thing for whoever asks."}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "E-mail address and password do not belong together."},
    429: {"model": ErrorBody, "description": "Too many tries; Retry-After says how many seconds to wait."},
}


@router.post("/session", status_code=status.HTTP_204_NO_CONTENT, responses=_REFUSED)
def sign_in(body: SignInBody, request: Request, response: Response, caller: Caller, services: ServicesDep) -> None:
    """Sign in: the session is a cookie. Programs use a token instead."""
    del caller
    put_session(request, response, accounts.sign_in(body.email, body.password, read_address(request), services))


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(request: Request, response: Response, actor: SignedIn, services: ServicesDep) -> None:
    """Sign out: the session is over."""
    accounts.sign_out(actor, services)
    clear_session(request, response)


@router.get("/account")
def read_account(actor: SignedIn, services: ServicesDep) -> AccountView:
    """Return the caller's own account."""
    return AccountView.from_account(accounts.find_account(actor.account_id or "", services))


@router.put("/account/password", status_code=status.HTTP_204_NO_CONTENT, responses=_REFUSED)
def change_password(body: NewPasswordBody, actor: SignedIn, services: ServicesDep) -> None:
    """Choose another password; every other session ends."""
    accounts.change_password(actor, body.old, body.new, services)


@router.get("/account/grants")
def list_grants(actor: SignedIn, services: ServicesDep) -> list[GrantView]:
    """Sessions and tokens of the caller, newest first."""
    return [GrantView.from_grant(grant) for grant in grants.list_own_grants(actor, services)]


@router.delete("/account/grants/{grant_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def revoke_grant(grant_id: OtherId, actor: SignedIn, services: ServicesDep) -> None:
    """End a session, or take a token back."""
    grants.revoke_own(actor, grant_id, services)


@router.post("/account/tokens", status_code=status.HTTP_201_CREATED)
def make_token(body: GrantBody, actor: SignedIn, services: ServicesDep) -> NewGrantView:
    """Make a token for a program, to be sent as `Authorization: Bearer TOKEN`."""
    return NewGrantView.from_new(grants.make_token(actor, body.label, body.days, services))


@router.get("/accounts")
def list_accounts(actor: Admin, services: ServicesDep) -> list[AccountView]:
    """All accounts, by address."""
    del actor
    return [AccountView.from_account(account) for account in accounts.list_accounts(services)]


@router.post("/invites", status_code=status.HTTP_201_CREATED, responses=_UNKNOWN)
def invite(body: InviteBody, actor: Admin, services: ServicesDep) -> NewGrantView:
    """Make a link over which a coach or an admin can make an account."""
    return NewGrantView.from_new(invites.invite(body.role, body.squad_id, actor, services), path="/join")


@router.get("/invites")
def list_invites(actor: Admin, services: ServicesDep) -> list[GrantView]:
    """Return invitations that are still good, newest first."""
    del actor
    return [GrantView.from_grant(grant) for grant in invites.list_invites(services)]


@router.delete("/invites/{grant_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def revoke_invite(grant_id: OtherId, actor: Admin, services: ServicesDep) -> None:
    """Take an invitation back."""
    del actor
    invites.revoke_invite(grant_id, services)


@router.post("/accounts/{account_id}/reset", status_code=status.HTTP_201_CREATED, responses=_UNKNOWN)
def offer_reset(account_id: OtherId, actor: Admin, services: ServicesDep) -> NewGrantView:
    """Make a link over which a new password can be chosen, once, within two hours."""
    del actor
    return NewGrantView.from_new(accounts.offer_reset(account_id, services), path="/reset")


@router.delete("/accounts/{account_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_account(account_id: OtherId, actor: Admin, services: ServicesDep) -> None:
    """Forget an account; what was measured stays."""
    del actor
    accounts.erase_account(account_id, services)


def read_address(request: Request) -> str:
    """Return where a request comes from, of IPv6 the network that one subscriber has: a key for counting tries, kept in memory only."""
    host = "" if request.client is None else request.client.host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network(f"{host}/64", strict=False)) if address.version == _VERSION_6 else host
