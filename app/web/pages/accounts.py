"""Links that open something, one's own account, and everybody's for an admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import structlog
from fastapi import APIRouter, BackgroundTasks, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.ports.accounts import Grant
from app.ports.mail import Letter, Mailer, MailFailedError
from app.rendering.language import gettext as _
from app.usecases import access, accounts, grants, identities, invites, passkeys, webhooks
from app.usecases.access import Actor
from app.usecases.account_errors import LinkExpiredError
from app.usecases.errors import UsecaseError
from app.usecases.services import Services
from app.web.api.accounts import read_address
from app.web.dependencies import Admin, Caller, OtherId, Secret, ServicesDep, SignedIn
from app.web.errors import STATUS
from app.web.forms import Fields, parse_fields
from app.web.pages.links import show_link
from app.web.pages.signing_in import enter
from app.web.pages.templates import render_page
from app.web.passkey_schemas import IdentityView, PasskeyView
from app.web.people_schemas import AccountView, ConsentBody, GrantBody, GrantView, InviteBody, NewPasswordBody, SignInBody
from app.web.sites import find_obstacle
from app.web.webhook_schemas import WebhookView

router = APIRouter(include_in_schema=False)


@router.get("/s/{secret}")
def open_share(secret: Secret, request: Request, caller: Caller, services: ServicesDep) -> Response:
    """Open a link for handing in clips; who is signed in stays so and is led to the athlete."""
    link = access.identify(secret, services)
    if link is None or link.kind != "link":
        raise LinkExpiredError
    if caller is not None and caller.kind != "link":
        return RedirectResponse(f"/?athlete={link.athlete_id}", status_code=status.HTTP_303_SEE_OTHER)
    return enter(request, secret, "/")


@router.get("/pair/{secret}")
def open_pairing(secret: Secret, request: Request, caller: Caller, services: ServicesDep) -> Response:
    """Let a device in the room in."""
    del caller
    return enter(request, accounts.open_paired_session(secret, services), "/")


@router.get("/join/{secret}")
def show_invite(secret: Secret, caller: Caller, services: ServicesDep) -> HTMLResponse:
    """Ask for what an account needs."""
    return _render_join(secret, invites.find_invite(secret, services), caller, services)


@router.post("/join/{secret}")
def accept_invite(secret: Secret, fields: Fields, request: Request, caller: Caller, services: ServicesDep) -> Response:
    """Make the account."""
    invited = invites.find_invite(secret, services)
    try:
        body = parse_fields(SignInBody, {name: fields[name] for name in ("email", "password") if name in fields})
        consent = parse_fields(ConsentBody, {"given_by": fields["given_by"]}).given_by if "given_by" in fields else None
        session = invites.accept_invite(secret, body.email, body.password, consent, services)
    except UsecaseError as error:
        return _render_join(secret, invited, caller, services, given=fields, error=error)
    return enter(request, session, "/")


@router.get("/forgot")
def show_forgot(caller: Caller, services: ServicesDep) -> HTMLResponse:
    """Ask for the address to which a link to a new password is sent."""
    return render_page("forgot.html", actor=caller, mail=services.mailer is not None, sent=False, given={}, error=None)


@router.post("/forgot")
def ask_for_reset(fields: Fields, request: Request, caller: Caller, later: BackgroundTasks, services: ServicesDep) -> HTMLResponse:
    """Send the link; the answer is the same whether there is such an account or not, and so is its time."""
    try:
        letter = accounts.ask_for_reset(fields.get("email", ""), read_address(request), str(request.base_url).rstrip("/"), services)
    except UsecaseError as error:
        return render_page("forgot.html", status=STATUS[type(error)], actor=caller, mail=True, sent=False, given=fields, error=error)
    if letter is not None and services.mailer is not None:
        later.add_task(_send, letter, services.mailer)
    return render_page("forgot.html", actor=caller, mail=services.mailer is not None, sent=True, given={}, error=None)


def _send(letter: Letter, mailer: Mailer) -> None:
    try:
        mailer.send(letter)
    except MailFailedError as error:
        structlog.get_logger().error("mail.failed", reason=str(error))


@router.get("/reset/{secret}")
def show_reset(secret: Secret, caller: Caller) -> HTMLResponse:
    """Ask for a new password."""
    return render_page("reset.html", actor=caller, secret=secret, error=None)


@router.post("/reset/{secret}")
def reset_password(secret: Secret, fields: Fields, request: Request, caller: Caller, services: ServicesDep) -> Response:
    """Keep the new password."""
    try:
        session = accounts.reset_password(secret, fields.get("password", ""), services)
    except UsecaseError as error:
        return render_page("reset.html", status=STATUS[type(error)], actor=caller, secret=secret, error=error)
    return enter(request, session, "/")


@router.get("/account")
def show_account(request: Request, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Show one's own account, its passkeys, sessions and tokens."""
    return render_account(request, actor, services)


@router.post("/account/password")
def change_password(fields: Fields, request: Request, actor: SignedIn, services: ServicesDep) -> Response:
    """Choose another password."""
    try:
        body = parse_fields(NewPasswordBody, fields)
        accounts.change_password(actor, body.old, body.new, services)
    except UsecaseError as error:
        return render_account(request, actor, services, sent="password", error=error)
    return RedirectResponse("/account", status_code=status.HTTP_303_SEE_OTHER)


@router.post("/account/tokens")
def make_token(fields: Fields, request: Request, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Make a token and show it once."""
    try:
        body = parse_fields(GrantBody, fields)
        _, secret = grants.make_token(actor, body.label, body.days, services)
    except UsecaseError as error:
        return render_account(request, actor, services, sent="token", given=fields, error=error)
    return render_page("token.html", actor=actor, secret=secret)


@router.post("/account/grants/{grant_id}/revoke")
def revoke_grant(grant_id: OtherId, actor: SignedIn, services: ServicesDep) -> Response:
    """End a session, or take a token back."""
    grants.revoke_own(actor, grant_id, services)
    return RedirectResponse("/account", status_code=status.HTTP_303_SEE_OTHER)


@router.get("/accounts")
def show_accounts(actor: Admin, services: ServicesDep) -> HTMLResponse:
    """Show everybody who can sign in."""
    own = [AccountView.from_account(account) for account in accounts.list_accounts(services)]
    return render_page("accounts.html", actor=actor, accounts=own, invites=[GrantView.from_grant(grant) for grant in invites.list_invites(services)])


@router.post("/accounts/invites/{grant_id}/revoke")
def revoke_invite(grant_id: OtherId, actor: Admin, services: ServicesDep) -> Response:
    """Take an invitation back."""
    del actor
    invites.revoke_invite(grant_id, services)
    return RedirectResponse("/accounts", status_code=status.HTTP_303_SEE_OTHER)


@router.post("/accounts/invite")
def invite(fields: Fields, request: Request, actor: Admin, services: ServicesDep) -> HTMLResponse:
    """Make an invitation and show it once."""
    role = parse_fields(InviteBody, fields).role
    words = _("Whoever opens it can make an account as an admin, once.") if role == "admin" else _("Whoever opens it can make an account as a coach, once.")
    return show_link(invites.invite(role, None, actor, services), "/join", words=words, back="/accounts", actor=actor, request=request)


@router.post("/accounts/{account_id}/reset")
def offer_reset(account_id: OtherId, request: Request, actor: Admin, services: ServicesDep) -> HTMLResponse:
    """Make a link to a new password and show it once."""
    made = accounts.offer_reset(account_id, services)
    words = _("Whoever opens it can choose a new password for this account, once.")
    return show_link(made, "/reset", words=words, back="/accounts", actor=actor, request=request)


@router.get("/accounts/{account_id}/erase")
def ask_before_erasing(account_id: OtherId, actor: Admin, services: ServicesDep) -> HTMLResponse:
    """Ask once more."""
    account = accounts.find_account(account_id, services)
    words = _("The account and its sessions and tokens are forgotten; athletes and what was measured stay.")
    return render_page("erase.html", actor=actor, what=account.email, words=words, address=f"/accounts/{account_id}", back="/accounts")


@router.post("/accounts/{account_id}/erase")
def erase_account(account_id: OtherId, actor: Admin, services: ServicesDep) -> Response:
    """Forget an account."""
    del actor
    accounts.erase_account(account_id, services)
    return RedirectResponse("/accounts", status_code=status.HTTP_303_SEE_OTHER)


def render_account(
    request: Request,
    actor: Actor,
    services: Services,
    *,
    sent: Literal["password", "token", "webhook"] | None = None,
    given: Mapping[str, str] | None = None,
    error: UsecaseError | None = None,
) -> HTMLResponse:
    """Show the account; `given` is what was typed into the form that was `sent` and refused, but never a password."""
    shown = {
        "account": None if actor.account_id is None else AccountView.from_account(accounts.find_account(actor.account_id, services)),
        "grants": [GrantView.from_grant(grant) for grant in grants.list_own_grants(actor, services)],
        "passkeys": [PasskeyView.from_passkey(passkey) for passkey in passkeys.list_passkeys(actor, services)],
        "obstacle": find_obstacle(request),
        "identities": [IdentityView.from_identity(identity) for identity in identities.list_identities(actor, services)],
        "webhooks": [WebhookView.from_webhook(webhook) for webhook in webhooks.list_webhooks(actor, services)],
    }
    return render_page(
        "account.html", status=status.HTTP_200_OK if error is None else STATUS[type(error)], actor=actor, sent=sent, given=given or {}, error=error, **shown
    )


def _render_join(
    secret: str, invited: Grant, caller: Actor | None, services: Services, *, given: Mapping[str, str] | None = None, error: UsecaseError | None = None
) -> HTMLResponse:
    """Show an invitation; an admin's account begins with a password, the others may begin at the identity provider."""
    provider = None if services.provider is None or invited.role == "admin" else services.provider.name
    code = status.HTTP_200_OK if error is None else STATUS[type(error)]
    return render_page("join.html", status=code, actor=caller, secret=secret, invited=invited, provider=provider, given=given or {}, error=error)
