"""Every UnitOfWork: what is erased, and what is written twice or by two at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.adapters.sql.records import SqlUnitOfWork
from app.ports.records import UnitOfWork
from app.ports.screenings import Reading
from tests.contract.conftest import DATABASES
from tests.contract.records import ANNA, AT, BEN, Open, add, do_meanwhile, find, make_screening
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture


def test_repeats_are_found_and_go_with_what_they_repeat(open_records: Open) -> None:
    """Oldest first; erasing a repeat leaves the rest, erasing the original takes the repeats along."""
    repeats = [replace(make_screening(name, minutes=minutes), repeat_of="a") for name, minutes in (("c", 9), ("b", 5))]
    add(open_records, make_screening("a"), make_screening("other", minutes=1), *repeats)
    with open_records() as records:
        assert [repeat.screening_id for repeat in records.repeats_of("a")] == ["b", "c"]
        assert [screening.screening_id for screening in records.list_screenings()] == ["a", "other", "b", "c"]
        records.erase_screening("c")
        records.commit()
    with open_records() as records:
        assert list(records.repeats_of("a")) == [repeats[1]]
        records.erase_screening("a")
        records.commit()
    with open_records() as records:
        assert records.screening_ids() == {"other"}


def test_what_is_written_twice_at_once_is_there_once(open_records: Open) -> None:
    """Two tabs, or a step that is repeated while it still runs: one of the two stays, and neither fails."""
    tape = Reading(kind="tape_cm", value=12.1, typed_at=AT, blind=True)

    def write(records: UnitOfWork) -> None:
        records.put_reading("a", "left", tape)
        records.reports.put("a", {"schema": "x"}, difference=None, created_at=AT)

    add(open_records, make_screening())
    with open_records() as records:
        write(records)
        other = do_meanwhile(write, open_records)
        records.commit()
    other.result(30)
    found = find(open_records)
    assert found is not None
    assert found.attempts[0].readings == (tape,)
    with open_records() as records:
        assert records.reports.find("a") == {"schema": "x"}


def test_what_is_written_while_it_is_erased_is_dropped(open_records: Open) -> None:
    """The erasure wins, and whoever was writing is told nothing."""
    tape = Reading(kind="tape_cm", value=12.1, typed_at=AT, blind=True)
    add(open_records, make_screening("a"), make_screening("b"))
    with open_records() as records:
        records.erase_screening("a")
        records.erase_screening("b")
        reading = do_meanwhile(lambda other: other.put_reading("a", "left", tape), open_records)
        report = do_meanwhile(lambda other: other.reports.put("b", {"schema": "x"}, difference=None, created_at=AT), open_records)
        records.commit()
    reading.result(30)
    report.result(30)
    with open_records() as records:
        assert records.screening_ids() == frozenset()
        assert records.reports.find("b") is None


def test_report_is_replaced_not_doubled(open_records: Open) -> None:
    """A repeated step writes the report once more, and there is still one."""
    add(open_records, make_screening())
    for number in (1, 2):
        with open_records() as records:
            records.reports.put("a", {"schema": "x", "number": number}, difference=None, created_at=AT)
            records.commit()
    with open_records() as records:
        assert records.reports.find("a") == {"schema": "x", "number": 2}


def test_erased_screening_is_gone_with_its_report(open_records: Open) -> None:
    """Nothing stays, and what is written about it afterwards is dropped."""
    add(open_records, make_screening())
    with open_records() as records:
        records.reports.put("a", {"schema": "x"}, difference=None, created_at=AT)
        assert records.erase_screening("a")
        assert not records.erase_screening("a")
        records.set_progress("a", "left", share_done=1, activity="x")
        records.set_measurement("a", "left", {}, numbers=None)
        records.set_clip_key("a", "left", "a/left/clip", before=None)
        records.set_state("a", "done")
        records.reports.put("a", {"schema": "x"}, difference=None, created_at=AT)
        records.commit()
    with open_records() as records:
        assert records.find_screening("a") is None
        assert records.reports.find("a") is None


@pytest.mark.parametrize("database", DATABASES)
def test_error_of_the_database_names_nobody(request: pytest.FixtureRequest, database: str) -> None:
    """What was to be written twice does not show in the error, which ends up in the log: names of clips are names of people."""
    engine: sa.Engine = request.getfixturevalue(f"{database}_engine")
    own = replace(make_screening().attempts[0], clip_name="anna_left.mp4")
    with SqlUnitOfWork(engine) as records, pytest.raises(sa.exc.IntegrityError) as caught:
        records.add_screening(replace(make_screening(), attempts=(own, own)))
    assert "anna" not in str(caught.value)


def test_an_erased_athlete_takes_their_screenings_along(open_records: Open) -> None:
    """Athlete and screenings are gone, others stay; erasing again finds nobody."""
    add(open_records, replace(make_screening("a"), athlete_id="x"), make_screening("b"))
    with open_records() as records:
        records.athletes.add(ANNA)
        records.athletes.add(BEN)
        assert records.athletes.erase("x")
        assert not records.athletes.erase("x")
        records.commit()
    with open_records() as records:
        assert records.screening_ids() == {"b"}
        assert list(records.athletes.list_all()) == [BEN]
