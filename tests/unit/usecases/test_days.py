"""When a day began, by the place."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.usecases.days import find_day_start


@pytest.mark.parametrize(
    ("now", "zone", "began"),
    [
        ("2026-11-11T07:30", "America/Los_Angeles", "2026-11-10T08:00"),
        ("2026-11-10T23:30", "Australia/Sydney", "2026-11-10T13:00"),
        ("2026-03-29T12:00", "Europe/Berlin", "2026-03-28T23:00"),
        ("2026-10-25T12:00", "Europe/Berlin", "2026-10-24T22:00"),
        ("2026-03-04T05:06", "UTC", "2026-03-04T00:00"),
    ],
)
def test_the_day_begins_at_midnight_of_the_place(now: str, zone: str, began: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the days on which clocks are changed as well; without a zone it is that of the machine."""
    expected, moment = datetime.fromisoformat(f"{began}+00:00"), datetime.fromisoformat(f"{now}+00:00")
    assert find_day_start(moment, ZoneInfo(zone)) == expected
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert find_day_start(moment, None) == expected
    finally:
        monkeypatch.undo()
        time.tzset()
