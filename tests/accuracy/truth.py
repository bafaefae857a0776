"""What a truth file says about a rendered clip."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from app.assessment.measurement import AttemptOptions, ScaleChoice, Side

ONE_DISTANCE_CM = 0.5
"""True repetitions whose distances differ by less stood at one spot; the steepest of them is then the best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueRepetition:
    """One repetition as it was animated; `valid` is contact with the heel down."""

    start_s: float
    peak_s: float
    end_s: float
    shin_angle_deg: float
    axis_angle_deg: float
    toe_to_wall_cm: float
    heel_down: bool
    valid: bool

    @property
    def verdict(self) -> str:
        """What a right measurement says of it."""
        if self.valid:
            return "valid"
        return "no_contact" if self.heel_down else "heel_lift"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a truth file says about one clip."""

    name: str
    side: Side
    shod: bool
    foot_length_cm: float
    acceptable_codes: frozenset[str]
    repetitions: tuple[TrueRepetition, ...]

    @property
    def best(self) -> TrueRepetition | None:
        """The repetition that a headline is about: of the valid ones at the greatest distance, the one with the greatest shin angle."""
        valid = [r for r in self.repetitions if r.valid]
        reach = max((r.toe_to_wall_cm for r in valid), default=0.0)
        return max((r for r in valid if reach - r.toe_to_wall_cm <= ONE_DISTANCE_CM), key=lambda r: r.shin_angle_deg, default=None)

    def build_options(self, scale: ScaleChoice = "auto") -> AttemptOptions:
        """Return what an honest person would have declared about the clip."""
        foot = self.foot_length_cm if scale in ("auto", "foot") else None
        return AttemptOptions(side=self.side, scale=scale, foot_length_cm=foot, footwear="shod" if self.shod else "barefoot")


def read_truth(path: Path) -> Truth:
    """Read NAME.truth.json."""
    d = json.loads(path.read_text(encoding="utf-8"))
    keys = TrueRepetition.__dataclass_fields__
    repetitions = tuple(TrueRepetition(**{key: r[key] for key in keys}) for r in d["repetitions"])
    return Truth(d["name"], d["side"], d["shod"], d["foot_length_cm"], frozenset(d["acceptable_codes"]), repetitions)


def list_truths(folder: Path) -> list[tuple[Path, Truth]]:
    """Clips of a folder that have a truth, with it."""
    truths = [(path.with_name(path.name.replace(".truth.json", ".mp4")), read_truth(path)) for path in sorted(folder.glob("*.truth.json"))]
    return [(clip, truth) for clip, truth in truths if clip.is_file()]
