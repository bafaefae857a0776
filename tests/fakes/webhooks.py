"""The fake WebhookRecords and WebhookSender."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.ports.webhooks import Answer, Delivery, Event, Outcome, Webhook

if TYPE_CHECKING:
    from tests.fakes.records import FakeRecords


class FakeWebhooks:
    """WebhookRecords over dicts."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def add(self, webhook: Webhook) -> None:
        if webhook.account_id is None or webhook.account_id in self._own.accounts:
            self._own.webhooks[webhook.webhook_id] = webhook

    def find(self, webhook_id: str) -> Webhook | None:
        return self._own.webhooks.get(webhook_id)

    def list_of(self, account_id: str | None) -> Sequence[Webhook]:
        return [webhook for webhook in self.list_all() if webhook.account_id == account_id]

    def list_all(self) -> Sequence[Webhook]:
        return sorted(self._own.webhooks.values(), key=lambda webhook: (webhook.created_at, webhook.webhook_id))

    def erase(self, webhook_id: str) -> bool:
        gone = self._forget(webhook_id)
        if gone:
            self._own.erased.add(webhook_id)
        return gone

    def forget_of(self, account_id: str) -> None:
        """Forget those of an account that is erased."""
        for webhook in self.list_of(account_id):
            self._forget(webhook.webhook_id)

    def put_event(self, screening_id: str, event: Event, *, at: datetime) -> None:
        screening = self._own.screenings.get(screening_id)
        for webhook_id in self._own.webhooks if screening is not None else ():
            made = Delivery(webhook_id=webhook_id, screening_id=screening_id, analysis=screening.analysis, event=event, created_at=at, due_at=at)
            self._own.deliveries.setdefault(_key(made), made)

    def due(self, now: datetime) -> Sequence[Delivery]:
        due = [delivery for delivery in self._own.deliveries.values() if delivery.due_at <= now]
        return sorted(due, key=lambda delivery: (delivery.due_at, _key(delivery)))

    def postpone(self, delivery: Delivery) -> None:
        if _key(delivery) in self._own.deliveries:
            self._own.deliveries[_key(delivery)] = delivery

    def drop(self, delivery: Delivery) -> None:
        self._own.deliveries.pop(_key(delivery), None)

    def note_try(self, webhook_id: str, outcome: Outcome, answer: str, *, at: datetime) -> None:
        if webhook_id in self._own.webhooks:
            tried = replace(self._own.webhooks[webhook_id], last_outcome=outcome, last_answer=answer, last_tried_at=at)
            self._own.webhooks[webhook_id] = tried

    def _forget(self, webhook_id: str) -> bool:
        self._own.deliveries = {key: delivery for key, delivery in self._own.deliveries.items() if delivery.webhook_id != webhook_id}
        return self._own.webhooks.pop(webhook_id, None) is not None


class FakeSender:
    """WebhookSender that keeps what it is given and answers as it is told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Mapping[str, str], bytes]] = []
        self.answer = Answer(taken=True, word="204")

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.sent.append((url, headers, body))
        return self.answer


def _key(delivery: Delivery) -> tuple[str, str, int, str]:
    return delivery.webhook_id, delivery.screening_id, delivery.analysis, delivery.event
