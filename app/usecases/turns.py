"""Whose clips are analysed next: everybody who sends takes turns, so that a squad's clips do not hold up a single athlete's.

Every screening gets a number when it is queued, one more than the last of its sender, and never less than what is being worked at. So the first clip of
whoever comes new stands beside the next of whoever sent thirty; and because the numbers of newcomers grow with the work that is done, nobody waits for ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.ports.crew import Turn
from app.usecases.services import Services


def enqueue(screening_id: str, analysis: int, services: Services) -> None:
    """Have a screening analysed in its turn; raise `app.ports.jobs.QueueUnavailableError` when the queue cannot be reached."""
    with services.open_records() as records:
        number = find_turn(screening_id, records.crew.list_turns())
        records.crew.set_turn(screening_id, number)
        records.commit()
    services.jobs.enqueue(screening_id, analysis, turn=number)


def find_turn(screening_id: str, turns: Sequence[Turn]) -> int:
    """Return the number of a screening that joins the queue."""
    sender = next((turn.sender for turn in turns if turn.screening_id == screening_id), None)
    others = [(turn, turn.number) for turn in turns if turn.screening_id != screening_id and turn.number is not None]
    running = [number for turn, number in others if turn.running]
    waiting = [number for turn, number in others if not turn.running]
    reached = max(running) if running else min(waiting, default=1) - 1
    own = [number for turn, number in others if turn.sender == sender]
    return max([reached, *own]) + 1
