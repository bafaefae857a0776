from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from app.assessment.measurement import Contribution, Finding, Measurement, Scale
from app.rendering.measurement_dict import build_measurement_dict, build_measurements_dict, dump_json, parse_measurement
from calibration.quantity import Quantity
from tests.synthetic_measurements import make_measurement, make_rejected, make_without_distance, make_without_scale

DOCS = Path(__file__).parents[3] / "docs"
CASES = {
    "measured": make_measurement(),
    "lower bound": make_measurement("right", limit="lower_bound"),
    "rejected": make_rejected(),
    "no scale": make_without_scale(),
    "no distance": make_without_distance(),
    "learnt foot": make_measurement(scale=Scale("sheet", 0.21, 0.012), learnt_foot_length_cm=Quantity(26.41, 0.42, "cm")),
    "budget": make_measurement(budget={"shin_angle_deg": (Contribution("camera", None, "", 0.9), Contribution("outline", 0.3, "cm", -0.4))}),
    "bare": make_measurement(series=None, evidence=None, repetitions=()),
}


def open_validator(name: str) -> Draft202012Validator:
    """Return the validator of one schema in docs, which may refer to the others."""
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(DOCS.glob("*.schema.json"))]
    registry: Registry[Any] = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)
    wanted = next(schema for schema in schemas if schema["title"] == name)
    Draft202012Validator.check_schema(wanted)
    return Draft202012Validator(wanted, registry=registry)


@pytest.mark.parametrize("case", CASES)
def test_measurement_fits_its_schema(case: str) -> None:
    """Every kind of measurement is valid against docs/measurement.schema.json after a trip through strict JSON."""
    written = dump_json(build_measurement_dict(CASES[case]))
    open_validator("kneewall.measurement/1").validate(json.loads(written))
    assert "NaN" not in written
    assert "Infinity" not in written


def test_two_attempts_fit_their_schema() -> None:
    """Both legs of one clip are valid against docs/measurements.schema.json."""
    d = build_measurements_dict([make_measurement("left"), make_measurement("right")])
    open_validator("kneewall.measurements/1").validate(d)
    assert [attempt["side"] for attempt in d["attempts"]] == ["left", "right"]


@pytest.mark.parametrize("case", CASES)
def test_reading_back_and_writing_again_gives_the_same_bytes(case: str) -> None:
    """A stored measurement loses nothing when it is read back."""
    first = dump_json(build_measurement_dict(CASES[case]))
    assert dump_json(build_measurement_dict(parse_measurement(json.loads(first)))) == first


def test_missing_samples_become_null() -> None:
    """NaN in a curve is null in JSON and NaN again when read back."""
    measurement = make_measurement()
    d = build_measurement_dict(measurement)
    assert d["series"]["shin_angle_deg"][10] is None
    series = parse_measurement(d).series
    assert series is not None
    assert math.isnan(series.shin_angle_deg[10])
    assert series.shin_angle_deg.shape == series.t_s.shape
    assert series.shin_angle_deg.dtype == np.float64


def test_a_measurement_stored_before_feet_were_learnt_is_read() -> None:
    """Records of an earlier version lack the key: nothing was learnt."""
    d = build_measurement_dict(CASES["learnt foot"])
    assert d.pop("learnt_foot_length_cm") == {"value": 26.41, "std": 0.42}
    assert parse_measurement(d).learnt_foot_length_cm is None


def test_a_measurement_stored_before_budgets_were_kept_is_read() -> None:
    """Records of an earlier version lack the key: nothing is known about what their plus-minus is made of."""
    d = build_measurement_dict(CASES["budget"])
    assert d.pop("budget")["shin_angle_deg"][1] == {"source": "outline", "known_to": 0.3, "unit": "cm", "effect": -0.4}
    assert dict(parse_measurement(d).budget) == {}


def test_tiny_uncertainty_is_not_rounded_to_zero() -> None:
    """A standard uncertainty stays positive, so that reading back does not fail."""
    d = build_measurement_dict(make_measurement(toe_to_wall_cm=Quantity(12.4, 1e-9, "cm")))
    assert d["toe_to_wall_cm"]["std"] > 0
    assert parse_measurement(d).toe_to_wall_cm is not None


def test_noise_below_the_last_decimal_does_not_change_the_bytes() -> None:
    """Numbers that differ by floating-point noise are written alike, and minus zero as zero."""
    a, b = make_measurement(toe_cm=12.4), make_measurement(toe_cm=12.4 + 1e-12)
    assert dump_json(build_measurement_dict(a)) == dump_json(build_measurement_dict(b))
    d = build_measurement_dict(make_measurement(findings=(Finding("x", "info", "x", -0.0),)))
    assert str(d["findings"][0]["value"]) == "0.0"


def test_every_key_is_there_for_a_rejected_clip() -> None:
    """A rejected clip has the same keys, in the same order, as a measured one."""
    assert list(build_measurement_dict(make_rejected())) == list(build_measurement_dict(make_measurement()))


def test_infinite_finding_value_is_null() -> None:
    """What is not a finite number never reaches the JSON."""
    measurement: Measurement = replace(make_measurement(), findings=(Finding("x", "info", "x", math.inf),))
    assert build_measurement_dict(measurement)["findings"][0]["value"] is None
