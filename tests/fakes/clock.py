"""The fake Clock."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


class FakeClock:
    """A clock that goes only when told to."""

    def __init__(self, now: datetime = BEGINNING) -> None:
        self._now = now
        self._elapsed_s = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic_s(self) -> float:
        return self._elapsed_s

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._elapsed_s += seconds

    def jump(self, seconds: float) -> None:
        """Have somebody set the time of day."""
        self._now += timedelta(seconds=seconds)
