"""Days as they were logged: what was said last about each thing counts, and what was done in each week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from app.assessment.programme.logs import DayLog, ItemLog
from app.ports.programmes import LogEntry
from app.ports.records import UnitOfWork

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekDone:
    """What was done in one week: on how many days, how many exercises in all, and the worst pain that was said."""

    monday: date
    days: int
    exercises: int
    pain: int | None


def fold_days(entries: Sequence[LogEntry]) -> tuple[DayLog, ...]:
    """Return one log for each day that anything was said about, oldest first; of each thing what was said last."""
    return tuple(_fold_day(day, list(own)) for day, own in groupby(entries, key=lambda entry: entry.day))


def _fold_day(day: date, own: Sequence[LogEntry]) -> DayLog:
    items: dict[str, ItemLog] = {}
    for entry in own:
        items |= {item.exercise_id: item for item in entry.said.items}
    said = [entry.said for entry in own]
    return DayLog(
        day=day.toordinal(),
        items=tuple(items.values()),
        usual_before=next((each.usual_before for each in reversed(said) if each.usual_before is not None), None),
        swelling=next((each.swelling for each in reversed(said) if each.swelling is not None), "none"),
        pinched=next((each.pinched for each in reversed(said) if each.pinched is not None), frozenset()),
        red_flags=next((each.red_flags for each in reversed(said) if each.red_flags is not None), frozenset()),
    )


def list_weeks(logs: Sequence[DayLog], began: date, today: date) -> tuple[WeekDone, ...]:
    """Return what was done in each week since a programme began, weeks without anything among them."""
    return tuple(_list_weeks(logs, began - timedelta(days=began.weekday()), today))


def _list_weeks(logs: Sequence[DayLog], monday: date, today: date) -> Iterator[WeekDone]:
    while monday <= today:
        first = monday.toordinal()
        own = [log for log in logs if first <= log.day < first + _WEEK.days]
        done = [[item for item in log.items if item.mark != "skipped"] for log in own]
        said = [log.pain for log in own if log.pain is not None]
        yield WeekDone(monday, sum(map(bool, done)), sum(map(len, done)), max(said, default=None))
        monday += _WEEK


def find_logs(athlete_id: str, records: UnitOfWork) -> tuple[DayLog, ...]:
    """Return the days that an athlete logged, oldest first; none without a programme."""
    programme = records.programmes.find(athlete_id)
    return () if programme is None else fold_days(records.programmes.entries_of(programme.programme_id))


def find_weeks(athlete_id: str, today: date, records: UnitOfWork) -> tuple[WeekDone, ...]:
    """Return what an athlete did in each week since their programme began."""
    programme = records.programmes.find(athlete_id)
    return () if programme is None else list_weeks(find_logs(athlete_id, records), programme.began, today)
