"""The fake UnitOfWork."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from app.assessment.measurement import Side
from app.ports.records import Athlete, Document, Failure, Reading, Screening, State


@dataclass
class FakeRecords:
    """What is committed; `open` begins a unit of work on a copy."""

    screenings: dict[str, Screening] = field(default_factory=dict)
    athletes: dict[str, Athlete] = field(default_factory=dict)
    reports: dict[str, Document] = field(default_factory=dict)
    beats: dict[str, datetime] = field(default_factory=dict)

    def open(self) -> FakeUnitOfWork:
        return FakeUnitOfWork(self)


class FakeUnitOfWork:
    """UnitOfWork over dicts."""

    def __init__(self, committed: FakeRecords) -> None:
        self._committed = committed
        self._own = FakeRecords()

    def __enter__(self) -> Self:
        self._own = copy.deepcopy(self._committed)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._own = FakeRecords()

    def commit(self) -> None:
        for kept in fields(FakeRecords):
            setattr(self._committed, kept.name, getattr(self._own, kept.name))
        self._own = copy.deepcopy(self._committed)

    def add_screening(self, screening: Screening) -> None:
        self._own.screenings[screening.screening_id] = screening

    def find_screening(self, screening_id: str) -> Screening | None:
        return self._own.screenings.get(screening_id)

    def unfinished_screenings(self) -> Sequence[Screening]:
        return [screening for screening in self.list_screenings() if screening.state in {"queued", "running"}]

    def screening_ids(self) -> frozenset[str]:
        return frozenset(self._own.screenings)

    def list_screenings(self) -> Sequence[Screening]:
        return sorted(self._own.screenings.values(), key=lambda screening: (screening.created_at, screening.screening_id))

    def repeats_of(self, screening_id: str) -> Sequence[Screening]:
        return [screening for screening in self.list_screenings() if screening.repeat_of == screening_id]

    def is_measured(self, sha256: str) -> bool:
        attempts = [attempt for screening in self._own.screenings.values() for attempt in screening.attempts]
        return any(attempt.sha256 == sha256 and attempt.measurement is not None for attempt in attempts)

    def set_state(self, screening_id: str, state: State, *, failure: Failure | None = None, analysis: int | None = None) -> None:
        if screening_id in self._own.screenings:
            screening = self._own.screenings[screening_id]
            self._own.screenings[screening_id] = replace(screening, state=state, failure=failure, analysis=analysis or screening.analysis)

    def set_progress(self, screening_id: str, side: Side, *, share_done: float, activity: str) -> None:
        self._change(screening_id, side, share_done=share_done, activity=activity)

    def set_measurement(self, screening_id: str, side: Side, document: Document, *, clip_key: str | None) -> None:
        self._change(screening_id, side, measurement=document, clip_key=clip_key)

    def put_reading(self, screening_id: str, side: Side, reading: Reading) -> None:
        screening = self._own.screenings.get(screening_id)
        attempt = None if screening is None else screening.attempt(side)
        if attempt is not None:
            kept = [*(other for other in attempt.readings if other.kind != reading.kind), reading]
            self._change(screening_id, side, readings=tuple(sorted(kept, key=lambda each: each.kind)))

    def put_report(self, screening_id: str, document: Document, *, created_at: datetime) -> None:
        del created_at
        if screening_id in self._own.screenings:
            self._own.reports[screening_id] = document

    def find_report(self, screening_id: str) -> Document | None:
        return self._own.reports.get(screening_id)

    def erase_screening(self, screening_id: str) -> bool:
        for repeat in self.repeats_of(screening_id):
            self.erase_screening(repeat.screening_id)
        self._own.reports.pop(screening_id, None)
        return self._own.screenings.pop(screening_id, None) is not None

    def add_athlete(self, athlete: Athlete) -> None:
        self._own.athletes[athlete.athlete_id] = athlete

    def find_athlete(self, athlete_id: str) -> Athlete | None:
        return self._own.athletes.get(athlete_id)

    def list_athletes(self) -> Sequence[Athlete]:
        return sorted(self._own.athletes.values(), key=lambda athlete: (athlete.name, athlete.athlete_id))

    def screenings_of(self, athlete_id: str) -> Sequence[Screening]:
        return [screening for screening in self.list_screenings() if screening.athlete_id == athlete_id]

    def erase_athlete(self, athlete_id: str) -> bool:
        for screening in self.screenings_of(athlete_id):
            self.erase_screening(screening.screening_id)
        return self._own.athletes.pop(athlete_id, None) is not None

    def beat(self, worker: str, at: datetime) -> None:
        self._own.beats[worker] = at

    def last_beat(self) -> datetime | None:
        return max(self._own.beats.values(), default=None)

    def _change(self, screening_id: str, side: Side, **changes: Any) -> None:  # noqa: ANN401 - fields of an attempt
        screening = self._own.screenings.get(screening_id)
        if screening is not None:
            attempts = tuple(replace(attempt, **changes) if attempt.side == side else attempt for attempt in screening.attempts)
            self._own.screenings[screening_id] = replace(screening, attempts=attempts)
