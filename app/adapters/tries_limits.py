"""How often somebody may try to sign in, counted in the memory of this process."""

from __future__ import annotations

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

_TRIES = RateLimitItemPerMinute(10, 15)
"""Ten in a quarter of an hour: NIST SP 800-63B-4, section 3.2.2, allows at most 100 in a row; a person who mistypes needs a handful."""


class TryCounter:
    """Counts tries under a key in a moving window."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def __call__(self, key: str) -> float:
        """Count a try; return the seconds to wait when there were too many."""
        if self._limiter.hit(_TRIES, key):
            return 0.0
        return max(1.0, self._limiter.get_window_stats(_TRIES, key).reset_time - time.time())
