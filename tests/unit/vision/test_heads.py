"""Circles about heads."""

from __future__ import annotations

import numpy as np
import pytest

from vision.heads import NO_HEADS, compute_head, hold_heads


def make_landmarks(*, ear: tuple[float, float] = (300.0, 100.0), nose: tuple[float, float] = (320.0, 105.0), trunk: float = 150.0) -> np.ndarray:
    """Landmarks of somebody seen from the side: head points between ear and nose, trunk below."""
    landmarks = np.zeros((33, 4))
    landmarks[:11, :2] = 0.5 * (np.array(ear) + np.array(nose))
    landmarks[0, :2], landmarks[[7, 8], :2] = nose, ear
    landmarks[[11, 12], :2] = (ear[0], ear[1] + 50)
    landmarks[[23, 24], :2] = (ear[0], ear[1] + 50 + trunk)
    return landmarks


def test_head_is_as_large_as_its_trunk_makes_it() -> None:
    """From the side ears lie on each other: 17 cm of a trunk of 50 about the ears hold crown, chin and nose."""
    x, y, radius = compute_head(make_landmarks())
    assert (x, y) == pytest.approx((305.0, 101.25))
    assert radius == pytest.approx(0.35 * 150.0)


def test_head_that_is_near_is_as_large_as_its_face() -> None:
    """Somebody who bends towards the camera has a short trunk and a large face: every landmark of it lies well inside."""
    landmarks = make_landmarks(nose=(420.0, 130.0), trunk=30.0)
    x, y, radius = compute_head(landmarks)
    assert (np.hypot(*(landmarks[:11, :2] - (x, y)).T) < 0.7 * radius).all()


def test_heads_are_held_for_a_while() -> None:
    """Between two watched frames a head is believed to be where it was, before and after."""
    held = hold_heads([1.0, 2.0], [np.array([10.0, 20.0, 5.0]), np.array([12.0, 20.0, 5.0])], hold_s=0.5)
    assert held.tolist() == [[0.5, 1.5, 10.0, 20.0, 5.0], [1.5, 2.5, 12.0, 20.0, 5.0]]
    assert hold_heads([], [], hold_s=0.5).shape == NO_HEADS.shape
