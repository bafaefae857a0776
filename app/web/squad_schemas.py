"""What goes in and out over HTTP about working with a squad: who is looked for, notes, clips that wait to be told whose leg they show."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlencode

from fastapi import Query
from pydantic import Field, model_validator

from app.assessment.measurement import Side
from app.usecases.overviews import SquadFilter
from app.usecases.waiting import Assigned, Guess
from app.web.people_schemas import BatchLineView, StrictBody


class FilterQuery(StrictBody):
    """Who of a squad is looked for; what is left out or empty narrows nothing."""

    retake: bool = Field(default=False, description="Only whose newest finished screening left a leg without a distance.")
    above: Literal["1.5", "3"] | None = Field(default=None, description="Only who more likely than not differs by more than so many cm.")
    untested_days: int | None = Field(default=None, ge=0, le=3650, description="Only who was not measured for so many days, or never.")
    noted: bool = Field(default=False, description="Only about whom there is a note.")
    name: str | None = Field(default=None, max_length=80, description="Only who has this in their name; case and accents are passed over.")

    @model_validator(mode="before")
    @classmethod
    def _pass_over_what_is_empty(cls, said: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in said.items() if value != ""}

    def build_filter(self) -> SquadFilter:
        """Return the same, for the use case."""
        above_cm = None if self.above is None else float(self.above)
        return SquadFilter(retake=self.retake, above_cm=above_cm, untested_days=self.untested_days, noted=self.noted, name=self.name)

    def write(self) -> str:
        """Return the same as the end of an address, empty where everybody is looked for."""
        said = {name: str(value).lower() if value is True else value for name, value in self.model_dump().items() if value not in {None, False}}
        return f"?{urlencode(said)}" if said else ""


Filtered = Annotated[FilterQuery, Query()]


class NoteBody(StrictBody):
    """What a coach notes about an athlete of a squad."""

    text: str = Field(default="", max_length=500, description="An empty note is none.", examples=["Taped ankle; ask again in May."])


class ChoiceBody(StrictBody):
    """Of whom a waiting clip is."""

    athlete_id: str = Field(max_length=64, pattern="^[0-9a-f]+$", description="Id of an athlete of the squad.")
    side: Side


class WaitingView(StrictBody):
    """A clip that waits to be told whose leg it shows."""

    id: str
    file: str
    size_bytes: int
    received_at: datetime
    problem: str = Field(description="What its name does not say.")
    athlete: str | None = Field(description="Id of the athlete whom its name fits alone, if it does; for a person to confirm.")
    side: Side | None = Field(description="The leg that its name says, if it does.")

    @classmethod
    def from_guess(cls, guess: Guess) -> Self:
        """Show a waiting clip."""
        clip = guess.clip
        return cls(
            id=clip.clip_id,
            file=clip.clip_name,
            size_bytes=clip.size_bytes,
            received_at=clip.received_at,
            problem=clip.problem,
            athlete=None if guess.athlete is None else guess.athlete.athlete_id,
            side=guess.side,
        )


def show_assigned(line: Assigned) -> BatchLineView:
    """Show what became of a choice, as of a file of a batch."""
    return BatchLineView(
        file=line.clip.clip_name,
        athlete=line.athlete.athlete_id,
        side=line.side,
        screening=line.screening_id,
        problem=line.problem,
        waiting=line.clip.clip_id if line.screening_id is None else None,
    )
