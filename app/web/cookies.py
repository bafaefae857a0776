"""The cookies: the secret of a session or of a link, a way to the identity provider, and the language that somebody chose."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote

from fastapi import Request, Response
from starlette.datastructures import Headers

from app.rendering.language import Language, choose_language
from app.usecases.grants import LIFETIME

COOKIE = "kneewall"
_WAY_COOKIE = "kneewall_way"
_WAY_PARTS = 3


def name_cookie(request: Request, name: str) -> str:
    """Return what a cookie is called: over TLS with a prefix at which browsers take it from this host alone, over TLS, and for all of its addresses."""
    return f"__Host-{name}" if request.url.scheme == "https" else name


def read_session(request: Request) -> str | None:
    """Return the secret that a browser shows; over TLS one that may have come in another way is not looked at."""
    return request.cookies.get(name_cookie(request, COOKIE))


def put_session(request: Request, response: Response, secret: str) -> None:
    """Hand a secret to the browser: unreadable for scripts, sent to this service only, and only over TLS where that is how it came."""
    age_s = int(LIFETIME["session"].total_seconds())
    _put(request, response, COOKIE, secret, age_s)


def clear_session(request: Request, response: Response) -> None:
    """Take the cookie back."""
    _clear(request, response, COOKIE)


def put_way(request: Request, response: Response, secret: str, *, invite: str | None, back: str) -> None:
    """Have the browser keep what ties its way to the identity provider to its way back: the secret, the invitation in hand, and where it was going."""
    age_s = int(LIFETIME["provider"].total_seconds())
    _put(request, response, _WAY_COOKIE, f"{secret}.{invite or ''}.{quote(back, safe='')}", age_s)


def read_way(request: Request) -> tuple[str | None, str | None, str]:
    """Return secret, invitation, and where the browser was going."""
    parts = request.cookies.get(name_cookie(request, _WAY_COOKIE), "").split(".", _WAY_PARTS - 1)
    if len(parts) != _WAY_PARTS:
        return None, None, "/"
    return parts[0] or None, parts[1] or None, unquote(parts[2])


def clear_way(request: Request, response: Response) -> None:
    """Have the browser forget the way: it is gone once."""
    _clear(request, response, _WAY_COOKIE)


def _put(request: Request, response: Response, name: str, value: str, age_s: int) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name_cookie(request, name), value, max_age=age_s, httponly=True, secure=secure, samesite="lax", path="/")


def _clear(request: Request, response: Response, name: str) -> None:
    response.delete_cookie(name_cookie(request, name), path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax")


LANGUAGE_COOKIE = "kneewall_language"
_LANGUAGE_AGE_S = 365 * 24 * 3600


def put_language(request: Request, response: Response, language: Language) -> None:
    """Remember in which language somebody reads; it says nothing about them, so it outlives signing out."""
    secure = request.url.scheme == "https"
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_LANGUAGE_AGE_S, httponly=True, secure=secure, samesite="lax", path="/")


def find_reader_language(headers: Headers) -> Language:
    """Return the language that whoever calls chose at the foot of a page, or else the one that their browser likes best."""
    return choose_language(_read_language(headers), headers.get("accept-language", ""))


def _read_language(headers: Headers) -> str | None:
    """Return what was remembered, unchecked; a cookie that cannot be read is none."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    except CookieError:
        return None
    return None if morsel is None else morsel.value
