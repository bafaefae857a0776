from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from app.assessment import moment as moment_module
from app.assessment.measurement import AttemptOptions
from app.assessment.moment import KNEE_CLOTH_CM, MOMENT_NAMES, SOURCES, Numbers, measure_moment
from calibration.propagate import propagate, propagate_by_sampling
from tests.synthetic import FOOT_CM, ClipSpec
from tests.unit.assessment.laying import FOOT, ONE, lay

FloatArray = npt.NDArray[np.float64]

SHEET = ClipSpec(lunges=ONE, yaw_deg=10.0, roll_deg=1.5)
BARE = ClipSpec(lunges=ONE, yaw_deg=-8.0, roll_deg=2.0, sheet=False)


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


def effect(numbers: Numbers, source: str) -> FloatArray:
    """Return the standard uncertainty (6,) that one source adds to each number; none from what is known for certain."""
    return np.asarray(np.sqrt(np.square(numbers.parts[source].effects).sum(axis=1))) if source in numbers.parts else np.zeros(6)


@pytest.mark.parametrize(("spec", "options"), [(SHEET, AttemptOptions()), (BARE, FOOT)], ids=["sheet", "foot"])
@pytest.mark.parametrize("width", [0.21, 0.32], ids=["bare", "covered"])
def test_the_parts_of_a_budget_add_up_to_its_covariance(spec: ClipSpec, options: AttemptOptions, width: float) -> None:
    """Variances and covariances alike: no source is left out and none counts twice."""
    moment, path, scene, _ = lay(spec, options)
    numbers = measure_moment(moment, replace(path, ankle_width_ratio=width), scene, options)
    total = sum(part.effects @ part.effects.T for part in numbers.parts.values())
    np.testing.assert_allclose(total, numbers.covariance, rtol=1e-6, atol=1e-9)
    assert set(numbers.parts) <= set(SOURCES)
    assert ("shin_cloth" in numbers.parts) == ("cloth" in numbers.parts) == (width > 0.3)
    assert ("sheet" in numbers.parts) == ("corners" in numbers.parts) == spec.sheet


def test_each_source_moves_what_it_can_move() -> None:
    """By the foot: its length no angle, joints no distance, the sheet nothing; outline and its offset only angles, the toe's depth only distances."""
    moment, path, scene, _ = lay(BARE, FOOT)
    numbers = measure_moment(moment, path, scene, FOOT)
    angles, distances = [0, 1], [2, 3, 4, 5]
    for source, still in (
        ("scale", angles),
        ("knee_joint", distances),
        ("ankle_joint", distances),
        ("outline", distances),
        ("offset", distances),
        ("frames", distances),
        ("knee", [2, 5]),
        ("sheet", angles + distances),
    ):
        np.testing.assert_allclose(effect(numbers, source)[still], 0.0, atol=1e-9, err_msg=source)
    assert effect(numbers, "scale")[5] < 1e-9  # a foot longer than typed makes as many foot lengths
    assert effect(numbers, "offset")[1] > effect(numbers, "offset")[0] > 0
    assert effect(numbers, "scale")[2] == pytest.approx(abs(numbers.values[2]) * 0.4 / FOOT_CM, rel=0.02)


def test_by_the_sheet_its_place_is_the_distances_and_no_difference() -> None:
    """Toe and knee move together by a millimetre and a half; how far the knee passes the toe does not change."""
    moment, path, scene, _ = lay(SHEET, AttemptOptions())
    sheet = effect(measure_moment(moment, path, scene, AttemptOptions()), "sheet")
    np.testing.assert_allclose(sheet[[2, 3]], scene.layout.shift_std_mm / 10.0, rtol=1e-6)
    np.testing.assert_allclose(sheet[[0, 1, 4]], 0.0, atol=1e-9)


def test_the_knee_under_loose_cloth_lies_behind_it() -> None:
    """By the thickness of what hangs there, and by as much less surely; nothing but the knee moves."""
    moment, path, scene, _ = lay(BARE, FOOT)
    bare, covered = (measure_moment(moment, replace(path, ankle_width_ratio=width), scene, FOOT) for width in (0.21, 0.32))
    np.testing.assert_allclose((covered.values - bare.values)[2:], [0.0, KNEE_CLOTH_CM, -KNEE_CLOTH_CM, 0.0], atol=1e-9)
    assert covered.covariance[3, 3] > bare.covariance[3, 3] + 0.05
