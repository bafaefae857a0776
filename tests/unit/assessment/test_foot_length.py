from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from app.assessment.foot_length import (
    FEET_DIFFER_STD_CM,
    SeenLength,
    build_length_model,
    combine_foot_lengths,
    judge_print,
    learn_foot_length,
    measure_foot_length,
)
from app.assessment.leg_path import build_leg_path
from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.pipeline import compute_measurement
from app.assessment.scene_solve import solve_scenes
from app.rendering.advice import ADVICE
from calibration.propagate import propagate_by_sampling
from calibration.quantity import Quantity
from tests.synthetic import FOOT_CM, ClipSpec, LungeSpec, Truth, build_clip

SHEET = ClipSpec(lunges=(LungeSpec(), LungeSpec()), yaw_deg=4.0)
UNTYPED = AttemptOptions()


@cache
def measure(spec: ClipSpec = SHEET, options: AttemptOptions = UNTYPED) -> tuple[Measurement, Truth]:
    """Film and measure, once for each clip."""
    sighting, truth = build_clip(spec)
    return compute_measurement("clip.mp4", sighting, options, code_version="test"), truth


def prints(measurement: Measurement) -> list[float | None]:
    """Values of the findings about the print."""
    return [finding.value for finding in measurement.findings if finding.code == "print_scale"]


def cm(value: float, std: float) -> Quantity:
    """Return a length."""
    return Quantity(value, std, "cm")


@pytest.mark.parametrize("spec", [SHEET, replace(SHEET, yaw_deg=-8.0, heading=-0.2, seed=3), replace(SHEET, camera_x_cm=35.0, heading=0.05, seed=4)])
def test_the_foot_is_as_long_as_it_is(spec: ClipSpec) -> None:
    """Heel to toe along the foot, also of a turned one: within two standard uncertainties, of at most 1 cm."""
    learnt = measure(spec)[0].learnt_foot_length_cm
    assert learnt is not None
    assert abs(learnt.value - FOOT_CM) < 2 * learnt.std
    assert learnt.std < 1.0


@pytest.mark.parametrize("spec", [SHEET, replace(SHEET, yaw_deg=-8.0, heading=-0.2, camera_x_cm=35.0, seed=3)])
def test_the_plus_minus_is_what_sampling_gives(spec: ClipSpec) -> None:
    """Monte Carlo over the same inputs: the standard uncertainty within 10 %, the mean within a fifth of it."""
    sighting, _ = build_clip(spec)
    scene = solve_scenes(sighting.room, sighting.facts, np.nanmedian(sighting.leg.toe, axis=0), UNTYPED)[0]
    assert scene is not None
    path = build_leg_path(sighting.leg, scene, UNTYPED)
    learnt = measure_foot_length(sighting.leg, path, scene, shod=False)
    mean, covariance = propagate_by_sampling(*build_length_model(sighting.leg, path, scene, shod=False), samples=4000, seed=5)
    assert learnt is not None
    assert learnt.std == pytest.approx(float(np.sqrt(covariance.item())), rel=0.10)
    assert abs(float(mean[0]) - learnt.value) < 0.2 * learnt.std


def test_without_the_sheet_nothing_is_learnt() -> None:
    """A typed length, or none, teaches nothing; neither does a sheet that was told to be left aside."""
    typed = AttemptOptions(foot_length_cm=FOOT_CM)
    assert measure(replace(SHEET, sheet=False), typed)[0].learnt_foot_length_cm is None
    assert measure(replace(SHEET, sheet=False))[0].learnt_foot_length_cm is None
    assert measure(SHEET, replace(typed, scale="foot"))[0].learnt_foot_length_cm is None


def test_a_learnt_length_scales_the_next_clip() -> None:
    """Typed in for a clip without the sheet it gives the true distance."""
    learnt = measure()[0].learnt_foot_length_cm
    assert learnt is not None
    measurement, truth = measure(replace(SHEET, sheet=False, seed=7), AttemptOptions(foot_length_cm=round(learnt.value, 1)))
    assert measurement.toe_to_wall_cm is not None
    assert abs(measurement.toe_to_wall_cm.value - truth.toe_cm[0]) < 2 * measurement.toe_to_wall_cm.std


def test_a_print_at_97_percent_is_put_right_by_its_ruler() -> None:
    """Untold, foot and distance come out 3 % long; with ruler and margin typed in they are true, and the reader is told."""
    small = replace(SHEET, ruler_mm=97.0, margin_mm=19.0, seed=11)
    untold, truth = measure(small)
    told, _ = measure(small, AttemptOptions(sheet_ruler_mm=97.0, sheet_margin_mm=19.0))
    plain, _ = measure(replace(SHEET, seed=11))
    assert untold.learnt_foot_length_cm is not None
    assert told.learnt_foot_length_cm is not None
    assert plain.learnt_foot_length_cm is not None
    assert untold.learnt_foot_length_cm.value / plain.learnt_foot_length_cm.value == pytest.approx(1 / 0.97, rel=0.006)
    assert told.learnt_foot_length_cm.value == pytest.approx(plain.learnt_foot_length_cm.value, rel=0.006)
    assert told.toe_to_wall_cm is not None
    assert plain.toe_to_wall_cm is not None
    assert told.toe_to_wall_cm.value == pytest.approx(plain.toe_to_wall_cm.value, abs=0.15)  # cm
    assert abs(told.toe_to_wall_cm.value - truth.toe_cm[0]) < 2 * told.toe_to_wall_cm.std
    assert prints(told) == [-0.03]
    assert prints(untold) == []
    assert told.provenance.parameters["sheet_ruler_mm"] == 97.0


def test_what_was_measured_on_paper_narrows_the_scale() -> None:
    """A ruler and a margin read as they should be make scale and wall surer, and say nothing."""
    plain, checked = measure()[0], measure(SHEET, AttemptOptions(sheet_ruler_mm=100.0, sheet_margin_mm=15.0))[0]
    assert plain.scale.relative_std is not None
    assert checked.scale.relative_std is not None
    assert checked.scale.relative_std < plain.scale.relative_std
    assert plain.toe_to_wall_cm is not None
    assert checked.toe_to_wall_cm is not None
    assert checked.toe_to_wall_cm.std < plain.toe_to_wall_cm.std
    assert checked.toe_to_wall_cm.value == pytest.approx(plain.toe_to_wall_cm.value, abs=0.01)
    assert prints(checked) == []


def test_a_small_print_without_its_margin_costs_certainty() -> None:
    """Then nobody knows where the squares begin: the distance is less sure, and the finding says why."""
    small = replace(SHEET, ruler_mm=97.0, margin_mm=19.0, seed=11)
    both = measure(small, AttemptOptions(sheet_ruler_mm=97.0, sheet_margin_mm=19.0))[0]
    ruler, truth = measure(small, AttemptOptions(sheet_ruler_mm=97.0))
    assert both.toe_to_wall_cm is not None
    assert ruler.toe_to_wall_cm is not None
    assert ruler.toe_to_wall_cm.std > both.toe_to_wall_cm.std
    assert abs(ruler.toe_to_wall_cm.value - truth.toe_cm[0]) < 2 * ruler.toe_to_wall_cm.std
    assert "margin was not typed in" in next(f.message for f in ruler.findings if f.code == "print_scale")


@pytest.mark.parametrize(("typed", "speaks"), [(FOOT_CM, False), (FOOT_CM - 0.8, False), (FOOT_CM + 4.0, True), (FOOT_CM - 4.0, True)])
def test_a_typed_foot_that_the_sheet_contradicts_is_told(typed: float, speaks: bool) -> None:  # noqa: FBT001 - a parameter
    """Eight millimetres may be both their errors; four centimetres are not: the sheet is used, and the finding says what to do."""
    measurement, truth = measure(SHEET, AttemptOptions(foot_length_cm=typed))
    assert measurement.scale.source == "sheet"
    assert measurement.toe_to_wall_cm is not None
    assert abs(measurement.toe_to_wall_cm.value - truth.toe_cm[0]) < 2 * measurement.toe_to_wall_cm.std
    assert bool(prints(measurement)) == speaks
    if speaks:
        message = next(f.message for f in measurement.findings if f.code == "print_scale")
        assert f"{typed:.1f} cm" in message
        assert "The sheet was used" in message
        assert "measure the foot" in ADVICE["print_scale"]


def test_typed_and_seen_are_held_together_by_their_joint_uncertainty() -> None:
    """Two centimetres speak when the sheet says it to 0.4 cm, and not when it says it to 1 cm; a sheet that was not used says nothing."""
    typed = AttemptOptions(foot_length_cm=26.0)
    assert [f.value for f in judge_print(cm(24.0, 0.4), typed, uses_sheet=True)] == [-2.0]
    assert judge_print(cm(24.0, 1.0), typed, uses_sheet=True) == ()
    assert judge_print(None, replace(typed, sheet_ruler_mm=95.0), uses_sheet=False) == ()


@pytest.mark.parametrize(("ruler", "speaks"), [(99.2, False), (100.9, False), (98.5, True), (101.5, True)])
def test_a_ruler_speaks_beyond_one_percent(ruler: float, speaks: bool) -> None:  # noqa: FBT001 - a parameter
    """Printers keep scale within half a per cent."""
    assert bool(judge_print(None, AttemptOptions(sheet_ruler_mm=ruler), uses_sheet=True)) == speaks


def test_several_lengths_are_weighed_by_their_precision() -> None:
    """The surer one counts more, in inverse proportion to the variances; one alone stays as it is, none is none."""
    combined = combine_foot_lengths([SeenLength(cm(26.0, 0.3)), SeenLength(cm(27.0, 0.6))])
    assert combined is not None
    assert combined.value == pytest.approx((26.0 / 0.09 + 27.0 / 0.36) / (1 / 0.09 + 1 / 0.36))
    assert combine_foot_lengths([SeenLength(cm(26.0, 0.4), 0.2)]) == cm(26.0, 0.4)
    assert combine_foot_lengths([]) is None


def test_many_clips_never_claim_to_know_more_than_they_share() -> None:
    """Ten equal ones narrow the uncertainty, but not below what is common to all of them."""
    one, ten = 0.8, combine_foot_lengths([SeenLength(cm(26.0, 0.8))] * 10)
    assert ten is not None
    assert one * np.sqrt(0.5) < ten.std < one


def test_lengths_that_disagree_widen_the_result() -> None:
    """Two clips that are 3 cm apart, each sure to 0.3 cm: the combination is less sure than either."""
    combined = combine_foot_lengths([SeenLength(cm(25.0, 0.3)), SeenLength(cm(28.0, 0.3))])
    assert combined is not None
    assert combined.value == pytest.approx(26.5)
    assert combined.std > 1.0


def draw_clips(spec: list[tuple[int, float, float]], *, draws: int, seed: int) -> np.ndarray:
    """Draw what clips would show of feet of 26 cm: (foot, std, print std) of each clip; (draws, clips) cm."""
    rng = np.random.default_rng(seed)
    printed, habit = rng.normal(size=(draws, 1)), rng.normal(size=(draws, 1))
    prints = np.array([print_std for _, _, print_std in spec])
    rest = np.sqrt(np.array([std**2 for _, std, _ in spec]) - prints**2)
    apart = rng.normal(0.0, FEET_DIFFER_STD_CM, size=(draws, 1)) * np.array([1.0 if foot == 0 else -1.0 for foot, _, _ in spec])
    own = rng.normal(size=(draws, len(spec)))
    return 26.0 + apart + printed * prints + (habit * rest + own * rest) * np.sqrt(0.5)


@pytest.mark.parametrize(
    "spec",
    [
        [(0, 0.40, 0.21)],
        [(0, 0.40, 0.21)] * 8,
        [(0, 0.30, 0.21), (0, 0.60, 0.21), (0, 0.90, 0.25)],
        [(0, 0.40, 0.21)] * 3 + [(1, 0.50, 0.21)] * 3,
    ],
)
def test_the_std_of_a_learnt_length_is_what_sampling_gives(spec: list[tuple[int, float, float]]) -> None:
    """Monte Carlo of clips with a common print and a common habit: never less than the scatter about either true foot, and at most a seventh more."""
    drawn = draw_clips(spec, draws=20_000, seed=8)
    one_foot = len({foot for foot, _, _ in spec}) == 1
    stds = []
    errors = []
    for clips in drawn[:4000]:
        seen = {str(foot): [SeenLength(cm(float(v), std), p) for v, (own, std, p) in zip(clips, spec, strict=True) if own == foot] for foot in (0, 1)}
        learnt = learn_foot_length(seen)
        assert learnt is not None
        stds.append(learnt.std)
        errors.append(learnt.value - 26.0)
    # of one foot the mean of both is off by what the feet differ; of two the mean is that of both, and each foot differs from it
    scatter = float(np.std(errors)) if one_foot else float(np.hypot(np.std(errors), FEET_DIFFER_STD_CM))
    assert scatter < 1.02 * float(np.sqrt(np.mean(np.square(stds)))) < 1.17 * scatter


def test_a_common_print_does_not_average_away() -> None:
    """Fifty clips with one print: the length is not surer than the print is."""
    learnt = combine_foot_lengths([SeenLength(cm(26.0, 0.3), 0.25)] * 50)
    assert learnt is not None
    assert 0.25 < learnt.std < 0.29


def test_a_learnt_length_is_as_sure_as_it_was_learnt() -> None:
    """Handed over with its standard uncertainty it scales a clip by that, and not by what people type within; a sheet is held against it, in its own words."""
    surer, typed = (measure(replace(SHEET, sheet=False, seed=7), AttemptOptions(foot_length_cm=FOOT_CM, foot_length_std_cm=std))[0] for std in (0.2, None))
    assert surer.scale.relative_std == pytest.approx(0.2 / FOOT_CM)
    assert surer.toe_to_wall_cm is not None
    assert typed.toe_to_wall_cm is not None
    assert surer.toe_to_wall_cm.std < typed.toe_to_wall_cm.std
    assert surer.provenance.parameters["foot_length_std_cm"] == 0.2
    assert "foot_length_std_cm" not in typed.provenance.parameters
    told = judge_print(cm(24.0, 0.3), AttemptOptions(foot_length_cm=26.0, foot_length_std_cm=0.2), uses_sheet=True)
    assert "learnt before were 26.0 cm" in told[0].message
