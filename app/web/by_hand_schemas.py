"""Points set by hand, as they come in over the API and from the form."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.assessment.by_hand import HAND_POINTS
from app.usecases.by_hand import KeyPicture
from app.web.commas import with_point

_Pixel = Annotated[float, Field(allow_inf_nan=False, ge=-20_000, le=20_000)]
PointName = Literal["outline_top", "outline_bottom", "knee_front", "toe", "heel", "sole_heel", "sole_ball", "wall_bottom"]
_Reason = Annotated[str, Field(min_length=3, max_length=200, examples=["The toe was taken for the shadow before it."])]


class PointsBody(BaseModel):
    """Where points are, pixels of the upright, unmirrored key frame as filmed; those that are not named stay where they are."""

    model_config = ConfigDict(extra="forbid")

    points: dict[PointName, tuple[_Pixel, _Pixel]] = Field(max_length=len(HAND_POINTS), examples=[{"toe": [541.0, 643.7]}])

    def list_points(self) -> dict[str, tuple[float, float]]:
        """Return the points by name."""
        return {str(name): xy for name, xy in self.points.items()}


class HandCorrectionBody(PointsBody):
    """The same, to be kept."""

    reason: _Reason


class UndoBody(BaseModel):
    """Why the points go back to where they were read off the picture."""

    model_config = ConfigDict(extra="forbid")

    reason: _Reason


class KeyPictureView(BaseModel):
    """What points are set on."""

    key_frame_s: float
    picture: str = Field(description="Address of the picture (JPEG).")
    window: dict[str, float] = Field(description="x in the picture = (x as filmed - left_px + 0.5) * zoom_x - 0.5; likewise y.")
    points: dict[str, tuple[float, float]] = Field(description="As they are measured now; those of a name in `settable` can be set.")
    settable: tuple[str, ...] = HAND_POINTS
    by_hand: list[str] = Field(description="Points that were set by hand.")

    @classmethod
    def from_picture(cls, found: KeyPicture, address: str) -> Self:
        """Write down a picture under its address."""
        window = {"left_px": found.window.left_px, "top_px": found.window.top_px, "zoom_x": found.window.zoom_x, "zoom_y": found.window.zoom_y}
        return cls(key_frame_s=found.key_frame_s, picture=address, window=window, points=dict(found.points_px), by_hand=sorted(found.by_hand))


class HandForm(BaseModel):
    """The page's form: fields ``toe_x``, ``toe_y`` and so on."""

    action: Literal["preview", "save", "undo"]
    points: dict[PointName, tuple[_Pixel, _Pixel]]
    reason: str = Field(default="", max_length=200)

    def list_points(self) -> dict[str, tuple[float, float]]:
        """Return the points by name."""
        return {str(name): xy for name, xy in self.points.items()}

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, fields: dict[str, Any]) -> dict[str, Any]:
        points = {name: tuple(with_point(fields.get(f"{name}_{axis}")) for axis in "xy") for name in HAND_POINTS}
        return fields | {"points": {name: xy for name, xy in points.items() if None not in xy}}
