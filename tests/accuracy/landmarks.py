"""What the pose network says by itself: the line from knee to ankle of the declared leg in the picture as filmed, over the true hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.accuracy.truth import Truth
from vision.contour import to_lab
from vision.decode import PyAvReader
from vision.legs import LEFT, RIGHT
from vision.mediapipe_pose import MediapipePose
from vision.weights import default_cache, weights_path

MODELS = ("full", "heavy")


@dataclass(frozen=True, slots=True)
class RawLook:
    """What is seen in the true hold of the headline's lunge.

    Attributes
    ----------
    axis_deg : dict of model to float
        Median inclination of the knee-ankle line, + knee over toes; a model that found nobody in the hold is absent.
    found_share : dict of model to float
        Share of the hold's frames in which somebody was found.
    lightness : float
        Median lightness of the picture in the middle of the hold (CIE L*, 0..100).
    """

    axis_deg: dict[str, float] = field(default_factory=dict)
    found_share: dict[str, float] = field(default_factory=dict)
    lightness: float = math.nan


def look_raw(clip: Path, truth: Truth, models: Sequence[str] = MODELS) -> RawLook:
    """Follow the person with each network from the first frame on, as it is meant to be used."""
    if not truth.hold_s:
        return RawLook()
    axis_deg, found_share = {}, {}
    for model in models:
        angles = _follow(clip, truth, model)
        seen = angles[np.isfinite(angles)]
        found_share[model] = float(np.isfinite(angles).mean())
        if seen.size:
            axis_deg[model] = float(np.median(seen))
    return RawLook(axis_deg, found_share, _measure_lightness(clip, truth.hold_s[len(truth.hold_s) // 2]))


def _follow(clip: Path, truth: Truth, model: str) -> npt.NDArray[np.float64]:
    """Inclination in each frame of the hold, degrees; NaN where nobody was found."""
    first_s, last_s = truth.hold_s[0], truth.hold_s[-1]
    margin_s = 0.5 / truth.fps
    pose = MediapipePose(weights_path(model, source=None, cache=default_cache()), model)
    angles = []
    try:
        for frame in PyAvReader().frames(clip):
            if frame.t_s > last_s + margin_s:
                break
            found = pose.estimate(frame.rgb, frame.t_s)
            if frame.t_s >= first_s - margin_s:
                angles.append(math.nan if found is None else compute_inclination_deg(found[0], truth))
    finally:
        pose.close()
    return np.array(angles)


def compute_inclination_deg(marks: npt.NDArray[np.float64], truth: Truth) -> float:
    """Inclination of the declared leg's knee-ankle line from the picture's vertical; `marks` (33, 4), x and y in px first."""
    joints = LEFT if truth.side == "left" else RIGHT
    forward = 1.0 if truth.image_facing == "right" else -1.0
    knee, ankle = marks[joints["knee"], :2], marks[joints["ankle"], :2]
    return math.degrees(math.atan2(forward * (knee[0] - ankle[0]), ankle[1] - knee[1]))


def _measure_lightness(clip: Path, t_s: float) -> float:
    for frame in PyAvReader().frames(clip):
        if frame.t_s >= t_s - 1e-3:
            return float(np.median(to_lab(frame.rgb)[..., 0]))
    return math.nan
