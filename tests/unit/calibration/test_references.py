from __future__ import annotations

import cv2
import numpy as np
import pytest

from calibration.references import SHEET_V1, SHEET_V1_LETTER, SheetLayout


def test_the_sheets_squares_are_where_version_1_prints_them() -> None:
    """Id 10 from 15 to 135 mm, id 11 from 150 to 270 mm off the wall, both 45 to 165 mm across."""
    near, far = SHEET_V1.square_cm(10), SHEET_V1.square_cm(11)
    np.testing.assert_allclose([near.min(axis=0), near.max(axis=0)], [[1.5, 4.5], [13.5, 16.5]])
    np.testing.assert_allclose([far.min(axis=0), far.max(axis=0)], [[15.0, 4.5], [27.0, 16.5]])
    assert SHEET_V1.ids == (10, 11)
    assert (SHEET_V1.margin_mm, SHEET_V1.ruler_mm) == (15.0, 100.0)


def test_corners_come_in_ring_order() -> None:
    """Neighbours share an edge of 12 cm, opposite corners do not."""
    ring = SHEET_V1.square_cm(10)
    np.testing.assert_allclose(np.hypot(*(np.roll(ring, -1, axis=0) - ring).T), 12.0)


def test_a_marker_of_another_sheet_is_unknown() -> None:
    """Only ids of this layout have a place on it."""
    with pytest.raises(KeyError):
        SHEET_V1.square_cm(7)


def test_printed_patterns_are_those_of_the_dictionary() -> None:
    """What is printed is what the finder looks for, cell by cell."""
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, SHEET_V1.dictionary))
    assert [marker for marker, _ in SHEET_V1.marker_bits] == list(SHEET_V1.ids)
    for marker, rows in SHEET_V1.marker_bits:
        bits = cv2.aruco.Dictionary.getBitsFromByteList(dictionary.bytesList[marker : marker + 1], 4)
        assert ["".join(str(int(bit)) for bit in row) for row in bits] == list(rows)


@pytest.mark.parametrize("layout", [SHEET_V1, SHEET_V1_LETTER], ids=["A4", "Letter"])
def test_either_long_edge_can_be_the_one_at_the_foot(layout: SheetLayout) -> None:
    """Both long edges are as far from the squares, squares are 120 mm, and everything lies on the paper."""
    inner, outer = layout.marker_across_mm
    assert inner == pytest.approx(layout.paper.width_mm - outer)
    assert outer - inner == pytest.approx(120.0)
    assert layout.marker_from_wall_mm == SHEET_V1.marker_from_wall_mm
    ends = [far for _, _, far in layout.marker_from_wall_mm] + list(layout.ruler_from_wall_mm + layout.arrow_from_wall_mm)
    assert max(ends) < layout.paper.length_mm


def test_a_sheet_that_nobody_measured_is_the_nominal_one() -> None:
    """Sizes and uncertainties stay as they are."""
    assert SHEET_V1.as_measured() == SHEET_V1


def test_measuring_the_nominal_values_changes_no_size_and_narrows_the_uncertainty() -> None:
    """A ruler read as 100 mm and a margin read as 15 mm are known to 0.3 mm, and to 0.5 mm and 1 mm of taping."""
    measured = SHEET_V1.as_measured(ruler_mm=100.0, margin_mm=15.0)
    for marker in SHEET_V1.ids:
        np.testing.assert_allclose(measured.square_cm(marker), SHEET_V1.square_cm(marker))
    assert measured.scale_std == pytest.approx(0.003)
    assert measured.shift_std_mm == pytest.approx(np.hypot(0.5, 1.0))
    assert measured.shift_std_mm < SHEET_V1.shift_std_mm


def test_a_print_that_was_fitted_to_the_page_is_taken_as_measured() -> None:
    """Ruler 97 mm, margin 19 mm: squares of 116.4 mm, the first one 19 mm off the wall, gaps in proportion."""
    measured = SHEET_V1.as_measured(ruler_mm=97.0, margin_mm=19.0)
    near, far = measured.square_cm(10), measured.square_cm(11)
    np.testing.assert_allclose([near[:, 0].min(), near[:, 0].max()], [1.9, 13.54])
    np.testing.assert_allclose([far[:, 0].min(), far[:, 0].max()], [1.9 + 0.97 * 13.5, 1.9 + 0.97 * 25.5])
    assert near[:, 1].mean() == pytest.approx(10.5)  # shrunk about the middle of the paper's width
    assert np.ptp(near[:, 1]) == pytest.approx(11.64)


def test_a_small_print_without_its_margin_leaves_the_wall_less_sure() -> None:
    """At 97 % the page was shrunk about its middle (margin 19.0 mm) or about a corner (14.6 mm): in between, and uncertain by half of that."""
    measured = SHEET_V1.as_measured(ruler_mm=97.0)
    about_corner, about_middle = 0.97 * 15.0, 148.5 - 0.97 * (148.5 - 15.0)
    assert measured.margin_mm == pytest.approx(0.5 * (about_corner + about_middle))
    assert measured.shift_std_mm == pytest.approx(np.hypot(1.5, 0.5 * (about_middle - about_corner)))
    assert SHEET_V1.as_measured(margin_mm=17.0).margin_mm == 17.0
