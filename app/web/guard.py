"""The doorkeeper around every route: who may call, what every answer carries, and one log line a request."""

from __future__ import annotations

import ipaddress
import re
import secrets
import time
from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.ports.watching import Watcher
from app.rendering.language import Language, use_language
from app.web.cookies import find_reader_language
from app.web.errors import build_error_response, build_fault_response, build_size_refusal
from app.web.limits import BodyTooLargeError, bound_body
from app.web.stopping import Stopping

log = structlog.get_logger()
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FOR_READERS = re.compile(r"/api/(?:screenings/[^/]+/(?:report|by-hand/[^/]+/preview)|athletes/[^/]+/reminder\.ics|squads/[^/]+/(?:screenings|waiting/[^/]+))")
"""The report as a page or on paper, the words beside points that are moved, the calendar file, and what became of each clip of a squad: what is data in them
is the same in every language."""
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would make browsers send "Origin: null" with our own forms
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
_KEEP_TO_TLS = "max-age=31536000"
"""For a year browsers come back over TLS only; names below ours are not ours to speak for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is guarded: the names it answers to, whether anybody but this machine may call, who is told, how it ends, and whether TLS once is TLS for good."""

    allowed_hosts: frozenset[str]
    this_machine_only: bool
    watcher: Watcher
    stopping: Stopping
    keep_to_tls: bool


class Guard:
    """Refuses foreign hosts and origins, adds the security headers, logs once, and turns what nobody caught into an answer."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_s = time.perf_counter()
        status = 0

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, keep_to_tls=self._house.keep_to_tls and scope["scheme"] == "https")
            await send(message)

        headers = Headers(scope=scope)
        try:
            with use_language(_choose_language(scope, headers)):
                await self._answer(scope, self._house.stopping.bound(bound_body(scope, receive)), send_guarded)
        except BodyTooLargeError:
            if status == 0:
                with use_language(find_reader_language(headers)):
                    refusal = build_size_refusal(scope["path"])
                await refusal(scope, receive, send_guarded)
        except Exception:
            number = secrets.token_hex(4)
            log.exception("request.failed", method=_name_method(scope), route=_name_route(scope), number=number)
            if status == 0:
                with use_language(find_reader_language(headers)):
                    broken = build_fault_response(scope["path"], number)
                await broken(scope, receive, send_guarded)
        seconds, method, route = time.perf_counter() - started_s, _name_method(scope), _name_route(scope)
        log.info("request.answered", method=method, route=route, status=status, ms=round(1000 * seconds))
        self._house.watcher.note_request(method, route, status, seconds, parent=headers.get("traceparent"))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if _strip_port(headers.get("host", "")) not in self._house.allowed_hosts:
            refusal = build_error_response(
                400, "host_not_allowed", "The service was called under a host name that it does not serve.", "Use the address that the service printed."
            )
            await refusal(scope, receive, send)
        elif self._house.this_machine_only and _came_from_elsewhere(scope, headers):
            refusal = build_error_response(
                403, "not_this_machine", "Nobody signs in here, so the service answers this machine only.", "Turn on accounts: KNEEWALL_AUTH=on."
            )
            await refusal(scope, receive, send)
        elif scope["method"] not in _SAFE_METHODS and _is_foreign(headers):
            refusal = build_error_response(403, "foreign_origin", "The request came from a page of another site.", "Use the page of this service.")
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _choose_language(scope: Scope, headers: Headers) -> Language:
    """Programs are answered in English; pages, and what of the API is made to be read by a person, follow the reader."""
    if scope["path"].startswith("/api/") and not _FOR_READERS.fullmatch(scope["path"]):
        return "en"
    return find_reader_language(headers)


def _is_foreign(headers: Headers) -> bool:
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        return True
    origin, host = headers.get("origin"), headers.get("host", "").lower()
    return origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}


def _came_from_elsewhere(scope: Scope, headers: Headers) -> bool:
    """Whether a proxy passed the request on, or the caller is another machine: where nobody signs in, neither is to be trusted."""
    client = scope.get("client")
    try:
        away = client is not None and not ipaddress.ip_address(client[0]).is_loopback
    except ValueError:  # no address: a socket file, or a test's own client
        away = False
    return away or any(name in headers for name in ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"))


def _strip_port(host: str) -> str:
    name, separator, port = host.lower().rpartition(":")
    return name if separator and port.isdigit() else host.lower()


def _add_headers(message: Message, *, keep_to_tls: bool) -> None:
    headers = MutableHeaders(scope=message)
    if keep_to_tls:
        headers.setdefault("Strict-Transport-Security", _KEEP_TO_TLS)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")


def _name_method(scope: Scope) -> str:
    """Return the method, if it is one: anything can stand in its place."""
    return scope["method"] if scope["method"] in _METHODS else "OTHER"


def _name_route(scope: Scope) -> str:
    """Return the pattern of the route: an address would carry the id of a screening into the log."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "unmatched"
