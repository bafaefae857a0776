"""The result of one attempt (one clip of one leg) and of its repetitions: immutable, every number with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from app.assessment.by_hand import HandMarks
from calibration.quantity import Quantity

FloatArray = npt.NDArray[np.float64]
Side = Literal["left", "right"]
SideChoice = Literal["left", "right", "auto"]
View = Literal["lateral", "medial"]
ScaleChoice = Literal["auto", "sheet", "foot", "height", "none"]
ScaleSource = Literal["sheet", "foot_length", "height", "none"]
Footwear = Literal["barefoot", "shod"]
Verdict = Literal["valid", "no_contact", "heel_lift", "foot_moved", "uncertain"]
Limit = Literal["bracketed", "declared", "lower_bound"]
Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOptions:
    """What the person says about the clip.

    Attributes
    ----------
    foot_length_cm : float | None
        Heel to longest toe, barefoot; outer shoe length when `footwear` is ``"shod"``.
    foot_length_std_cm : float | None
        Its standard uncertainty where it was learnt from clips with the sheet; None where it was typed (`FOOT_LENGTH_STD_CM`).
    skirting_cm : float
        How far the wall that the knee touches lies behind the wall seen at the floor (skirting board thickness), cm.
    sheet_ruler_mm, sheet_margin_mm : float | None
        What the printed sheet's 100 mm ruler measures, and its paper edge to the first black square; None when nobody measured.
    furthest : bool
        The person says that further back was impossible.
    by_hand : HandMarks | None
        Points that somebody set on the key frame.
    """

    side: SideChoice = "auto"
    scale: ScaleChoice = "auto"
    foot_length_cm: float | None = None
    foot_length_std_cm: float | None = None
    height_cm: float | None = None
    skirting_cm: float = 0.0
    sheet_ruler_mm: float | None = None
    sheet_margin_mm: float | None = None
    furthest: bool = False
    footwear: Footwear = "barefoot"
    by_hand: HandMarks | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the reader must know: stable code, severity, sentence, and the number behind it where there is one."""

    code: str
    severity: Severity
    message: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one named input adds to the uncertainty of one number.

    Attributes
    ----------
    source : str
        Stable name of the input, see `app.assessment.moment`.
    known_to : float | None
        Standard uncertainty of the input, in `unit`; None for what a fit has found together.
    unit : str
        ``"cm"``, ``"px"``, ``"deg"``, ``"%"``, ``"1"`` or ``""``.
    effect : float
        What one standard uncertainty of the input does to the number, in the number's unit; signed unless the input is a group.
    """

    source: str
    known_to: float | None
    unit: str
    effect: float


Budget = Mapping[str, tuple[Contribution, ...]]
"""Name of a number to its contributions, the largest first; their squares sum to the number's variance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """One lunge, [start_s, end_s). `stance` counts from 1."""

    start_s: float
    peak_s: float
    end_s: float
    stance: int
    verdict: Verdict
    reason: str
    shin_angle_deg: Quantity | None = None
    axis_angle_deg: Quantity | None = None
    toe_to_wall_cm: Quantity | None = None
    knee_gap_cm: Quantity | None = None
    knee_over_toe_cm: Quantity | None = None
    heel_lift_cm: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Curves over time, (T,) float64 each; NaN where not seen. Seconds, degrees, centimetres."""

    t_s: FloatArray
    shin_angle_deg: FloatArray
    axis_angle_deg: FloatArray
    knee_gap_cm: FloatArray
    heel_lift_cm: FloatArray


@dataclass(frozen=True, slots=True)
class Scale:
    """Where centimetres come from.

    Attributes
    ----------
    cm_per_px : float | None
        At the toe, in the measuring plane.
    relative_std : float | None
        Standard uncertainty of the scale over its value.
    shared_relative_std : float | None
        The part of `relative_std` that both legs of one person share (a typed foot length or body height); None or 0 where nothing is shared.
    """

    source: ScaleSource
    cm_per_px: float | None = None
    relative_std: float | None = None
    shared_relative_std: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether anything says how long a centimetre is."""
        return self.source != "none"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The frame that shows the score.

    Attributes
    ----------
    key_frame_s : float
        Time of the frame.
    points_px : mapping of name to (x, y)
        Pixels of the upright, unmirrored frame: toe, heel, knee_front, knee_joint, ankle_joint, outline_top, outline_bottom, vertical_top,
        vertical_bottom, wall_top, wall_bottom, floor_start, floor_end, sole_heel, sole_ball; a name is absent when the point is not known.
    """

    key_frame_s: float
    points_px: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What produced the numbers: enough to repeat them. `by_hand` are the points that somebody set, None when all were read off the picture."""

    code_version: str
    model: str
    model_sha256: str
    parameters: Mapping[str, str | float | bool | None]
    by_hand: HandMarks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One attempt, measured or rejected. Headline numbers are None when they are not believed.

    Attributes
    ----------
    learnt_foot_length_cm : Quantity | None
        Heel to toe along the foot (of the shoe, when shod) as the printed sheet shows it; None without the sheet.
    budget : Budget
        Of the headline numbers and, under ``heel_lift_cm``, of the greatest heel lift. Kept for a number that is not believed: it says why.
    """

    clip: str
    side: Side | None
    view: View | None
    status: Literal["measured", "rejected"]
    code: str | None = None
    advice: str | None = None
    shin_angle_deg: Quantity | None = None
    axis_angle_deg: Quantity | None = None
    toe_to_wall_cm: Quantity | None = None
    knee_over_toe_cm: Quantity | None = None
    toe_to_wall_foot_lengths: Quantity | None = None
    learnt_foot_length_cm: Quantity | None = None
    limit: Limit | None = None
    scale: Scale = field(default_factory=lambda: Scale("none"))
    repetitions: tuple[Repetition, ...] = ()
    findings: tuple[Finding, ...] = ()
    budget: Budget = field(default_factory=dict)
    series: Series | None = None
    evidence: Evidence | None = None
    provenance: Provenance
