from __future__ import annotations

from app.assessment.report import build_report
from tests.synthetic_measurements import make_measurement, make_rejected


def test_rejected_side_does_not_hide_the_other() -> None:
    """The measured side stays whole beside a refused one."""
    left, right = make_measurement("left"), make_rejected("right")
    report = build_report(left, right)
    assert report.left is left
    assert report.right is right
    assert report.comparison.real is None


def test_findings_of_the_comparison_are_the_reports() -> None:
    """What concerns both sides stands on the report, once."""
    report = build_report(make_measurement("left"), make_measurement("left"))
    assert [finding.code for finding in report.findings] == ["same_leg_twice"]
