"""What is remembered about screenings, and the unit of work that remembers everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Literal, Protocol, Self

from app.assessment.by_hand import HandMarks
from app.assessment.measurement import Footwear, ScaleChoice, Side
from app.assessment.protocol import PROTOCOL_VERSION
from app.assessment.readings import ReadingKind
from app.ports.accounts import AccountRecords
from app.ports.crew import CrewRecords
from app.ports.load import LoadRecords
from app.ports.passkeys import PasskeyRecords
from app.ports.people import AthleteRecords, LengthOrigin, SquadRecords
from app.ports.programmes import ProgrammeRecords
from app.ports.provider import IdentityRecords
from app.ports.reports import Document, ReportRecords
from app.ports.uploads import UploadRecords
from app.ports.waiting import WaitingRecords
from app.ports.webhooks import WebhookRecords

State = Literal["queued", "running", "done", "failed"]
Status = Literal["measured", "rejected"]
Felt = Literal["front", "back", "calf", "elsewhere"]
"""Where it was felt: front of the ankle, back of the ankle or Achilles tendon, calf, elsewhere."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an analysis could not be finished, for the person who waits for it."""

    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a person read by hand off one leg; `blind` when it was typed before there was a result to see."""

    kind: ReadingKind
    value: float
    typed_at: datetime
    blind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LegNumbers:
    """The headline numbers of a measurement with their standard uncertainties, kept beside the document so that lists and trends need not read it.

    `limit` is how far the score is known to be the ankle's; `setting` is what must be the same for two numbers to belong to one series. `seen_foot_cm` is the
    length of foot or shoe as the sheet showed it, None without one; `seen_foot_print_std_cm` is what of its uncertainty all clips with this sheet share.
    `set_by_hand`: they rest on points that somebody set.
    """

    toe_to_wall_cm: float | None
    toe_to_wall_std_cm: float | None
    shin_angle_deg: float | None
    shin_angle_std_deg: float | None
    limit: str | None
    setting: str
    seen_foot_cm: float | None = None
    seen_foot_std_cm: float | None = None
    seen_foot_print_std_cm: float | None = None
    set_by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gravity:
    """Which way was down while a clip was filmed, as the phone felt it.

    `down` is a unit vector in the axes of the picture, x to the right, y down, z away from whoever holds the phone; `spread_deg` the median angle of single
    readings to it; `screen_deg` how far the screen was turned. It is kept and not used in measuring yet.
    """

    down: tuple[float, float, float]
    spread_deg: float
    samples: int
    screen_deg: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One clip of one leg: where its bytes are (None when they are gone), how far its analysis is, and its measurement once there is one.

    `by_hand` are the points that somebody set on its key frame (without points the frame alone is to stay). `folder` is where its files lie beside those of
    the other leg; it is named like the side unless the clip took the place of another, or was taken for one of the other leg.
    """

    side: Side
    clip_name: str
    sha256: str
    size_bytes: int
    furthest: bool = False
    clip_key: str | None = None
    share_done: float = 0.0
    activity: str = "waiting"
    measurement: Document | None = None
    numbers: LegNumbers | None = None
    readings: tuple[Reading, ...] = ()
    by_hand: HandMarks | None = None
    gravity: Gravity | None = None
    folder: str = ""

    def __post_init__(self) -> None:
        if not self.folder:
            object.__setattr__(self, "folder", self.side)

    @property
    def status(self) -> Status | None:
        """What its measurement says of the clip, None while there is none."""
        return read_status(self.measurement)

    def reading(self, kind: ReadingKind) -> Reading | None:
        """Return the reading of one kind, if there is one."""
        return next((reading for reading in self.readings if reading.kind == kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a person says about the day and the lunges; none of it is used in measuring.

    `felt` is where it was felt at the end of the lunge; pain goes from 0 to 10; `time_zone` is the name that the phone gave its own.
    """

    pain: int | None = None
    felt: tuple[Felt, ...] = ()
    minutes_since_exercise: int | None = None
    warmed_up: bool | None = None
    limited_by: str | None = None
    notes: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A left and a right attempt of one day (or one of them), with what the person said about them.

    `idempotency_key` is a hash of what the sender calls the upload, so that sending it again makes no second one; `handed_in_by` is the account or
    link over which it came. `repeat_of` is the screening whose leg this one measures again, set up anew; `athlete_id` is whose legs they are, where that
    was said. `foot_length_origin` says whether the length was typed or learnt, and `foot_length_std_cm` how well a learnt one was known.
    `language` is that of whoever handed it in, for the words in its pictures.
    """

    screening_id: str
    created_at: datetime
    footwear: Footwear
    foot_length_cm: float | None
    height_cm: float | None
    skirting_cm: float
    scale: ScaleChoice
    attempts: tuple[Attempt, ...]
    sheet_ruler_mm: float | None = None
    sheet_margin_mm: float | None = None
    foot_length_std_cm: float | None = None
    foot_length_origin: LengthOrigin | None = None
    protocol_version: int = PROTOCOL_VERSION
    state: State = "queued"
    analysis: int = 1
    failure: Failure | None = None
    repeat_of: str | None = None
    athlete_id: str | None = None
    circumstances: Circumstances | None = None
    idempotency_key: str | None = None
    handed_in_by: str | None = None
    language: str = "en"

    def attempt(self, side: Side) -> Attempt | None:
        """Return the attempt of one side, if there is one."""
        return next((attempt for attempt in self.attempts if attempt.side == side), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSummary:
    """What a list says of one leg: how far its analysis is, and its headline numbers once it is measured."""

    side: Side
    clip_name: str
    share_done: float
    activity: str
    status: Status | None
    numbers: LegNumbers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSummary:
    """What a list says of a screening, without the documents; the left leg first, and `version` counts how often it was put right."""

    screening_id: str
    created_at: datetime
    state: State
    version: int
    athlete_id: str | None
    repeat_of: str | None
    protocol_version: int
    failure: Failure | None
    attempts: tuple[AttemptSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegResult:
    """What became of one leg in one screening: its numbers, or none when it was refused or is not measured yet.

    `version` counts how often it was put right; `sha256` says which clip it was.
    """

    screening_id: str
    athlete_id: str
    created_at: datetime
    side: Side
    sha256: str
    footwear: Footwear
    state: State
    numbers: LegNumbers | None
    pain: int | None = None
    warmed_up: bool | None = None
    protocol_version: int = PROTOCOL_VERSION
    version: int = 1


@dataclass(frozen=True, slots=True)
class LegReading:
    """A reading with the leg and the screening that it was typed beside."""

    screening_id: str
    created_at: datetime
    side: Side
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which screenings are asked for: those of some athletes (None: whoever's), in a state, of a time [since, until), and those that follow one."""

    most: int
    athlete_ids: tuple[str, ...] | None = None
    state: State | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: str | None = None


def read_status(document: Document | None) -> Status | None:
    """Return what a measurement says of its clip."""
    status = None if document is None else document.get("status")
    return "measured" if status == "measured" else "rejected" if status == "rejected" else None


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
