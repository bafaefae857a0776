"""The end of the service: uploads that are on their way in have a while to end, streams of events end at once."""

from __future__ import annotations

import time

from starlette.types import Message, Receive

from app.usecases.upload_errors import ServiceStoppingError


class Stopping:
    """Says whether the service is being stopped, and until when it waits for what is being sent."""

    def __init__(self, wait_s: float = 0.0) -> None:
        self._wait_s = wait_s
        self._ends_s: float | None = None

    def begin(self) -> None:
        """Begin to stop."""
        if self._ends_s is None:
            self._ends_s = time.monotonic() + self._wait_s

    @property
    def has_begun(self) -> bool:
        """Whether it is being stopped."""
        return self._ends_s is not None

    def bound(self, receive: Receive) -> Receive:
        """Return a `receive` that raises `ServiceStoppingError` for what comes after the end."""

        async def receive_in_time() -> Message:
            message = await receive()
            if self._ends_s is not None and time.monotonic() > self._ends_s and message.get("more_body", False):
                raise ServiceStoppingError
            return message

        return receive_in_time
