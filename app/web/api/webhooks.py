"""The API of webhooks: a program says where it listens, and is told when a screening is finished."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, status

from app.usecases import webhooks
from app.web.dependencies import OtherId, ServicesDep, SignedIn
from app.web.schemas import ErrorBody
from app.web.webhook_schemas import NewWebhookView, WebhookBody, WebhookView

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "There is no such webhook for whoever asks."}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    409: {"model": ErrorBody, "description": "There are as many webhooks as there may be."},
    422: {"model": ErrorBody, "description": "The address may not be called; everything wrong is named."},
}


@router.post("", status_code=status.HTTP_201_CREATED, responses=_REFUSED)
def add_webhook(body: WebhookBody, actor: SignedIn, services: ServicesDep) -> NewWebhookView:
    """Register a webhook: it is told of every screening that this account may see, once its report is there or its analysis broke off."""
    return NewWebhookView.from_new(webhooks.add_webhook(actor, body.url, services))


@router.get("")
def list_webhooks(actor: SignedIn, services: ServicesDep) -> list[WebhookView]:
    """Webhooks of the caller, oldest first."""
    return [WebhookView.from_webhook(webhook) for webhook in webhooks.list_webhooks(actor, services)]


@router.delete("/{webhook_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_UNKNOWN)
def erase_webhook(webhook_id: OtherId, actor: SignedIn, services: ServicesDep) -> None:
    """Take a webhook back; what it was still to be told is forgotten."""
    webhooks.erase_webhook(actor, webhook_id, services)
