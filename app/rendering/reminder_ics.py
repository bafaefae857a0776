"""A weekly reminder as a calendar file (RFC 5545): days without a time, so that no time zone is in it, and nothing about a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from icalendar import Alarm, Calendar, Event

from app.rendering.language import gettext as _
from app.rendering.language import mark

NAME = mark("Knee-to-wall test")
_AT_NINE = timedelta(hours=9)
"""From the beginning of the day."""


def write_reminder(start: date, athlete_id: str, *, now: datetime) -> bytes:
    """Return the file; taken in again it replaces the earlier reminder, because its UID, which tells nobody whose it is, stays."""
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE_OID, f'knee-to-wall {athlete_id}')}")
    event.add("dtstamp", now)
    event.add("dtstart", start)
    event.add("summary", _(NAME))
    event.add("rrule", {"freq": "weekly"})
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _(NAME))
    alarm.add("trigger", _AT_NINE)
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Kneewall//Reminder//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
