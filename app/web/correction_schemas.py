"""What goes in and out over HTTP about corrections: what is to be put right, and the versions that come of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from app.assessment.measurement import Side
from app.ports.screenings import Screening
from app.usecases.corrections import VersionNote
from app.usecases.said import Said
from app.web.people_schemas import StrictBody

SAID_OF_BOTH = ("foot_length_cm", "sheet_ruler_mm", "sheet_margin_mm")
_SAID = frozenset({*SAID_OF_BOTH, "furthest_left", "furthest_right"})


class CorrectionBody(StrictBody):
    """What is to be put right, and why."""

    what: Literal["again", "other_legs", "erase_leg", "athlete", "said"] = Field(
        description="again: analyse the kept clips once more; other_legs: left is right and right is left; erase_leg: forget one; athlete: they are another's; "
        "said: something was said wrong with the clips, which are not needed for it."
    )
    reason: str = Field(min_length=3, max_length=200, examples=["Left and right were chosen the wrong way round."])
    side: Side | None = Field(default=None, description="Of erase_leg.")
    athlete_id: str | None = Field(default=None, max_length=64, pattern="^[0-9a-f]+$", description="Of athlete.")
    foot_length_cm: float | None = Field(default=None, ge=10, le=40, description="Of said, as those that follow: null is not known, what is left out stays.")
    sheet_ruler_mm: float | None = Field(default=None, ge=80, le=120)
    sheet_margin_mm: float | None = Field(default=None, ge=0, le=40)
    furthest_left: bool | None = Field(default=None, description="Further back was impossible.")
    furthest_right: bool | None = None

    @model_validator(mode="after")
    def _ask_for_what_is_needed(self) -> Self:
        needed = {"erase_leg": "side", "athlete": "athlete_id"}.get(self.what)
        if needed is not None and getattr(self, needed) is None:
            raise ValueError(f"found no {needed}; expected one with {self.what}")
        fitting = _SAID if self.what == "said" else {needed}
        beside = sorted(name for name in {"side", "athlete_id", *_SAID} - fitting if getattr(self, name) is not None)
        if beside:
            raise ValueError(f"found {' or '.join(beside)} with {self.what}; expected {needed or 'neither'}")
        return self

    def build_said(self, screening: Screening) -> Said:
        """Return what is said now; what is left out is as it was said before."""
        both = {name: getattr(self if name in self.model_fields_set else screening, name) for name in SAID_OF_BOTH}
        legs: dict[Side, bool | None] = {"left": self.furthest_left, "right": self.furthest_right}
        return Said(**both, furthest={side: said for side, said in legs.items() if said is not None})


class VersionView(BaseModel):
    """A version of a report."""

    number: int
    made_at: datetime
    by: str | None = Field(description="E-mail address of whoever made it; null for the first, and where there are no accounts.")
    reason: str | None

    @classmethod
    def from_note(cls, note: VersionNote) -> Self:
        """Show a version."""
        return cls(number=note.number, made_at=note.made_at, by=note.by, reason=note.reason)
