from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from app.assessment.budget import LUNGES
from app.assessment.measurement import Contribution, Finding, Measurement, Scale
from app.assessment.moment import SOURCES
from app.rendering.explain import BEYOND_HELP, INPUT_NAMES, SHEET_UNSEEN, SHEET_UNUSED, build_explanation, describe_help, find_remedy
from app.rendering.measurement_dict import build_measurement_dict
from tests.synthetic_measurements import make_measurement, make_provenance, make_rejected, make_without_distance

LATER = {"touch", "stop", "wall", LUNGES, "heel_outline", "heel_turn", "heel_doubt"}
BUDGET = {
    "shin_angle_deg": (Contribution("outline", 0.3, "cm", 0.8), Contribution("knee_depth", 2.2, "cm", -0.6)),
    "toe_to_wall_cm": (
        Contribution("camera", None, "", 0.3),
        Contribution("toe", 1.1, "px", -0.24),
        Contribution("scale", 1.5, "%", 0.1),
        Contribution("heel", 1.1, "px", 0.01),
    ),
    "heel_lift_cm": (Contribution("heel_outline", 0.15, "cm", 0.15),),
}


def explain(measurement: Measurement) -> str:
    """Print on a wide terminal, spaces as spaces."""
    out = io.StringIO()
    Console(file=out, width=140, highlight=False).print(build_explanation(build_measurement_dict(measurement)))
    return out.getvalue().replace("\N{NO-BREAK SPACE}", " ")


def make_dict(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields are of several types
    """Return a measurement with a budget, as a dict."""
    return build_measurement_dict(make_measurement(budget=BUDGET, **changes))


def test_every_input_has_a_name_and_every_name_an_input() -> None:
    """Nothing that makes a plus-minus goes without words, and no words are left over."""
    assert set(INPUT_NAMES) == {*SOURCES, *LATER}


def test_table_names_each_input_what_it_is_known_to_and_what_it_adds() -> None:
    """Half widths of 95 % in units, the largest first, shares that add up."""
    text = explain(make_measurement(budget=BUDGET))
    assert re.search(r"where along the shin its edge is taken +± 0\.59 cm +± 1\.57° +64\.0 %", text)
    assert re.search(r"how far from the camera the knee is +± 4\.31 cm +± 1\.18° +36\.0 %", text)
    assert re.search(r"together +± 1\.96° +100 %", text)
    assert re.search(r"place and turn of the camera +the fit +± 0\.59 cm", text)
    assert text.index("camera the knee is") > text.index("where along the shin")


def test_small_inputs_are_shown_as_one() -> None:
    """What makes less than half a per cent is counted, not listed."""
    text = explain(make_measurement(budget=BUDGET))
    assert re.search(r"1 more, each under 0\.5 % +± 0\.02 cm +0\.1 %", text)
    assert "where the heel ends" not in text


def test_plain_words_say_what_cannot_be_helped() -> None:
    """The angle hangs on where its edge is taken: said, and the best of what can be done beside it."""
    first, second = describe_help(make_dict(), "shin_angle_deg")
    assert first == f"Most of it: where along the shin its edge is taken (64 %): {BEYOND_HELP}."
    assert second.startswith("What would help most: Put the camera straight beside the gap")
    assert second.endswith("It accounts for 36 %.")


def test_what_nobody_can_help_is_said() -> None:
    """Where filming better helps nothing, no advice is made up."""
    assert list(describe_help(make_dict(), "heel_lift_cm"))[-1] == f"All of it: {BEYOND_HELP}."


@pytest.mark.parametrize(("asked", "expected"), [("auto", SHEET_UNSEEN), ("foot", SHEET_UNUSED)])
def test_without_the_sheet_camera_and_scale_ask_for_it(asked: str, expected: str) -> None:
    """Camera and scale together make more than the toe: lay the sheet, or use it."""
    d = make_dict(provenance=make_provenance(scale=asked))
    assert {find_remedy(d, source) for source in ("lens", "camera", "scale")} == {expected}
    assert expected in list(describe_help(d, "toe_to_wall_cm"))[1]


def test_measured_ruler_and_margin_leave_nothing_to_ask_for() -> None:
    """With the sheet, its print and its place are asked for once."""
    sheet = {"scale": Scale("sheet", 0.2, 0.008)}
    untyped, typed = make_dict(**sheet), make_dict(**sheet, provenance=make_provenance(sheet_ruler_mm=100.0, sheet_margin_mm=15.0))
    assert "ruler" in str(find_remedy(untyped, "scale"))
    assert "margin" in str(find_remedy(untyped, "sheet"))
    assert (find_remedy(typed, "scale"), find_remedy(typed, "sheet")) == (None, None)


def test_a_number_that_is_not_believed_is_explained_without_it() -> None:
    """Why an angle is left out is what its budget says."""
    text = explain(make_measurement(budget=BUDGET, shin_angle_deg=None, findings=(Finding("angle_not_believed", "error", "x"),)))
    assert "Shin angle: no number is given" in text


def test_without_a_valid_lunge_the_plus_minus_is_that_of_one_lunge() -> None:
    """No lunge counts: said before the tables."""
    assert "No lunge counts" in explain(replace(make_without_distance(), budget=BUDGET))


def test_a_refused_clip_says_what_to_do() -> None:
    """Nothing to explain but the refusal."""
    text = explain(make_rejected())
    assert "Nothing was measured" in text
    assert "(no_person)" in text
