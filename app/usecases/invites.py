"""Invitations: making them, taking them back, and the account that comes of one."""

from __future__ import annotations

from app.ports.accounts import Account, Grant, Role
from app.ports.people import Consent, Consenter
from app.ports.records import UnitOfWork
from app.usecases.access import Actor, needs_guardian, require_accounts, require_athlete, require_squad
from app.usecases.account_errors import AccountHeldError, LinkExpiredError, UnknownGrantError
from app.usecases.accounts import build_account, open_session, remember_account, take_grant, use_up
from app.usecases.grants import make_grant
from app.usecases.services import Services


def list_invites(services: Services) -> list[Grant]:
    """Invitations that are still good, newest first."""
    with services.open_records() as records:
        open_ones = records.accounts.grants_of_account(None)
    return [grant for grant in open_ones if grant.kind == "invite" and grant.expires_at > services.clock.now()]


def revoke_invite(grant_id: str, services: Services) -> None:
    """Take an invitation back."""
    if grant_id not in {grant.grant_id for grant in list_invites(services)}:
        raise UnknownGrantError
    with services.open_records() as records:
        records.accounts.revoke(grant_id)
        records.commit()


def invite(role: Role, squad_id: str | None, actor: Actor, services: Services) -> tuple[Grant, str]:
    """Make a link over which a coach or an admin can make an account; a coach joins a squad with it."""
    require_accounts(services)
    with services.open_records() as records:
        if squad_id is not None:
            require_squad(actor, squad_id, records)
        made = make_grant("invite", records, services, role=role, squad_id=squad_id, made_by=actor.account_id)
        records.commit()
    return made


def invite_athlete(actor: Actor, athlete_id: str, services: Services) -> tuple[Grant, str]:
    """Make a link over which an athlete who has no account can make one."""
    require_accounts(services)
    with services.open_records() as records:
        require_athlete(actor, athlete_id, records)
        if records.accounts.find_of_athlete(athlete_id) is not None:
            raise AccountHeldError
        made = make_grant("invite", records, services, athlete_id=athlete_id, role="athlete", made_by=actor.account_id)
        records.commit()
    return made


def find_invite(secret: str, services: Services) -> Grant:
    """Return the invitation that a link shows; raise `LinkExpiredError` when it is no longer good."""
    with services.open_records() as records:
        return take_grant(secret, "invite", records, services)


def accept_invite(secret: str, email: str, password: str, consent: Consenter | None, services: Services) -> str:
    """Make the account that an invitation offers; return the secret of its first session."""
    require_accounts(services)
    with services.open_records() as records:
        account = make_invited(secret, email, password, consent, records, services)
        records.commit()
    return open_session(account.account_id, services)


def make_invited(secret: str, email: str, password: str, consent: Consenter | None, records: UnitOfWork, services: Services) -> Account:
    """Make the account that an invitation offers, as part of a unit of work."""
    grant = take_grant(secret, "invite", records, services)
    if grant.athlete_id is not None and records.accounts.find_of_athlete(grant.athlete_id) is not None:
        raise LinkExpiredError
    account = build_account(email, password, grant.role or "athlete", grant.athlete_id, records, services)
    use_up(grant, records)
    remember_account(account, records)
    if grant.squad_id is not None:
        records.squads.put_coach(grant.squad_id, account.account_id)
    if grant.athlete_id is not None:
        _welcome_athlete(grant.athlete_id, consent, account, records, services)
    return account


def _welcome_athlete(athlete_id: str, consent: Consenter | None, account: Account, records: UnitOfWork, services: Services) -> None:
    """Forget the other invitations of an athlete who has an account now, and keep their consent as far as it is theirs to give."""
    for other in records.accounts.grants_for_athlete(athlete_id):
        if other.kind == "invite":
            records.accounts.revoke(other.grant_id)
    athlete = records.athletes.find(athlete_id)
    if consent == "athlete" and athlete is not None and not needs_guardian(athlete, services):
        said = Consent(athlete_id=athlete_id, given_by=consent, given_at=services.clock.now(), recorded_by=account.account_id)
        records.athletes.put_consent(said)
