"""What each lunge of a clip gives: its numbers, its heel and foot, its verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.assessment.findings import ROOM_MISFIT
from app.assessment.heel import read_heel
from app.assessment.leg_path import LegPath
from app.assessment.lunge_findings import find_lunge_doubts
from app.assessment.measurement import AttemptOptions, Finding, Verdict
from app.assessment.middle import middle
from app.assessment.moment import measure_moment, take_moment
from app.assessment.repetitions import HELD_DEG, Lunge, group_stances
from app.assessment.scene_solve import SolvedScene
from app.assessment.verdicts import AXIS, GAP, OVER, SHIN, TOE, Trial, VerdictParams, find_stops, judge, stop_behind_wall
from vision.tracks import ClipSighting

FloatArray = npt.NDArray[np.float64]

_HELD_FRAMES = 3
"""The fewest frames whose median says where the knee was, of which one may be misread: at 7.5 frames a second a touch of 0.4 s has as many."""

_ONE_TOE = 0.08
"""Over the foot's length: a loaded foot grows by 2 to 4 % of it, and edges are read to 1 %. What is farther from where the toe mostly is, is not the toe: a
shadow or the floor between toe and wall, where the mask holds it for the person."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One lunge with numbers and verdict; `foot_x_cm` is where the heel stood, which is read finer than the toe and tells stances apart."""

    lunge: Lunge
    trial: Trial
    stance: int
    foot_x_cm: float
    verdict: Verdict
    reason: str


def judge_lunges(
    sighting: ClipSighting, path: LegPath, scene: SolvedScene, lunges: tuple[Lunge, ...], options: AttemptOptions, params: VerdictParams
) -> tuple[tuple[Judged, ...], bool, FloatArray, tuple[Finding, ...]]:
    """Measure and judge every lunge.

    Returns
    -------
    judged : tuple of Judged
    wall_by_knee : bool
        Whether the knee's stop placed or confirmed the wall.
    rise_cm : (T,) float64
        Rise of the heel over the clip, by its outline; NaN in lunges in which that is not believed.
    doubts : tuple of Finding
    """
    leg = sighting.leg
    heels = np.array([_nanmedian(path.heel_x_cm[lunge.frames]) for lunge in lunges])
    stances = np.array(group_stances(heels, least_move=params.foot_moved_cm))
    foot_x = np.where(np.isfinite(heels), heels, [_nanmedian(heels[stances == stance]) for stance in stances])
    rise = np.full(len(leg.t_s), np.nan)
    foot_px = float(np.nanmedian(leg.toe[:, 0] - leg.heel_back[:, 0]))
    unsteady_cm = find_unsteady_cm(sighting, path.foot_cm / foot_px)
    trials: list[Trial] = []
    for k, lunge in enumerate(lunges):
        mates = np.flatnonzero(stances == stances[k])
        still = np.abs(path.heel_x_cm - float(np.median(foot_x[mates]))) < params.foot_moved_cm
        around = _between_neighbours(leg.t_s, lunges, k)
        standing = still & around & _upright(path.shin_deg, lunge, around)
        heel = read_heel(leg, standing, lunge.plateau, foot_px=foot_px, foot_cm=path.foot_cm, down_cm=params.heel_unclear_cm, covered=path.covered)
        rise = np.where(lunge.frames, heel.rise_cm, rise)
        in_stance = still & np.any([lunges[i].plateau for i in mates], axis=0)
        toe = middle(_take_ends(leg.toe, still, foot_px)[in_stance])
        moment = replace(take_moment(leg, lunge.plateau), toe=toe, heel=middle(leg.heel_back[in_stance]))
        numbers = measure_moment(moment, path, scene, options)
        values = numbers.values.copy()
        values[GAP] -= find_reach_cm(path.knee_x_cm, path.shin_deg, lunge)
        values[OVER] = values[TOE] - values[GAP]
        if not lunge.top_seen:
            values[[SHIN, AXIS, GAP, OVER]] = np.nan
            heel = replace(heel, lift_cm=np.nan)
        seen = (heel.lift_cm, heel.std_cm, compute_foot_shift_cm(leg.t_s, path, lunge), heel.doubted, lunge.top_seen)
        trials.append(Trial(values, numbers.covariance, *seen, unsteady_cm=unsteady_cm, parts=numbers.parts))
    known = {"touch_probability": scene.touch_probability, "wall_share": scene.wall_share}
    stopped, wall_by_knee = find_stops(tuple(trials), has_wall=path.has_wall, covered=path.covered, params=params, **known)
    has_wall = path.has_wall and (wall_by_knee or not stop_behind_wall(stopped, params))
    with_cm = path.scale.is_known
    verdicts = [judge(t, has_wall=has_wall, wall_by_knee=wall_by_knee, with_cm=with_cm, params=params) for t in stopped]
    judged = tuple(Judged(lu, t, s, x, v, r) for lu, t, s, x, (v, r) in zip(lunges, stopped, stances.tolist(), foot_x.tolist(), verdicts, strict=True))
    found = [verdict for verdict, _ in verdicts]
    doubts = find_lunge_doubts(leg.t_s, path.shin_deg, lunges, trials, stopped, found, has_wall=path.has_wall, with_cm=with_cm, covered=path.covered)
    return judged, wall_by_knee, rise, doubts


def _nanmedian(values: FloatArray) -> float:
    """Median of what was seen; NaN where nothing was."""
    seen = values[np.isfinite(values)]
    return float(np.median(seen)) if len(seen) else float("nan")


def _take_ends(toe_px: FloatArray, still: npt.NDArray[np.bool_], foot_px: float) -> FloatArray:
    """Leave out where a toe (T, 2) is read that lies elsewhere than it mostly does while the foot stands there: NaN."""
    apart = np.hypot(*(toe_px - np.nanmedian(toe_px[still], axis=0)).T)
    return np.where((apart > _ONE_TOE * foot_px)[:, None], np.nan, toe_px)


def find_unsteady_cm(sighting: ClipSighting, cm_per_px: float) -> float:
    """How far the room is off about the foot, cm, where it does not keep its shape in the picture (`stabilised_or_zoomed`); else 0, it is less than is read."""
    misfit = sighting.facts.room_misfit
    return misfit * max(sighting.room.size_px) * cm_per_px if misfit > ROOM_MISFIT else 0.0


def find_reach_cm(knee_x_cm: FloatArray, shin_deg: FloatArray, lunge: Lunge) -> float:
    """How much nearer to the wall than in its plateau the knee was while the shin leaned most, cm; 0 where it was not seen.

    Notes
    -----
    A touch without a hold is over before the half second of a plateau is: the knee is then at the wall while the plateau's middle is a centimetre before it.
    A longer hold has more frames than the plateau, and most of them outweigh those in which a knee was misread on its way to the wall.
    """
    seen = lunge.frames & np.isfinite(knee_x_cm) & np.isfinite(shin_deg)
    plateau = seen & lunge.plateau
    if seen.sum() < _HELD_FRAMES or not plateau.any():
        return 0.0
    deepest_first = np.flatnonzero(seen)[np.argsort(-shin_deg[seen], kind="stable")]
    # beside the second deepest, which one misread frame does not make
    held = int(np.sum(shin_deg[seen] >= shin_deg[deepest_first[1]] - HELD_DEG))
    return float(np.median(knee_x_cm[plateau]) - np.median(knee_x_cm[deepest_first[: max(held, _HELD_FRAMES)]]))


def compute_foot_shift_cm(t_s: FloatArray, path: LegPath, lunge: Lunge) -> float:
    """How far the foot slid between the beginning of a lunge and its plateau or end, cm; 0 where it was not seen.

    Notes
    -----
    Toe and heel must have moved the same way, and the lesser of the two counts: a heel that lifts, or an edge read differently, moves one end only.
    """
    upright = lunge.frames & _upright(path.shin_deg, lunge, lunge.frames)
    begin = upright & (t_s <= lunge.peak_s)
    slid = 0.0
    for late in (lunge.plateau, upright & (t_s > lunge.peak_s)):
        toe, heel = (middle(x[late, None])[0] - middle(x[begin, None])[0] for x in (path.toe_x_cm, path.heel_x_cm))
        if toe * heel > 0:
            slid = max(slid, min(abs(float(toe)), abs(float(heel))))
    return slid


def _between_neighbours(t_s: FloatArray, lunges: tuple[Lunge, ...], k: int) -> npt.NDArray[np.bool_]:
    low = lunges[k - 1].peak_s if k else -np.inf
    high = lunges[k + 1].peak_s if k + 1 < len(lunges) else np.inf
    return np.asarray((t_s > low) & (t_s < high))


def _upright(shin_deg: FloatArray, lunge: Lunge, around: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Frames near the foot of the lunge, where every heel is down."""
    low, high = np.nanmin(shin_deg[around]), np.nanmedian(shin_deg[lunge.plateau])
    with np.errstate(invalid="ignore"):
        return np.asarray(shin_deg < low + 0.35 * (high - low))
