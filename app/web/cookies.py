"""The cookies: the secret of a session or of a link, and the language that somebody chose."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from fastapi import Request, Response
from starlette.datastructures import Headers

from app.rendering.language import Language
from app.usecases.grants import LIFETIME
from app.web.dependencies import COOKIE


def put_session(request: Request, response: Response, secret: str) -> None:
    """Hand a secret to the browser: unreadable for scripts, sent to this service only, and only over TLS where that is how it came."""
    age_s = int(LIFETIME["session"].total_seconds())
    response.set_cookie(COOKIE, secret, max_age=age_s, httponly=True, secure=request.url.scheme == "https", samesite="lax", path="/")


def clear_session(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path="/")


LANGUAGE_COOKIE = "kneewall_language"
_LANGUAGE_AGE_S = 365 * 24 * 3600


def put_language(request: Request, response: Response, language: Language) -> None:
    """Remember in which language somebody reads; it says nothing about them, so it outlives signing out."""
    secure = request.url.scheme == "https"
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_LANGUAGE_AGE_S, httponly=True, secure=secure, samesite="lax", path="/")


def read_language(headers: Headers) -> str | None:
    """Return what was remembered, unchecked; a cookie that cannot be read is none."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    except CookieError:
        return None
    return None if morsel is None else morsel.value
