"""What a person reads by hand beside the camera: which number it is held against, and how well it is known itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from calibration.quantity import Quantity

ReadingKind = Literal["tape_cm", "inclinometer_deg"]
ReferenceKind = Literal["tape_cm", "inclinometer_deg", "board_deg"]
HeadlineKey = Literal["toe_to_wall_cm", "shin_angle_deg"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceParams:
    """How a reference is read.

    Attributes
    ----------
    key : str
        Headline number of a measurement that it is held against.
    unit : str
        ``"cm"`` or ``"deg"``.
    sem : float
        Standard error of one reading, in `unit`.
    least, greatest : float
        Readings outside are slips of the pen, in `unit`.
    """

    key: HeadlineKey
    unit: Literal["cm", "deg"]
    sem: float
    least: float
    greatest: float


REFERENCES: dict[ReferenceKind, ReferenceParams] = {
    "tape_cm": ReferenceParams(key="toe_to_wall_cm", unit="cm", sem=0.5, least=0.0, greatest=40.0),
    "inclinometer_deg": ReferenceParams(key="shin_angle_deg", unit="deg", sem=1.3, least=0.0, greatest=80.0),
    "board_deg": ReferenceParams(key="shin_angle_deg", unit="deg", sem=0.3, least=0.0, greatest=80.0),
}
"""Tape 0.4-0.6 cm, digital inclinometer 1.3-1.4 deg: Konor et al. 2012, Int J Sports Phys Ther 7:279 (PMID 22666642), novice rater.
Board: 2 mm in the base of a triangle whose board is 40 cm long are 0.29-0.37 deg from 0 to 40 deg."""


@dataclass(frozen=True, slots=True)
class ReadingDifference:
    """Camera minus reading, its standard uncertainty from both, and whether it is within 1.96 of that."""

    difference: Quantity
    within: bool


def compare_reading(kind: ReferenceKind, value: float, camera: Quantity) -> ReadingDifference:
    """Hold the camera's number against a reading; the reading enters no measurement."""
    params = REFERENCES[kind]
    difference = Quantity(camera.value - value, math.hypot(camera.std, params.sem), params.unit)
    return ReadingDifference(difference, abs(difference.value) <= difference.half_width95())
