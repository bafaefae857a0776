"""What is remembered of a screening: its clips, what was said with them, what was measured, and what a list says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.assessment.by_hand import HandMarks
from app.assessment.measurement import Footwear, ScaleChoice, Side
from app.assessment.protocol import PROTOCOL_VERSION
from app.assessment.readings import ReadingKind
from app.ports.people import LengthOrigin
from app.ports.reports import Document

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
