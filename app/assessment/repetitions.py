"""Lunges cut out of a curve over time, in any number, at any pace, and grouped by where the foot stood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

FloatArray = npt.NDArray[np.float64]

HOLE_S = 0.3
"""Without a look at the leg for so long nobody knows what it did: at 7.5 frames a second, two in a row were lost. Of the half second that is averaged over,
so much is seen."""
_SAME_TIME_S = 1e-6
HELD_DEG = 0.7
"""A shin that leans within so much of its deepest is held: for a shank of 40 cm the knee is then within 0.4 cm of where it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepetitionParams:
    """What counts as a lunge.

    Attributes
    ----------
    least_swing_deg : float
        A lunge swings the shin at least so far beyond the stance between lunges.
    least_share : float
        ... and at least this share of the clip's largest swing: smaller dips are practice or sway.
    edge_share : float
        A lunge begins and ends where it has left the valley by this share of its swing.
    plateau_s : float
        The best stretch of a lunge over which numbers are averaged: 0.3-0.5 s.
    smooth_s : float
        Width of the running median that takes out single bad frames: three at 7.5 frames a second, and at five.
    """

    least_swing_deg: float = 7.0
    least_share: float = 0.45
    edge_share: float = 0.08
    plateau_s: float = 0.5
    smooth_s: float = 0.4


@dataclass(frozen=True, slots=True)
class Lunge:
    """One lunge, [start_s, end_s), and the stretch of it that scores.

    Attributes
    ----------
    frames, plateau : (T,) bool
        Frames of the lunge and of its plateau.
    top_seen : bool
        False where the shin was lost on its way to the wall and seen again on its way back: how far it leaned is not known.
    """

    start_s: float
    peak_s: float
    end_s: float
    frames: npt.NDArray[np.bool_]
    plateau: npt.NDArray[np.bool_]
    top_seen: bool = True


def segment_lunges(t_s: FloatArray, angle_deg: FloatArray, *, params: RepetitionParams | None = None) -> tuple[Lunge, ...]:
    """Cut lunges out of the shin's inclination over time.

    Parameters
    ----------
    t_s, angle_deg : (T,) float64
        NaN where not seen.

    Notes
    -----
    Peaks by prominence, so that a bounce within a hold stays part of it; everything in seconds, never in frames. Both ends of the clip count as valleys,
    so that a clip cut into a lunge still shows it.
    """
    p = params or RepetitionParams()
    seen = np.isfinite(angle_deg)
    if seen.sum() < 5:
        return ()
    t, y = t_s[seen], _smooth(t_s[seen], angle_deg[seen], p.smooth_s)
    floor = float(y.min())
    padded = np.concatenate([[floor], y, [floor]])
    swing = float(y.max()) - floor
    least = max(p.least_swing_deg, p.least_share * swing)
    peaks, shape = find_peaks(padded, prominence=least, plateau_size=1)
    parted = _parted(padded, peaks, least)
    peaks, lefts, rights = peaks[parted] - 1, shape["left_bases"][parted] - 1, shape["right_bases"][parted] - 1
    lunges = []
    for peak, left, right in zip(peaks, lefts, rights, strict=True):
        begin, end = _bounds(y, int(peak), max(int(left), 0), min(int(right), len(y) - 1), p.edge_share, peaks)
        start_s, end_s = float(t[begin]), float(t[end])
        inside = (t_s >= start_s) & (t_s <= end_s) & seen
        plateau = _plateau(t_s, angle_deg, inside, p.plateau_s)
        top_seen = _top_seen(t_s[inside], angle_deg[inside], float(np.median(angle_deg[plateau])))
        lunges.append(Lunge(start_s, float(t[peak]), end_s, inside, plateau, top_seen))
    return tuple(lunges)


def _parted(y: FloatArray, peaks: npt.NDArray[np.intp], least: float) -> npt.NDArray[np.intp]:
    """Which peaks a valley parts from the one before: two of exactly the same height in one hold both have the full prominence."""
    kept: list[int] = []
    for k, peak in enumerate(peaks):
        if not kept or y[peaks[kept[-1]] : peak + 1].min() <= y[peak] - least:
            kept.append(k)
    return np.array(kept, dtype=np.intp)


def _smooth(t: FloatArray, y: FloatArray, width_s: float) -> FloatArray:
    return np.array([np.median(y[np.abs(t - at) <= width_s / 2 + _SAME_TIME_S]) for at in t])


def _bounds(y: FloatArray, peak: int, left: int, right: int, share: float, peaks: npt.NDArray[np.intp]) -> tuple[int, int]:
    """Walk from the peak to where the curve has come down to near the valley on each side, no farther than the valley to the next peak."""
    before, after = peaks[peaks < peak], peaks[peaks > peak]
    left = max(left, int(before[-1]) + int(np.argmin(y[int(before[-1]) : peak + 1])) if len(before) else 0)
    right = min(right, peak + int(np.argmin(y[peak : int(after[0]) + 1])) if len(after) else len(y) - 1)
    low_left, low_right = float(y[left : peak + 1].min()), float(y[peak : right + 1].min())
    under_left = np.flatnonzero(y[left : peak + 1] <= low_left + share * (y[peak] - low_left))
    under_right = np.flatnonzero(y[peak : right + 1] <= low_right + share * (y[peak] - low_right))
    return left + int(under_left[-1]), peak + int(under_right[0])


def _plateau(t_s: FloatArray, angle_deg: FloatArray, inside: npt.NDArray[np.bool_], width_s: float) -> npt.NDArray[np.bool_]:
    """Return the stretch of `width_s` whose lower quartile of inclination is greatest: by its median it could begin before the hold.

    Notes
    -----
    A stretch is seen for most of its time; beside a hole in what is seen it may be shorter, where that is better by more than a held shin sways. None goes
    over a hole, because the shin leans otherwise behind it.
    """
    t, angle = t_s[inside], angle_deg[inside]
    holes = np.diff(t) >= HOLE_S
    run = np.concatenate([[0], np.cumsum(holes)])
    beside = np.concatenate([[False], holes]) | np.concatenate([holes, [False]])
    best, chosen = -np.inf, np.ones(len(t), dtype=np.bool_)
    for k, start in enumerate(t):
        window = (run == run[k]) & (t >= start - 1e-9) & (t <= start + width_s + 1e-9)
        short = np.ptp(t[window]) < HOLE_S
        if short and window.sum() < len(t) and not beside[window].any():
            continue
        level = float(np.percentile(angle[window], 25))
        if level > best + (HELD_DEG if short else 0.05):
            best, chosen = level, window
    out = inside.copy()
    out[inside] = chosen
    return out


def _top_seen(t: FloatArray, angle: FloatArray, plateau_deg: float) -> bool:
    """Whether no hole in what is seen of a lunge has the shin still rising before it, and falling behind it, at no less than in the plateau."""
    for k in np.flatnonzero(np.diff(t) >= HOLE_S):
        rising = k == 0 or angle[k] > angle[k - 1] + HELD_DEG
        falling = k + 2 == len(t) or angle[k + 1] > angle[k + 2] + HELD_DEG
        if rising and falling and plateau_deg <= max(angle[k], angle[k + 1]) + HELD_DEG:
            return False
    return True


def group_stances(foot_x: FloatArray, *, least_move: float) -> tuple[int, ...]:
    """Return stance numbers, from 1, of lunges whose foot stood at `foot_x` (N,): a new one begins where it moved by more than `least_move`."""
    numbers: list[int] = []
    members: list[float] = []
    for x in foot_x:
        if numbers and np.isfinite(x) and members and abs(x - float(np.median(members))) > least_move:
            numbers.append(numbers[-1] + 1)
            members = [x]
        else:
            numbers.append(numbers[-1] if numbers else 1)
            members += [x] if np.isfinite(x) else []
    return tuple(numbers)
