"""Signing in over an identity provider: the way there and back, and whose account it opens.

One secret stays in the browser, and only its hash here; state, nonce and verifier of the round are derived from it, each for its own eyes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from app.ports.accounts import Account
from app.ports.provider import Identity, IdentityProvider, IdentityTakenError, Person, ProviderFaultError, Round
from app.ports.records import UnitOfWork
from app.usecases.access import Actor, require_accounts
from app.usecases.account_errors import (
    EmailTakenError,
    IdentityRefusedError,
    LinkExpiredError,
    NoProviderError,
    ProviderFailedError,
    SignInLostError,
    UnknownIdentityError,
)
from app.usecases.accounts import take_grant, use_up
from app.usecases.grants import make_grant
from app.usecases.invites import find_invite, make_invited
from app.usecases.services import Services
from app.usecases.tries import count_beginning, count_try, list_place_keys, refuse_too_many

_PASSWORD_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """With what the browser came back: a code, or why there is none."""

    state: str | None
    code: str | None = None
    error: str | None = None
    issuer: str | None = None


def begin(callback: str, invite: str | None, place: str, services: Services) -> tuple[str, str]:
    """Return where the browser is sent, and the secret that it keeps until it comes back, within ten minutes."""
    provider = require_provider(services)
    if invite is not None:
        _refuse_admin(invite, services)
    count_beginning("provider", place, services)
    with services.open_records() as records:
        _, secret = make_grant("provider", records, services)
        records.commit()
    try:
        return provider.build_address(_derive(secret, callback)), secret
    except ProviderFaultError as error:
        raise ProviderFailedError(provider.name, reason=error.reason) from None


def finish(secret: str | None, answer: Answer, callback: str, invite: str | None, place: str, services: Services) -> str:
    """Return the secret of a new session for whoever came back; what fails is counted."""
    provider = require_provider(services)
    refuse_too_many(list_place_keys(place), services)
    try:
        way = _use_round(secret, answer, callback, services)
        person = _ask(provider, answer, way)
        return _enter(person, provider, invite, services)
    except (SignInLostError, IdentityRefusedError, ProviderFailedError):
        count_try(list_place_keys(place), services)
        raise


def require_provider(services: Services) -> IdentityProvider:
    """Return the provider; raise `NoProviderError` where there is none."""
    require_accounts(services)
    if services.provider is None:
        raise NoProviderError
    return services.provider


def list_identities(actor: Actor, services: Services) -> Sequence[Identity]:
    """Who one is to providers, oldest first."""
    if actor.account_id is None:
        return []
    with services.open_records() as records:
        return records.identities.list_of(actor.account_id)


def erase_identity(actor: Actor, identity_id: str, services: Services) -> None:
    """Take back that a person known to a provider opens this account; by a verified address of theirs they can be known again."""
    if identity_id not in {identity.identity_id for identity in list_identities(actor, services)}:
        raise UnknownIdentityError
    with services.open_records() as records:
        records.identities.erase(identity_id)
        records.commit()


def _derive(secret: str, callback: str) -> Round:
    """Return what goes out into the world of a secret: none of the three tells the others, nor the secret."""

    def derive(purpose: str) -> str:
        return base64.urlsafe_b64encode(hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)).decode().rstrip("=")

    return Round(callback=callback, state=derive("state"), nonce=derive("nonce"), verifier=derive("verifier"))


def _use_round(secret: str | None, answer: Answer, callback: str, services: Services) -> Round:
    """Return the round that this browser began, and use it up."""
    way = _derive(secret or "", callback)
    if not secret or not hmac.compare_digest((answer.state or "").encode(), way.state.encode()):
        raise SignInLostError
    try:
        with services.open_records() as records:
            use_up(take_grant(secret, "provider", records, services), records)
            records.commit()
    except LinkExpiredError:
        raise SignInLostError from None
    return way


def _ask(provider: IdentityProvider, answer: Answer, way: Round) -> Person:
    if answer.error == "access_denied":
        raise IdentityRefusedError(f"{provider.name} did not let you sign in, or you stopped there.", advice="Try again, or sign in in another way.")
    if answer.error is not None or answer.code is None:
        raise ProviderFailedError(provider.name, reason="refused")
    try:
        person = provider.redeem(answer.code, way)
    except ProviderFaultError as error:
        raise ProviderFailedError(provider.name, reason=error.reason) from None
    if answer.issuer not in {None, person.issuer}:  # RFC 9207: another provider's answer in this one's place
        raise ProviderFailedError(provider.name, reason="other_issuer")
    return person


def _enter(person: Person, provider: IdentityProvider, invite: str | None, services: Services) -> str:
    with services.open_records() as records:
        known = records.identities.find(person.issuer, person.subject)
        if known is not None and invite is not None:
            raise EmailTakenError
        account_id = known.account_id if known is not None else _link(person, provider, invite, records, services).account_id
        _, secret = make_grant("session", records, services, account_id=account_id)
        records.commit()
    return secret


def _link(person: Person, provider: IdentityProvider, invite: str | None, records: UnitOfWork, services: Services) -> Account:
    """Return the account of somebody who comes for the first time: by their address, or over an invitation."""
    if not person.email or not person.is_email_verified:
        advice = f"Have your e-mail address confirmed at {provider.name}, or sign in with a password."
        raise IdentityRefusedError(f"{provider.name} does not say that your e-mail address is yours.", advice=advice)
    account = records.accounts.find_by_email(person.email.strip())
    if account is not None and invite is not None:
        raise EmailTakenError
    if account is None and invite is None:
        advice = "Accounts are made by invitation: open yours first, and go on from there. If your account has another address, sign in with its password."
        raise IdentityRefusedError(f"There is no account here with the e-mail address that {provider.name} knows you by.", advice=advice)
    if account is None:
        _refuse_admin(invite or "", services)
        password = secrets.token_urlsafe(_PASSWORD_BYTES)  # nobody knows it; a link to a new password makes one that somebody does
        account = make_invited(invite or "", person.email, password, None, records, services)
    identity = Identity(
        identity_id=services.new_id(), issuer=person.issuer, subject=person.subject, account_id=account.account_id, created_at=services.clock.now()
    )
    try:
        records.identities.add(identity)
    except IdentityTakenError:
        advice = "Sign in with a password or a passkey; on the page of your account you can take back who is linked."
        raise IdentityRefusedError(f"This account is linked to somebody else at {provider.name}.", advice=advice) from None
    return account


def _refuse_admin(invite: str, services: Services) -> None:
    if find_invite(invite, services).role == "admin":
        raise IdentityRefusedError("An admin's account begins with a password.", advice="Choose one here; afterwards you can sign in in both ways.")
