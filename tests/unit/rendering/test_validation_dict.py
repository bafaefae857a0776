"""A validation as JSON and as text."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from app.rendering.measurement_dict import dump_json
from app.rendering.validation_dict import build_validation_dict
from app.rendering.validation_table import build_validation_view
from app.usecases.validating import build_validation
from app.usecases.validation_rows import read_rows
from tests.unit.rendering.test_measurement_dict import open_validator

HEAD = "clip,side,person,tape_cm,inclinometer_deg,board_deg,camera_cm,camera_cm_std,camera_deg,camera_deg_std,furthest,repeat_of,refused\n"
CASES = {
    "one pair": "a,left,,12,,,12.5,0.4,,,,,\n",
    "no pair": "a,left,,12,,,,,,,,,no_lunge\n",
    "pairs without uncertainty": "".join(f"c{n},left,,{10 + n},,,{10.3 + n},,,,,,\n" for n in range(4)),
    "one person": "".join(f"c{n},left,p,{10 + n},,,{10.3 + n},0.3,,,,,\n" for n in range(4)),
    "every kind": "a,left,p,12,40,,12.5,0.4,43,0.5,yes,,\nb,left,p,,,,12.1,0.4,42,0.5,yes,a,\nc,left,,,,30,,,30.4,0.4,,,\nd,left,,,,20,,,20.1,0.4,,,\n",
    "thirty people": "".join(f"c{n},left,,{8 + n / 5},,,{8.2 + n / 5},0.3,,,,,\n" for n in range(30)),
    "repeats that do not count": "a,left,,,,,10,,,,no,,\nb,left,,,,,12,,,,no,a,\n",
}


def build(case: str) -> dict[str, object]:
    """Build the dict of rows that bring their numbers along."""
    rows = read_rows(HEAD + CASES[case], is_clip=lambda _: False)
    return build_validation_dict(build_validation([(row, row.camera) for row in rows if row.camera is not None]))


@pytest.mark.parametrize("case", CASES)
def test_validation_fits_its_schema(case: str) -> None:
    """After a trip through strict JSON."""
    open_validator("kneewall.validation/1").validate(json.loads(dump_json(build(case))))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("one pair", "One pair shows one difference, and no agreement."),
        ("no pair", "There is no pair to compare."),
        ("no pair", "1 of 1 readings have no number"),
        ("one person", "All pairs are of one person"),
        ("thirty people", "With 30 people each limit of agreement is known to"),
        ("thirty people", "ICC(A,1)"),
        ("every kind", "says nothing about finding a shin"),
        ("every kind", "repeats a"),
        ("repeats that do not count", "2 takes do not count"),
        ("repeats that do not count", "no repeat counts yet"),
    ],
)
def test_table_says_how_little_is_known(case: str, expected: str) -> None:
    """The words stand in the text, whatever the width of the terminal."""
    console = Console(width=400, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(build_validation_view(build(case)))
    assert expected in capture.get()
