"""How often somebody tried and failed to sign in, counted in the memory of this process."""

from __future__ import annotations

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

_MINUTES = 15


class MemoryTries:
    """Tries in a moving window of a quarter of an hour."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, key: str, most: int) -> None:
        """Count a try."""
        self._limiter.hit(RateLimitItemPerMinute(most, _MINUTES), key)

    def wait_s(self, key: str, most: int) -> float:
        """Return the seconds until there are fewer than `most` in the window; 0 when there are."""
        limit = RateLimitItemPerMinute(most, _MINUTES)
        if self._limiter.test(limit, key):
            return 0.0
        return max(1.0, self._limiter.get_window_stats(limit, key).reset_time - time.time())
