"""The day and the clock of whoever looks: browsers tell their time zone in a cookie, programs in the address; who tells none is where this machine is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request

from app.usecases.days import find_day_start
from app.usecases.errors import MalformedSubmissionError
from app.web.dependencies import ServicesDep

COOKIE = "kneewall_time_zone"
"""Put by `zone.js`; names have no letter that a cookie could not hold."""
_Name = Annotated[str | None, Query(max_length=64, description="Time zone whose day is meant, as `Europe/Berlin`; that of the machine when left out.")]


def find_today(request: Request, services: ServicesDep, time_zone: _Name = None) -> datetime:
    """Return when the caller's day began, in UTC; a cookie that names no time zone is none, an address that does is refused."""
    zone = _find_zone(time_zone or request.cookies.get(COOKIE, ""))
    if time_zone and zone is None:
        raise MalformedSubmissionError((f"time_zone: found {time_zone!r}; expected a name as Europe/Berlin",))
    return find_day_start(services.clock.now(), zone)


def find_reader_zone(request: Request) -> ZoneInfo | None:
    """Return the time zone that a browser told, None where none did."""
    return _find_zone(request.cookies.get(COOKIE, ""))


def name_zone(zone: ZoneInfo | None, now: datetime) -> str:
    """Return the name under which people know a time zone; without one that of this machine."""
    return now.astimezone().tzname() or "UTC" if zone is None else zone.key


def _find_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # no name at all, an unknown one, a folder of them
        return None


Today = Annotated[datetime, Depends(find_today)]
ReaderZone = Annotated[ZoneInfo | None, Depends(find_reader_zone)]
