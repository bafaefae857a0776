"""Programs that are told when a screening is finished: where they listen, what they are still to be told, and who tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

Event = Literal["report.finished", "analysis.failed"]
Outcome = Literal["delivered", "failing", "given_up"]
"""What became of the last try: taken; to be tried again; not taken so often that it is not tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where a program listens, whose it is (None: the owner's, where there are no accounts), and what became of the last try.

    The secret signs what is sent, so unlike those of grants it has to be kept as it is; neither it nor the address shows in a log.
    """

    webhook_id: str
    url: str = field(repr=False)
    secret: str = field(repr=False)
    created_at: datetime
    account_id: str | None = None
    last_outcome: Outcome | None = None
    last_answer: str | None = None
    last_tried_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """That one webhook is still to be told of one event, from when on, and how often that was tried in vain; the first four fields say which."""

    webhook_id: str
    screening_id: str
    analysis: int
    event: Event
    created_at: datetime
    due_at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a receiver took what was sent, and in a word or a status why not."""

    taken: bool
    word: str


class WebhookSender(Protocol):
    """Sends to addresses that people typed in, none of which may lead inside."""

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send once; whatever goes wrong is an answer, too."""


class WebhookRecords(Protocol):
    """Webhooks and what they are still to be told, in a unit of work."""

    def add(self, webhook: Webhook) -> None:
        """Remember a webhook; without its account it is dropped."""

    def find(self, webhook_id: str) -> Webhook | None:
        """Return the webhook, or None when it is unknown or erased."""

    def list_of(self, account_id: str | None) -> Sequence[Webhook]:
        """Webhooks of an account, oldest first; those of the owner for None."""

    def list_all(self) -> Sequence[Webhook]:
        """All webhooks, oldest first."""

    def erase(self, webhook_id: str) -> bool:
        """Forget a webhook and what it was still to be told; False when it was unknown."""

    def put_event(self, screening_id: str, event: Event, *, at: datetime) -> None:
        """Have every webhook told of an event of a screening's present analysis; a second time changes nothing, and without the screening nobody is told."""

    def due(self, now: datetime) -> Sequence[Delivery]:
        """Return what is to be sent by now, the longest due first."""

    def postpone(self, delivery: Delivery) -> None:
        """Keep when a delivery is due next and how often it was tried."""

    def drop(self, delivery: Delivery) -> None:
        """Forget a delivery: it was made, given up, or is nobody's business any more."""

    def note_try(self, webhook_id: str, outcome: Outcome, answer: str, *, at: datetime) -> None:
        """Remember what became of a try."""
