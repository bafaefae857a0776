"""The clock of this machine."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """Clock of this machine."""

    def now(self) -> datetime:
        """Time of day in UTC."""
        return datetime.now(tz=UTC)  # noqa: TID251 - this is the Clock adapter

    def monotonic_s(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()
