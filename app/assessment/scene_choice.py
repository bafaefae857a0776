"""Which of several lines is the wall: the one that the room speaks for and that the knee neither passes nor leaves without reason."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from app.assessment.leg_path import build_leg_path
from app.assessment.measurement import AttemptOptions
from app.assessment.moment import measure_moment, take_moment
from app.assessment.repetitions import segment_lunges
from app.assessment.scene_solve import SolvedScene, solve_scenes
from app.assessment.verdicts import GAP, VerdictParams, compute_stop_densities, group_stops
from vision.tracks import ClipSighting

_STRAY_DENSITY = 1e-3
"""Of a stop anywhere within metres, per centimetre: what a line that is not the wall makes of it."""


def choose_scene(seen: ClipSighting, options: AttemptOptions, params: VerdictParams) -> SolvedScene | None:
    """Solve the room and choose among its walls; None when nothing converges."""
    scenes = solve_scenes(seen.room, seen.facts, np.nanmedian(seen.leg.toe, axis=0), options)
    if len(scenes) < 2:
        return scenes[0] if scenes else None
    return max(scenes, key=lambda scene: scene.log_weight + weigh_by_knee(seen, scene, options, params))


def weigh_by_knee(seen: ClipSighting, scene: SolvedScene, options: AttemptOptions, params: VerdictParams) -> float:
    """Logarithm of how likely the knee's ends are before this wall.

    Notes
    -----
    No knee passes a wall, however it is filmed. And where several lunges end at one place, that place is nearly always the wall (`touch_prior`): of two
    lines that the room speaks for alike, the one at which they end is the wall. A line that is far clearer stays the wall all the same, so that lunges
    that end in the air do not make a wall of a joint between boards.
    """
    path = build_leg_path(seen.leg, scene, options)
    lunges = segment_lunges(seen.leg.t_s, path.shin_deg)
    if not lunges:
        return 0.0
    gaps = np.array([float(np.nanmedian(path.knee_x_cm[lunge.plateau])) for lunge in lunges])
    if not np.isfinite(gaps).any():
        return 0.0
    std = float(np.sqrt(measure_moment(take_moment(seen.leg, lunges[0].plateau), path, scene, options).covariance[GAP, GAP]))
    if not np.isfinite(std):
        return 0.0
    weight = float(norm.logcdf((np.nanmin(gaps) + params.contact_cm) / std))
    stops = group_stops(gaps, params)
    if stops:
        weight += float(np.log(sum(compute_stop_densities(float(np.mean(gaps[list(stops)])), std, params)) + _STRAY_DENSITY))
    return weight
