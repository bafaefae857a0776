"""Registering webhooks, and who it is that is told."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence

from app.ports.records import UnitOfWork
from app.ports.webhooks import Webhook
from app.usecases.access import OWNER, Actor
from app.usecases.errors import TooManyWebhooksError, UnknownWebhookError
from app.usecases.receivers import parse_receiver
from app.usecases.services import Services

SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with, so that they are known for what they are where they leak
_SECRET_BYTES = 32
MOST_WEBHOOKS = 10
"""Of one account; each receiver that does not answer costs the others some seconds."""


def add_webhook(actor: Actor, url: str, services: Services) -> Webhook:
    """Remember where a program of this account listens; this answer is the only one that shows the secret."""
    parse_receiver(url, allow_here=services.access == "open")
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    webhook = Webhook(webhook_id=services.new_id(), account_id=actor.account_id, url=url, secret=secret, created_at=services.clock.now())
    with services.open_records() as records:
        if len(records.webhooks.list_of(actor.account_id)) >= MOST_WEBHOOKS:
            raise TooManyWebhooksError(most=MOST_WEBHOOKS)
        records.webhooks.add(webhook)
        records.commit()
    return webhook


def list_webhooks(actor: Actor, services: Services) -> Sequence[Webhook]:
    """Webhooks of one's own, oldest first."""
    with services.open_records() as records:
        return records.webhooks.list_of(actor.account_id)


def erase_webhook(actor: Actor, webhook_id: str, services: Services) -> None:
    """Take back a webhook of one's own; what it was still to be told is forgotten."""
    with services.open_records() as records:
        webhook = records.webhooks.find(webhook_id)
        if webhook is None or webhook.account_id != actor.account_id:
            raise UnknownWebhookError
        records.webhooks.erase(webhook_id)
        records.commit()


def find_listener(webhook: Webhook, records: UnitOfWork, services: Services) -> Actor | None:
    """Return as whom a webhook listens, None when nobody could sign in as them: what they may see is what it is told."""
    with_accounts = services.access == "accounts"
    if webhook.account_id is None:
        return None if with_accounts else OWNER
    account = records.accounts.find(webhook.account_id)
    if account is None or not with_accounts:
        return None
    return Actor(kind=account.role, account_id=account.account_id, athlete_id=account.athlete_id)
