from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.camera import Camera

SIZE_PX = (1280, 720)


def make_camera(*, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, height: float = 70.0, x: float = 10.0, z: float = -250.0) -> Camera:
    """Camera with attitude in degrees and place in cm."""
    return Camera(np.array([np.log(985.0), *np.radians([yaw, pitch, roll]), x, np.log(height), z]), SIZE_PX)


cameras = st.builds(
    make_camera,
    yaw=st.floats(-35, 35),
    pitch=st.floats(-15, 30),
    roll=st.floats(-15, 15),
    height=st.floats(15, 180),
    x=st.floats(-80, 120),
    z=st.floats(-500, -120),
)
about_the_leg = st.tuples(st.floats(-10, 60), st.floats(0, 60), st.floats(-25, 25))


@given(camera=cameras, xyz=about_the_leg)
def test_a_projected_point_is_found_again_on_its_upright_plane(camera: Camera, xyz: tuple[float, float, float]) -> None:
    """Into the picture and back through the plane of the point's own depth: the same place within a micrometre."""
    point = np.array([xyz])
    np.testing.assert_allclose(camera.on_plane(camera.project(point), xyz[2]), point, atol=1e-4)


@given(camera=cameras, xyz=about_the_leg)
def test_a_projected_point_is_found_again_at_its_height(camera: Camera, xyz: tuple[float, float, float]) -> None:
    """The same through the horizontal plane of its own height, for points below the lens."""
    height = min(xyz[1], camera.centre_cm()[1] - 5.0)
    point = np.array([[xyz[0], height, xyz[2]]])
    np.testing.assert_allclose(camera.on_floor(camera.project(point), height_cm=height), point, atol=1e-4)


@given(camera=cameras, xyz=about_the_leg)
def test_depths_may_differ_from_point_to_point(camera: Camera, xyz: tuple[float, float, float]) -> None:
    """One call takes a depth for every point."""
    points = np.array([xyz, (xyz[0] + 3.0, xyz[1] + 5.0, xyz[2] + 7.0)])
    np.testing.assert_allclose(camera.on_plane(camera.project(points), points[:, 2]), points, atol=1e-4)


@given(camera=cameras)
def test_rotation_is_a_rotation(camera: Camera) -> None:
    """Axes stay orthonormal and right-handedness is kept, so that nothing is mirrored by the attitude."""
    turn = camera.rotation()
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)


def test_a_level_camera_sees_the_wall_on_the_right_and_the_head_above() -> None:
    """Room and picture agree about directions for a person who faces right: nearer the wall is right, higher is up."""
    camera = make_camera()
    foot, towards_wall, above, nearer = camera.project(np.array([[10.0, 0, 0], [0.0, 0, 0], [10.0, 40, 0], [10.0, 0, -30]]))
    assert towards_wall[0] > foot[0]
    assert above[1] < foot[1]
    assert nearer[1] > foot[1]


def test_size_in_the_picture_follows_from_focal_length_and_distance() -> None:
    """10 cm at 250 cm are 985 x 10 / 250 pixels."""
    ends = make_camera().project(np.array([[5.0, 20, 0], [15.0, 20, 0]]))
    assert abs(ends[0, 0] - ends[1, 0]) == pytest.approx(39.4)


def test_what_lies_behind_the_camera_is_not_in_the_picture() -> None:
    """NaN, never a mirrored pixel."""
    assert np.isnan(make_camera().project(np.array([[10.0, 20.0, -300.0]]))).all()


def test_a_ray_above_the_horizon_meets_no_floor() -> None:
    """NaN instead of a floor behind the camera."""
    assert np.isnan(make_camera().on_floor(np.array([[600.0, 100.0]]))).any()


@given(camera=cameras, direction=st.sampled_from([(0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)]))
def test_parallel_lines_meet_in_the_image_of_their_direction(camera: Camera, direction: tuple[float, float, float]) -> None:
    """Every line of a room direction passes through `direction_px`, even where that lies at infinity."""
    vanishing = camera.direction_px(np.array(direction))
    for start in ([0.0, 5.0, 10.0], [40.0, 10.0, -5.0]):
        ends = camera.project(np.array([start, np.array(start) + 20.0 * np.array(direction)]))
        line = np.cross([*ends[0], 1.0], [*ends[1], 1.0])
        aside = line @ vanishing / (np.linalg.norm(line[:2]) * np.linalg.norm(vanishing))
        assert abs(aside) < 1e-6
