"""Records in an SQL database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from app.adapters.sql.accounts import SqlAccounts
from app.adapters.sql.crew import SqlCrew
from app.adapters.sql.engine import sweep_erased
from app.adapters.sql.load import SqlLoad
from app.adapters.sql.ordering import by_code_point
from app.adapters.sql.passkeys import SqlIdentities, SqlPasskeys
from app.adapters.sql.people import SqlAthletes, SqlSquads
from app.adapters.sql.programmes import SqlProgrammes
from app.adapters.sql.reports import SqlReports
from app.adapters.sql.rows import (
    RESULTS,
    SUMMARIES,
    attempt_columns,
    build_attempt,
    build_reading,
    build_result,
    build_screening,
    build_summaries,
    failure_columns,
    number_columns,
)
from app.adapters.sql.tables import attempts, erasures, readings, screenings, squad_athletes
from app.adapters.sql.uploads import SqlUploads
from app.adapters.sql.waiting import SqlWaiting
from app.adapters.sql.webhooks import SqlWebhooks
from app.adapters.sql.writing import hold_row, insert_once
from app.assessment.measurement import Side
from app.assessment.readings import ReadingKind
from app.ports.accounts import AccountRecords
from app.ports.crew import CrewRecords
from app.ports.load import LoadRecords
from app.ports.passkeys import PasskeyRecords
from app.ports.people import AthleteRecords, SquadRecords
from app.ports.programmes import ProgrammeRecords
from app.ports.provider import IdentityRecords
from app.ports.records import KeyTakenError
from app.ports.reports import Document, ReportRecords
from app.ports.screenings import Attempt, Failure, LegNumbers, LegReading, LegResult, Reading, Screening, ScreeningSummary, State, Wanted, read_status
from app.ports.uploads import UploadRecords
from app.ports.waiting import WaitingRecords
from app.ports.webhooks import WebhookRecords


class SqlUnitOfWork:
    """UnitOfWork on one connection; it begins with the first statement and ends with the `with` block. `tell_erased` is told the ids of what was erased."""

    def __init__(self, engine: sa.Engine, tell_erased: Callable[[Sequence[str]], None] = lambda _: None) -> None:
        self._engine = engine
        self._tell_erased = tell_erased
        self._connection: sa.Connection
        self.athletes: AthleteRecords
        self.squads: SquadRecords
        self.accounts: AccountRecords
        self.reports: ReportRecords
        self.webhooks: WebhookRecords
        self.waiting: WaitingRecords
        self.passkeys: PasskeyRecords
        self.identities: IdentityRecords
        self.uploads: UploadRecords
        self.load: LoadRecords
        self.crew: CrewRecords
        self.programmes: ProgrammeRecords
        self._is_swept = True
        self._erased: list[str] = []

    def __enter__(self) -> Self:
        self._connection = self._engine.connect()
        self.athletes = SqlAthletes(self._connection, self._note_erased)
        self.squads = SqlSquads(self._connection)
        self.accounts = SqlAccounts(self._connection, self._note_erased)
        self.reports = SqlReports(self._connection)
        self.webhooks = SqlWebhooks(self._connection, self._note_erased)
        self.waiting = SqlWaiting(self._connection)
        self.passkeys = SqlPasskeys(self._connection, self._note_erased)
        self.identities = SqlIdentities(self._connection, self._note_erased)
        self.uploads = SqlUploads(self._connection)
        self.load = SqlLoad(self._connection)
        self.crew = SqlCrew(self._connection)
        self.programmes = SqlProgrammes(self._connection, self._note_erased)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def commit(self) -> None:
        """Make everything permanent."""
        self._connection.commit()
        if self._erased:
            with suppress(OSError):  # a full disk shall keep nobody from erasing; the next start makes up for it
                self._tell_erased(self._erased)
            self._erased = []
        if not self._is_swept:
            sweep_erased(self._connection)
            self._is_swept = True

    def add_screening(self, screening: Screening) -> None:
        """Insert a screening with its attempts."""
        failure = screening.failure
        if screening.idempotency_key is not None and self.find_by_key(screening.idempotency_key) is not None:
            raise KeyTakenError
        self._insert_screening(
            screenings.insert().values(
                screening_id=screening.screening_id,
                created_at=screening.created_at,
                state=screening.state,
                analysis=screening.analysis,
                footwear=screening.footwear,
                foot_length_cm=screening.foot_length_cm,
                height_cm=screening.height_cm,
                skirting_cm=screening.skirting_cm,
                scale=screening.scale,
                sheet_ruler_mm=screening.sheet_ruler_mm,
                sheet_margin_mm=screening.sheet_margin_mm,
                foot_length_std_cm=screening.foot_length_std_cm,
                foot_length_origin=screening.foot_length_origin,
                protocol_version=screening.protocol_version,
                repeat_of=screening.repeat_of,
                athlete_id=screening.athlete_id,
                idempotency_key=screening.idempotency_key,
                handed_in_by=screening.handed_in_by,
                language=screening.language,
                circumstances=None if screening.circumstances is None else asdict(screening.circumstances),
                **failure_columns(failure),
            ),
        )
        self._insert_attempts(screening.screening_id, screening.attempts)

    def find_screening(self, screening_id: str) -> Screening | None:
        """Select one screening."""
        return next(iter(self._select_screenings(screenings.c.screening_id == screening_id)), None)

    def find_by_key(self, idempotency_key: str) -> Screening | None:
        """Select the screening of a key."""
        return next(iter(self._select_screenings(screenings.c.idempotency_key == idempotency_key)), None)

    def page_summaries(self, wanted: Wanted) -> Sequence[ScreeningSummary]:
        """Select a page by where the one before ended."""
        conditions: list[sa.ColumnElement[bool]] = []
        if wanted.athlete_ids is not None:
            conditions.append(screenings.c.athlete_id.in_(wanted.athlete_ids))
        if wanted.state is not None:
            conditions.append(screenings.c.state == wanted.state)
        if wanted.since is not None:
            conditions.append(screenings.c.created_at >= wanted.since)
        if wanted.until is not None:
            conditions.append(screenings.c.created_at < wanted.until)
        order = sa.tuple_(screenings.c.created_at, screenings.c.screening_id)
        if wanted.after is not None:
            ended = sa.select(screenings.c.created_at, screenings.c.screening_id).where(screenings.c.screening_id == wanted.after)
            conditions.append(order < ended.scalar_subquery())
        newest = sa.select(screenings.c.screening_id).where(*conditions).order_by(screenings.c.created_at.desc(), screenings.c.screening_id.desc())
        ids = self._connection.execute(newest.limit(wanted.most)).scalars().all()
        return build_summaries(self._connection.execute(SUMMARIES.where(screenings.c.screening_id.in_(ids))).mappings())

    def unfinished_screenings(self) -> Sequence[Screening]:
        """Select what is queued or running."""
        return self._select_screenings(screenings.c.state.in_(("queued", "running")))

    def screening_ids(self) -> frozenset[str]:
        """Select all ids."""
        return frozenset(self._connection.execute(sa.select(screenings.c.screening_id)).scalars())

    def list_folders(self) -> Mapping[str, frozenset[str]]:
        """Select the folders of all attempts."""
        found = defaultdict(set)
        for screening_id, side, folder in self._connection.execute(sa.select(attempts.c.screening_id, attempts.c.side, attempts.c.folder)):
            found[screening_id].add(folder or side)
        return {screening_id: frozenset(folders) for screening_id, folders in found.items()}

    def list_screenings(self) -> Sequence[Screening]:
        """Select all screenings."""
        return self._select_screenings(sa.true())

    def repeats_of(self, screening_id: str) -> Sequence[Screening]:
        """Select what repeats a leg of a screening."""
        return self._select_screenings(screenings.c.repeat_of == screening_id)

    def is_measured(self, sha256: str) -> bool:
        """Look for a measured attempt of these bytes."""
        query = sa.select(attempts.c.side).where(attempts.c.sha256 == sha256, attempts.c.measurement.is_not(None)).limit(1)
        return self._connection.execute(query).first() is not None

    def set_state(self, screening_id: str, state: State, *, failure: Failure | None = None, analysis: int | None = None) -> None:
        """Update the state."""
        values: dict[str, Any] = {"state": state} | failure_columns(failure)
        if analysis is not None:
            values["analysis"] = analysis
        self._connection.execute(screenings.update().where(screenings.c.screening_id == screening_id).values(**values))

    def set_progress(self, screening_id: str, side: Side, *, share_done: float, activity: str) -> None:
        """Update how far one side is."""
        self._update_attempt(screening_id, side, share_done=share_done, activity=activity)

    def finished_with_clips(self) -> Sequence[Screening]:
        """Select what is done or failed and has a clip."""
        with_clip = sa.select(attempts.c.side).where(attempts.c.screening_id == screenings.c.screening_id, attempts.c.clip_key.is_not(None))
        return self._select_screenings(screenings.c.state.in_(("done", "failed")) & with_clip.exists())

    def set_measurement(self, screening_id: str, side: Side, document: Document, *, numbers: LegNumbers | None) -> None:
        """Update the measurement of one side."""
        self._update_attempt(screening_id, side, measurement=dict(document), status=read_status(document), **number_columns(numbers))

    def set_clip_key(self, screening_id: str, side: Side, clip_key: str | None, *, before: str | None) -> None:
        """Update where the clip of one side is, if it is the one that is meant."""
        here = (attempts.c.screening_id == screening_id, attempts.c.side == side, attempts.c.clip_key.is_not_distinct_from(before))
        self._connection.execute(attempts.update().where(*here).values(clip_key=clip_key))

    def put_reading(self, screening_id: str, side: Side, reading: Reading) -> None:
        """Insert a reading in place of an earlier one of its kind; without its attempt it is dropped."""
        if hold_row(self._connection, attempts, attempts.c.screening_id == screening_id, attempts.c.side == side):
            here = (readings.c.screening_id == screening_id, readings.c.side == side, readings.c.kind == reading.kind)
            self._connection.execute(readings.delete().where(*here))
            own = {"kind": reading.kind, "value": reading.value, "typed_at": reading.typed_at, "blind": reading.blind}
            self._connection.execute(readings.insert().values(screening_id=screening_id, side=side, **own))

    def drop_reading(self, screening_id: str, side: Side, kind: ReadingKind) -> bool:
        """Delete a reading."""
        self._is_swept = False
        here = (readings.c.screening_id == screening_id, readings.c.side == side, readings.c.kind == kind)
        return self._connection.execute(readings.delete().where(*here)).rowcount > 0

    def replace_attempts(self, screening_id: str, own: Sequence[Attempt]) -> None:
        """Delete the attempts and insert these."""
        self._is_swept = False
        self._connection.execute(attempts.delete().where(attempts.c.screening_id == screening_id))
        self._insert_attempts(screening_id, own)

    def set_athlete(self, screening_id: str, athlete_id: str) -> None:
        """Update the screening and its repeats."""
        here = sa.or_(screenings.c.screening_id == screening_id, screenings.c.repeat_of == screening_id)
        self._connection.execute(screenings.update().where(here).values(athlete_id=athlete_id))

    def set_said(self, screening: Screening) -> None:
        """Update what was said of both clips."""
        said = ("foot_length_cm", "foot_length_std_cm", "foot_length_origin", "sheet_ruler_mm", "sheet_margin_mm")
        values = {name: getattr(screening, name) for name in said}
        self._connection.execute(screenings.update().where(screenings.c.screening_id == screening.screening_id).values(**values))

    def erase_screening(self, screening_id: str) -> bool:
        """Delete the rows; attempts, readings, report and repeats go with them."""
        repeats = self._connection.execute(sa.select(screenings.c.screening_id).where(screenings.c.repeat_of == screening_id)).scalars().all()
        self._note_erased([*repeats, screening_id])
        self._connection.execute(screenings.delete().where(screenings.c.repeat_of == screening_id))
        return self._connection.execute(screenings.delete().where(screenings.c.screening_id == screening_id)).rowcount > 0

    def screenings_of(self, athlete_id: str) -> Sequence[Screening]:
        """Select the screenings of an athlete."""
        return self._select_screenings(screenings.c.athlete_id == athlete_id)

    def results_of(self, athlete_ids: Sequence[str], *, since: datetime | None = None) -> Sequence[LegResult]:
        """Select the numbers without the documents."""
        query = RESULTS.where(screenings.c.athlete_id.in_(athlete_ids))
        rows = self._connection.execute(query if since is None else query.where(screenings.c.created_at >= since)).mappings()
        return [build_result(row) for row in rows]

    def readings_of(self, athlete_id: str) -> Sequence[LegReading]:
        """Select the readings without the attempts."""
        order = (screenings.c.created_at, screenings.c.screening_id, readings.c.side, by_code_point(readings.c.kind))
        query = sa.select(readings, screenings.c.created_at).join(screenings, screenings.c.screening_id == readings.c.screening_id)
        rows = self._connection.execute(query.where(screenings.c.athlete_id == athlete_id).order_by(*order)).mappings()
        return [LegReading(row["screening_id"], row["created_at"], row["side"], build_reading(row)) for row in rows]

    def latest_results(self, squad_id: str) -> Sequence[LegResult]:
        """Select the numbers of the newest screening of each athlete."""
        # One look into the index for each athlete; numbering all of their screenings would read the whole year.
        each = screenings.alias()
        done = sa.literal("done", literal_execute=True)  # as a parameter it would not be known to be what the index holds
        own = (each.c.athlete_id == squad_athletes.c.athlete_id, each.c.repeat_of.is_(None), each.c.state == done)
        newest = sa.select(each.c.screening_id).where(*own).order_by(each.c.created_at.desc(), each.c.screening_id.desc()).limit(1)
        query = RESULTS.join(squad_athletes, screenings.c.screening_id == newest.scalar_subquery()).where(squad_athletes.c.squad_id == squad_id)
        return [build_result(row) for row in self._connection.execute(query).mappings()]

    def documents_without_distance(self, screening_ids: Sequence[str]) -> Mapping[tuple[str, Side], Document]:
        """Select the documents."""
        found = (attempts.c.screening_id.in_(screening_ids), attempts.c.toe_to_wall_cm.is_(None), attempts.c.measurement.is_not(None))
        rows = self._connection.execute(sa.select(attempts.c.screening_id, attempts.c.side, attempts.c.measurement).where(*found)).all()
        return {(screening_id, side): document for screening_id, side, document in rows}

    def erased_ids(self) -> Sequence[str]:
        """Select what was erased."""
        return self._connection.execute(sa.select(erasures.c.erased_id).order_by(erasures.c.erased_id)).scalars().all()

    def _note_erased(self, ids: Sequence[str]) -> None:
        self._is_swept = False
        self._erased += ids
        for erased_id in ids:
            insert_once(self._connection, erasures, erased_id=erased_id)

    def _insert_screening(self, insert: sa.Insert) -> None:
        """Insert the row; two who bring the same key at once are one too many."""
        try:
            self._connection.execute(insert)
        except sa.exc.IntegrityError as error:
            self._connection.rollback()
            raise KeyTakenError from error

    def _insert_attempts(self, screening_id: str, own: Sequence[Attempt]) -> None:
        for attempt in own:
            self._connection.execute(attempts.insert().values(screening_id=screening_id, **attempt_columns(attempt)))
            for reading in attempt.readings:
                self.put_reading(screening_id, attempt.side, reading)

    def _update_attempt(self, screening_id: str, side: Side, **values: Any) -> None:  # noqa: ANN401 - column values
        self._connection.execute(attempts.update().where(attempts.c.screening_id == screening_id, attempts.c.side == side).values(**values))

    def _select_screenings(self, condition: sa.ColumnElement[bool]) -> list[Screening]:
        query = sa.select(screenings).where(condition).order_by(screenings.c.created_at, screenings.c.screening_id)
        rows = self._connection.execute(query).mappings().all()
        ids = sa.select(screenings.c.screening_id).where(condition)
        own, typed = defaultdict(list), defaultdict(list)
        said = sa.select(readings).where(readings.c.screening_id.in_(ids)).order_by(by_code_point(readings.c.kind))
        for reading in self._connection.execute(said).mappings():
            typed[reading["screening_id"], reading["side"]].append(reading)
        for attempt in self._connection.execute(sa.select(attempts).where(attempts.c.screening_id.in_(ids)).order_by(attempts.c.side)).mappings():
            own[attempt["screening_id"]].append(build_attempt(attempt, typed[attempt["screening_id"], attempt["side"]]))
        return [build_screening(row, own[row["screening_id"]]) for row in rows]
