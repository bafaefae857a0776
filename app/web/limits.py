"""How large a request may be."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

MAX_BODY_BYTES = 1_000_000
"""Of everything but clips: a roster of five hundred people has a tenth of it."""
_TAKES_CLIPS = re.compile(
    r"(/api)?/screenings|/screenings/\w+/repeat/\w+|/api/squads/\w+/screenings|/squads/\w+/(upload|kiosk)|(/api)?/screenings/\w+/legs/\w+|/api/uploads(/\w+)?"
)
"""Addresses that count the bytes of each clip themselves, while they arrive and after they have asked who sends them."""


class BodyTooLargeError(HTTPException):
    """More arrived than any request but one with clips may have; an HTTP error, so that nobody on the way takes it for a body that cannot be read."""

    def __init__(self) -> None:
        super().__init__(413)


def bound_body(scope: Scope, receive: Receive) -> Receive:
    """Return a `receive` that raises `BodyTooLargeError` when too much is announced or arrives."""
    if scope["method"] in {"POST", "PATCH"} and _TAKES_CLIPS.fullmatch(scope["path"]):
        return receive
    announced = Headers(scope=scope).get("content-length", "")
    if announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
        raise BodyTooLargeError
    arrived = 0

    async def count() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > MAX_BODY_BYTES:
            raise BodyTooLargeError
        return message

    return count
