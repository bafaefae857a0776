"""Telling webhooks what is finished, until they take it or it has been tried often enough."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.ports.webhooks import Delivery, Event, Outcome, Webhook, WebhookSender
from app.usecases.access import require_screening
from app.usecases.errors import UnknownScreeningError
from app.usecases.services import Services
from app.usecases.webhooks import SECRET_PREFIX, find_listener

PAUSES_S = (60, 300, 1800, 7200, 28_800, 86_400)
"""How long to wait after each try in vain; after the one that follows the last of them it is given up, a day and a half after the first."""
_STATES: Mapping[Event, str] = {"report.finished": "done", "analysis.failed": "failed"}


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: the same bytes under the same id at each try, signed anew."""

    headers: Mapping[str, str]
    body: bytes


def deliver_due(services: Services, sender: WebhookSender) -> int:
    """Send what is due, no more to a webhook that did not take the last; return how many were taken."""
    with services.open_records() as records:
        due = records.webhooks.due(services.clock.now())
    silent: set[str] = set()
    taken = 0
    for delivery in due:
        if delivery.webhook_id in silent:
            continue
        webhook = _find_entitled(delivery, services)
        if webhook is None:
            continue
        if _deliver(delivery, webhook, services, sender):
            taken += 1
        else:
            silent.add(delivery.webhook_id)
    return taken


def build_parcel(delivery: Delivery, secret: str, now: datetime) -> Parcel:
    """Return body and headers as the Standard Webhooks have them; ids, times and addresses, and nothing about anybody."""
    message_id = name_message(delivery)
    base = f"/api/screenings/{delivery.screening_id}"
    links = {"self": base, "report": f"{base}/report", "page": f"/screenings/{delivery.screening_id}"}
    said = {
        "id": message_id,
        "type": delivery.event,
        "created_at": delivery.created_at.isoformat(),
        "screening": {"id": delivery.screening_id, "state": _STATES[delivery.event], "links": links},
    }
    body = json.dumps(said, separators=(",", ":")).encode()
    timestamp = str(int(now.timestamp()))
    signature = sign(secret, message_id, timestamp, body)
    headers = {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature, "content-type": "application/json"}
    return Parcel(headers, body)


def name_message(delivery: Delivery) -> str:
    """Return the id of a message: it follows from what is told to whom, so that a step done twice by a killed worker does not tell it under two names."""
    said = " ".join((delivery.webhook_id, delivery.screening_id, str(delivery.analysis), delivery.event))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a message, version 1 of the Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")).decode()


def _find_entitled(delivery: Delivery, services: Services) -> Webhook | None:
    """Return the webhook of a delivery if its account may see the screening now; otherwise the delivery is forgotten."""
    with services.open_records() as records:
        webhook = records.webhooks.find(delivery.webhook_id)
        actor = None if webhook is None else find_listener(webhook, records, services)
        if actor is not None:
            try:
                require_screening(actor, delivery.screening_id, records)
            except UnknownScreeningError:
                pass
            else:
                return webhook
        records.webhooks.drop(delivery)
        records.commit()
    return None


def _deliver(delivery: Delivery, webhook: Webhook, services: Services, sender: WebhookSender) -> bool:
    """Send once, with no transaction open, and remember what came of it; killed before that, it is sent again."""
    parcel = build_parcel(delivery, webhook.secret, services.clock.now())
    answer = sender.send(webhook.url, parcel.headers, parcel.body)
    now = services.clock.now()
    given_up = not answer.taken and delivery.tries >= len(PAUSES_S)
    outcome: Outcome = "delivered" if answer.taken else "given_up" if given_up else "failing"
    with services.open_records() as records:
        # two transactions: who erases an account holds these rows in the other order
        records.webhooks.note_try(webhook.webhook_id, outcome, answer.word, at=now)
        records.commit()
        if answer.taken or given_up:
            records.webhooks.drop(delivery)
        else:
            later = now + timedelta(seconds=PAUSES_S[delivery.tries])
            records.webhooks.postpone(replace(delivery, due_at=later, tries=delivery.tries + 1))
        records.commit()
    return answer.taken
