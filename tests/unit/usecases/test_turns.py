"""Whose clips are analysed next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.ports.crew import Turn
from app.usecases.turns import enqueue, find_turn
from tests.fakes.bundle import FakeBundle
from tests.unit.usecases.stepping import ID, store


def join(name: str, sender: str, turns: list[Turn]) -> None:
    """Have a screening join the queue."""
    turns.append(Turn(name, sender, running=False, number=None))
    turns[-1] = replace(turns[-1], number=find_turn(name, turns))


def test_a_single_clip_stands_beside_the_first_of_a_squad() -> None:
    """Thirty of one sender wait; the one of another comes next to the first of them, not after the last."""
    turns: list[Turn] = []
    for number in range(30):
        join(f"squad {number}", "coach", turns)
    assert [turn.number for turn in turns] == list(range(1, 31))
    join("single", "anna", turns)
    assert turns[-1].number == 1


def test_newcomers_do_not_keep_anybody_waiting_for_ever() -> None:
    """Their numbers grow with the work that is done: a squad's thirtieth clip is reached although somebody new comes for every second that is finished."""
    turns: list[Turn] = []
    for number in range(30):
        join(f"squad {number}", "coach", turns)
    done = 0
    while any(turn.screening_id == "squad 29" for turn in turns):
        first = min(turns, key=lambda turn: turn.number or 0)
        turns[turns.index(first)] = replace(first, running=True)
        if done % 2:
            join(f"new {done}", f"sender {done}", turns)
        turns = [turn for turn in turns if not turn.running]
        done += 1
        assert done <= 60


def test_turn_is_kept_and_handed_to_the_queue(tmp_path: Path) -> None:
    """So that the next one finds it."""
    bundle = FakeBundle(tmp_path)
    store(bundle, left="")
    enqueue(ID, 1, bundle.services)
    assert bundle.jobs.turns == {(ID, 1): 1}
    with bundle.services.open_records() as records:
        assert [turn.number for turn in records.crew.list_turns()] == [1]
