"""One lunge, filmed and laid into the measuring plane."""

from __future__ import annotations

from functools import cache

import numpy as np

from app.assessment.leg_path import LegPath, build_leg_path
from app.assessment.measurement import AttemptOptions
from app.assessment.moment import Moment, take_moment
from app.assessment.scene_solve import SolvedScene, solve_scenes
from tests.synthetic import FOOT_CM, ClipSpec, LungeSpec, Truth, build_clip

FOOT = AttemptOptions(foot_length_cm=FOOT_CM)
ONE = (LungeSpec(),)


@cache
def lay(spec: ClipSpec, options: AttemptOptions) -> tuple[Moment, LegPath, SolvedScene, Truth]:
    """Film one lunge and lay its hold into the plane."""
    sighting, truth = build_clip(spec)
    leg = sighting.leg
    scene = solve_scenes(sighting.room, sighting.facts, np.nanmedian(leg.toe, axis=0), options)[0]
    assert scene is not None
    path = build_leg_path(leg, scene, options)
    held = path.shin_deg > np.nanmax(path.shin_deg) - 2.0
    return take_moment(leg, held), path, scene, truth
