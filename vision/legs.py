"""Which leg is tested: found by where feet stand and by how legs are built, never by the network's left and right.

A hand-rail has been a leg at visibility .98, and labels swap in the middle of a lunge. The tested foot stands nearest the wall and stays put.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.robust import running_nanmedian

FloatArray = npt.NDArray[np.float64]

LEFT = {"hip": 23, "knee": 25, "ankle": 27, "heel": 29, "toe": 31}
RIGHT = {"hip": 24, "knee": 26, "ankle": 28, "heel": 30, "toe": 32}
_STANDS_S = 2.0
"""Time over which a foot that stands is where it mostly is."""
JOINTS = ("hip", "knee", "ankle", "heel", "toe")


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of one frame, pixels.

    Attributes
    ----------
    points : (5, 2) float64
        hip, knee, ankle, heel, toe.
    labelled_right : bool
        The network called it the right leg.
    """

    points: FloatArray
    labelled_right: bool

    @property
    def shank_px(self) -> float:
        """Knee to ankle."""
        return float(np.hypot(*(self.points[1] - self.points[2])))


def find_facing(landmarks: FloatArray) -> int:
    """Return +1 when the person faces right in the picture, -1 when left, 0 when it cannot be told.

    Parameters
    ----------
    landmarks : (T, 33, 4) float64
        Of a few frames, not mirrored; NaN where nobody was found.

    Notes
    -----
    Toes point to the wall: the sum over both feet of toe minus heel, in units of the shank, decides; knees bend the same way and break ties.
    """
    votes = []
    for side in (LEFT, RIGHT):
        toe, heel = landmarks[:, side["toe"], 0], landmarks[:, side["heel"], 0]
        shank = np.hypot(landmarks[:, side["knee"], 0] - landmarks[:, side["ankle"], 0], landmarks[:, side["knee"], 1] - landmarks[:, side["ankle"], 1])
        votes.append(np.clip((toe - heel) / np.maximum(shank, 1.0), -1, 1))
        middle = 0.5 * (landmarks[:, side["hip"], 0] + landmarks[:, side["ankle"], 0])
        votes.append(np.clip((landmarks[:, side["knee"], 0] - middle) / np.maximum(shank, 1.0), -1, 1))
    total = float(np.nansum(np.array(votes)))
    seen = int(np.isfinite(np.array(votes)).sum())
    return 0 if seen == 0 or abs(total) < 0.05 * seen else (1 if total > 0 else -1)


def side_view_share(landmarks: FloatArray) -> float:
    """How side-on the person stands: foot length seen over shank length, median over feet and frames; about 0.6 from the side, under 0.25 from the front."""
    shares = []
    for side in (LEFT, RIGHT):
        foot = np.abs(landmarks[:, side["toe"], 0] - landmarks[:, side["heel"], 0])
        shank = np.hypot(landmarks[:, side["knee"], 0] - landmarks[:, side["ankle"], 0], landmarks[:, side["knee"], 1] - landmarks[:, side["ankle"], 1])
        shares.append(foot / np.maximum(shank, 1.0))
    values = np.array(shares)
    return float(np.nanmedian(values)) if np.isfinite(values).any() else float("nan")


def trunk_share(landmarks: FloatArray) -> float:
    """Trunk over leg length, median over frames: about 0.6; far less when the trunk is cut off and the network squeezes it into the picture."""
    shoulder, hip, ankle = (landmarks[:, pair, 1].mean(axis=1) for pair in ([11, 12], [23, 24], [27, 28]))
    share = (hip - shoulder) / np.maximum(ankle - hip, 1.0)
    return float(np.nanmedian(share)) if np.isfinite(share).any() else float("nan")


def front_leg(landmarks: FloatArray) -> Leg:
    """Return the leg whose foot stands nearest the wall, in one frame (33, 4) in which the person faces right."""
    legs = [Leg(np.array([landmarks[side[j], :2] for j in JOINTS]), labelled_right=side is RIGHT) for side in (LEFT, RIGHT)]
    return max(legs, key=lambda leg: float(leg.points[3, 0] + leg.points[4, 0]))


def rear_leg(landmarks: FloatArray) -> Leg:
    """Return the other leg."""
    legs = [Leg(np.array([landmarks[side[j], :2] for j in JOINTS]), labelled_right=side is RIGHT) for side in (LEFT, RIGHT)]
    return min(legs, key=lambda leg: float(leg.points[3, 0] + leg.points[4, 0]))


def plausible_frames(t_s: FloatArray, points: FloatArray) -> npt.NDArray[np.bool_]:
    """Frames in which a followed leg is built like the same leg in the other frames.

    Parameters
    ----------
    t_s : (T,) float64
    points : (T, 5, 2) float64
        hip, knee, ankle, heel, toe of the front leg in room pixels; NaN where nobody was found.

    Returns
    -------
    (T,) bool
        Hip above knee above ankle, shank within 25 % of its usual length, foot within half a shank of where feet stand around that time.
    """
    hip, knee, ankle, heel, toe = (points[:, i] for i in range(5))
    shank = np.hypot(*(knee - ankle).T)
    usual = np.nanmedian(shank)
    foot_x = 0.5 * (heel[:, 0] + toe[:, 0])
    usual_x = running_nanmedian(foot_x, t_s, _STANDS_S)
    with np.errstate(invalid="ignore"):
        ok = (hip[:, 1] < knee[:, 1]) & (knee[:, 1] < ankle[:, 1]) & (np.abs(shank / usual - 1) < 0.25) & (np.abs(foot_x - usual_x) < 0.5 * usual)
    return np.asarray(ok & np.isfinite(shank))
