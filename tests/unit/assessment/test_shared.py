from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from app.assessment.asymmetry import compute_difference
from app.assessment.budget import LUNGES, Part, compute_budget
from app.assessment.measurement import Contribution, Measurement, Scale, Side
from app.assessment.moment import _GROUPS, CAMERA, SOURCES
from app.assessment.shared import SHARED, find_correlation
from calibration.propagate import propagate
from calibration.quantity import Quantity
from tests.synthetic_measurements import make_measurement, make_provenance, make_repetition

ROWS = ("shin_angle_deg", "axis_angle_deg", "toe_to_wall_cm")
STDS = {"lens": 0.06, "scale": 0.015, "offset": 1.7, "outline": 0.33, "knee_joint": 0.9, "ankle_joint": 0.9, "toe": 1.1, "knee_depth": 2.2}
UNITS = {"lens": "%", "scale": "%", "offset": "deg", "toe": "px"}


@dataclass(frozen=True, slots=True)
class ToyLeg:
    """A leg before a pinhole: bearing from straight ahead, toe in pixels from the wall, lean of the outline in degrees."""

    side: Side
    toe_px: float
    lean_deg: float
    bearing_deg: float

    def evaluate(self, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Shin, axis and distance for these errors of the inputs: not linear in them."""
        e = dict(zip(STDS, x, strict=True))
        bearing = math.radians(self.bearing_deg) * (1 + e["lens"])
        shin = self.lean_deg + math.degrees(math.atan((e["outline"] + e["knee_depth"] * math.sin(bearing)) / 26.0))
        joints = self.lean_deg - 2.5 + math.degrees(math.atan((e["knee_joint"] - e["ankle_joint"]) / 39.0))
        cm = 0.22 * (self.toe_px + e["toe"]) * (1 + e["scale"]) + 6.0 * (math.tan(bearing) - math.tan(math.radians(self.bearing_deg)))
        return np.array([shin, 0.5 * joints + 0.5 * (shin - 2.5 - e["offset"]), cm])

    def measure(self) -> Measurement:
        """Measure with a budget from the product's own propagation."""
        stds = np.array(list(STDS.values()))
        values, covariance, jacobian = propagate(self.evaluate, np.zeros(len(STDS)), np.diag(stds**2))
        units = {name: UNITS.get(name, "cm") for name in STDS}
        parts = {n: Part(STDS[n] * (100.0 if units[n] == "%" else 1.0), units[n], jacobian[:, [k]] * stds[k]) for k, n in enumerate(STDS)}
        numbers = {n: Quantity(float(values[k]), float(np.sqrt(covariance[k, k])), "cm" if n.endswith("_cm") else "deg") for k, n in enumerate(ROWS)}
        budget = {n: compute_budget([parts], k, unit="") for k, n in enumerate(ROWS)}
        return make_measurement(self.side, repetitions=(), budget=budget, scale=Scale("foot_length", 0.22, 0.015, 0.015), **numbers)


@pytest.mark.parametrize("bearings_deg", [(12.0, 12.0), (12.0, -12.0), (0.0, 20.0)])
def test_difference_agrees_with_simulation(bearings_deg: tuple[float, float]) -> None:
    """The std of every difference is that of 40 000 simulated pairs of clips whose errors go together as `SHARED` says, within 3 %.

    3 % is four standard errors of a simulated std (0.7 % each) on top of what the propagation's straight lines leave out.
    """
    left, right = ToyLeg("left", 56.0, 41.0, bearings_deg[0]), ToyLeg("right", 38.0, 35.0, bearings_deg[1])
    measured = left.measure(), right.measure()
    rng = np.random.default_rng(5)
    draws = []
    for name, std in STDS.items():
        known = Contribution(name, 100.0 * std, "%", 1.0)
        r = find_correlation(*measured, known, known)
        draws.append(rng.multivariate_normal([0, 0], std**2 * np.array([[1, r], [r, 1]]), size=40_000))
    inputs = np.array(draws)
    simulated = np.array([left.evaluate(inputs[:, i, 0]) - right.evaluate(inputs[:, i, 1]) for i in range(inputs.shape[1])]).std(axis=0)
    differences = [compute_difference(*measured, name) for name in ROWS]
    assert [d.std for d in differences if d is not None] == pytest.approx(simulated, rel=0.03)


def with_budget(side: Side, *contributions: Contribution, std_cm: float = 0.5, **changes: object) -> Measurement:
    """Return a measurement whose distance owes its uncertainty to these."""
    return make_measurement(side, repetitions=(), budget={"toe_to_wall_cm": contributions}, std_cm=std_cm, **changes)


def std_of(left: Measurement, right: Measurement) -> float:
    """Return the std of the difference of distances."""
    difference = compute_difference(left, right, "toe_to_wall_cm")
    assert difference is not None
    return difference.std


def test_one_typed_length_costs_its_share_of_the_difference_only() -> None:
    """Distances of 12 and 8 cm by one length good to 1.5 %: 0.06 cm, not sqrt(0.18^2 + 0.12^2)."""
    left, right = with_budget("left", Contribution("scale", 1.5, "%", 0.18)), with_budget("right", Contribution("scale", 1.5, "%", 0.12))
    assert std_of(left, right) == pytest.approx(0.06)


@pytest.mark.parametrize(
    "changes", [{"scale": Scale("sheet", 0.2, 0.008)}, {"provenance": make_provenance(foot_length_cm=27.5)}, {"scale": Scale("height", 0.2, 0.04)}]
)
def test_another_length_is_not_shared(changes: dict[str, object]) -> None:
    """A sheet on one side, or another typed value: both whole."""
    left, right = with_budget("left", Contribution("scale", 1.5, "%", 0.18)), with_budget("right", Contribution("scale", 1.5, "%", 0.12), **changes)
    assert std_of(left, right) == pytest.approx(math.hypot(0.18, 0.12))


def test_one_print_of_the_sheet_is_shared_unless_its_rulers_differ() -> None:
    """One sheet carried over shares its print scale; two that were measured apart do not."""
    effect, sheet = Contribution("scale", 0.5, "%", 0.06), Scale("sheet", 0.2, 0.008)
    left, right = (with_budget(side, effect, Contribution("toe", 1.0, "px", 0.1), scale=sheet) for side in ("left", "right"))
    assert std_of(left, right) == pytest.approx(0.1 * math.sqrt(2))
    other = with_budget("right", effect, Contribution("toe", 1.0, "px", 0.1), scale=sheet, provenance=make_provenance(sheet_ruler_mm=97.0))
    assert std_of(left, other) == pytest.approx(math.hypot(0.1, 0.06) * math.sqrt(2))


def test_what_pulls_apart_adds_up() -> None:
    """One lens, seen from the two sides of straight ahead: what cancels with equal signs adds with opposite ones."""
    alike = std_of(with_budget("left", Contribution("lens", 9.0, "%", 0.3)), with_budget("right", Contribution("lens", 9.0, "%", 0.3)))
    apart = std_of(with_budget("left", Contribution("lens", 9.0, "%", 0.3)), with_budget("right", Contribution("lens", 9.0, "%", -0.3)))
    assert alike == pytest.approx(0.0, abs=1e-5)
    assert apart == pytest.approx(0.6)


def test_a_lens_that_the_picture_tells_is_hardly_shared() -> None:
    """Known to a third of the prior in both clips, a ninth of the variance is common: 2 x 0.3^2 x (1 - 1/9)."""
    left, right = (with_budget(side, Contribution("lens", 3.0, "%", 0.3)) for side in ("left", "right"))
    assert std_of(left, right) == pytest.approx(math.sqrt(2 * 0.09 * (1 - 1 / 9)))


@pytest.mark.parametrize("source", ["camera", "toe", "knee_depth", "sheet", "touch", "shin_cloth"])
def test_what_is_made_anew_for_each_leg_does_not_cancel(source: str) -> None:
    """Camera, edges, depths, the sheet's place, the touch and cloth are not the same in two clips."""
    left, right = (with_budget(side, Contribution(source, 1.0, "cm", 0.3)) for side in ("left", "right"))
    assert std_of(left, right) == pytest.approx(0.3 * math.sqrt(2))


def test_scatter_between_lunges_is_counted_once() -> None:
    """Lunges 1 cm apart on both sides: the pooled scatter replaces what each side has counted for itself."""
    repetitions = tuple(make_repetition(number, toe_cm=value) for number, value in ((1, 11.0), (2, 12.0), (3, 13.0)))
    budget = {"toe_to_wall_cm": (Contribution(LUNGES, 1.0, "cm", 3**-0.5), Contribution("toe", 1.0, "px", 0.2))}
    left, right = (make_measurement(side, toe_cm=12.0, repetitions=repetitions, budget=budget) for side in ("left", "right"))
    assert std_of(left, right) == pytest.approx(math.sqrt(2 * 0.2**2 + 2 / 3))


def test_nothing_that_is_shared_is_a_group() -> None:
    """Only a single input has a sign, and without signs nothing may cancel; every correlation is one, with its reason."""
    assert set(SHARED) <= set(SOURCES) - set(_GROUPS) - {CAMERA}
    assert all(0 < shared.correlation <= 1 and shared.reason for shared in SHARED.values())
