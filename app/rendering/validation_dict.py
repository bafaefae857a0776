"""A validation as a plain dict of the schema kneewall.validation/1."""

from __future__ import annotations

from typing import Any

from app.assessment.agreement import LEAST_FOR_ICC, Agreement
from app.assessment.readings import REFERENCES, ReferenceKind
from app.rendering.checks_dict import build_repeatability_dict
from app.rendering.measurement_dict import round_number
from app.rendering.numbers import UNITS, format_value
from app.usecases.validating import KindReport, Validation
from app.usecases.validation_rows import CameraNumbers, Row

VALIDATION_SCHEMA = "kneewall.validation/1"
LEAST_INDEPENDENT = 10
"""With fewer the interval of a limit of agreement is wider than 1.24 standard deviations to each side."""
FIGURES = (
    *("bias", "bias_half_width", "sd", "low", "high", "limits_half_width", "median", "p90", "worst"),
    *("slope", "intercept", "slope_of_equals", "coverage", "icc"),
)
REFERENCE_NAMES: dict[ReferenceKind, str] = {"tape_cm": "tape", "inclinometer_deg": "inclinometer", "board_deg": "board"}


def build_validation_dict(validation: Validation) -> dict[str, Any]:
    """Build the dict: agreement by kind of reference, repeatability by headline number, and every row with its differences."""
    return {
        "schema": VALIDATION_SCHEMA,
        "agreement": {kind: _build_agreement_dict(kind, report) for kind, report in validation.kinds.items()},
        "repeatability": {key: build_repeatability_dict(key, one) for key, one in validation.repeatability.items()},
        "uncounted": validation.uncounted,
        "rows": [_build_row_dict(row, camera) for row, camera in validation.rows],
    }


def _build_agreement_dict(kind: ReferenceKind, report: KindReport) -> dict[str, Any]:
    a, params = report.agreement, REFERENCES[kind]
    head = {"unit": params.unit, "reference_sem": params.sem, "held_against": params.key, "n": a.n, "independent": a.independent, "told": a.told}
    figures = {name: round_number(getattr(a, name)) for name in FIGURES}
    return head | {"without_number": report.without_number} | figures | {"words": describe_agreement(kind, report)}


def describe_agreement(kind: ReferenceKind, report: KindReport) -> list[str]:
    """Say what the figures of one reference do and do not show."""
    a, unit = report.agreement, UNITS[REFERENCES[kind].unit]
    words = []
    if report.without_number:
        words.append(f"{report.without_number} of {a.n + report.without_number} readings have no number of the camera beside them and are in no figure.")
    if a.n < 2:  # noqa: PLR2004 - a spread needs two
        return [*words, "One pair shows one difference, and no agreement." if a.n else "There is no pair to compare."]
    words.append(_describe_size(kind, a, unit))
    if kind == "inclinometer_deg":
        words.append("An inclinometer reads one place of the shin, the camera its whole front: a steady difference is a matter of definition.")
    if kind == "board_deg":
        words.append("A board is a straight edge: this tests the camera's geometry and says nothing about finding a shin.")
    return words


def _describe_size(kind: ReferenceKind, a: Agreement, unit: str) -> str:
    counted = "pairs" if kind == "board_deg" else "people"
    if a.independent < 2:  # noqa: PLR2004 - a spread needs two
        return f"All pairs are of one person: they show this person, and no agreement in {counted}."
    known = f"each limit of agreement is known to {format_value(a.limits_half_width)}{unit} to each side"
    if a.independent < LEAST_INDEPENDENT:
        return f"{a.independent} {counted} are few: {known}."
    return f"With {a.independent} {counted} {known}." + ("" if a.independent >= LEAST_FOR_ICC else f" An ICC is stated from {LEAST_FOR_ICC} on.")


def _build_row_dict(row: Row, camera: CameraNumbers) -> dict[str, Any]:
    numbers = {key: {"value": round_number(value), "std": round_number(std)} for key, (value, std) in camera.numbers.items()}
    board = None if camera.board is None or "board_deg" not in row.references else camera.board[0]
    differences = {}
    for kind, reference in row.references.items():
        number = board if kind == "board_deg" else camera.numbers.get(REFERENCES[kind].key, (None,))[0]
        differences[kind] = None if number is None else round_number(number - reference)
    return {
        "line": row.line,
        "clip": row.clip,
        "side": row.side,
        "person": row.person or None,
        "repeat_of": row.repeat_of,
        "references": dict(row.references),
        "camera": numbers,
        "difference": differences,
        "refused": camera.refused,
    }
