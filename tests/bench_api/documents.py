"""Documents of the size that the engine's have, written once and then only headed anew: what is stored beside the numbers that lists and trends read."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from app.assessment.measurement import Contribution
from app.assessment.report import build_report
from app.rendering.measurement_dict import build_measurement_dict
from app.rendering.report_dict import build_report_dict
from tests.synthetic_measurements import make_measurement, make_repetition, make_series

_LUNGES = 4
_BUDGETED = ("shin_angle_deg", "axis_angle_deg", "toe_to_wall_cm", "knee_over_toe_cm", "toe_to_wall_foot_lengths", "heel_lift_cm")
_SOURCES = 16
"""Budgets of the sample clips have so many entries."""


@dataclass(frozen=True, slots=True)
class Documents:
    """One measurement and one report as text, headless: `head` gives each its own beginning."""

    measurement: str
    report: str
    about: dict[str, Any]


def make_documents() -> Documents:
    """Write what a clip of four lunges comes to: some 18 kB, and twice that for a report."""
    repetitions = tuple(make_repetition(number) for number in range(1, _LUNGES + 1))
    budget = {name: tuple(Contribution(f"source_{n}", 0.32923, "cm", 0.41843 / (n + 1)) for n in range(_SOURCES)) for name in _BUDGETED}
    legs = [replace(make_measurement(side), repetitions=repetitions, series=make_series(repetitions), budget=budget) for side in ("left", "right")]
    measurement = build_measurement_dict(legs[0])
    about = {"schema": measurement["schema"], "scale": measurement["scale"], "provenance": measurement["provenance"]}
    return Documents(measurement=json.dumps(measurement), report=json.dumps(build_report_dict(build_report(*legs))), about=about)


def head(text: str, **beginning: object) -> str:
    """Put own words at the beginning of a document, so that no two rows are alike."""
    return f"{json.dumps(beginning)[:-1]}, {text[1:]}"
