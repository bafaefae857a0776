"""Webhooks on the page of one's account."""

from __future__ import annotations

from fastapi import APIRouter, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.usecases import webhooks
from app.usecases.errors import UsecaseError
from app.web.dependencies import OtherId, ServicesDep, SignedIn
from app.web.forms import Fields, parse_fields
from app.web.pages.accounts import render_account
from app.web.pages.templates import render_page
from app.web.webhook_schemas import WebhookBody

router = APIRouter(prefix="/account/webhooks", include_in_schema=False)


@router.post("")
def add_webhook(fields: Fields, request: Request, actor: SignedIn, services: ServicesDep) -> HTMLResponse:
    """Register a webhook and show its secret once."""
    try:
        made = webhooks.add_webhook(actor, parse_fields(WebhookBody, fields).url, services)
    except UsecaseError as error:
        return render_account(request, actor, services, sent="webhook", given=fields, error=error)
    return render_page("webhook.html", actor=actor, url=made.url, secret=made.secret)


@router.post("/{webhook_id}/erase")
def erase_webhook(webhook_id: OtherId, actor: SignedIn, services: ServicesDep) -> Response:
    """Take a webhook back."""
    webhooks.erase_webhook(actor, webhook_id, services)
    return RedirectResponse("/account", status_code=status.HTTP_303_SEE_OTHER)
