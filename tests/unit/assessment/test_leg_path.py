from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.leg_path import build_leg_path, find_scale
from app.assessment.measurement import AttemptOptions
from app.assessment.moment import measure_moment
from app.assessment.scene_solve import solve_scenes
from tests.synthetic import FOOT_CM, ClipSpec, build_clip
from tests.unit.assessment.laying import FOOT, ONE, lay


def test_the_scale_is_the_best_there_is() -> None:
    """Sheet before typed foot before body height before none, and a choice by the person is kept."""
    both = AttemptOptions(foot_length_cm=FOOT_CM, height_cm=171.0)
    bare = lay(ClipSpec(lunges=ONE, sheet=False), FOOT)[2]

    def source(options: AttemptOptions, *, sheet: bool = False) -> str:
        return find_scale(20.0, replace(bare, uses_sheet=sheet), options)[0].source

    assert source(both, sheet=True) == "sheet"
    assert source(both) == "foot_length"
    assert source(replace(both, scale="height")) == "height"
    assert source(replace(both, foot_length_cm=None)) == "height"
    assert source(replace(both, scale="none")) == "none"
    assert source(AttemptOptions()) == "none"
    scale, per_unit, _ = find_scale(20.0, bare, both)
    assert per_unit == pytest.approx(FOOT_CM / 20.0)
    assert scale.relative_std == pytest.approx(0.4 / FOOT_CM)


def test_a_chosen_foot_leaves_the_sheet_aside() -> None:
    """The person who types a foot length and asks for it gets it, sheet or not."""
    sighting, _ = build_clip(ClipSpec(lunges=ONE))
    scene = solve_scenes(sighting.room, sighting.facts, np.nanmedian(sighting.leg.toe, axis=0), replace(FOOT, scale="foot"))[0]
    assert scene is not None
    assert not scene.uses_sheet


def test_skirting_moves_the_wall_and_nothing_else() -> None:
    """Its thickness is added to every distance from the wall; angles and differences stay."""
    spec = ClipSpec(lunges=ONE, sheet=False)
    thick = replace(FOOT, skirting_cm=1.5)
    moment, path, scene, _ = lay(spec, FOOT)
    plain = measure_moment(moment, path, scene, FOOT).values
    moved = measure_moment(moment, build_leg_path(build_clip(spec)[0].leg, scene, thick), scene, thick).values
    np.testing.assert_allclose(moved - plain, [0, 0, 1.5, 1.5, 0, 1.5 / FOOT_CM], atol=1e-6)
