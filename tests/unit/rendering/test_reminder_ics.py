"""The calendar file, read back by the library that others read it with."""

from __future__ import annotations

from datetime import UTC, date, datetime

from icalendar import Calendar

from app.rendering.reminder_ics import NAME, write_reminder

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_it_reminds_weekly_of_the_test_and_of_nobody() -> None:
    """A whole day, every week from the day on, an alarm in the morning; apart from when, there are only the test's name and an id."""
    athlete_id = "ab" * 16
    content = write_reminder(date(2026, 3, 11), athlete_id, now=NOW)
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert calendar["VERSION"] == "2.0"
    assert event.decoded("DTSTART") == date(2026, 3, 11)
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY"
    assert event.decoded("DTSTAMP") == NOW
    assert (str(event["SUMMARY"]), [str(alarm["ACTION"]) for alarm in event.walk("VALARM")]) == (NAME, ["DISPLAY"])
    assert b"TRIGGER:PT9H" in content
    assert athlete_id.encode() not in content
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "RRULE", "TRANSP"}


def test_lines_are_as_the_standard_has_them() -> None:
    """CR LF after every line, none longer than 75 bytes."""
    content = write_reminder(date(2026, 3, 11), "ab", now=NOW)
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert content.count(b"\n") == len(lines) - 1
    assert all(len(line) <= 75 for line in lines)


def test_taken_in_again_it_is_the_same_reminder() -> None:
    """One UID for one athlete, whatever the day; another for another."""
    asked = ((NOW.date(), "a"), (date(2026, 4, 1), "a"), (NOW.date(), "b"))
    uids = [Calendar.from_ical(write_reminder(day, who, now=NOW)).walk("VEVENT")[0]["UID"] for day, who in asked]
    assert uids[0] == uids[1] != uids[2]
