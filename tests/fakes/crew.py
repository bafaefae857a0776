"""The fake CrewRecords."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.ports.crew import Turn
from app.ports.screenings import Screening


class FakeCrew:
    """Workers and turns in dicts."""

    def __init__(self, beats: dict[str, datetime], turns: dict[str, int], screenings: dict[str, Screening]) -> None:
        self._beats, self._turns, self._screenings = beats, turns, screenings

    def sign_on(self, worker: str, at: datetime) -> None:
        self._beats[worker] = at

    def beat(self, worker: str, at: datetime) -> bool:
        if worker not in self._beats:
            return False
        self._beats[worker] = at
        return True

    def list_beats(self) -> Mapping[str, datetime]:
        return dict(self._beats)

    def sign_off(self, worker: str, *, beat_at: datetime | None = None) -> bool:
        if worker not in self._beats or beat_at not in {None, self._beats[worker]}:
            return False
        del self._beats[worker]
        return True

    def list_turns(self) -> Sequence[Turn]:
        unfinished = [each for each in self._screenings.values() if each.state in {"queued", "running"}]
        return [
            Turn(each.screening_id, each.handed_in_by or each.athlete_id, each.state == "running", self._turns.get(each.screening_id)) for each in unfinished
        ]

    def set_turn(self, screening_id: str, number: int) -> None:
        self._turns[screening_id] = number
