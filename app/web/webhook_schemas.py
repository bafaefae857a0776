"""What goes in and out over HTTP about webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from app.ports.webhooks import Outcome, Webhook
from app.usecases.receivers import MOST_CHARACTERS


class WebhookBody(BaseModel):
    """Where a program listens."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    url: str = Field(min_length=1, max_length=MOST_CHARACTERS, examples=["https://example.org/kneewall"])


class WebhookView(BaseModel):
    """A webhook, and what became of the last try."""

    id: str
    url: str
    created_at: datetime
    last_status: Outcome | None = Field(description="delivered; failing: tried again later; given_up: tried often enough. Null before the first try.")
    last_answer: str | None = Field(description="Status of the answer, or no_address, no_connection, not_trusted, timed_out.", examples=["204"])
    last_tried_at: datetime | None

    @classmethod
    def from_webhook(cls, webhook: Webhook) -> Self:
        """Show a webhook without its secret."""
        tried = {"last_status": webhook.last_outcome, "last_answer": webhook.last_answer, "last_tried_at": webhook.last_tried_at}
        return cls.model_validate({"id": webhook.webhook_id, "url": webhook.url, "created_at": webhook.created_at, **tried})


class NewWebhookView(WebhookView):
    """A webhook that was just registered, with the secret that signs what it is told."""

    secret: str = Field(description="Shown only now.")

    @classmethod
    def from_new(cls, webhook: Webhook) -> Self:
        """Show a new webhook."""
        shown: dict[str, Any] = WebhookView.from_webhook(webhook).model_dump()
        return cls(**shown, secret=webhook.secret)
