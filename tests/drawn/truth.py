"""The truth of a film as a file: what `tests.accuracy` reads, and every landmark of every frame in pixels."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from tests.drawn.body import knee_gap_cm, shin_angles
from tests.drawn.film import Film
from tests.drawn.measure import build_options
from tests.drawn.motion import LIFTED_CM, TrueLunge
from tests.drawn.paint import project_tubes
from tests.drawn.spec import FloatArray

_DIGITS = 3


def frame_points(film: Film, number: int) -> dict[str, FloatArray]:
    """Named points of one frame, (2,) pixels of the frame as filmed: joint centres, and the outermost points of knee and foot as they are seen."""
    figure, camera = film.figure(number), film.camera_at(number)
    joints = {name: getattr(figure.joints, name) for name in ("hip", "knee", "ankle", "rear_hip", "rear_knee", "rear_ankle", "rear_heel", "rear_toe")}
    points = dict(zip(joints, camera.project(np.array(list(joints.values()))), strict=True))
    outlines = dict(zip((t.name for t in figure.leg), project_tubes(figure.leg, camera), strict=True))
    foot = outlines["foot"].reshape(-1, 2)
    upper = np.concatenate([outlines[name].reshape(-1, 2) for name in ("thigh", "knee", "shank")])
    points |= {"toe": foot[foot[:, 0].argmax()], "heel_back": foot[foot[:, 0].argmin()], "knee_front": upper[upper[:, 0].argmax()]}
    if film.scene.camera.facing_left:
        points = {name: np.array([film.size_px[0] - 1 - xy[0], xy[1]]) for name, xy in points.items()}
    return points


def build_truth(film: Film) -> dict[str, Any]:
    """Return the truth as plain data."""
    scene, options = film.scene, build_options(film.scene)
    return {
        "name": scene.name,
        "side": options.side,
        "shod": scene.person.shod,
        "foot_length_cm": scene.typed_foot_cm or scene.person.foot_cm,
        "acceptable_codes": ["far_leg"] if scene.person.far_leg else [],
        "repetitions": [_repetition(lunge) for lunge in film.truth()],
        "frames": [_frame(film, number) for number in range(len(film.times_s))],
        "scene": asdict(scene),
    }


def _repetition(lunge: TrueLunge) -> dict[str, Any]:
    return asdict(lunge) | {"heel_down": lunge.heel_lift_cm <= LIFTED_CM, "valid": lunge.verdict == "valid"}


def _frame(film: Film, number: int) -> dict[str, Any]:
    pose = film.motion.pose(float(film.times_s[number]))
    shin, axis = shin_angles(film.body, pose)
    return {
        "t_s": round(float(film.times_s[number]), 4),
        "shin_angle_deg": round(shin, _DIGITS),
        "axis_angle_deg": round(axis, _DIGITS),
        "knee_gap_cm": round(knee_gap_cm(film.body, pose), _DIGITS),
        "heel_lift_cm": round(pose.lift_cm, _DIGITS),
        "px": {name: np.round(xy, 2).tolist() for name, xy in frame_points(film, number).items()},
    }
