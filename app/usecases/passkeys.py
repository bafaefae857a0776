"""Signing in with a passkey; adding passkeys to one's account, and taking them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.ports.accounts import Account
from app.ports.passkeys import MadePasskey, Passkey, PasskeyFaultError, PasskeyTakenError, ShownPasskey, Site
from app.ports.records import UnitOfWork
from app.usecases.access import Actor, require_accounts
from app.usecases.account_errors import LinkExpiredError, NotAllowedError, PasskeyRefusedError, TooManyPasskeysError, UnknownPasskeyError
from app.usecases.accounts import find_account, take_grant, use_up
from app.usecases.grants import make_grant
from app.usecases.services import Services
from app.usecases.tries import count_beginning, count_try, list_place_keys, refuse_too_many

MOST_PASSKEYS = 20
"""Of one account."""


def begin_sign_in(site: Site, place: str, services: Services) -> Mapping[str, Any]:
    """Return what a browser needs to ask for a passkey, with a challenge that is good once and for five minutes."""
    require_accounts(services)
    count_beginning("passkey", place, services)
    return services.passkeys.ask_for_known(site, challenge=_make_challenge(None, services))


def sign_in(shown: ShownPasskey, site: Site, place: str, services: Services) -> str:
    """Return the secret of a new session; what fails is counted, and whatever is wrong is answered alike."""
    require_accounts(services)
    refuse_too_many(list_place_keys(place), services)
    try:
        return _sign_in(shown, site, services)
    except PasskeyRefusedError:
        count_try(list_place_keys(place), services)
        raise


def begin_adding(actor: Actor, site: Site, services: Services) -> Mapping[str, Any]:
    """Return what a browser needs to have a passkey made for one's own account."""
    account = _require_own_account(actor, services)
    known = [passkey.credential_id for passkey in list_passkeys(actor, services)]
    challenge = _make_challenge(account.account_id, services)
    return services.passkeys.ask_for_new(site, account_id=account.account_id, email=account.email, challenge=challenge, known=known)


def add_passkey(actor: Actor, name: str, made: MadePasskey, site: Site, services: Services) -> Passkey:
    """Remember a passkey that a device has just made for this account."""
    account = _require_own_account(actor, services)
    challenge = _use_challenge(made.client_data, account.account_id, services)
    try:
        key = services.passkeys.check_new(made, site, challenge=challenge)
    except PasskeyFaultError:
        raise PasskeyRefusedError from None
    passkey = Passkey(
        passkey_id=services.new_id(),
        account_id=account.account_id,
        credential_id=made.credential_id,
        public_key=key.public_key,
        sign_count=key.sign_count,
        name=name,
        created_at=services.clock.now(),
    )
    with services.open_records() as records:
        _insert(passkey, records)
        records.commit()
    return passkey


def list_passkeys(actor: Actor, services: Services) -> Sequence[Passkey]:
    """Passkeys of one's own, oldest first."""
    if actor.account_id is None:
        return []
    with services.open_records() as records:
        return records.passkeys.list_of(actor.account_id)


def erase_passkey(actor: Actor, passkey_id: str, services: Services) -> None:
    """Take back a passkey of one's own; sessions that it began go on until they are ended."""
    if passkey_id not in {passkey.passkey_id for passkey in list_passkeys(actor, services)}:
        raise UnknownPasskeyError
    with services.open_records() as records:
        records.passkeys.erase(passkey_id)
        records.commit()


def _require_own_account(actor: Actor, services: Services) -> Account:
    require_accounts(services)
    if actor.by_token or actor.account_id is None:
        raise NotAllowedError("add passkeys: only somebody with an account who has signed in may", advice="Sign in in a browser.")
    return find_account(actor.account_id, services)


def _insert(passkey: Passkey, records: UnitOfWork) -> None:
    if len(records.passkeys.list_of(passkey.account_id)) >= MOST_PASSKEYS:
        raise TooManyPasskeysError(most=MOST_PASSKEYS)
    try:
        records.passkeys.add(passkey)
    except PasskeyTakenError:
        raise PasskeyRefusedError from None


def _sign_in(shown: ShownPasskey, site: Site, services: Services) -> str:
    challenge = _use_challenge(shown.client_data, None, services)
    with services.open_records() as records:
        passkey = records.passkeys.find_by_credential(shown.credential_id)
        if passkey is None or shown.user_handle != passkey.account_id.encode():
            raise PasskeyRefusedError
        try:
            sign_count = services.passkeys.check_known(shown, site, challenge=challenge, passkey=passkey)
        except PasskeyFaultError:
            raise PasskeyRefusedError from None
        if not records.passkeys.note_use(passkey.passkey_id, sign_count=sign_count, at=services.clock.now()):
            raise PasskeyRefusedError
        _, secret = make_grant("session", records, services, account_id=passkey.account_id)
        records.commit()
    return secret


def _make_challenge(account_id: str | None, services: Services) -> str:
    """Return a challenge for an account that adds a passkey, or for whoever signs in: a secret of which, like of any other, only the hash is kept."""
    with services.open_records() as records:
        _, challenge = make_grant("passkey", records, services, account_id=account_id)
        records.commit()
    return challenge


def _use_challenge(client_data: bytes, account_id: str | None, services: Services) -> str:
    """Use up the challenge that was answered, whatever else is wrong with the answer; it has to be one of ours, made for the same purpose."""
    try:
        challenge = services.passkeys.read_challenge(client_data)
        with services.open_records() as records:
            grant = take_grant(challenge, "passkey", records, services)
            use_up(grant, records)
            records.commit()
    except (PasskeyFaultError, LinkExpiredError):
        raise PasskeyRefusedError from None
    if grant.account_id != account_id:
        raise PasskeyRefusedError
    return challenge
