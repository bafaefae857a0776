from __future__ import annotations

import numpy as np
import pytest

from calibration.references import SHEET_V1


def test_the_sheets_squares_are_where_version_1_prints_them() -> None:
    """Id 10 from 15 to 135 mm, id 11 from 150 to 270 mm off the wall, both 45 to 165 mm across."""
    near, far = SHEET_V1.square_cm(10), SHEET_V1.square_cm(11)
    np.testing.assert_allclose([near.min(axis=0), near.max(axis=0)], [[1.5, 4.5], [13.5, 16.5]])
    np.testing.assert_allclose([far.min(axis=0), far.max(axis=0)], [[15.0, 4.5], [27.0, 16.5]])
    assert SHEET_V1.ids == (10, 11)


def test_corners_come_in_ring_order() -> None:
    """Neighbours share an edge of 12 cm, opposite corners do not."""
    ring = SHEET_V1.square_cm(10)
    np.testing.assert_allclose(np.hypot(*(np.roll(ring, -1, axis=0) - ring).T), 12.0)


def test_a_marker_of_another_sheet_is_unknown() -> None:
    """Only ids of this layout have a place on it."""
    with pytest.raises(KeyError):
        SHEET_V1.square_cm(7)
