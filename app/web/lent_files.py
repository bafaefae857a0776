"""Files of the store as answers: each is lent as long as the answer takes, and parts of it can be asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from fastapi.responses import FileResponse
from starlette.types import Receive, Scope, Send


class LentFile(FileResponse):
    """A file that is given back when it has been sent, or could not be."""

    def __init__(self, lent: AbstractContextManager[Path], *, media_type: str, headers: Mapping[str, str]) -> None:
        self._held = ExitStack()
        super().__init__(self._held.enter_context(lent), media_type=media_type, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await asyncio.shield(asyncio.to_thread(self._held.close))
