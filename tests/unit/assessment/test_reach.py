"""How near to the wall the knee came in a lunge, beside where its plateau lies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from app.assessment.lunges import find_reach_cm
from app.assessment.repetitions import Lunge

FloatArray = npt.NDArray[np.float64]

SHANK_CM, DEEPEST_DEG = 40.0, 41.0


def lunge_of(knee_cm: FloatArray, *, plateau: slice) -> tuple[FloatArray, Lunge]:
    """Return the shin's lean that goes with a knee at `knee_cm` before the wall, and the lunge."""
    foremost = SHANK_CM * np.sin(np.radians(DEEPEST_DEG))
    shin_deg = np.degrees(np.arcsin((foremost - knee_cm) / SHANK_CM))
    inside = np.zeros(len(knee_cm), bool)
    inside[plateau] = True
    return shin_deg, Lunge(0.0, 1.0, 2.0, np.ones(len(knee_cm), bool), inside)


@pytest.mark.parametrize("at_wall", [2, 3, 5])
def test_touch_without_a_hold_is_seen(at_wall: int) -> None:
    """A knee that is at the wall in two frames or more has come there, though its plateau's middle lies a centimetre before."""
    knee_cm = np.array([6.0, 1.0, 1.0, 1.0, *([0.0] * at_wall), 1.0, 1.0, 6.0])
    shin_deg, lunge = lunge_of(knee_cm, plateau=slice(1, 4))
    assert find_reach_cm(knee_cm, shin_deg, lunge) == pytest.approx(1.0, abs=1e-9)


def test_knee_misread_on_its_way_to_the_wall_is_outvoted_by_the_hold() -> None:
    """The first two frames of a plateau of four show it 0.7 cm too far; the four that are held besides say where it is."""
    knee_cm = np.array([8.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0])
    shin_deg, lunge = lunge_of(knee_cm, plateau=slice(2, 6))
    knee_cm[2:4] = -0.7
    assert find_reach_cm(knee_cm, shin_deg, lunge) == pytest.approx(-0.35)


def test_single_misread_frame_is_no_touch() -> None:
    """Neither a knee nor a shin that is off in one frame."""
    knee_cm = np.array([6.0, 1.0, 1.0, 1.0, 1.0, 1.0, 6.0])
    shin_deg, lunge = lunge_of(knee_cm, plateau=slice(1, 5))
    knee_cm[5], shin_deg[5] = 0.0, shin_deg[5] + 3.0
    assert find_reach_cm(knee_cm, shin_deg, lunge) == pytest.approx(0.0)


def test_knee_out_of_sight_corrects_nothing() -> None:
    """In the plateau, or but for two frames."""
    knee_cm = np.array([6.0, 1.0, 1.0, 0.0, 0.0, 0.0, 6.0])
    shin_deg, lunge = lunge_of(knee_cm, plateau=slice(1, 3))
    knee_cm[1:3] = np.nan
    assert find_reach_cm(knee_cm, shin_deg, lunge) == 0.0
    knee_cm = np.array([np.nan, 1.0, np.nan, 0.0, np.nan])
    assert find_reach_cm(knee_cm, np.full(5, 40.0), Lunge(0.0, 1.0, 2.0, np.ones(5, bool), np.ones(5, bool))) == 0.0
