"""How large a request may be."""

from __future__ import annotations

MAX_BODY_BYTES = 1_000_000
"""Of everything but clips: a roster of five hundred people has a tenth of it."""
COUNTED_ELSEWHERE = 1 << 50
"""Of the routes that take clips, which count the bytes of each while they arrive."""
