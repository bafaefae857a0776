"""The unit of work that remembers everything, and what of it is about screenings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from app.assessment.measurement import Side
from app.assessment.readings import ReadingKind
from app.ports.accounts import AccountRecords
from app.ports.crew import CrewRecords
from app.ports.load import LoadRecords
from app.ports.passkeys import PasskeyRecords
from app.ports.people import AthleteRecords, SquadRecords
from app.ports.programmes import ProgrammeRecords
from app.ports.provider import IdentityRecords
from app.ports.reports import Document, ReportRecords
from app.ports.screenings import Attempt, Failure, LegNumbers, LegReading, LegResult, Reading, Screening, ScreeningSummary, State, Wanted
from app.ports.uploads import UploadRecords
from app.ports.waiting import WaitingRecords
from app.ports.webhooks import WebhookRecords


class KeyTakenError(Exception):
    """There is a screening under this idempotency key already."""


class UnitOfWork(Protocol):
    """One transaction: what is not committed when it ends has not happened."""

    athletes: AthleteRecords
    squads: SquadRecords
    accounts: AccountRecords
    reports: ReportRecords
    webhooks: WebhookRecords
    waiting: WaitingRecords
    passkeys: PasskeyRecords
    identities: IdentityRecords
    uploads: UploadRecords
    load: LoadRecords
    crew: CrewRecords
    programmes: ProgrammeRecords

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def commit(self) -> None:
        """Make everything of this unit of work permanent."""

    def add_screening(self, screening: Screening) -> None:
        """Remember a new screening with its attempts; raise `KeyTakenError` when there is one under its idempotency key."""

    def find_by_key(self, idempotency_key: str) -> Screening | None:
        """Return the screening that was handed in under a key."""

    def page_summaries(self, wanted: Wanted) -> Sequence[ScreeningSummary]:
        """Return some of the screenings that are wanted, newest first, without their documents."""

    def find_screening(self, screening_id: str) -> Screening | None:
        """Return the screening, or None when it is unknown or erased."""

    def unfinished_screenings(self) -> Sequence[Screening]:
        """Screenings that are queued or running, oldest first."""

    def screening_ids(self) -> frozenset[str]:
        """Ids of all screenings."""

    def list_folders(self) -> Mapping[str, frozenset[str]]:
        """Return in which folders the files of each screening's legs lie."""

    def list_screenings(self) -> Sequence[Screening]:
        """All screenings, oldest first."""

    def repeats_of(self, screening_id: str) -> Sequence[Screening]:
        """Screenings that repeat a leg of this one, oldest first."""

    def is_measured(self, sha256: str) -> bool:
        """Whether a clip of these bytes has a measurement already, in whatever screening."""

    def set_state(self, screening_id: str, state: State, *, failure: Failure | None = None, analysis: int | None = None) -> None:
        """Change the state, and the number of the analysis where it begins anew."""

    def set_progress(self, screening_id: str, side: Side, *, share_done: float, activity: str) -> None:
        """Say how far one side is."""

    def finished_with_clips(self) -> Sequence[Screening]:
        """Screenings that are done or failed and still have a clip, oldest first."""

    def set_measurement(self, screening_id: str, side: Side, document: Document, *, numbers: LegNumbers | None) -> None:
        """Keep the measurement of one side; `numbers` is None when it was refused."""

    def set_clip_key(self, screening_id: str, side: Side, clip_key: str | None, *, before: str | None) -> None:
        """Say where the clip of one side is that was somewhere else before; None when its bytes are gone. A clip that took its place stays where it is."""

    def put_reading(self, screening_id: str, side: Side, reading: Reading) -> None:
        """Keep a reading of one side, in place of an earlier one of its kind."""

    def drop_reading(self, screening_id: str, side: Side, kind: ReadingKind) -> bool:
        """Forget a reading; False when there was none."""

    def replace_attempts(self, screening_id: str, own: Sequence[Attempt]) -> None:
        """Keep these attempts with their readings in place of those before."""

    def set_athlete(self, screening_id: str, athlete_id: str) -> None:
        """Say whose legs a screening and its repeats show."""

    def set_said(self, screening: Screening) -> None:
        """Keep the length of the foot and the sheet as printed as this screening has them."""

    def erase_screening(self, screening_id: str) -> bool:
        """Forget a screening with its attempts, readings, report and repeats; False when it was unknown."""

    def screenings_of(self, athlete_id: str) -> Sequence[Screening]:
        """Screenings of an athlete, oldest first, repeats among them."""

    def results_of(self, athlete_ids: Sequence[str], *, since: datetime | None = None) -> Sequence[LegResult]:
        """Return what became of each leg in every screening of some athletes (since a time), oldest first, left before right, without repeats."""

    def readings_of(self, athlete_id: str) -> Sequence[LegReading]:
        """Return what was read by hand off the legs in the screenings of an athlete, oldest first, left before right, repeats among them."""

    def latest_results(self, squad_id: str) -> Sequence[LegResult]:
        """Return what became of each leg in the newest screening of each athlete of a squad that is done, without repeats."""

    def documents_without_distance(self, screening_ids: Sequence[str]) -> Mapping[tuple[str, Side], Document]:
        """Return what was found on those legs of some screenings that have no distance."""

    def erased_ids(self) -> Sequence[str]:
        """Ids of everything that was ever erased: an older copy of the records that is put back must lose it again."""
