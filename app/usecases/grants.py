"""Making and revoking grants: the secret is shown once, and only its hash is kept."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from app.ports.accounts import Grant, GrantKind
from app.ports.records import UnitOfWork
from app.usecases.access import Actor, hash_secret, require_athlete
from app.usecases.account_errors import NotAllowedError, UnknownGrantError
from app.usecases.services import Services

_SECRET_BYTES = 32
LIFETIME: dict[GrantKind, timedelta] = {
    "session": timedelta(days=30),
    "token": timedelta(days=365),
    "share": timedelta(days=14),
    "invite": timedelta(days=14),
    "reset": timedelta(hours=2),
    "pairing": timedelta(minutes=30),
    "passkey": timedelta(minutes=5),
    "provider": timedelta(minutes=10),
}
"""How long each kind is good for, unless a shorter time is asked for."""


def make_grant(kind: GrantKind, records: UnitOfWork, services: Services, *, lifetime: timedelta | None = None, **fields: Any) -> tuple[Grant, str]:  # noqa: ANN401 - fields of a grant
    """Remember a new grant; return it with its secret, which nobody can look up later."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    now = services.clock.now()
    records.accounts.forget_expired(now)
    until = now + min(lifetime or LIFETIME[kind], LIFETIME[kind])
    grant = Grant(grant_id=services.new_id(), kind=kind, secret_sha256=hash_secret(secret), created_at=now, expires_at=until, **fields)
    records.accounts.add_grant(grant)
    return grant, secret


def share_athlete(actor: Actor, athlete_id: str, days: int | None, services: Services, *, label: str = "") -> tuple[Grant, str]:
    """Make a link over which clips of one athlete can be handed in without an account."""
    with services.open_records() as records:
        require_athlete(actor, athlete_id, records)
        lifetime = None if days is None else timedelta(days=days)
        made = make_grant("share", records, services, lifetime=lifetime, athlete_id=athlete_id, made_by=actor.account_id, label=label)
        records.commit()
    return made


def make_token(actor: Actor, label: str, days: int | None, services: Services) -> tuple[Grant, str]:
    """Make a token with which a program acts as this account."""
    if actor.by_token or actor.account_id is None:
        raise NotAllowedError("make tokens: only somebody with an account who has signed in may", advice="Sign in with e-mail address and password.")
    with services.open_records() as records:
        lifetime = None if days is None else timedelta(days=days)
        made = make_grant("token", records, services, lifetime=lifetime, account_id=actor.account_id, label=label)
        records.commit()
    return made


def list_own_grants(actor: Actor, services: Services) -> list[Grant]:
    """Sessions and tokens of an account that are still good, newest first; in a room without accounts, those of every device that was let in."""
    if actor.account_id is None and services.access != "paired":
        return []
    with services.open_records() as records:
        own = records.accounts.grants_of_account(actor.account_id)
    return [grant for grant in own if grant.kind in {"session", "token"} and grant.expires_at > services.clock.now()]


def list_links(actor: Actor, athlete_id: str, services: Services) -> list[Grant]:
    """Links for an athlete that are still good, newest first."""
    with services.open_records() as records:
        require_athlete(actor, athlete_id, records)
        own = records.accounts.grants_for_athlete(athlete_id)
    return [grant for grant in own if grant.expires_at > services.clock.now()]


def revoke_own(actor: Actor, grant_id: str, services: Services) -> None:
    """Revoke a session or token of one's own."""
    if grant_id not in {grant.grant_id for grant in list_own_grants(actor, services)}:
        raise UnknownGrantError
    _revoke(grant_id, services)


def revoke_link(actor: Actor, athlete_id: str, grant_id: str, services: Services) -> None:
    """Revoke a link for an athlete."""
    if grant_id not in {grant.grant_id for grant in list_links(actor, athlete_id, services)}:
        raise UnknownGrantError
    _revoke(grant_id, services)


def _revoke(grant_id: str, services: Services) -> None:
    with services.open_records() as records:
        records.accounts.revoke(grant_id)
        records.commit()
