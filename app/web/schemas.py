"""What goes in and out over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, Json, ValidationInfo, field_validator, model_validator

from app.assessment.readings import REFERENCES, ReadingKind
from app.ports.screenings import Attempt, AttemptSummary, Circumstances, Failure, Felt, Gravity, Screening, ScreeningSummary, Wanted
from app.usecases.intake import Declaration
from app.usecases.same_clips import SentBefore
from app.web.commas import with_point
from app.web.people_schemas import SaneTime

_UNIT = 0.01
"""How far from 1 the square of a direction's length may be."""
_TAPE, _INCLINOMETER = REFERENCES["tape_cm"], REFERENCES["inclinometer_deg"]


class GravityField(BaseModel):
    """Which way was down while a clip was filmed; a field of a form holds it as JSON."""

    model_config = ConfigDict(extra="forbid")

    down: tuple[Annotated[float, Field(ge=-1, le=1)], Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=-1, le=1)]]
    spread_deg: float = Field(ge=0, le=180)
    samples: int = Field(ge=1, le=1_000_000)
    screen_deg: int = Field(ge=0, lt=360)

    @model_validator(mode="after")
    def _is_a_direction(self) -> Self:
        length = sum(part * part for part in self.down)
        if not 1 - _UNIT <= length <= 1 + _UNIT:
            raise ValueError(f"found a vector of length {length**0.5:.3f}; expected 1")
        return self


class DeclarationForm(BaseModel):
    """The fields beside the clips, as text from a form."""

    model_config = ConfigDict(extra="forbid")

    foot_length_cm: float | None = Field(default=None, ge=10, le=40)
    height_cm: float | None = Field(default=None, ge=80, le=250)
    skirting_cm: float = Field(default=0.0, ge=0, le=10)
    sheet_ruler_mm: float | None = Field(default=None, ge=80, le=120)
    sheet_margin_mm: float | None = Field(default=None, ge=0, le=40)
    footwear: Literal["barefoot", "shod"] = "barefoot"
    scale: Literal["auto", "sheet", "foot", "height", "none"] = "auto"
    furthest_left: bool = False
    furthest_right: bool = False
    tape_left_cm: float | None = Field(default=None, ge=_TAPE.least, le=_TAPE.greatest)
    tape_right_cm: float | None = Field(default=None, ge=_TAPE.least, le=_TAPE.greatest)
    inclinometer_left_deg: float | None = Field(default=None, ge=_INCLINOMETER.least, le=_INCLINOMETER.greatest)
    inclinometer_right_deg: float | None = Field(default=None, ge=_INCLINOMETER.least, le=_INCLINOMETER.greatest)
    repeat_of: str | None = Field(default=None, max_length=64, pattern="^[0-9a-f]+$")
    athlete_id: str | None = Field(default=None, max_length=64, pattern="^[0-9a-f]+$")
    pain: int | None = Field(default=None, ge=0, le=10)
    felt: tuple[Felt, ...] = Field(default=(), max_length=4)
    minutes_since_exercise: int | None = Field(default=None, ge=0, le=10_000)
    warmed_up: bool | None = None
    limited_by: str | None = Field(default=None, max_length=200)
    notes: str | None = Field(default=None, max_length=1000)
    time_zone: str | None = Field(default=None, max_length=64, pattern="^[A-Za-z0-9_+/-]+$")
    gravity_left: Json[GravityField] | None = None
    gravity_right: Json[GravityField] | None = None

    @field_validator("felt", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split(",")) if isinstance(value, str) else value

    @field_validator("*", mode="before")
    @classmethod
    def _read_comma(cls, value: object, info: ValidationInfo) -> object:
        return with_point(value) if str(info.field_name).endswith(("_cm", "_mm", "_deg")) else value

    @model_validator(mode="after")
    def _leave_the_rest_to_the_original(self) -> Self:
        beside = sorted(self.model_fields_set - {"repeat_of", "furthest_left", "furthest_right", "gravity_left", "gravity_right"})
        if self.repeat_of is not None and beside:
            raise ValueError(f"found {', '.join(beside)} beside repeat_of; a repeat takes what was said from the screening it repeats, and no blind reading")
        return self

    def build_declaration(self) -> Declaration:
        """Return the same, for the use case."""
        said = self.model_dump()
        names = Circumstances.__slots__
        day = {name: said.pop(name) for name in names}
        for name in ("gravity_left", "gravity_right"):
            said[name] = said[name] and Gravity(**said[name])
        return Declaration(**said, circumstances=Circumstances(**day) if self.model_fields_set & set(names) else None)


class LegForm(BaseModel):
    """The fields beside the clip of one leg that is filmed again."""

    model_config = ConfigDict(extra="forbid")

    furthest: bool = Field(default=False, description="Further back was impossible.")
    reason: str = Field(default="Filmed again.", min_length=3, max_length=200)


class ShownError(BaseModel):
    """What an error says to a person at a page: in their language, fields by the names that the pages give them."""

    message: str = Field(examples=["Die Datei (links) ist ein Foto; erwartet ein Video (MP4, MOV, WebM oder 3GP)."])
    advice: str = Field(examples=["Wähle das Video so, wie das Handy es aufgenommen hat."])


class ErrorBody(BaseModel):
    """Every error answer."""

    code: str = Field(description="Stable identifier.", examples=["not_a_video"])
    message: str = Field(description="What was found and what was expected.", examples=["The left file is a photo; expected a video (MP4, MOV, WebM or 3GP)."])
    advice: str = Field(description="What to do.", examples=["Choose the video as the phone recorded it."])
    shown: ShownError


class SideView(BaseModel):
    """How far one side is."""

    clip: str = Field(description="Name of the clip.", examples=["a_left.mp4"])
    status: Literal["waiting", "measured", "rejected"] = Field(description="Measured or rejected once that is known.")
    progress: float = Field(ge=0, le=1, description="Share done.", examples=[0.42])
    activity: str = Field(description="What is being done.", examples=["finding the leg"])

    @classmethod
    def from_attempt(cls, attempt: Attempt | AttemptSummary) -> Self:
        """Show an attempt."""
        return cls(clip=attempt.clip_name, status=attempt.status or "waiting", progress=round(attempt.share_done, 3), activity=attempt.activity)


class FailureView(BaseModel):
    """Why the analysis broke off."""

    code: str
    message: str
    advice: str

    @classmethod
    def from_failure(cls, failure: Failure) -> Self:
        """Show a failure."""
        return cls(code=failure.code, message=failure.message, advice=failure.advice)


class Links(BaseModel):
    """Where to go from here."""

    self: str
    events: str
    report: str
    page: str


class ScreeningView(BaseModel):
    """A screening and how far its analysis is."""

    id: str = Field(examples=["6f1d0c2ab3e94d57a8c1e2f30b4d5a69"])
    state: Literal["queued", "running", "done", "failed"] = Field(description="done: there is a report, even where a side could not be measured.")
    progress: float = Field(ge=0, le=1, description="Share done of the whole analysis.", examples=[0.37])
    sides: dict[str, SideView] = Field(description="left, right, or both.")
    failure: FailureView | None = Field(default=None, description="Only when the state is failed.")
    created_at: datetime
    protocol_version: int = Field(description="By which version of the instructions it was filmed.")
    sent_before: dict[str, str] = Field(
        default={}, description="Legs whose clip counts in another screening, by its id: the same file was sent twice. Not said in lists and events."
    )
    links: Links

    @classmethod
    def from_screening(cls, screening: Screening | ScreeningSummary, sent_before: Sequence[SentBefore] = ()) -> Self:
        """Show a screening."""
        base = f"/api/screenings/{screening.screening_id}"
        shares = [attempt.share_done for attempt in screening.attempts]
        return cls(
            id=screening.screening_id,
            state=screening.state,
            progress=1.0 if screening.state == "done" else round(min(0.99, sum(shares) / len(shares)), 3),
            sides={attempt.side: SideView.from_attempt(attempt) for attempt in screening.attempts},
            failure=None if screening.failure is None else FailureView.from_failure(screening.failure),
            created_at=screening.created_at,
            protocol_version=screening.protocol_version,
            sent_before={each.side: each.screening_id for each in sent_before},
            links=Links(self=base, events=f"{base}/events", report=f"{base}/report", page=f"/screenings/{screening.screening_id}"),
        )


class ReadingForm(BaseModel):
    """A reading as a page sends it."""

    model_config = ConfigDict(extra="forbid")

    side: Literal["left", "right"]
    kind: ReadingKind
    value: float = Field(allow_inf_nan=False)


class PageQuery(BaseModel):
    """Which screenings are asked for."""

    model_config = ConfigDict(extra="forbid")

    athlete_id: str | None = Field(default=None, max_length=64, pattern="^[0-9a-f]+$")
    state: Literal["queued", "running", "done", "failed"] | None = None
    since: SaneTime | None = Field(default=None, description="Handed in at this time or later.")
    until: SaneTime | None = Field(default=None, description="Handed in before this time.")
    after: str | None = Field(default=None, max_length=64, pattern="^[0-9a-f]+$", description="Id of the last screening of the page before.")
    limit: int = Field(default=50, ge=1, le=100)

    def build_wanted(self) -> Wanted:
        """Return the same, for the use case."""
        athletes = None if self.athlete_id is None else (self.athlete_id,)
        return Wanted(most=self.limit, athlete_ids=athletes, state=self.state, since=self.since, until=self.until, after=self.after)


class ScreeningPage(BaseModel):
    """Some of the screenings, newest first."""

    screenings: list[ScreeningView]
    next: str | None = Field(description="Address of the following page; null when this one was the last.")

    @classmethod
    def from_screenings(cls, screenings: Sequence[ScreeningSummary], page: PageQuery) -> Self:
        """Show a page."""
        views = [ScreeningView.from_screening(screening) for screening in screenings]
        if len(views) < page.limit:
            return cls(screenings=views, next=None)
        asked = page.model_dump(mode="json", exclude_none=True) | {"after": views[-1].id}
        return cls(screenings=views, next=f"/api/screenings?{urlencode(asked)}")


class ReadingBody(BaseModel):
    """A reading by hand of one leg."""

    model_config = ConfigDict(extra="forbid")

    value: float = Field(description="Centimetres by tape, degrees by inclinometer.", examples=[12.1])


class HealthView(BaseModel):
    """Whether the service can answer, and whether anyone works at the queue."""

    status: Literal["ok"] = "ok"
    worker: Literal["alive", "silent"]


def _describe_clip(side: str) -> dict[str, Any]:
    return {"type": "string", "format": "binary", "description": f"Clip of the {side} leg: MP4, MOV, WebM or 3GP. One side may be left out."}


def _describe_reading(side: str, kind: ReadingKind) -> dict[str, Any]:
    params = REFERENCES[kind]
    words = f"Read by hand off the {side} leg before the result is seen; never used in measuring."
    return {"type": "number", "minimum": params.least, "maximum": params.greatest, "description": words}


def _describe_upload(side: str) -> dict[str, Any]:
    return {"type": "string", "description": f"In place of the file: id of a finished upload of the {side} clip, from /api/uploads. It is used up."}


_CLIP_NAME = {"type": "string", "description": "Name of the file that was uploaded."}
_FLAG = {"type": "boolean", "default": False, "description": "Further back was impossible on this side."}
_FOOT = "Heel to longest toe; outer shoe length when shod. Left out, the length that is known of the athlete is used for bare feet."


def _describe_gravity(side: str) -> dict[str, Any]:
    return {
        "type": "string",
        "description": f"Which way was down while the {side} clip was filmed, as JSON: a unit vector in the axes of the picture (x right, y down, z away "
        "from the phone), the median angle of single readings to it, their number, the turn of the screen. Kept; not used in measuring.",
        "example": '{"down": [0.01, 0.9999, 0.01], "spread_deg": 0.2, "samples": 600, "screen_deg": 0}',
    }


SUBMISSION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "left": _describe_clip("left"),
        "right": _describe_clip("right"),
        "left_upload": _describe_upload("left"),
        "left_name": _CLIP_NAME,
        "right_upload": _describe_upload("right"),
        "right_name": _CLIP_NAME,
        "foot_length_cm": {"type": "number", "minimum": 10, "maximum": 40, "description": _FOOT, "example": 25.5},
        "footwear": {"type": "string", "enum": ["barefoot", "shod"], "default": "barefoot"},
        "skirting_cm": {"type": "number", "minimum": 0, "maximum": 10, "default": 0, "description": "Thickness of the skirting board at the wall."},
        "height_cm": {"type": "number", "minimum": 80, "maximum": 250},
        "sheet_ruler_mm": {"type": "number", "minimum": 80, "maximum": 120, "description": "What the 100 mm ruler of the printed sheet measures."},
        "sheet_margin_mm": {"type": "number", "minimum": 0, "maximum": 40, "description": "Paper edge at the wall to the first black square."},
        "scale": {"type": "string", "enum": ["auto", "sheet", "foot", "height", "none"], "default": "auto", "description": "Where centimetres come from."},
        "furthest_left": _FLAG,
        "furthest_right": _FLAG,
        "tape_left_cm": _describe_reading("left", "tape_cm"),
        "tape_right_cm": _describe_reading("right", "tape_cm"),
        "inclinometer_left_deg": _describe_reading("left", "inclinometer_deg"),
        "inclinometer_right_deg": _describe_reading("right", "inclinometer_deg"),
        "athlete_id": {"type": "string", "description": "Whose legs they are: an id from /api/athletes; must be said by who looks after others."},
        "pain": {"type": "integer", "minimum": 0, "maximum": 10, "description": "Pain at the end of the lunge."},
        "felt": {
            "type": "string",
            "description": "Where it was felt, several with commas: front, back, calf, elsewhere.",
            "example": "front,calf",
        },
        "minutes_since_exercise": {"type": "integer", "minimum": 0, "maximum": 10000},
        "warmed_up": {"type": "boolean"},
        "limited_by": {"type": "string", "maxLength": 200, "description": "What ended the lunge, in the person's own words."},
        "notes": {"type": "string", "maxLength": 1000},
        "time_zone": {"type": "string", "maxLength": 64, "description": "Where the clips were filmed.", "example": "Europe/Berlin"},
        "gravity_left": _describe_gravity("left"),
        "gravity_right": _describe_gravity("right"),
        "repeat_of": {
            "type": "string",
            "description": "Id of the screening whose leg this clip measures again, set up anew; beside it only furthest_* and gravity_*.",
        },
    },
    "additionalProperties": False,
}
SUBMISSION_EXAMPLES = {
    "both legs": {"summary": "Two clips and the foot length", "value": {"left": "(bytes)", "right": "(bytes)", "foot_length_cm": 25.5, "footwear": "barefoot"}},
    "uploaded before": {"summary": "Clips that came piece by piece", "value": {"left_upload": "(id)", "left_name": "a_left.mp4", "foot_length_cm": 25.5}},
    "one leg": {"summary": "One clip, scale from the sheet", "value": {"left": "(bytes)", "scale": "sheet"}},
}
