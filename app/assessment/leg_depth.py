"""How far from the camera each part of the leg is: read off where the sole's outer border meets the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.camera import Camera
from calibration.references import (
    ANKLE_FROM_HEEL,
    BALL_HALF_BREADTH,
    BARE_TOE_INSIDE,
    FOOT_HEADING,
    FOOT_HEADING_STD,
    HEEL_HALF_BREADTH,
    SHOE_TIP_INSIDE,
)
from vision.tracks import BALL_AT, HEEL_AT

FloatArray = npt.NDArray[np.float64]

_SEEN_HEADING_STD = 0.16
"""Standard error of the heading read off two points of the border: 1.5 px each, 0.9 cm a pixel, 14 cm apart."""


@dataclass(frozen=True, slots=True)
class LegDepths:
    """Depths (z) in the camera's centimetres.

    Attributes
    ----------
    toe, knee, ankle, heel : float
        Of toe tip, knee, ankle joint and back of the heel. The knee travels over the second toe, the longest toe lies inside of it.
    heading : float
        Tangent of the foot's heading away from square to the wall; negative when the toes turn towards the camera.
    """

    toe: float
    knee: float
    ankle: float
    heel: float
    heading: float


def compute_depths(camera: Camera, border_px: FloatArray, toe_px: FloatArray, heel_px: FloatArray, *, shod: bool) -> LegDepths:
    """Depth of each part from the sole's border at heel and ball (2, 2) px, and toe and heel (2,) px.

    Notes
    -----
    The foot's middle line lies half a heel and half a ball behind the seen border. Two points of a border a few pixels high say the heading to about 9 deg
    only, so it is drawn towards how people stand.
    """
    floor = camera.on_floor(border_px)
    level = float(np.mean(floor[:, 2]))
    ends = camera.on_plane(np.array([toe_px, heel_px]), level)
    length = abs(float(ends[1, 0] - ends[0, 0]))
    at_heel, at_ball = floor[0, 2] + HEEL_HALF_BREADTH * length, floor[1, 2] + BALL_HALF_BREADTH * length
    seen = (at_ball - at_heel) / ((BALL_AT - HEEL_AT) * length)
    weight = FOOT_HEADING_STD**2 / (FOOT_HEADING_STD**2 + _SEEN_HEADING_STD**2)
    heading = float(np.clip(weight * seen + (1 - weight) * FOOT_HEADING, -0.5, 0.5))
    middle = 0.5 * (at_heel + at_ball)

    def along(share: float) -> float:
        return float(middle + heading * length * (share - 0.5 * (BALL_AT + HEEL_AT)))

    inside = (SHOE_TIP_INSIDE if shod else BARE_TOE_INSIDE) * length
    return LegDepths(toe=along(1.0) + inside, knee=along(1.0), ankle=along(ANKLE_FROM_HEEL), heel=along(0.0), heading=heading)
