"""Refusals that several addresses of the API describe in the same words."""

from __future__ import annotations

from typing import Any

from app.web.schemas import ErrorBody

BUSY: dict[int | str, dict[str, Any]] = {
    429: {"model": ErrorBody, "description": "Too much of this sender waits already; Retry-After says how many seconds to wait, where that is known."},
    503: {"model": ErrorBody, "description": "The queue is full, or the service is being stopped; Retry-After says how many seconds to wait."},
    507: {"model": ErrorBody, "description": "The disk is full, or nearly. Nothing was stored."},
}
