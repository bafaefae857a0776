from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from app.assessment import moment as moment_module
from app.assessment.leg_path import LegPath, build_leg_path, find_scale
from app.assessment.measurement import AttemptOptions
from app.assessment.moment import MOMENT_NAMES, Moment, measure_moment, take_moment
from app.assessment.scene_solve import SolvedScene, solve_scene
from calibration.propagate import propagate, propagate_by_sampling
from tests.synthetic import FOOT_CM, ClipSpec, LungeSpec, Truth, build_clip

FloatArray = npt.NDArray[np.float64]

FOOT = AttemptOptions(foot_length_cm=FOOT_CM)


@cache
def lay(spec: ClipSpec, options: AttemptOptions) -> tuple[Moment, LegPath, SolvedScene, Truth]:
    """Film one lunge and lay its hold into the plane."""
    sighting, truth = build_clip(spec)
    leg = sighting.leg
    scene = solve_scene(sighting.room, sighting.facts, np.nanmedian(leg.toe, axis=0), options)
    assert scene is not None
    path = build_leg_path(leg, scene, options)
    held = path.shin_deg > np.nanmax(path.shin_deg) - 2.0
    return take_moment(leg, held), path, scene, truth


ONE = (LungeSpec(),)


@pytest.mark.parametrize(
    ("spec", "options"),
    [(ClipSpec(lunges=ONE, yaw_deg=10.0, roll_deg=1.5), AttemptOptions()), (ClipSpec(lunges=ONE, yaw_deg=-8.0, roll_deg=2.0, sheet=False), FOOT)],
    ids=["sheet", "foot"],
)
def test_every_reported_std_is_what_sampling_gives(spec: ClipSpec, options: AttemptOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    """All six numbers of a moment against Monte Carlo over every input: means within a third of a std, stds within 12 %.

    1500 draws know a std to 2 %; what remains is curvature that first order leaves out.
    """
    moment, path, scene, _ = lay(spec, options)
    seen: list[tuple[FloatArray, FloatArray]] = []

    def both(function: object, at: FloatArray, covariance: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        seen.append(propagate_by_sampling(function, at, covariance, samples=1500, seed=5))  # type: ignore[arg-type]
        return propagate(function, at, covariance)  # type: ignore[arg-type]

    monkeypatch.setattr(moment_module, "propagate", both)
    numbers = measure_moment(moment, path, scene, options)
    values, covariance = numbers.values, numbers.covariance
    mean, sampled = seen[0]
    std, sampled_std = np.sqrt(np.diag(covariance)), np.sqrt(np.diag(sampled))
    np.testing.assert_array_less(np.abs(values - mean), 0.34 * std)
    np.testing.assert_allclose(std, sampled_std, rtol=0.12)
    correlation, sampled_correlation = covariance / np.outer(std, std), sampled / np.outer(sampled_std, sampled_std)
    np.testing.assert_allclose(
        correlation, sampled_correlation, atol=0.2
    )  # where yaw is known to 4 deg only, curvature ties toe and knee closer than first order says


@pytest.mark.parametrize("yaw_deg", [-10.0, 0.0, 10.0])
@pytest.mark.parametrize(("sheet", "options"), [(True, AttemptOptions()), (False, FOOT)], ids=["sheet", "foot"])
def test_a_moment_is_within_three_stds_of_the_truth(yaw_deg: float, sheet: bool, options: AttemptOptions) -> None:  # noqa: FBT001 - a parameter of the room
    """Angles, distances and their difference, from straight and oblique cameras."""
    moment, path, scene, truth = lay(ClipSpec(lunges=ONE, yaw_deg=yaw_deg, roll_deg=1.5, sheet=sheet), options)
    numbers = measure_moment(moment, path, scene, options)
    wanted = np.array([truth.shin_deg[0], truth.axis_deg[0], truth.toe_cm[0], truth.gap_cm[0], truth.over_cm[0], truth.toe_cm[0] / FOOT_CM])
    errors = (numbers.values - wanted) / np.sqrt(np.diag(numbers.covariance))
    assert np.abs(errors).max() < 3, dict(zip(MOMENT_NAMES, errors.round(2), strict=True))


def test_the_moment_and_the_curve_agree() -> None:
    """The number of a plateau is what the curves show there: 0.3 deg, 0.2 cm."""
    moment, path, scene, _ = lay(ClipSpec(lunges=ONE, sheet=False), FOOT)
    values = measure_moment(moment, path, scene, FOOT).values
    top = path.shin_deg > np.nanmax(path.shin_deg) - 2.0
    assert values[0] == pytest.approx(float(np.median(path.shin_deg[top])), abs=0.3)
    assert values[1] == pytest.approx(float(np.median(path.axis_deg[top])), abs=0.3)
    assert values[2] == pytest.approx(float(np.median(path.toe_x_cm[top])), abs=0.2)
    assert values[3] == pytest.approx(float(np.median(path.knee_x_cm[top])), abs=0.2)


def test_an_unseen_knee_spoils_only_what_needs_it() -> None:
    """Gap and knee over toe are NaN; angles and distance stay."""
    moment, path, scene, _ = lay(ClipSpec(lunges=ONE, sheet=False), FOOT)
    numbers = measure_moment(replace(moment, knee_front=np.full(2, np.nan)), path, scene, FOOT)
    assert np.isnan(numbers.values[[3, 4]]).all()
    assert np.isfinite(numbers.values[[0, 1, 2, 5]]).all()
    assert np.isfinite(np.diag(numbers.covariance)[[0, 1, 2, 5]]).all()


def test_loose_cloth_widens_the_angle() -> None:
    """A lower leg half as wide again as a bare one makes the outline say less."""
    moment, path, scene, _ = lay(ClipSpec(lunges=ONE, sheet=False), FOOT)
    bare = measure_moment(moment, path, scene, FOOT).covariance
    covered = measure_moment(moment, replace(path, ankle_width_ratio=0.32), scene, FOOT).covariance
    assert covered[0, 0] > 2 * bare[0, 0]
    assert covered[2, 2] == pytest.approx(bare[2, 2], rel=0.02)


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
    scene = solve_scene(sighting.room, sighting.facts, np.nanmedian(sighting.leg.toe, axis=0), replace(FOOT, scale="foot"))
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
