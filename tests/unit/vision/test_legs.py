from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from vision.legs import LEFT, RIGHT, find_facing, front_leg, plausible_frames, rear_leg, side_view_share

FloatArray = npt.NDArray[np.float64]

FRONT = {"hip": (300.0, 200.0), "knee": (380.0, 330.0), "ankle": (330.0, 460.0), "heel": (315.0, 480.0), "toe": (395.0, 485.0)}
REAR = {"hip": (290.0, 200.0), "knee": (270.0, 340.0), "ankle": (200.0, 450.0), "heel": (180.0, 460.0), "toe": (245.0, 485.0)}


def make_landmarks(frames: int = 4, *, front_is_right: bool = True) -> FloatArray:
    """Make a person who faces right, (T, 33, 4)."""
    out = np.zeros((frames, 33, 4))
    for points, side in ((FRONT, RIGHT if front_is_right else LEFT), (REAR, LEFT if front_is_right else RIGHT)):
        for joint, xy in points.items():
            out[:, side[joint], :2] = xy
    out[..., 3] = 0.97
    return out


def mirror(landmarks: FloatArray, width: float = 640.0) -> FloatArray:
    """Return the same person in a mirrored picture."""
    out = landmarks.copy()
    out[..., 0] = width - 1 - out[..., 0]
    return out


@given(scale=st.floats(0.2, 3.0), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_facing_flips_with_the_picture_and_with_nothing_else(scale: float, x: float, y: float) -> None:
    """Size and place do not matter, a mirror turns the answer round."""
    landmarks = make_landmarks()
    landmarks[..., :2] = landmarks[..., :2] * scale + [x, y]
    assert find_facing(landmarks) == 1
    assert find_facing(mirror(landmarks)) == -1


def test_facing_does_not_hang_on_left_and_right() -> None:
    """Swapped labels change nothing."""
    assert find_facing(make_landmarks(front_is_right=False)) == 1


def test_nobody_faces_nowhere() -> None:
    """Frames in which nobody was found decide nothing, and among others they do not disturb."""
    nobody = np.full((3, 33, 4), np.nan)
    assert find_facing(nobody) == 0
    assert find_facing(np.concatenate([nobody, make_landmarks(2)])) == 1


def test_toes_towards_the_camera_face_neither_way() -> None:
    """From the front feet have no length in the picture: 0, and a side view share under 0.25."""
    landmarks = make_landmarks()
    for side in (LEFT, RIGHT):
        landmarks[:, side["toe"], 0] = landmarks[:, side["heel"], 0]
        landmarks[:, side["knee"], 0] = 0.5 * (landmarks[:, side["hip"], 0] + landmarks[:, side["ankle"], 0])
    assert find_facing(landmarks) == 0
    assert side_view_share(landmarks) < 0.25


def test_side_view_share_is_foot_over_shank() -> None:
    """About 0.6 from the side."""
    assert 0.45 < side_view_share(make_landmarks()) < 0.75


def test_the_front_leg_stands_nearest_the_wall_whatever_it_is_called() -> None:
    """Geometry decides; the label is only reported."""
    for front_is_right in (True, False):
        landmarks = make_landmarks(1, front_is_right=front_is_right)[0]
        front, rear = front_leg(landmarks), rear_leg(landmarks)
        np.testing.assert_array_equal(front.points, np.array(list(FRONT.values())))
        np.testing.assert_array_equal(rear.points, np.array(list(REAR.values())))
        assert front.labelled_right is front_is_right
        assert rear.labelled_right is not front_is_right


def test_labels_that_swap_in_mid_clip_do_not_make_the_leg_jump() -> None:
    """The followed knee stays put while the network changes its mind."""
    frames = [make_landmarks(1, front_is_right=k % 3 > 0)[0] for k in range(9)]
    knees = np.array([front_leg(frame).points[1] for frame in frames])
    np.testing.assert_array_equal(knees, np.tile(FRONT["knee"], (9, 1)))


def test_frames_that_show_another_leg_are_dropped() -> None:
    """Upside-down, half as long, or a step away: each is dropped, the others stay."""
    points = np.tile(np.array(list(FRONT.values())), (40, 1, 1))
    points += np.random.default_rng(0).normal(0, 1.0, points.shape)
    points[5, [0, 2]] = points[5, [2, 0]]
    points[12, 1] = 0.5 * (points[12, 1] + points[12, 2])
    points[20] += [120.0, 0.0]
    points[30] = np.nan
    assert np.flatnonzero(~plausible_frames(np.arange(len(points)) / 15.0, points)).tolist() == [5, 12, 20, 30]


def test_a_foot_that_moves_back_between_stances_is_kept() -> None:
    """The foot's usual place is that of the time around, not of the clip."""
    points = np.tile(np.array(list(FRONT.values())), (160, 1, 1))
    points[80:] -= [150.0, 0.0]
    assert plausible_frames(np.arange(len(points)) / 15.0, points).mean() > 0.95
