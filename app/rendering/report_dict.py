"""A report as a plain dict of the schema kneewall.report/1."""

from __future__ import annotations

from typing import Any

from app.assessment.asymmetry import COMPARED, Comparison
from app.assessment.report import Report
from app.rendering.measurement_dict import DECIMALS, FINE_DECIMALS, build_finding_dict, build_measurement_dict, build_quantity_dict, round_number
from app.rendering.numbers import COVERAGE
from app.rendering.words import GRADE_SOURCE, LOWER_BOUND, PLUS_MINUS, describe_verdict

REPORT_SCHEMA = "kneewall.report/1"


def build_report_dict(report: Report) -> dict[str, Any]:
    """Build the dict of kneewall.report/1: both measurements in full, the difference, the verdict in words, findings."""
    said = {
        "comparison": _build_comparison_dict(report.comparison),
        "findings": [build_finding_dict(finding) for finding in report.findings],
        "explanations": {"plus_minus": PLUS_MINUS, "lower_bound": LOWER_BOUND, "grade_source": GRADE_SOURCE},
        "left": None if report.left is None else build_measurement_dict(report.left),
        "right": None if report.right is None else build_measurement_dict(report.right),
    }
    return {"schema": REPORT_SCHEMA, "verdict": describe_verdict(said)} | said


def _build_comparison_dict(comparison: Comparison) -> dict[str, Any]:
    return {
        "direction": "left minus right",
        "real": comparison.real,
        "scope": comparison.scope,
        "basis": comparison.basis,
        "larger_side": comparison.larger_side,
        "grade": comparison.grade,
        "percent": round_number(comparison.percent, 1),
        "difference": {name: _build_difference_dict(comparison, name) for name in COMPARED},
    }


def _build_difference_dict(comparison: Comparison, name: str) -> dict[str, Any] | None:
    decimals = FINE_DECIMALS if name.endswith("_lengths") else DECIMALS
    quantity = build_quantity_dict(comparison.differences.get(name), decimals)
    if quantity is None:
        return None
    return quantity | {"half_width95": round_number(COVERAGE * quantity["std"], decimals), "beyond_error": comparison.is_beyond_error(name)}
