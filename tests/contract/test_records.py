"""Every UnitOfWork: screenings and athletes as they are kept, changed and listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from app.ports.screenings import AttemptSummary, Failure, LegNumbers, LegReading, Reading, ScreeningSummary, Wanted
from tests.contract.records import ANNA, AT, BEN, Open, add, find, make_screening
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture

NUMBERS = LegNumbers(toe_to_wall_cm=9.5, toe_to_wall_std_cm=0.2, shin_angle_deg=41.0, shin_angle_std_deg=0.9, limit="bracketed", setting="x")


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
        records.set_clip_key("a", "right", None, before="a/right/clip")
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
            records.set_clip_key(name, "left", None, before=f"{name}/left/clip")
        records.set_clip_key("d", "right", None, before="d/right/clip")
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


def test_clip_is_known_again_once_it_is_measured(open_records: Open) -> None:
    """By its bytes, in whatever screening; handed in is not yet measured."""
    own = replace(make_screening().attempts[0], sha256="1" * 64)
    add(open_records, replace(make_screening(), attempts=(own,)))
    with open_records() as records:
        assert not records.is_measured("1" * 64)
        records.set_measurement("a", "left", {"status": "measured"}, numbers=None)
        assert records.is_measured("1" * 64)
        assert not records.is_measured("0" * 64)


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


def test_a_leg_says_in_which_folder_its_files_lie(open_records: Open) -> None:
    """One that is named like the side unless another is named, which stays with the clip when it is taken for one of the other leg."""
    add(open_records, make_screening("a"), make_screening("b"))
    left, right = make_screening("a").attempts
    moved = replace(left, side="right")
    with open_records() as records:
        records.replace_attempts("a", [replace(right, side="left", folder="right.1"), moved])
        records.commit()
        assert records.list_folders() == {"a": {"left", "right.1"}, "b": {"left", "right"}}
        found = records.find_screening("a")
    assert found is not None
    assert [attempt.folder for attempt in found.attempts] == ["right.1", "left"]
    assert found.attempt("right") == moved


def test_only_the_clip_that_is_meant_is_said_to_be_gone(open_records: Open) -> None:
    """Whoever has erased a clip says so too late when another has taken its place."""
    add(open_records, make_screening())
    with open_records() as records:
        records.set_clip_key("a", "left", "a/left.1/clip", before="a/left/clip")
        records.set_clip_key("a", "left", None, before="a/left/clip")
        records.commit()
    found = find(open_records)
    assert found is not None
    assert [attempt.clip_key for attempt in found.attempts] == ["a/left.1/clip", "a/right/clip"]


def test_a_reading_is_taken_back(open_records: Open) -> None:
    """Only the one of this leg and kind; where there is none, that is said."""
    tape = Reading(kind="tape_cm", value=12.1, typed_at=AT, blind=True)
    slope = Reading(kind="inclinometer_deg", value=39.5, typed_at=AT, blind=True)
    add(open_records, make_screening())
    with open_records() as records:
        records.put_reading("a", "left", tape)
        records.put_reading("a", "left", slope)
        records.put_reading("a", "right", tape)
        assert [records.drop_reading("a", "left", "tape_cm") for _ in range(2)] == [True, False]
        assert not records.drop_reading("unknown", "left", "tape_cm")
        records.commit()
    found = find(open_records)
    assert found is not None
    assert [attempt.readings for attempt in found.attempts] == [(slope,), (tape,)]


def test_readings_of_an_athlete_come_without_their_screenings(open_records: Open) -> None:
    """Oldest first, left before right, each with where it was typed; those of others are not among them."""
    tape = Reading(kind="tape_cm", value=12.1, typed_at=AT, blind=True)
    slope = Reading(kind="inclinometer_deg", value=39.5, typed_at=AT + timedelta(minutes=1), blind=False)
    own = [replace(make_screening(name, minutes=minutes), athlete_id=athlete) for name, minutes, athlete in (("a", 2, "x"), ("b", 0, "x"), ("c", 1, "y"))]
    add(open_records, *own)
    with open_records() as records:
        for name, side, reading in (("a", "right", tape), ("a", "left", tape), ("a", "left", slope), ("b", "right", slope), ("c", "left", tape)):
            records.put_reading(name, side, reading)  # type: ignore[arg-type] # a side, spelt out
        records.commit()
    with open_records() as records:
        assert records.readings_of("z") == []
        assert records.readings_of("x") == [
            LegReading("b", AT, "right", slope),
            LegReading("a", AT + timedelta(minutes=2), "left", slope),
            LegReading("a", AT + timedelta(minutes=2), "left", tape),
            LegReading("a", AT + timedelta(minutes=2), "right", tape),
        ]


def test_list_is_summed_up_without_documents(open_records: Open) -> None:
    """Newest first, a page at a time: how far each leg is, what was measured, and why an analysis broke off."""
    failure = Failure("analysis_failed", "It broke off.", "Try again.")
    add(open_records, make_screening("a"), replace(make_screening("b", minutes=1), athlete_id="x"), make_screening("c", minutes=2))
    with open_records() as records:
        records.set_measurement("b", "left", {"status": "measured", "x": [1, 2]}, numbers=NUMBERS)
        records.set_measurement("b", "right", {"status": "rejected"}, numbers=None)
        records.set_progress("b", "left", share_done=1.0, activity="done")
        records.reports.begin_version("b", changed_by=None, reason="once more")
        records.set_state("c", "failed", failure=failure)
        records.commit()
    with open_records() as records:
        newest = records.page_summaries(Wanted(most=2))
        rest = records.page_summaries(Wanted(most=2, after="b"))
        assert records.page_summaries(Wanted(most=9, state="running")) == []
    attempts = (
        AttemptSummary(side="left", clip_name="left.mp4", share_done=1.0, activity="done", status="measured", numbers=NUMBERS),
        AttemptSummary(side="right", clip_name="right.mp4", share_done=0.0, activity="waiting", status="rejected", numbers=None),
    )
    own = {"athlete_id": "x", "repeat_of": None, "protocol_version": 2, "failure": None}
    assert newest[1] == ScreeningSummary(screening_id="b", created_at=AT + timedelta(minutes=1), state="queued", version=2, attempts=attempts, **own)
    assert [(each.screening_id, each.state, each.failure) for each in (*newest, *rest)][::2] == [("c", "failed", failure), ("a", "queued", None)]
    assert {attempt.status for each in (newest[0], *rest) for attempt in each.attempts} == {None}


def test_a_leg_that_is_put_right_waits_again(open_records: Open) -> None:
    """The list says what the screening says, also after its attempts were replaced."""
    add(open_records, make_screening())
    with open_records() as records:
        records.set_measurement("a", "left", {"status": "measured"}, numbers=NUMBERS)
        measured = records.find_screening("a")
        assert measured is not None
        records.replace_attempts("a", [replace(measured.attempts[0], measurement=None, numbers=None)])
        waiting = records.page_summaries(Wanted(most=1))
        records.replace_attempts("a", measured.attempts)
        kept = records.page_summaries(Wanted(most=1))
    assert [[attempt.status for attempt in page[0].attempts] for page in (waiting, kept)] == [[None], ["measured", None]]
