"""Webhooks and their outbox in an SQL database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from app.adapters.sql.tables import accounts, deliveries, screenings, webhooks
from app.adapters.sql.writing import hold_row, insert_rows_once
from app.ports.webhooks import Delivery, Event, Outcome, Webhook

_KEY = ("webhook_id", "screening_id", "analysis", "event")


class SqlWebhooks:
    """WebhookRecords on the connection of a unit of work, which is told what was erased."""

    def __init__(self, connection: sa.Connection, note_erased: Callable[[Sequence[str]], None]) -> None:
        self._connection = connection
        self._note_erased = note_erased

    def add(self, webhook: Webhook) -> None:
        """Insert a webhook."""
        if webhook.account_id is None or hold_row(self._connection, accounts, accounts.c.account_id == webhook.account_id):
            self._connection.execute(webhooks.insert().values(**asdict(webhook)))

    def find(self, webhook_id: str) -> Webhook | None:
        """Select one webhook."""
        return next(iter(self._select(webhooks.c.webhook_id == webhook_id)), None)

    def list_of(self, account_id: str | None) -> Sequence[Webhook]:
        """Select the webhooks of an account."""
        return self._select(webhooks.c.account_id.is_not_distinct_from(account_id))

    def list_all(self) -> Sequence[Webhook]:
        """Select all webhooks."""
        return self._select(sa.true())

    def erase(self, webhook_id: str) -> bool:
        """Delete the webhook; its deliveries go with it."""
        gone = self._connection.execute(webhooks.delete().where(webhooks.c.webhook_id == webhook_id)).rowcount > 0
        if gone:
            self._note_erased([webhook_id])
        return gone

    def put_event(self, screening_id: str, event: Event, *, at: datetime) -> None:
        """Insert one delivery for each webhook."""
        own = (webhooks.c.webhook_id, screenings.c.screening_id, screenings.c.analysis)
        said = (sa.literal(event), sa.literal(at, deliveries.c.created_at.type), sa.literal(at, deliveries.c.due_at.type), sa.literal(0))
        # both rows are held, so that whoever erases one of them at this moment also erases the delivery, or comes first
        everybody = sa.select(*own, *said).join_from(webhooks, screenings, sa.true()).with_for_update(read=True, key_share=True)
        query = everybody.where(screenings.c.screening_id == screening_id)
        insert_rows_once(self._connection, deliveries, [*_KEY, "created_at", "due_at", "tries"], query)

    def due(self, now: datetime) -> Sequence[Delivery]:
        """Select what is due."""
        order = (deliveries.c.due_at, *(deliveries.c[name] for name in _KEY))
        query = sa.select(deliveries).where(deliveries.c.due_at <= now).order_by(*order)
        return [Delivery(**row) for row in self._connection.execute(query).mappings().all()]

    def postpone(self, delivery: Delivery) -> None:
        """Update the delivery."""
        self._connection.execute(deliveries.update().where(*_is(delivery)).values(due_at=delivery.due_at, tries=delivery.tries))

    def drop(self, delivery: Delivery) -> None:
        """Delete the delivery."""
        self._connection.execute(deliveries.delete().where(*_is(delivery)))

    def note_try(self, webhook_id: str, outcome: Outcome, answer: str, *, at: datetime) -> None:
        """Update the webhook."""
        values = {"last_outcome": outcome, "last_answer": answer, "last_tried_at": at}
        self._connection.execute(webhooks.update().where(webhooks.c.webhook_id == webhook_id).values(**values))

    def _select(self, condition: sa.ColumnElement[bool]) -> list[Webhook]:
        query = sa.select(webhooks).where(condition).order_by(webhooks.c.created_at, webhooks.c.webhook_id)
        return [Webhook(**row) for row in self._connection.execute(query).mappings().all()]


def _is(delivery: Delivery) -> tuple[sa.ColumnElement[bool], ...]:
    return tuple(deliveries.c[name] == getattr(delivery, name) for name in _KEY)
