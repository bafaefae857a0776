"""A reading beside the camera's number."""

import math

import pytest

from app.assessment.readings import REFERENCES, compare_reading
from calibration.quantity import Quantity


def test_difference_carries_both_errors() -> None:
    """Camera 12.4 with std 0.4, tape 11.6 known to 0.5: +0.8 with std 0.640, within 1.26."""
    compared = compare_reading("tape_cm", 11.6, Quantity(12.4, 0.4, "cm"))
    assert compared.difference.value == pytest.approx(0.8)
    assert compared.difference.std == pytest.approx(math.hypot(0.4, 0.5))
    assert compared.within


def test_sharp_camera_does_not_make_the_inclinometer_sharp() -> None:
    """2.7 degrees apart is within 1.96 x hypot(1.3, 0.5) = 2.73, 3 degrees is not."""
    assert compare_reading("inclinometer_deg", 38.3, Quantity(41.0, 0.5, "deg")).within
    assert not compare_reading("inclinometer_deg", 38.0, Quantity(41.0, 0.5, "deg")).within


@pytest.mark.parametrize("angle_deg", [0.0, 20.0, 40.0])
def test_board_s_error_is_that_of_its_triangle(angle_deg: float) -> None:
    """sin(angle) = base / 40: 2 mm of base turn the board by at most what is stated, within a tenth of a degree."""
    base = 40 * math.sin(math.radians(angle_deg))
    turned = math.degrees(math.asin((base + 0.2) / 40)) - angle_deg
    assert turned == pytest.approx(REFERENCES["board_deg"].sem, abs=0.1)
