"""Which of several lines is the wall: the one that the room speaks for and that the knee neither passes nor leaves without reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm

from app.assessment.by_hand import lay_by_hand
from app.assessment.leg_path import build_leg_path
from app.assessment.measurement import AttemptOptions
from app.assessment.moment import measure_moment, take_moment
from app.assessment.repetitions import segment_lunges
from app.assessment.scene_solve import SolvedScene, solve_scenes
from app.assessment.verdicts import GAP, ONE_SIDED_95, VerdictParams, compute_stop_densities, group_stops
from vision.tracks import ClipSighting

_STRAY_DENSITY = 1e-3
"""Of a stop anywhere within metres, per centimetre: what a line that is not the wall makes of it."""


@dataclass(frozen=True, slots=True)
class _Likelihood:
    """What the knees say of one wall: logarithms of how likely their ends are before it, when they touch it and when they do not."""

    touch: float
    miss: float
    before_cm: float = 0.0
    """How far before it all of them surely (95 %) end."""


def choose_scene(seen: ClipSighting, options: AttemptOptions, params: VerdictParams) -> SolvedScene | None:
    """Solve the room and choose among its walls; None when nothing converges.

    Notes
    -----
    No knee passes a wall, however it is filmed. And where several lunges end at one place, that place is nearly always the wall (`touch_prior`): of two
    lines that the room speaks for alike, the one at which they end is the wall. A line that is far clearer stays the wall all the same, so that lunges
    that end in the air do not make a wall of a joint between boards. Where all knees end far before the chosen line, and no nearer line is likely,
    it is not the wall that they were meant for, and the clip is one that shows none. What speaks for the choice may not speak for the touch
    once more: how probable that is, is summed over all walls, and how far the room speaks for the chosen one without the knees, is kept beside it.
    """
    by_hand = lay_by_hand(seen, options.by_hand)
    solved = solve_scenes(seen.room, seen.facts, np.nanmedian(seen.leg.toe, axis=0), options)
    if not solved:
        return None
    # a wall that was set by hand is asked for neither: a false line would turn the camera all the same
    unset = replace(by_hand, wall_px=None)
    scene = _choose(seen, tuple(replace(scene, by_hand=unset) for scene in solved), options, params)
    if by_hand.wall_px is None:
        return scene
    return replace(scene, by_hand=by_hand, touch_probability=1.0, wall_share=1.0)


def _choose(seen: ClipSighting, scenes: tuple[SolvedScene, ...], options: AttemptOptions, params: VerdictParams) -> SolvedScene:
    if scenes[0].without_line is None:
        return scenes[0]
    heard = [_hear_knees(seen, scene, options, params) for scene in scenes]
    touch = np.array([scene.log_weight + knees.touch for scene, knees in zip(scenes, heard, strict=True)])
    both = np.array([scene.log_weight + np.logaddexp(knees.touch, knees.miss) for scene, knees in zip(scenes, heard, strict=True)])
    chosen, far = int(np.argmax(both)), np.array([knees.before_cm > params.farthest_miss_cm for knees in heard])
    near_share = float(np.exp(np.logaddexp.reduce(both[~far], initial=-np.inf) - np.logaddexp.reduce(both)))
    if far[chosen] and near_share < 1 - params.touch_sure:
        return scenes[chosen].leave_line()
    if len(scenes) == 1:
        return scenes[0]
    probability = float(np.exp(np.logaddexp.reduce(touch) - np.logaddexp.reduce(both)))
    room = np.array([scene.log_weight for scene in scenes])
    return replace(scenes[chosen], touch_probability=probability, wall_share=float(np.exp(room[chosen] - np.logaddexp.reduce(room))))


def _hear_knees(seen: ClipSighting, scene: SolvedScene, options: AttemptOptions, params: VerdictParams) -> _Likelihood:
    """Ask where the lunges end before one wall; where nothing can be said all walls are equal."""
    silent = _Likelihood(float(np.log(params.touch_prior)), float(np.log(1 - params.touch_prior)))
    path = build_leg_path(seen.leg, scene, options)
    lunges = segment_lunges(seen.leg.t_s, path.shin_deg)
    if not lunges:
        return silent
    seen_in = [lunge for lunge in lunges if lunge.top_seen and np.isfinite(path.knee_x_cm[lunge.plateau]).any()]
    if not seen_in:
        return silent
    gaps = np.array([float(np.nanmedian(path.knee_x_cm[lunge.plateau])) for lunge in seen_in])
    std = float(np.sqrt(measure_moment(take_moment(seen.leg, seen_in[0].plateau), path, scene, options).covariance[GAP, GAP]))
    if not np.isfinite(std):
        return silent
    passed, before_cm = float(norm.logcdf((gaps.min() + params.contact_cm) / std)), float(gaps.min()) - ONE_SIDED_95 * std
    stops = group_stops(gaps, params)
    if path.covered or not stops:  # where cloth stopped says nothing of where the wall is
        return _Likelihood(passed + silent.touch, passed + silent.miss, before_cm)
    stop = float(np.mean(gaps[list(stops)]))
    touch, air = compute_stop_densities(stop, std, params)
    return _Likelihood(passed + float(np.log(max(touch, 1e-300))), passed + float(np.log(air + _STRAY_DENSITY)), before_cm)
