"""The short form of `python -m tests.drawn`: a few scenes of the development family, all the way from the drawing to the number."""

from __future__ import annotations

import pytest

from tests.drawn.run import run_scene
from tests.drawn.score import Row

SEED, SCENES = 3, 6


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Return the scenes, measured by the real pipeline."""
    return [run_scene(SEED, index) for index in range(SCENES)]


def test_no_number_is_grossly_wrong(rows: list[Row]) -> None:
    """No angle is off by more than 5 deg, no distance by more than 2 cm, and none stands where no repetition is valid."""
    assert [row.gross for row in rows if row.gross] == []


def test_scenes_are_measured(rows: list[Row]) -> None:
    """Refusing everything would make no error either: most scenes that show a valid lunge get its angle."""
    able = [row for row in rows if row.expected]
    assert sum("shin_angle_deg" in row.headline for row in able) >= len(able) / 2


def test_no_miss_is_called_valid(rows: list[Row]) -> None:
    """A lunge that stops short, lifts the heel or slides is never called valid where the truth is beyond doubt."""
    assert sum(row.false_valid for row in rows) == 0
