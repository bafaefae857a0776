"""What a truth file says about a rendered clip."""

from __future__ import annotations

import json
import math
import re
import statistics
from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a truth file says about one clip.

    Attributes
    ----------
    image_facing : left or right
        Which way the person faces in the picture.
    yaw_deg, roll_deg : float
        Of the camera, + towards the wall and + with the picture turned clockwise.
    hold_s : tuple of float
        Times of the frames in which the best repetition is held; empty without one.
    shank_px : float
        Knee to ankle joint in the picture, median over that hold; NaN without one.
    """

    name: str
    side: Side
    shod: bool
    foot_length_cm: float
    acceptable_codes: frozenset[str]
    repetitions: tuple[TrueRepetition, ...]
    image_facing: Side
    fps: float
    yaw_deg: float
    roll_deg: float
    hold_s: tuple[float, ...]
    shank_px: float

    @property
    def body(self) -> str:
        """The person: clips of one are not independent of each other."""
        return re.sub(r"_(left|right|L|R)$", "", self.name)

    @property
    def best(self) -> TrueRepetition | None:
        """The repetition that a headline is about."""
        return find_best(self.repetitions)

    def build_options(self, scale: ScaleChoice = "auto") -> AttemptOptions:
        """Return what an honest person would have declared about the clip."""
        foot = self.foot_length_cm if scale in ("auto", "foot") else None
        return AttemptOptions(side=self.side, scale=scale, foot_length_cm=foot, footwear="shod" if self.shod else "barefoot")


def read_truth(path: Path) -> Truth:
    """Read NAME.truth.json."""
    d = json.loads(path.read_text(encoding="utf-8"))
    keys = TrueRepetition.__dataclass_fields__
    repetitions = tuple(TrueRepetition(**{key: r[key] for key in keys}) for r in d["repetitions"])
    best = find_best(repetitions)
    hold = [f for f in d["frames"] if best is not None and f["phase"] == "hold" and best.start_s <= f["t_s"] < best.end_s]
    shanks = [math.dist(f["px"]["knee_joint"], f["px"]["ankle_joint"]) for f in hold]
    return Truth(
        name=d["name"],
        side=d["side"],
        shod=d["shod"],
        foot_length_cm=d["foot_length_cm"],
        acceptable_codes=frozenset(d["acceptable_codes"]),
        repetitions=repetitions,
        image_facing=d["image_facing"],
        fps=d["fps"],
        yaw_deg=d["camera"]["yaw_deg"],
        roll_deg=d["camera"]["roll_deg"],
        hold_s=tuple(f["t_s"] for f in hold),
        shank_px=statistics.median(shanks) if shanks else math.nan,
    )


def find_best(repetitions: Iterable[TrueRepetition]) -> TrueRepetition | None:
    """Return the repetition that a headline is about: of the valid ones at the greatest distance, the one with the greatest shin angle."""
    valid = [r for r in repetitions if r.valid]
    reach = max((r.toe_to_wall_cm for r in valid), default=0.0)
    return max((r for r in valid if reach - r.toe_to_wall_cm <= ONE_DISTANCE_CM), key=lambda r: r.shin_angle_deg, default=None)


def list_truths(folder: Path) -> list[tuple[Path, Truth]]:
    """Clips of a folder that have a truth, with it."""
    truths = [(path.with_name(path.name.replace(".truth.json", ".mp4")), read_truth(path)) for path in sorted(folder.glob("*.truth.json"))]
    return [(clip, truth) for clip, truth in truths if clip.is_file()]
