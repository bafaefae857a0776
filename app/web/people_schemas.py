"""What goes in and out over HTTP about people: athletes, squads, accounts, grants."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, computed_field, field_validator, model_validator

from app.assessment.measurement import Side
from app.assessment.readings import ReadingKind
from app.ports.accounts import Account, Grant, GrantKind, Role
from app.ports.people import Athlete, Consent, Consenter, LengthOrigin, Sex, Squad
from app.rendering.language import retell
from app.usecases.athletes import AthleteDetails, NamedLook
from app.usecases.batches import BatchLine
from app.usecases.typed_values import NewValue

_CM_AN_INCH = 2.54
_UNIT_WORDS = {"cm": "centimetres", "in": "inches", "deg": "degrees"}
_TOOL_WORDS: Mapping[ReadingKind, str] = {"tape_cm": "a tape", "inclinometer_deg": "an inclinometer"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d")
"""Not seen themselves, but Persian names and drawn letters are written with them."""


SaneTime = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))]
"""A moment at which somebody may have lunged: databases and time zones have trouble with the ends of the calendar."""


def _refuse_unseen(text: str) -> str:
    if any(unicodedata.category(letter) in _UNSEEN and letter not in _JOINERS for letter in text):
        raise ValueError("found a control character or one that is not seen; expected text")
    return text


SeenText = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_refuse_unseen)]
"""Words that somebody typed."""


class StrictBody(BaseModel):
    """A body of which nothing is passed over, and no letter that nobody sees."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*")
    @classmethod
    def _refuse_what_is_not_seen(cls, value: object) -> object:
        return _refuse_unseen(value) if isinstance(value, str) else value


class AthleteBody(StrictBody):
    """A person who is measured again and again; only the name must be said."""

    name: str = Field(min_length=1, max_length=80, examples=["Anna"])
    foot_length_cm: float | None = Field(default=None, ge=10, le=40, description="Heel to longest toe, barefoot.", examples=[24.5])
    height_cm: float | None = Field(default=None, ge=80, le=250)
    dominant_leg: Side | None = None
    injuries: str | None = Field(default=None, max_length=500, description="In their own words.")
    under_18: bool | None = Field(default=None, description="Then a guardian must agree to the filming.")
    year_of_birth: int | None = Field(default=None, ge=1900, le=2100)
    sex: Sex | None = None

    def build_details(self) -> AthleteDetails:
        """Return the same, for the use case."""
        return AthleteDetails(**{name: getattr(self, name) for name in AthleteDetails.__slots__})


class NewAthleteBody(AthleteBody):
    """An athlete to be added, and the squad they are added to."""

    squad_id: str | None = Field(default=None, max_length=64, pattern="^[0-9a-f]+$", description="Must be said by a coach: it is how they see the athlete.")


class AthleteView(AthleteBody):
    """An athlete and where to go from here."""

    id: str
    created_at: datetime
    foot_length_origin: LengthOrigin | None = Field(default=None, description="Typed by somebody, or learnt from clips with the sheet.")
    foot_length_since: datetime | None = None
    foot_length_std_cm: float | None = Field(default=None, description="Standard uncertainty of a learnt length; null for a typed one, which counts as 0.4.")
    trend: str = Field(description="Address of the trend.")

    @classmethod
    def from_athlete(cls, athlete: Athlete) -> Self:
        """Show an athlete."""
        shown = (*AthleteBody.model_fields, "foot_length_origin", "foot_length_since", "foot_length_std_cm")
        said = {name: getattr(athlete, name) for name in shown}
        return cls(**said, id=athlete.athlete_id, created_at=athlete.created_at, trend=f"/api/athletes/{athlete.athlete_id}/trend")


class BaselineBody(StrictBody):
    """From when on the baseline is taken."""

    since: SaneTime | None = Field(default=None, description="Time of the first session that counts; null for the usual baseline.")


class ConsentBody(StrictBody):
    """Who agreed."""

    given_by: Consenter


class ConsentView(ConsentBody):
    """Who agreed to being filmed and measured, and when."""

    given_at: datetime

    @classmethod
    def from_consent(cls, consent: Consent) -> Self:
        """Show a consent."""
        return cls(given_by=consent.given_by, given_at=consent.given_at)


class LookView(BaseModel):
    """Who looked at an athlete's results on which day."""

    day: date
    what: str
    by: str

    @classmethod
    def from_look(cls, named: NamedLook) -> Self:
        """Show a look."""
        return cls(day=named.look.day, what=named.look.what, by=named.by)


class SquadBody(StrictBody):
    """A squad to be made."""

    name: str = Field(min_length=1, max_length=80, examples=["First team"])


class SquadView(SquadBody):
    """A squad and where to go from here."""

    id: str
    created_at: datetime
    table: str = Field(description="Address of how everybody stands.")

    @classmethod
    def from_squad(cls, squad: Squad) -> Self:
        """Show a squad."""
        return cls(name=squad.name, id=squad.squad_id, created_at=squad.created_at, table=f"/api/squads/{squad.squad_id}/table")


class _Secrets(BaseModel):
    """What is typed beside a password; of a password every character counts."""

    model_config = ConfigDict(extra="forbid")


class SignInBody(_Secrets):
    """Who signs in."""

    email: str = Field(max_length=254, examples=["anna@example.org"])
    password: str = Field(max_length=500)


class NewPasswordBody(_Secrets):
    """A new password beside the old one."""

    old: str = Field(max_length=500)
    new: str = Field(max_length=500)


class GrantBody(StrictBody):
    """How long a token or link is to be good for."""

    label: str = Field(default="", max_length=80, examples=["nightly export"])
    days: int | None = Field(default=None, ge=1, le=365, description="At most 365 for a token, 14 for a link.")


class GrantView(BaseModel):
    """A session, token or link; its secret is shown only when it is made."""

    id: str
    kind: GrantKind
    label: str
    created_at: datetime
    expires_at: datetime

    @classmethod
    def from_grant(cls, grant: Grant) -> Self:
        """Show a grant."""
        return cls(id=grant.grant_id, kind=grant.kind, label=grant.label, created_at=grant.created_at, expires_at=grant.expires_at)


class NewGrantView(GrantView):
    """A grant that was just made, with its secret, and for a link the path that opens it."""

    secret: str
    path: str | None = None

    @classmethod
    def from_new(cls, made: tuple[Grant, str], path: str | None = None) -> Self:
        """Show a new grant."""
        grant, secret = made
        shown: dict[str, Any] = GrantView.from_grant(grant).model_dump()
        return cls(**shown, secret=secret, path=None if path is None else f"{path}/{secret}")


class InviteBody(StrictBody):
    """Whom to invite; athletes are invited from their own page."""

    role: Literal["coach", "admin"]
    squad_id: str | None = Field(default=None, max_length=64, pattern="^[0-9a-f]+$")


class AccountView(BaseModel):
    """An account."""

    id: str
    email: str
    role: Role
    created_at: datetime

    @classmethod
    def from_account(cls, account: Account) -> Self:
        """Show an account."""
        return cls(id=account.account_id, email=account.email, role=account.role, created_at=account.created_at)


class BatchLineView(BaseModel):
    """What became of one of many files."""

    file: str
    athlete: str | None = Field(description="Id of whose leg it shows, by its name.")
    side: Side | None
    screening: str | None = Field(description="Id of the screening that it is part of; null when it was left out.")
    problem: str | None = Field(description="Why it was left out: what was found and what was expected.")
    waiting: str | None = Field(default=None, description="Id under which it waits to be told whose leg it shows, a day long; null when it does not wait.")

    @classmethod
    def from_line(cls, line: BatchLine) -> Self:
        """Show a line."""
        athlete = None if line.athlete is None else line.athlete.athlete_id
        return cls(file=line.file_name, athlete=athlete, side=line.side, screening=line.screening_id, problem=line.problem, waiting=line.waiting_id)

    @computed_field(description="The problem in the reader's language.")  # type: ignore[prop-decorator] # pydantic's own way
    @property
    def shown(self) -> str | None:
        """Tell the problem to whoever reads now."""
        return None if self.problem is None else retell(self.problem)


class TypedBody(StrictBody):
    """A value that was read by hand on some day."""

    measured_on: date
    side: Side
    kind: ReadingKind
    value: float = Field(allow_inf_nan=False, examples=[9.5])
    unit: Literal["cm", "in", "deg"] | None = Field(default=None, description="cm or in of a tape, deg of an inclinometer; cm or deg where it is not said.")

    @model_validator(mode="after")
    def _fit_unit(self) -> Self:
        fitting = ("cm", "in") if self.kind == "tape_cm" else ("deg",)
        if self.unit is not None and self.unit not in fitting:
            raise ValueError(f"found {_UNIT_WORDS[self.unit]} of {_TOOL_WORDS[self.kind]}; expected {' or '.join(_UNIT_WORDS[unit] for unit in fitting)}")
        return self

    def build_value(self) -> NewValue:
        """Return the same in centimetres or degrees, for the use case."""
        value = self.value * _CM_AN_INCH if self.unit == "in" else self.value
        return NewValue(measured_on=self.measured_on, side=self.side, kind=self.kind, value=value)


class TypedValuesBody(StrictBody):
    """Several values: all are kept or none."""

    values: list[TypedBody] = Field(min_length=1, max_length=500)


class RosterView(BaseModel):
    """Who was added by a roster."""

    added: list[AthleteView]
