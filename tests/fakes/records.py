"""The fake UnitOfWork."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from app.assessment.measurement import Side
from app.assessment.readings import ReadingKind
from app.ports.accounts import Account, Grant
from app.ports.passkeys import Passkey
from app.ports.people import Athlete, Consent, Look, Squad, SquadNote, TypedValue
from app.ports.programmes import LogEntry, PlanTemplate, PlanVersion, Programme
from app.ports.provider import Identity
from app.ports.records import KeyTakenError
from app.ports.reports import Difference, Document, ReportVersion
from app.ports.screenings import Attempt, AttemptSummary, Failure, LegNumbers, LegReading, LegResult, Reading, Screening, ScreeningSummary, State, Wanted
from app.ports.uploads import Upload
from app.ports.waiting import WaitingClip
from app.ports.webhooks import Delivery, Webhook
from tests.fakes.crew import FakeCrew
from tests.fakes.load import FakeLoad
from tests.fakes.passkeys import FakeIdentities, FakePasskeys
from tests.fakes.people import FakeAccounts, FakeAthletes, FakeSquads
from tests.fakes.programmes import FakeProgrammes
from tests.fakes.reports import FakeReports
from tests.fakes.uploads import FakeUploads
from tests.fakes.waiting import FakeWaiting
from tests.fakes.webhooks import FakeWebhooks


@dataclass
class FakeRecords:
    """What is committed; `open` begins a unit of work on a copy."""

    screenings: dict[str, Screening] = field(default_factory=dict)
    athletes: dict[str, Athlete] = field(default_factory=dict)
    consents: dict[str, Consent] = field(default_factory=dict)
    typed: list[TypedValue] = field(default_factory=list)
    looks: set[Look] = field(default_factory=set)
    squads: dict[str, Squad] = field(default_factory=dict)
    members: set[tuple[str, str]] = field(default_factory=set)
    notes: dict[tuple[str, str], SquadNote] = field(default_factory=dict)
    waiting: dict[str, WaitingClip] = field(default_factory=dict)
    coaches: set[tuple[str, str]] = field(default_factory=set)
    accounts: dict[str, Account] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    reports: dict[str, list[ReportVersion]] = field(default_factory=dict)
    changes: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    differences: dict[str, Difference | None] = field(default_factory=dict)
    beats: dict[str, datetime] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    deliveries: dict[tuple[str, str, int, str], Delivery] = field(default_factory=dict)
    passkeys: dict[str, Passkey] = field(default_factory=dict)
    identities: dict[str, Identity] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    plan_versions: list[PlanVersion] = field(default_factory=list)
    plan_entries: dict[tuple[str, str], LogEntry] = field(default_factory=dict)
    plan_templates: dict[str, PlanTemplate] = field(default_factory=dict)

    def open(self) -> FakeUnitOfWork:
        return FakeUnitOfWork(self)


class FakeUnitOfWork:
    """UnitOfWork over dicts."""

    def __init__(self, committed: FakeRecords) -> None:
        self._committed = committed
        self._own = FakeRecords()

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._own = FakeRecords()

    def _begin(self) -> None:
        self._own = copy.deepcopy(self._committed)
        self.athletes = FakeAthletes(self._own, self.erase_screening)
        self.squads = FakeSquads(self._own)
        self.accounts = FakeAccounts(self._own)
        self.reports = FakeReports(self._own)
        self.webhooks = FakeWebhooks(self._own)
        self.waiting = FakeWaiting(self._own)
        self.passkeys = FakePasskeys(self._own)
        self.identities = FakeIdentities(self._own)
        self.uploads = FakeUploads(self._own)
        self.load = FakeLoad(self._own)
        self.crew = FakeCrew(self._own.beats, self._own.turns, self._own.screenings)
        self.programmes = FakeProgrammes(self._own)

    def commit(self) -> None:
        for kept in fields(FakeRecords):
            setattr(self._committed, kept.name, getattr(self._own, kept.name))
        self._begin()

    def add_screening(self, screening: Screening) -> None:
        if screening.idempotency_key is not None and self.find_by_key(screening.idempotency_key) is not None:
            raise KeyTakenError
        self._own.screenings[screening.screening_id] = screening

    def find_by_key(self, idempotency_key: str) -> Screening | None:
        return next((each for each in self._own.screenings.values() if each.idempotency_key == idempotency_key), None)

    def page_summaries(self, wanted: Wanted) -> Sequence[ScreeningSummary]:
        newest = list(self.list_screenings())[::-1]
        if wanted.after is not None:
            places = [number for number, each in enumerate(newest) if each.screening_id == wanted.after]
            newest = newest[places[0] + 1 :] if places else []
        fitting = [
            each
            for each in newest
            if (wanted.athlete_ids is None or each.athlete_id in wanted.athlete_ids)
            and wanted.state in {None, each.state}
            and (wanted.since is None or each.created_at >= wanted.since)
            and (wanted.until is None or each.created_at < wanted.until)
        ]
        return [_summarise(each) for each in fitting[: wanted.most]]

    def find_screening(self, screening_id: str) -> Screening | None:
        return self._own.screenings.get(screening_id)

    def unfinished_screenings(self) -> Sequence[Screening]:
        return [screening for screening in self.list_screenings() if screening.state in {"queued", "running"}]

    def screening_ids(self) -> frozenset[str]:
        return frozenset(self._own.screenings)

    def list_folders(self) -> Mapping[str, frozenset[str]]:
        return {name: frozenset(attempt.folder for attempt in screening.attempts) for name, screening in self._own.screenings.items()}

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

    def finished_with_clips(self) -> Sequence[Screening]:
        finished = [screening for screening in self.list_screenings() if screening.state in {"done", "failed"}]
        return [screening for screening in finished if any(attempt.clip_key is not None for attempt in screening.attempts)]

    def set_measurement(self, screening_id: str, side: Side, document: Document, *, numbers: LegNumbers | None) -> None:
        self._change(screening_id, side, measurement=document, numbers=numbers)

    def set_clip_key(self, screening_id: str, side: Side, clip_key: str | None, *, before: str | None) -> None:
        screening = self._own.screenings.get(screening_id)
        attempt = None if screening is None else screening.attempt(side)
        if attempt is not None and attempt.clip_key == before:
            self._change(screening_id, side, clip_key=clip_key)

    def put_reading(self, screening_id: str, side: Side, reading: Reading) -> None:
        screening = self._own.screenings.get(screening_id)
        attempt = None if screening is None else screening.attempt(side)
        if attempt is not None:
            kept = [*(other for other in attempt.readings if other.kind != reading.kind), reading]
            self._change(screening_id, side, readings=tuple(sorted(kept, key=lambda each: each.kind)))

    def drop_reading(self, screening_id: str, side: Side, kind: ReadingKind) -> bool:
        screening = self._own.screenings.get(screening_id)
        attempt = None if screening is None else screening.attempt(side)
        if attempt is None or attempt.reading(kind) is None:
            return False
        self._change(screening_id, side, readings=tuple(each for each in attempt.readings if each.kind != kind))
        return True

    def replace_attempts(self, screening_id: str, own: Sequence[Attempt]) -> None:
        self._own.screenings[screening_id] = replace(self._own.screenings[screening_id], attempts=tuple(sorted(own, key=lambda each: each.side)))

    def set_athlete(self, screening_id: str, athlete_id: str) -> None:
        for screening in list(self._own.screenings.values()):
            if screening_id in {screening.screening_id, screening.repeat_of}:
                self._own.screenings[screening.screening_id] = replace(screening, athlete_id=athlete_id)

    def set_said(self, screening: Screening) -> None:
        said = ("foot_length_cm", "foot_length_std_cm", "foot_length_origin", "sheet_ruler_mm", "sheet_margin_mm")
        kept = self._own.screenings[screening.screening_id]
        self._own.screenings[screening.screening_id] = replace(kept, **{name: getattr(screening, name) for name in said})

    def erase_screening(self, screening_id: str) -> bool:
        for repeat in self.repeats_of(screening_id):
            self.erase_screening(repeat.screening_id)
        self._own.reports.pop(screening_id, None)
        self._own.differences.pop(screening_id, None)
        self._own.deliveries = {key: delivery for key, delivery in self._own.deliveries.items() if delivery.screening_id != screening_id}
        self._own.erased.add(screening_id)
        return self._own.screenings.pop(screening_id, None) is not None

    def screenings_of(self, athlete_id: str) -> Sequence[Screening]:
        return [screening for screening in self.list_screenings() if screening.athlete_id == athlete_id]

    def results_of(self, athlete_ids: Sequence[str], *, since: datetime | None = None) -> Sequence[LegResult]:
        own = [screening for screening in self.list_screenings() if screening.athlete_id in athlete_ids and screening.repeat_of is None]
        own = [screening for screening in own if since is None or screening.created_at >= since]
        return [
            LegResult(
                screening_id=screening.screening_id,
                athlete_id=str(screening.athlete_id),
                created_at=screening.created_at,
                side=attempt.side,
                footwear=screening.footwear,
                state=screening.state,
                numbers=attempt.numbers,
                pain=None if screening.circumstances is None else screening.circumstances.pain,
                warmed_up=None if screening.circumstances is None else screening.circumstances.warmed_up,
                protocol_version=screening.protocol_version,
                version=screening.analysis,
                sha256=attempt.sha256,
            )
            for screening in own
            for attempt in screening.attempts
        ]

    def readings_of(self, athlete_id: str) -> Sequence[LegReading]:
        return [
            LegReading(screening.screening_id, screening.created_at, attempt.side, reading)
            for screening in self.screenings_of(athlete_id)
            for attempt in screening.attempts
            for reading in attempt.readings
        ]

    def latest_results(self, squad_id: str) -> Sequence[LegResult]:
        own = [athlete.athlete_id for athlete in self.squads.athletes_of(squad_id)]
        done = [result for result in self.results_of(own) if result.state == "done"]
        newest = {result.athlete_id: result.screening_id for result in done}
        return [result for result in done if result.screening_id == newest[result.athlete_id]]

    def documents_without_distance(self, screening_ids: Sequence[str]) -> Mapping[tuple[str, Side], Document]:
        attempts = {(name, each.side): each for name in screening_ids if name in self._own.screenings for each in self._own.screenings[name].attempts}
        without = {key: each for key, each in attempts.items() if each.numbers is None or each.numbers.toe_to_wall_cm is None}
        return {key: each.measurement for key, each in without.items() if each.measurement is not None}

    def erased_ids(self) -> Sequence[str]:
        return sorted(self._own.erased)

    def _change(self, screening_id: str, side: Side, **changes: Any) -> None:  # noqa: ANN401 - fields of an attempt
        screening = self._own.screenings.get(screening_id)
        if screening is not None:
            attempts = tuple(replace(attempt, **changes) if attempt.side == side else attempt for attempt in screening.attempts)
            self._own.screenings[screening_id] = replace(screening, attempts=attempts)


def _summarise(screening: Screening) -> ScreeningSummary:
    names = ("screening_id", "created_at", "state", "athlete_id", "repeat_of", "protocol_version", "failure")
    own = [{name: getattr(each, name) for name in ("side", "clip_name", "share_done", "activity", "status", "numbers")} for each in screening.attempts]
    legs = tuple(AttemptSummary(**each) for each in own)
    return ScreeningSummary(version=screening.analysis, attempts=legs, **{name: getattr(screening, name) for name in names})
