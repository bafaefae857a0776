"""When a day is: which days people may speak of, and when today began where they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)


def find_latest_day(now: datetime) -> date:
    """Return the latest day on which anybody can be: east of Greenwich tomorrow has begun while it is still today here."""
    return now.date() + DAY


def find_day_start(now: datetime, zone: tzinfo | None) -> datetime:
    """Return when today began in a time zone, in UTC; without one in that of this machine."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)
