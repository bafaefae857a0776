"""Where the time comes from."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of the time of day and of elapsed seconds."""

    def now(self) -> datetime:
        """Time of day, aware, in UTC."""

    def monotonic_s(self) -> float:
        """Seconds that never go back, for throttling."""
