from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.assessment.by_hand import HandMarks
from app.assessment.measurement import Measurement, Side
from app.assessment.report import build_report
from app.rendering.differences import build_differences
from app.rendering.measurement_dict import dump_json
from app.rendering.report_dict import build_report_dict
from app.rendering.report_view import build_report_view
from tests.synthetic_measurements import make_measurement, make_provenance, make_rejected, make_without_distance, make_without_scale
from tests.unit.rendering.test_measurement_dict import open_validator


def make_by_hand(side: Side, toe_cm: float = 12.4) -> Measurement:
    """One attempt whose toe somebody set."""
    marks = HandMarks(key_frame_s=1.3, points_px={"toe": (540.0, 640.0)})
    return make_measurement(side, toe_cm=toe_cm, provenance=replace(make_provenance(), by_hand=marks))


CASES: dict[str, tuple[Measurement | None, Measurement | None]] = {
    "real": (make_measurement("left", toe_cm=12.4, shin=42), make_measurement("right", toe_cm=9.6, shin=36)),
    "over 3 cm": (make_measurement("left", toe_cm=8.0, shin=33), make_measurement("right", toe_cm=12.4, shin=42)),
    "small": (make_measurement("left", toe_cm=12.4, std_cm=0.2), make_measurement("right", toe_cm=11.4, std_cm=0.2)),
    "not real": (make_measurement("left"), make_measurement("right", toe_cm=12.0)),
    "angle only": (make_measurement("left", shin=46), make_measurement("right", toe_cm=12.2, shin=36)),
    "lower bound": (make_measurement("left", limit="lower_bound"), make_measurement("right", toe_cm=9.0, limit="lower_bound")),
    "rejected": (make_measurement("left"), make_rejected("right")),
    "both rejected": (make_rejected("left"), make_rejected("right")),
    "missing": (None, make_measurement("right")),
    "one rejected": (make_rejected("left"), None),
    "no scale": (make_without_scale("left"), make_without_scale("right", toe_foot_lengths=0.35, shin=36)),
    "no distance": (make_without_distance("left"), make_measurement("right")),
    "same leg": (make_measurement("left"), make_measurement("left")),
    "view": (make_measurement("left"), make_measurement("right", view="medial")),
    "by hand": (make_by_hand("left"), make_measurement("right", toe_cm=9.6, shin=36)),
    "both by hand": (make_by_hand("left"), make_by_hand("right", 12.0)),
    "cues": (make_measurement("left", toe_cm=12.0, shin=33), make_measurement("right", toe_cm=8.0, shin=42)),
}


@pytest.mark.parametrize("case", CASES)
def test_report_fits_its_schema(case: str) -> None:
    """Every kind of report is valid against docs/report.schema.json after a trip through strict JSON."""
    written = dump_json(build_report_dict(build_report(*CASES[case])))
    open_validator("kneewall.report/1").validate(json.loads(written))


@pytest.mark.parametrize(
    ("case", "headline"),
    [
        ("real", "Left reaches 2.8 cm farther"),
        ("over 3 cm", "Right reaches 4.4 cm farther"),
        ("not real", "No difference beyond the camera's error"),
        ("lower bound", "Left reached 3.4 cm farther today"),
        ("rejected", "Only the left leg was measured"),
        ("both rejected", "Neither leg could be measured"),
        ("missing", "Only the right leg was measured"),
        ("no scale", "Left reaches 0.11 foot lengths farther"),
        ("no distance", "The two sides cannot be compared"),
        ("same leg", "The clips do not show a left and a right leg"),
        ("cues", "Distance and angle disagree"),
        ("one rejected", "The left leg could not be measured"),
        ("by hand", "Left reaches 2.8 cm farther (points of the left leg set by hand)"),
        ("both by hand", "No difference beyond the camera's error (points of both legs set by hand)"),
    ],
)
def test_headline_says_what_may_be_said(case: str, headline: str) -> None:
    """One look at the headline gives the answer, and no more than the numbers carry."""
    assert build_report_dict(build_report(*CASES[case]))["verdict"]["headline"] == headline


def test_lower_bound_is_told_in_words() -> None:
    """A difference between lower bounds says that it is no verdict on the ankles."""
    assert "not a verdict on the ankles" in build_report_dict(build_report(*CASES["lower bound"]))["verdict"]["detail"]


def test_one_leg_is_told_as_a_choice() -> None:
    """Nothing is wrong with one leg; what to do to compare both is said, and no clip is missed."""
    report = build_report_dict(build_report(*CASES["missing"]))
    assert report["verdict"]["detail"] == "Only the right leg was filmed; film the left leg too to compare them."
    assert [(finding["code"], finding["severity"]) for finding in report["findings"]] == [("one_leg_only", "info")]


@pytest.mark.parametrize(
    ("left_cm", "right_cm", "told"), [(9.54, 9.76, "\N{MINUS SIGN}0.3 ± 1.0 cm"), (12.46, 9.64, "+2.9 ± 1.0 cm"), (9.46, 9.54, "0.0 ± 1.0 cm")]
)
def test_what_is_printed_adds_up(left_cm: float, right_cm: float, told: str) -> None:
    """The difference is that of the two numbers beside it, in the sentence and in the table, and no share is told of a difference that is none."""
    report = build_report_dict(build_report(make_measurement("left", toe_cm=left_cm, shin=40.04), make_measurement("right", toe_cm=right_cm, shin=40.06)))
    (row,) = [row for row in build_differences(report) if row["name"] == "Toe to wall"]
    assert row["difference"].replace("\N{NO-BREAK SPACE}", " ") == told
    assert f"left minus right, is {told}" in report["verdict"]["detail"]
    assert f"{row['left'].split()[0]} {row['right'].split()[0]}" == f"{left_cm:.1f} {right_cm:.1f}"
    told_percent = [note for note in build_report_view(report, stills={}, overlays={})["notes"] if "%" in note and "larger side" in note]
    assert bool(told_percent) is bool(report["comparison"]["real"])
    assert (report["comparison"]["percent"] is None) is not report["comparison"]["real"]


def test_half_width_is_the_95_percent_interval() -> None:
    """The half width in the JSON is 1.96 times the std beside it."""
    difference = build_report_dict(build_report(*CASES["real"]))["comparison"]["difference"]["toe_to_wall_cm"]
    assert difference["half_width95"] == pytest.approx(1.96 * difference["std"], abs=0.001)
    assert difference["beyond_error"] is True
