"""Every UnitOfWork."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from app.adapters.sql.records import SqlUnitOfWork
from app.ports.people import Athlete
from app.ports.records import Attempt, Failure, Gravity, Reading, Screening, UnitOfWork
from tests.contract.conftest import DATABASES
from tests.fakes.records import FakeRecords

Open = Callable[[], UnitOfWork]
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(params=["fake", *DATABASES])
def open_records(request: pytest.FixtureRequest) -> Open:
    """Each unit of work in turn; the tables are made by the migrations."""
    if request.param == "fake":
        return FakeRecords().open
    engine = request.getfixturevalue(f"{request.param}_engine")
    return lambda: SqlUnitOfWork(engine)


def make_screening(screening_id: str = "a", *, minutes: int = 0) -> Screening:
    """Return a screening with both sides."""
    attempts = tuple(
        Attempt(
            side=side,
            clip_name=f"{side}.mp4",
            sha256="0" * 64,
            size_bytes=10,
            furthest=side == "left",
            clip_key=f"{screening_id}/{side}/clip",
            gravity=Gravity(down=(0.0, 1.0, 0.0), spread_deg=0.2, samples=300, screen_deg=0) if side == "left" else None,
        )
        for side in ("left", "right")
    )
    return Screening(
        screening_id=screening_id,
        created_at=AT + timedelta(minutes=minutes),
        footwear="shod",
        foot_length_cm=26.5,
        height_cm=None,
        skirting_cm=1.5,
        sheet_ruler_mm=97.0,
        sheet_margin_mm=19.0,
        foot_length_std_cm=0.31,
        foot_length_origin="learnt",
        protocol_version=2,
        scale="auto",
        attempts=attempts,
    )


def add(open_records: Open, *screenings: Screening) -> None:
    """Remember screenings."""
    with open_records() as records:
        for screening in screenings:
            records.add_screening(screening)
        records.commit()


def find(open_records: Open, screening_id: str = "a") -> Screening | None:
    """Look one up."""
    with open_records() as records:
        return records.find_screening(screening_id)


def do_meanwhile(action: Callable[[UnitOfWork], object], open_records: Open) -> Future[None]:
    """Do and commit something from elsewhere, which may have to wait for what is under way here."""

    def act() -> None:
        with open_records() as records:
            action(records)
            records.commit()

    pool = ThreadPoolExecutor(1)
    began = pool.submit(act)
    pool.shutdown(wait=False)
    wait([began], 0.2)
    return began


def test_screening_comes_back_as_it_was(open_records: Open) -> None:
    """Every field survives, times with their zone."""
    add(open_records, make_screening())
    assert find(open_records) == make_screening()


def test_what_is_not_committed_has_not_happened(open_records: Open) -> None:
    """Leaving without commit, or by an error, changes nothing."""
    with open_records() as records:
        records.add_screening(make_screening())
    assert find(open_records) is None


def test_time_of_another_zone_is_the_same_moment(open_records: Open) -> None:
    """Only the moment counts."""
    add(open_records, replace(make_screening(), created_at=AT.astimezone(timezone(timedelta(hours=5)))))
    found = find(open_records)
    assert found is not None
    assert found.created_at == AT


def test_unfinished_are_listed_oldest_first(open_records: Open) -> None:
    """Queued and running ones only."""
    add(open_records, make_screening("b", minutes=2), make_screening("a"), make_screening("c", minutes=1), make_screening("d"))
    with open_records() as records:
        records.set_state("a", "running")
        records.set_state("c", "done")
        records.set_state("d", "failed", failure=Failure("analysis_failed", "It broke off.", "Try again."))
        records.commit()
    with open_records() as records:
        assert [screening.screening_id for screening in records.unfinished_screenings()] == ["a", "b"]
        assert records.screening_ids() == {"a", "b", "c", "d"}
        failed = records.find_screening("d")
    assert failed is not None
    assert failed.failure == Failure("analysis_failed", "It broke off.", "Try again.")


def test_sides_change_independently(open_records: Open) -> None:
    """Progress and measurement of one side leave the other alone."""
    add(open_records, make_screening())
    with open_records() as records:
        records.set_progress("a", "left", share_done=0.5, activity="finding the leg")
        records.set_measurement("a", "right", {"status": "rejected", "findings": [], "x": None}, numbers=None)
        records.set_clip_key("a", "right", None)
        records.set_state("a", "running", analysis=2)
        records.commit()
    found = find(open_records)
    assert found is not None
    left, right = found.attempt("left"), found.attempt("right")
    assert left == replace(make_screening().attempts[0], share_done=0.5, activity="finding the leg")
    assert right == replace(make_screening().attempts[1], measurement={"status": "rejected", "findings": [], "x": None}, clip_key=None)
    assert found.analysis == 2


def test_finished_ones_with_a_clip_are_listed(open_records: Open) -> None:
    """Done or failed, and at least one side's bytes are still there; oldest first."""
    add(open_records, *(make_screening(name, minutes=minute) for minute, name in enumerate("dcba")))
    with open_records() as records:
        records.set_state("a", "failed", failure=Failure("analysis_failed", "It broke off.", "Try again."))
        records.set_state("b", "running")
        for name in "cd":
            records.set_state(name, "done")
            records.set_clip_key(name, "left", None)
        records.set_clip_key("d", "right", None)
        records.commit()
    with open_records() as records:
        assert [screening.screening_id for screening in records.finished_with_clips()] == ["c", "a"]


def test_reading_belongs_to_its_side(open_records: Open) -> None:
    """Value, time and whether it was blind come back with the attempt; another of its kind takes its place."""
    tape = Reading(kind="tape_cm", value=12.1, typed_at=AT, blind=True)
    slope = Reading(kind="inclinometer_deg", value=39.5, typed_at=AT + timedelta(minutes=1), blind=False)
    add(open_records, make_screening())
    with open_records() as records:
        records.put_reading("a", "left", replace(tape, value=99.0))
        records.put_reading("a", "left", tape)
        records.put_reading("a", "left", slope)
        records.commit()
    found = find(open_records)
    assert found is not None
    left, right = found.attempt("left"), found.attempt("right")
    assert left is not None
    assert right == make_screening().attempts[1]
    assert left.readings == (slope, tape)
    assert left.reading("tape_cm") == tape
    with open_records() as records:
        records.erase_screening("a")
        records.commit()
    add(open_records, make_screening())
    assert find(open_records) == make_screening()


def test_reading_comes_in_with_its_screening(open_records: Open) -> None:
    """What was typed with the clips is remembered with them; of a side that is not there nothing is kept."""
    tape = Reading(kind="tape_cm", value=12.1, typed_at=AT, blind=True)
    left = replace(make_screening().attempts[0], readings=(tape,))
    add(open_records, replace(make_screening(), attempts=(left,)))
    with open_records() as records:
        records.put_reading("a", "right", tape)
        records.put_reading("unknown", "left", tape)
        records.commit()
    assert find(open_records) == replace(make_screening(), attempts=(left,))


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


def test_clip_is_known_again_once_it_is_measured(open_records: Open) -> None:
    """By its bytes, in whatever screening; handed in is not yet measured."""
    own = replace(make_screening().attempts[0], sha256="1" * 64)
    add(open_records, replace(make_screening(), attempts=(own,)))
    with open_records() as records:
        assert not records.is_measured("1" * 64)
        records.set_measurement("a", "left", {"status": "measured"}, numbers=None)
        assert records.is_measured("1" * 64)
        assert not records.is_measured("0" * 64)


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
        records.set_clip_key("a", "left", "a/left/clip")
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


ANNA = Athlete(athlete_id="x", name="Anna", created_at=AT, foot_length_cm=24.5, foot_length_std_cm=0.3, foot_length_origin="learnt", foot_length_since=AT)
BEN = Athlete(athlete_id="w", name="Ben", created_at=AT)


def test_athletes_come_back_by_name(open_records: Open) -> None:
    """Every field survives; the list is in the order of names."""
    with open_records() as records:
        records.athletes.add(BEN)
        records.athletes.add(ANNA)
        records.commit()
    with open_records() as records:
        assert list(records.athletes.list_all()) == [ANNA, BEN]
        assert records.athletes.find("x") == ANNA
        assert records.athletes.find("nobody") is None


def test_names_are_in_the_order_of_their_letters_codes(open_records: Open) -> None:
    """Capitals, small letters, marks: the same list from every database, whatever language it was set up for."""
    names = ["Zoe", "a b", "anna", "ab", "a-b", "Åse", "Ben", "ben", "Ärmel", "李"]
    with open_records() as records:
        for number, name in enumerate(names):
            records.athletes.add(replace(ANNA, athlete_id=str(number), name=name))
        records.commit()
    with open_records() as records:
        assert [athlete.name for athlete in records.athletes.list_all()] == sorted(names)


@pytest.mark.parametrize("unknown", ["", "nobody", "\0", "x\0", "'; --", "%", "x" * 300])
def test_no_identifier_is_an_error(open_records: Open, unknown: str) -> None:
    """Whatever stands in an address: it is found or it is not."""
    with open_records() as records:
        records.athletes.add(ANNA)
        assert records.athletes.find(unknown) is None
        assert records.find_screening(unknown) is None
        assert records.reports.find(unknown) is None
        assert records.athletes.find("x") == ANNA


def test_screenings_of_an_athlete_are_theirs_alone(open_records: Open) -> None:
    """Oldest first, and neither another's nor nobody's."""
    later, earlier = (replace(make_screening(name, minutes=minutes), athlete_id="x") for name, minutes in (("a", 5), ("b", 1)))
    add(open_records, later, earlier, make_screening("c"), replace(make_screening("d"), athlete_id="w"))
    with open_records() as records:
        assert list(records.screenings_of("x")) == [earlier, later]


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
