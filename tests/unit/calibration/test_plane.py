from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.camera import Camera
from calibration.plane import SagittalPlane, inclination_deg

SIZE_PX = (1280, 720)


def make_plane(*, yaw: float = 8.0, pitch: float = 5.0, roll: float = 2.0, unit: float = 1.0, wall_x: float = 0.0) -> SagittalPlane:
    """Plane 5 cm behind the room's origin, seen obliquely."""
    camera = Camera(np.array([np.log(985.0), *np.radians([yaw, pitch, roll]), 15.0, np.log(70.0), -250.0]), SIZE_PX)
    return SagittalPlane(camera, 5.0, unit, wall_x)


@given(
    yaw=st.floats(-25, 25),
    pitch=st.floats(-10, 20),
    roll=st.floats(-10, 10),
    unit=st.floats(0.5, 2.0),
    wall_x=st.floats(-5, 5),
    lean=st.floats(-10, 60),
)
def test_angle_and_distance_do_not_depend_on_how_the_camera_is_held(yaw: float, pitch: float, roll: float, unit: float, wall_x: float, lean: float) -> None:
    """A leaning rod keeps its inclination and its distance from the wall through any attitude, scale and wall offset."""
    plane = make_plane(yaw=yaw, pitch=pitch, roll=roll, unit=unit, wall_x=wall_x)
    low = np.array([25.0, 7.0])
    high = low + 30.0 * np.array([-np.sin(np.radians(lean)), np.cos(np.radians(lean))])
    room = np.column_stack([np.array([high, low]) / unit + [wall_x, 0.0], [5.0, 5.0]])
    top, bottom = plane.map_points(plane.camera.project(room))
    assert float(inclination_deg(top, bottom)) == pytest.approx(lean, abs=1e-6)  # deg, rounding only
    assert bottom[0] == pytest.approx(25.0, abs=1e-6)  # cm, rounding only


def test_pixels_and_centimetres_are_each_others_inverse() -> None:
    """What is drawn at a place in cm is measured at that place."""
    plane = make_plane(unit=1.3, wall_x=-2.0)
    places = np.array([[0.0, 0.0], [12.0, 30.0], [40.0, 5.0]])
    np.testing.assert_allclose(plane.map_points(plane.to_pixels(places)), places, atol=1e-9)


def test_points_behind_the_plane_are_placed_at_their_own_depth() -> None:
    """`dz_cm` is in real centimetres: a point known to lie 6 cm deeper is read where it is."""
    plane = make_plane(unit=1.5)
    seen = plane.camera.project(np.array([[10.0, 20.0, 5.0 + 6.0 / 1.5]]))
    np.testing.assert_allclose(plane.map_points(seen, dz_cm=6.0), [[15.0, 30.0]], atol=1e-9)


def test_a_point_taken_for_nearer_than_it_is_shifts_by_its_bearing() -> None:
    """The size of the depth error, dz x tan(bearing): 6 cm at a bearing of atan(45 / 255) shift x by 1.06 cm."""
    camera = Camera(np.array([np.log(985.0), 0, 0, 0, 55.0, np.log(70.0), -250.0]), SIZE_PX)
    seen = camera.project(np.array([[10.0, 20.0, 11.0]]))
    assert SagittalPlane(camera, 5.0).map_points(seen)[0, 0] - 10.0 == pytest.approx(6.0 * 45.0 / 261.0, abs=1e-6)


def test_shape_and_missing_points_are_kept() -> None:
    """Any leading shape goes in and comes out; NaN stays NaN and spoils nothing beside it."""
    points = np.full((4, 2, 2), 500.0)
    points[1, 0] = np.nan
    mapped = make_plane().map_points(points)
    assert mapped.shape == (4, 2, 2)
    assert np.isnan(mapped[1, 0]).all()
    assert np.isfinite(mapped[[0, 2, 3]]).all()


def test_leaning_towards_the_wall_is_positive() -> None:
    """Upright is 0, knee over toes is positive."""
    assert float(inclination_deg(np.array([5.0, 40.0]), np.array([5.0, 0.0]))) == 0.0
    assert float(inclination_deg(np.array([0.0, 10.0]), np.array([10.0, 0.0]))) == pytest.approx(45.0)
    assert float(inclination_deg(np.array([20.0, 10.0]), np.array([10.0, 0.0]))) == pytest.approx(-45.0)
