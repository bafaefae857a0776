"""Which days people may speak of."""

from __future__ import annotations

from datetime import date, datetime, timedelta

DAY = timedelta(days=1)


def find_latest_day(now: datetime) -> date:
    """Return the latest day on which anybody can be: east of Greenwich tomorrow has begun while it is still today here."""
    return now.date() + DAY
