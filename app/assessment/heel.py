"""Heel lift: how far the rear outline of the foot has risen since the person stood upright, and what else of the foot agrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.assessment.middle import middle
from vision.tracks import LegTrack

FloatArray = npt.NDArray[np.float64]

HEEL_STD_CM, HEEL_SHARE = 0.15, 0.2
"""Standard error of a heel lift: a fixed part, and a share of the lift itself."""

_LOW, _HIGH = 0.0, 0.20
"""The stretch of the rear outline that is heel: above it the Achilles tendon leans with the shank. Shares of foot length."""


_OUTLIER_SHARE = 0.02
"""A point farther off than this share of the foot is another edge and counts no more than that."""


@dataclass(frozen=True, slots=True)
class Heel:
    """What the heel did in a lunge.

    Attributes
    ----------
    rise_cm : (T,) float64
        By the outline, frame by frame; NaN where that is not seen or not believed.
    lift_cm, std_cm : float
        In the lunge's plateau, and its standard error; NaN where it was not seen.
    doubted : bool
        Something else of the foot speaks against it.
    """

    rise_cm: FloatArray
    lift_cm: float
    std_cm: float
    doubted: bool


def read_heel(
    leg: LegTrack, standing: npt.NDArray[np.bool_], plateau: npt.NDArray[np.bool_], *, foot_px: float, foot_cm: float, down_cm: float, covered: bool
) -> Heel:
    """Read the heel of one lunge against the frames (T,) in which it is surely down; one that rose by at most `down_cm` is down as well."""
    cm_per_px = foot_cm / foot_px
    rise = compute_heel_rise_px(leg.heel_profile, standing, foot_px) * cm_per_px
    outline = rise[plateau]
    outline_cm = float(np.nanmedian(outline)) if np.isfinite(outline).mean() > 0.5 else float("nan")

    def moved_cm(readings: FloatArray) -> float:
        return float(middle(readings[plateau, None])[0] - middle(readings[standing, None])[0]) * cm_per_px

    lift_cm, doubted = weigh_rise(outline_cm, -moved_cm(leg.heel_low[:, 1]), moved_cm(leg.heel_back[:, 0]), down_cm=down_cm, covered=covered)
    if lift_cm < outline_cm:
        rise = np.full(len(rise), np.nan)
    # in doubt it is what the outline says or nothing
    std_cm = lift_cm / 2 if doubted else float(np.hypot(HEEL_STD_CM, HEEL_SHARE * abs(lift_cm)))
    return Heel(rise, lift_cm, std_cm, doubted)


def compute_heel_rise_px(profiles: FloatArray, standing: npt.NDArray[np.bool_], foot_px: float) -> FloatArray:
    """Rise of the heel in every frame (T,), pixels; NaN where the heel was not seen.

    Parameters
    ----------
    profiles : (T, K, 2) float64
        Rear outline of the foot in room pixels.
    standing : (T,) bool
        Frames in which the heel is surely down: the baseline.
    foot_px : float
        Foot length in pixels.

    Notes
    -----
    The heel's rear edge is nearly upright, so its rearmost point says little about height; its roundness does. Each frame's outline is laid onto the
    standing one at different heights and the rise that fits best is taken. It is not shifted sideways: within a stance the foot stays put, and leaving
    that free lets a heel that is pressed wider pass for one that rose.
    """
    rise = np.full(len(profiles), np.nan)
    if not np.isfinite(profiles[standing][:, -1, 1]).any():
        return rise
    low = float(np.nanmedian(profiles[standing][:, -1, 1]))
    rows = low - foot_px * np.linspace(_HIGH, _LOW, 30)
    base_rows = low - foot_px * np.linspace(0.42, 0.0, 90)
    standing_rows = np.array([_at_rows(p, base_rows) for p in profiles[standing]])
    base = np.full(len(base_rows), np.nan)
    known = np.isfinite(standing_rows).any(axis=0)
    base[known] = np.nanmedian(standing_rows[:, known], axis=0)
    seen = np.isfinite(base)
    if seen.sum() < 30:
        return rise
    shifts = np.arange(-0.05, 0.20, 0.0025) * foot_px
    for i, profile in enumerate(profiles):
        if np.isfinite(profile).all(axis=1).sum() >= 15:
            rise[i] = _best_shift(profile, rows, base_rows[seen], base[seen], shifts, _OUTLIER_SHARE * foot_px)
    return rise - float(np.nanmedian(rise[standing])) if np.isfinite(rise[standing]).any() else rise


def weigh_rise(outline_cm: float, border_cm: float, rear_cm: float, *, down_cm: float, covered: bool) -> tuple[float, bool]:
    """How far the heel has risen, cm, and whether that is in doubt.

    Parameters
    ----------
    outline_cm : float
        Rise by the outline (`compute_heel_rise_px`), NaN where it was not seen.
    border_cm : float
        Rise of the sole's border under the heel.
    rear_cm : float
        How far the rearmost point of the heel has come forward, towards the wall.
    down_cm : float
        A heel whose outline rose by at most this is down, whatever else moved.
    covered : bool
        Cloth hangs over the leg.

    Notes
    -----
    The outline may lie as well three centimetres higher: on the hem of a trouser leg, on a crease over the heel in a bad picture. A heel that rises turns
    about the ball: its rearmost point goes forward, never back, and its border comes up with it unless a shadow holds the border. A heel that is pressed
    down widens backward. Where the border stays and the rearmost point went back, the heel was down and the border says how little it rose. Where the
    two disagree, or neither moved, nobody knows. Nor where the border stays under a trouser leg: its hem goes up and forward with the shank, and outline and
    rearmost point with it.
    """
    if not outline_cm > down_cm:
        return outline_cm, False
    border_stays, back, forward = border_cm < _BORDER_SHARE * outline_cm, rear_cm < -_BACK_CM, rear_cm > _FORWARD_SHARE * outline_cm
    if border_stays and back:
        return max(border_cm, 0.0), False
    return outline_cm, back or (border_stays and (covered or not forward))


_BORDER_SHARE, _FORWARD_SHARE, _BACK_CM = 0.07, 0.02, 0.1
"""The least that border and rearmost point move in a rise, shares of it, and how far back only a heel that is down goes: half a pixel of a small picture. In 59
lifts of 0.9 cm or more of drawn scenes the border went along by 0.34 or more in 57, in two rendered clips with a shadow under the heel by 0.18 and not at all;
the rearmost point came forward by 0.06 or more in 56, in those clips by 0.04 and 0.06. Of 99 lunges (of 1191) with the heel down whose outline
says more than 0.3 cm, the border stayed in 88. Under trousers it rose by at most 0.02 of it in 19 of 19 lunges with the heel down whose outline
says 0.9 to 3.9 cm and whose rearmost point came forward by 0.05 or more, and by 0.16 and 0.31 in two lifts."""


def _at_rows(profile: FloatArray, rows: FloatArray) -> FloatArray:
    good = np.isfinite(profile).all(axis=1)
    if good.sum() < 5:
        return np.full(len(rows), np.nan)
    return np.interp(rows, profile[good, 1], profile[good, 0], left=np.nan, right=np.nan)


def _best_shift(profile: FloatArray, rows: FloatArray, base_rows: FloatArray, base: FloatArray, shifts: FloatArray, outlier_px: float) -> float:
    x = _at_rows(profile, (rows[None, :] - shifts[:, None]).ravel()).reshape(len(shifts), len(rows))
    both = np.isfinite(x)
    count = both.sum(axis=1)
    apart = np.where(both, np.minimum(np.abs(x - np.interp(rows, base_rows, base)), outlier_px), 0.0)
    costs = np.where(count >= 0.7 * len(rows), apart.sum(axis=1) / np.maximum(count, 1), np.inf)
    k = int(np.argmin(costs))
    if 0 < k < len(shifts) - 1 and np.isfinite(costs[k - 1 : k + 2]).all():
        a, b, c = costs[k - 1 : k + 2]
        return float(shifts[k] + (shifts[1] - shifts[0]) * 0.5 * (a - c) / max(a - 2 * b + c, 1e-9))
    return float(shifts[k])
