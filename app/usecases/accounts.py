"""Accounts: making them, signing in and out, passwords."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.ports.accounts import Account, AccountTakenError, Grant, Role
from app.ports.mail import Letter
from app.ports.records import UnitOfWork
from app.usecases.access import Actor, hash_secret
from app.usecases.account_errors import EmailTakenError, LastAdminError, LinkExpiredError, UnknownAccountError, WrongPasswordError
from app.usecases.errors import MalformedSubmissionError, UnknownAthleteError
from app.usecases.grants import make_grant
from app.usecases.services import Services
from app.usecases.tries import TRIES, TRIES_OF_MANY, Key, count_try, list_place_keys, refuse_too_many

_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]+\.)+[\w-]+")
_EMAIL_LENGTH = 254
_PASSWORD_LENGTHS = (10, 200)
"""Length is what counts and nothing else is asked for: NIST SP 800-63B-4, section 3.1.1.2, asks for at least 8 beside a second factor, 15 alone."""


def create_account(email: str, password: str, role: Role, services: Services) -> Account:
    """Make an account out of nothing: the way in for the first admin."""
    with services.open_records() as records:
        account = build_account(email, password, role, None, records, services)
        remember_account(account, records)
        records.commit()
    return account


def sign_in(email: str, password: str, place: str, services: Services) -> str:
    """Return the secret of a new session; who fails too often has to wait, and a wrong address is answered like a wrong password."""
    email = email.strip().lower()
    keys = _list_keys(email, place)
    refuse_too_many(keys, services)
    with services.open_records() as records:
        account = records.accounts.find_by_email(email)
    if not services.passwords.verify(password, None if account is None else account.password_hash) or account is None:
        count_try(keys, services)
        raise WrongPasswordError
    return open_session(account.account_id, services)


def _list_keys(email: str, place: str) -> tuple[Key, ...]:
    """Return what tries are counted under. Few from one place for one address; many for an address from everywhere, so that a stranger locks nobody out."""
    return ((f"{email} from {place}", TRIES), *list_place_keys(place), (email, TRIES_OF_MANY))


def open_paired_session(secret: str, services: Services) -> str:
    """Return the secret of a session for a device that shows the pairing link of this run."""
    if services.access != "paired":
        raise LinkExpiredError
    with services.open_records() as records:
        take_grant(secret, "pairing", records, services)
        _, session = make_grant("session", records, services)
        records.commit()
    return session


def offer_pairing(services: Services) -> str:
    """Return the secret of a link over which devices in the room are let in, for half an hour."""
    with services.open_records() as records:
        for grant in records.accounts.grants_of_account(None):
            if grant.kind == "pairing":  # the code of a run before
                records.accounts.revoke(grant.grant_id)
        _, secret = make_grant("pairing", records, services)
        records.commit()
    return secret


def has_admin(services: Services) -> bool:
    """Whether anybody can invite others."""
    return any(account.role == "admin" for account in list_accounts(services))


def sign_out(actor: Actor, services: Services) -> None:
    """End the session that is shown."""
    if actor.grant_id is not None:
        with services.open_records() as records:
            records.accounts.revoke(actor.grant_id)
            records.commit()


def find_account(account_id: str, services: Services) -> Account:
    """Return an account; raise `UnknownAccountError` when there is none."""
    with services.open_records() as records:
        account = records.accounts.find(account_id)
    if account is None:
        raise UnknownAccountError
    return account


def list_accounts(services: Services) -> Sequence[Account]:
    """All accounts, by address."""
    with services.open_records() as records:
        return records.accounts.list_all()


def change_password(actor: Actor, old: str, new: str, services: Services) -> None:
    """Choose another password; every other session and token of the account ends, and links over which a new one could be chosen."""
    account = find_account(actor.account_id or "", services)
    keys = _list_keys(account.email, account.account_id)
    refuse_too_many(keys, services)
    if not services.passwords.verify(old, account.password_hash):
        count_try(keys, services)
        raise WrongPasswordError
    with services.open_records() as records:
        _set_password(account, new, records, services, keep=actor.grant_id)
        records.commit()


def offer_reset(account_id: str, services: Services) -> tuple[Grant, str]:
    """Make a link over which a new password can be chosen, once; earlier ones are no longer good."""
    account = find_account(account_id, services)
    with services.open_records() as records:
        records.accounts.revoke_all(account.account_id, ("reset",))
        made = make_grant("reset", records, services, account_id=account.account_id)
        records.commit()
    return made


def ask_for_reset(email: str, caller: str, base: str, services: Services) -> Letter | None:
    """Return the letter with a link to a new password, None where nobody has this address; who asks too often has to wait."""
    for key in ((f"reset {email.strip().lower()}", TRIES), (f"reset from {caller}", TRIES)):
        refuse_too_many([key], services)
        count_try([key], services)
    with services.open_records() as records:
        account = records.accounts.find_by_email(email.strip())
    if account is None:
        return None
    _, secret = offer_reset(account.account_id, services)
    text = (
        f"Somebody, probably you, asked for a new Kneewall password for this address. This link is good once, for two hours:\n\n{base}/reset/{secret}\n\n"
        "If it was not you, leave it: the password stays as it is.\n"
    )
    return Letter(account.email, "A new Kneewall password", text)


def reset_password(secret: str, new: str, services: Services) -> str:
    """Choose a new password over a reset link; every session ends, and a new one begins."""
    with services.open_records() as records:
        grant = take_grant(secret, "reset", records, services)
        account = records.accounts.find(grant.account_id or "")
        if account is None:
            raise LinkExpiredError
        check_password(new, account.email)
        use_up(grant, records)
        _set_password(account, new, records, services, keep=None)
        records.commit()
    return open_session(account.account_id, services)


def erase_account(account_id: str, services: Services) -> None:
    """Forget an account; what an athlete was measured stays until the athlete is erased."""
    account = find_account(account_id, services)
    with services.open_records() as records:
        begun = records.uploads.list_of(account_id, None)
        records.accounts.erase(account_id)
        if account.role == "admin" and not records.accounts.hold_admins():
            raise LastAdminError
        records.commit()
    for upload in begun:
        services.clips.erase_group(upload.upload_id)


def remember_account(account: Account, records: UnitOfWork) -> None:
    """Remember a new account; raise the error that says why there is one already."""
    try:
        records.accounts.add(account)
    except AccountTakenError:  # somebody was quicker by a moment
        raise EmailTakenError if account.athlete_id is None else LinkExpiredError from None


def build_account(email: str, password: str, role: Role, athlete_id: str | None, records: UnitOfWork, services: Services) -> Account:
    """Return a new account, not yet remembered; raise the error that says what is wrong with address or password."""
    email = email.strip().lower()
    if len(email) > _EMAIL_LENGTH or not _EMAIL.fullmatch(email):
        raise MalformedSubmissionError((f"email: found {email[:40]!r}; expected an address like name@example.org",))
    check_password(password, email)
    if records.accounts.find_by_email(email) is not None:
        raise EmailTakenError
    if athlete_id is not None and records.athletes.find(athlete_id) is None:
        raise UnknownAthleteError
    return Account(
        account_id=services.new_id(),
        email=email,
        role=role,
        password_hash=services.passwords.hash(password),
        created_at=services.clock.now(),
        athlete_id=athlete_id,
    )


def check_password(password: str, email: str) -> None:
    """Refuse a password that is too short, too long for the hash's time, or the address itself."""
    least, most = _PASSWORD_LENGTHS
    if not least <= len(password) <= most:
        raise MalformedSubmissionError((f"password: found {len(password)} characters; expected {least} to {most}",))
    if password.lower() in {email, email.partition("@")[0]}:
        raise MalformedSubmissionError(("password: found the e-mail address; expected something that others cannot guess",))


def _set_password(account: Account, new: str, records: UnitOfWork, services: Services, *, keep: str | None) -> None:
    check_password(new, account.email)
    records.accounts.set_password(account.account_id, services.passwords.hash(new))
    for grant in records.accounts.grants_of_account(account.account_id):
        if grant.grant_id != keep:
            records.accounts.revoke(grant.grant_id)


def use_up(grant: Grant, records: UnitOfWork) -> None:
    """Take a grant that is good once; whoever comes second at the same moment finds it gone."""
    if not records.accounts.revoke(grant.grant_id):
        raise LinkExpiredError


def open_session(account_id: str, services: Services) -> str:
    """Return the secret of a new session."""
    with services.open_records() as records:
        _, secret = make_grant("session", records, services, account_id=account_id)
        records.commit()
    return secret


def take_grant(secret: str, kind: str, records: UnitOfWork, services: Services) -> Grant:
    """Return the grant of a secret; raise `LinkExpiredError` when it is no longer good, or of another kind."""
    grant = records.accounts.find_grant(hash_secret(secret))
    if grant is None or grant.kind != kind or grant.expires_at <= services.clock.now():
        raise LinkExpiredError
    return grant


def name_accounts(account_ids: Iterable[str | None], services: Services) -> dict[str, str]:
    """Return the addresses of accounts by their ids; those that are gone have none."""
    wanted = {account_id for account_id in account_ids if account_id is not None}
    if not wanted:
        return {}
    with services.open_records() as records:
        return {account.account_id: account.email for account in records.accounts.list_all() if account.account_id in wanted}
