"""Erasing again what was erased already: an older copy of the records that was put back does not know of it."""

from __future__ import annotations

from app.ports.erasing import EraseList
from app.usecases.screenings import erase_files
from app.usecases.services import Services
from app.usecases.waiting import sweep_waiting


def erase_again(erased: EraseList, services: Services) -> int:
    """Erase what the list names and the records still have; have the list name whatever the records know to be erased. Say how much was found."""
    with services.open_records() as records:
        erased.add(records.erased_ids())
        athletes = erased.pick(athlete.athlete_id for athlete in records.athletes.list_all())
        accounts = erased.pick(account.account_id for account in records.accounts.list_all())
        webhooks = erased.pick(webhook.webhook_id for webhook in records.webhooks.list_all())
        passkeys = erased.pick(passkey.passkey_id for passkey in records.passkeys.list_all())
        identities = erased.pick(identity.identity_id for identity in records.identities.list_all())
        programmes = erased.pick(programme.programme_id for programme in records.programmes.list_all())
        screenings = {*erased.pick(records.screening_ids()), *(each.screening_id for athlete in athletes for each in records.screenings_of(athlete))}
        screenings |= {each.screening_id for screening in screenings for each in records.repeats_of(screening)}
        for athlete_id in athletes:
            records.athletes.erase(athlete_id)
        for account_id in accounts:
            records.accounts.erase(account_id)
        for webhook_id in webhooks:
            records.webhooks.erase(webhook_id)
        for passkey_id in passkeys:
            records.passkeys.erase(passkey_id)
        for identity_id in identities:
            records.identities.erase(identity_id)
        for programme_id in programmes:
            records.programmes.erase(programme_id)
        for screening_id in screenings:
            records.erase_screening(screening_id)
        records.commit()
    sweep_waiting(services)
    if screenings:
        erase_files(sorted(screenings), services)
    return len(athletes) + len(accounts) + len(webhooks) + len(passkeys) + len(identities) + len(programmes) + len(screenings)
