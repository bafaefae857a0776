"""Every CrewRecords."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.ports.crew import Turn
from tests.contract.records import AT, Open, make_screening
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture


def test_worker_is_on_the_list_until_signed_off(open_records: Open) -> None:
    """Signing on again is a sign of life; whoever was signed off learns it from their next beat."""
    later = AT + timedelta(seconds=5)
    with open_records() as records:
        assert not records.crew.beat("one", AT)
        records.crew.sign_on("one", AT)
        records.crew.sign_on("two", AT)
        records.crew.sign_on("two", later)
        assert records.crew.beat("one", later)
        records.commit()
    with open_records() as records:
        assert records.crew.list_beats() == {"one": later, "two": later}
        assert records.crew.sign_off("two")
        assert not records.crew.sign_off("two")
        assert not records.crew.beat("two", later)
        assert records.crew.list_beats() == {"one": later}


def test_who_has_beaten_since_is_not_signed_off(open_records: Open) -> None:
    """Of two who look at the same moment one may have looked too early."""
    with open_records() as records:
        records.crew.sign_on("one", AT + timedelta(seconds=5))
        assert not records.crew.sign_off("one", beat_at=AT)
        assert records.crew.sign_off("one", beat_at=AT + timedelta(seconds=5))


def test_turns_are_those_of_what_is_unfinished(open_records: Open) -> None:
    """With who handed it in, else whose legs they are."""
    made = [replace(make_screening(name), handed_in_by=sender) for name, sender in (("a", "coach"), ("b", None), ("c", "coach"))]
    with open_records() as records:
        for screening in made:
            records.add_screening(screening)
        records.crew.set_turn("a", 3)
        records.set_state("a", "running")
        records.set_state("c", "done")
        records.commit()
    with open_records() as records:
        turns = sorted(records.crew.list_turns(), key=lambda turn: turn.screening_id)
        assert turns == [Turn("a", "coach", running=True, number=3), Turn("b", None, running=False, number=None)]
