"""One day's report: both legs, side by side, and what may be said about the difference."""

from __future__ import annotations

from dataclasses import dataclass

from app.assessment.asymmetry import Comparison, ComparisonParams, compare_sides
from app.assessment.measurement import Finding, Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Left and right attempt of one screening.

    Attributes
    ----------
    left, right : Measurement | None
        None when there is no clip; a rejected clip is a measurement with a code and advice, and never hides the other side.
    comparison : Comparison
        Left minus right.
    findings : tuple of Finding
        What concerns both sides; each side keeps its own.
    """

    left: Measurement | None
    right: Measurement | None
    comparison: Comparison
    findings: tuple[Finding, ...] = ()


def build_report(left: Measurement | None, right: Measurement | None, *, params: ComparisonParams | None = None) -> Report:
    """Assemble the report of one screening.

    Parameters
    ----------
    left, right : Measurement | None
        The attempts handed in as left and as right, measured, rejected or missing.
    """
    comparison = compare_sides(left, right, params=params)
    return Report(left=left, right=right, comparison=comparison, findings=comparison.findings)
