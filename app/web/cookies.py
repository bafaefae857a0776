"""The one cookie: the secret of a session or of a link."""

from __future__ import annotations

from fastapi import Request, Response

from app.usecases.grants import LIFETIME
from app.web.dependencies import COOKIE


def put_session(request: Request, response: Response, secret: str) -> None:
    """Hand a secret to the browser: unreadable for scripts, sent to this service only, and only over TLS where that is how it came."""
    age_s = int(LIFETIME["session"].total_seconds())
    response.set_cookie(COOKIE, secret, max_age=age_s, httponly=True, secure=request.url.scheme == "https", samesite="lax", path="/")


def clear_session(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path="/")
