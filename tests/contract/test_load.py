"""How busy the service is: the fake, SQLite and PostgreSQL say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.ports.load import Queue
from tests.contract.records import AT, Open, make_screening
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture


def test_nothing_waits_at_the_beginning(open_records: Open) -> None:
    """No screening, no report."""
    with open_records() as records:
        assert records.load.read_queue() == Queue(queued=0, running=0, oldest_at=None)
        assert records.load.count_unfinished("coach") == records.load.count_reports(AT) == 0


def test_what_is_unfinished_is_counted(open_records: Open) -> None:
    """By state, with the time of the oldest, and of each sender; what is done or failed does not wait."""
    states = (("a", "done"), ("b", "running"), ("c", "queued"), ("d", "queued"), ("e", "failed"))
    with open_records() as records:
        for number, (name, state) in enumerate(states):
            made = replace(make_screening(), screening_id=name, created_at=AT + timedelta(minutes=number), handed_in_by="coach" if name != "d" else None)
            records.add_screening(made)
            records.set_state(name, state)  # type: ignore[arg-type] # one of them
        records.commit()
    with open_records() as records:
        assert records.load.read_queue() == Queue(queued=2, running=1, oldest_at=AT + timedelta(minutes=1))
        assert (records.load.count_unfinished("coach"), records.load.count_unfinished("somebody")) == (2, 0)


def test_reports_of_the_last_hour_are_counted(open_records: Open) -> None:
    """Each screening once, by its newest report."""
    with open_records() as records:
        for name, minutes in (("a", 0), ("b", 30), ("c", 60)):
            records.add_screening(replace(make_screening(), screening_id=name))
            records.reports.put(name, {}, difference=None, created_at=AT + timedelta(minutes=minutes))
        records.commit()
    with open_records() as records:
        assert [records.load.count_reports(AT + timedelta(minutes=since)) for since in (0, 1, 60, 61)] == [3, 2, 1, 0]
