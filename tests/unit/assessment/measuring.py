"""Films and measures for the tests beside it, and holds numbers against the geometry that was filmed."""

from __future__ import annotations

from functools import cache

from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.pipeline import compute_measurement
from calibration.quantity import Quantity
from tests.synthetic import FOOT_CM, ClipSpec, Truth, build_clip

FOOT = AttemptOptions(foot_length_cm=FOOT_CM)
TYPED = ClipSpec(sheet=False)
"""Without a sheet: the typed foot gives the scale, the corner line the wall."""


@cache
def measure(spec: ClipSpec, options: AttemptOptions = FOOT) -> tuple[Measurement, Truth]:
    """Film and measure, once for each clip."""
    sighting, truth = build_clip(spec)
    return compute_measurement("clip.mp4", sighting, options, code_version="test"), truth


def codes(measurement: Measurement) -> list[str]:
    """Codes of the findings."""
    return [finding.code for finding in measurement.findings]


def verdicts(measurement: Measurement) -> list[str]:
    """Verdict of each lunge, in order."""
    return [repetition.verdict for repetition in measurement.repetitions]


def assert_true(quantity: Quantity | None, truth: float) -> None:
    """Within three standard uncertainties of the truth, and not by claiming to know nothing."""
    assert quantity is not None
    assert abs(quantity.value - truth) < 3 * quantity.std
    assert quantity.half_width95() < (5.0 if quantity.unit == "deg" else 2.0)


def assert_headline(measurement: Measurement, truth: Truth, scored: int) -> None:
    """All headline numbers against the geometry of one of the scored lunges."""
    assert_true(measurement.shin_angle_deg, truth.shin_deg[scored])
    assert_true(measurement.axis_angle_deg, truth.axis_deg[scored])
    assert_true(measurement.toe_to_wall_cm, truth.toe_cm[scored])
    assert_true(measurement.knee_over_toe_cm, truth.over_cm[scored])
    assert_true(measurement.toe_to_wall_foot_lengths, truth.toe_cm[scored] / FOOT_CM)
