"""Where the joints of the leg are: read off the knee and the foot that the picture shows, the network's points only where it shows neither."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from calibration.references import ANKLE_FROM_HEEL, ANKLE_OVER_FOOT, ANKLE_OVER_SHOE

FloatArray = npt.NDArray[np.float64]

OUTLINE_OFFSET_DEG, OUTLINE_OFFSET_STD_DEG = 2.5, 1.7
"""Front outline minus joint axis. On lateral radiographs of 610 knees the anterior cortex of the upper tibia leans 2.35 deg more than the shaft's axis
(doi 10.1186/s12891-024-07209-3), and that axis 1.1 +- 1.2 deg more than the line of the joints (doi 10.1177/23259671241296858); the outline reaches farther
down, where it runs closer to the axis, and skin and muscle add their own. 0 to 6 deg in people."""

KNEE_STD_CM, ANKLE_STD_CM = 0.9, 0.9
"""Standard errors of the joint centres across the leg: what people differ in, below, and how well knee front and heel are read."""

KNEE_BEHIND = 0.123
"""Knee joint behind the front of the bent knee, square to the shank, over knee-ankle length. The patellar tendon pulls 46 mm ahead of the joint in 24 cadaver
knees (doi 10.1002/jor.25124) and 36 +- 3 mm at 60 deg of flexion in the living (abjs.mums.ac.ir/article_16466); half of it and skin add 7 mm: 48 of 390 mm,
0.123 +- 0.015. The bodies of rendered clips have 0.121 +- 0.008."""


def place_joints(
    knee_cm: FloatArray,
    ankle_cm: FloatArray,
    brow_cm: FloatArray,
    shin_cm: tuple[FloatArray, FloatArray],
    heel_cm: FloatArray,
    toe_cm: FloatArray,
    *,
    shod: bool,
) -> tuple[FloatArray, FloatArray]:
    """Knee and ankle joint in the measuring plane.

    Parameters
    ----------
    knee_cm, ankle_cm : (..., 2) float64
        The network's, x away from the wall, y up.
    brow_cm : (..., 2) float64
        Where the knee lies farthest ahead of the shank; NaN where not seen, as what follows.
    shin_cm : (..., 2) float64, twice
        Upper and lower end of the shin's front: the direction of the shank.
    heel_cm, toe_cm : (..., 2) float64
        As read off the picture.

    Returns
    -------
    knee_cm, ankle_cm : (..., 2) float64
        The knee that its front implies, as high along the shank as the network says, which turns no angle; the ankle where the foot has it, heel down. The
        network's where the picture does not say.

    Notes
    -----
    The distance of the joint behind the front is measured square to the shank because there it does not matter which point of the front is taken for the
    foremost. Behind the point nearest to the wall, which slides along the knee as it bends, the joint lay 0.7 cm (SD 0.7) off the true one.
    """
    upper, lower = shin_cm
    up = (upper - lower) / np.hypot(*np.moveaxis(upper - lower, -1, 0))[..., None]
    behind = np.stack([up[..., 1], -up[..., 0]], axis=-1)
    shank = np.hypot(*np.moveaxis(knee_cm - ankle_cm, -1, 0))
    implied_knee = brow_cm + KNEE_BEHIND * shank[..., None] * behind
    implied_knee = implied_knee + np.sum((knee_cm - implied_knee) * up, axis=-1)[..., None] * up
    foot = heel_cm[..., 0] - toe_cm[..., 0]
    height = ANKLE_OVER_SHOE if shod else ANKLE_OVER_FOOT
    implied_ankle = np.stack([heel_cm[..., 0] - ANKLE_FROM_HEEL * foot, height * foot], axis=-1)
    return np.where(np.isfinite(implied_knee), implied_knee, knee_cm), np.where(np.isfinite(implied_ankle), implied_ankle, ankle_cm)


def axis_weight(shank_cm: float, outline_std_deg: float) -> float:
    """Weight of the joints' own direction against the outline's less its usual offset, by their standard errors."""
    own = np.degrees(np.hypot(KNEE_STD_CM, ANKLE_STD_CM) / max(shank_cm, 1.0))
    other = OUTLINE_OFFSET_STD_DEG**2 + outline_std_deg**2
    return float(other / (other + own**2))


def outline_weight(shank_cm: float, outline_std_deg: float) -> float:
    """Weight of the seen outline's direction against that of the joints plus the usual offset: near 1 on a bare leg, less under loose cloth."""
    other = np.degrees(np.hypot(KNEE_STD_CM, ANKLE_STD_CM) / max(shank_cm, 1.0)) ** 2 + OUTLINE_OFFSET_STD_DEG**2
    return float(other / (other + outline_std_deg**2))


def combine(
    outline_deg: FloatArray, joints_deg: FloatArray, shank_cm: float, outline_std_deg: float, *, offset_deg: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Shin and axis angle from the direction of the seen outline and of the seen joints, degrees; `offset_deg` is how far a leg differs from the usual offset.

    Notes
    -----
    Both say both: the axis is the outline less an offset that differs between people, and the outline under cloth is the axis plus that offset. Each pair
    is averaged by its standard errors; on a bare leg the outline all but decides the shin.
    """
    seen, axis = outline_weight(shank_cm, outline_std_deg), axis_weight(shank_cm, outline_std_deg)
    shin = seen * outline_deg + (1 - seen) * (joints_deg + OUTLINE_OFFSET_DEG + offset_deg)
    return np.asarray(shin), np.asarray(axis * joints_deg + (1 - axis) * (outline_deg - OUTLINE_OFFSET_DEG - offset_deg))
