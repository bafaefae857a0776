from __future__ import annotations

import cv2
import numpy as np
import pytest

from vision.align import FrameAligner, apply, warp

SIZE_PX = (640, 360)
FOCAL_PX = 0.77 * 640
LENS = np.array([[FOCAL_PX, 0, 319.5], [0, FOCAL_PX, 179.5], [0, 0, 1]])
SPOTS = np.array([[40.0, 40.0], [600.0, 40.0], [320.0, 180.0], [40.0, 320.0], [600.0, 320.0]])


def make_room(seed: int = 2) -> np.ndarray:
    """Draw a room with furniture in it: boxes of many shades."""
    rng = np.random.default_rng(seed)
    room = np.full((SIZE_PX[1], SIZE_PX[0], 3), 150, np.uint8)
    for _ in range(90):
        x, y = rng.integers(0, 620), rng.integers(0, 340)
        w, h = rng.integers(12, 70), rng.integers(12, 60)
        cv2.rectangle(room, (int(x), int(y)), (int(x + w), int(y + h)), tuple(int(v) for v in rng.integers(20, 235, 3)), -1)
    return cv2.GaussianBlur(room, (0, 0), 0.8)


def turn(yaw_deg: float, pitch_deg: float, roll_deg: float) -> np.ndarray:
    """Map of pixels (3, 3) when the camera turns about its own place."""
    rotation, _ = cv2.Rodrigues(np.radians([pitch_deg, yaw_deg, roll_deg]))
    return LENS @ rotation @ np.linalg.inv(LENS)


@pytest.mark.parametrize("angles_deg", [(0.5, 0.0, 0.0), (0.0, 0.4, 0.0), (0.0, 0.0, 0.6), (-0.6, 0.5, -0.4)])
def test_a_turn_of_the_hand_is_taken_out_to_a_tenth_of_a_pixel(angles_deg: tuple[float, float, float]) -> None:
    """Middle and edges of the picture come back to where they were."""
    room, moved_by = make_room(), turn(*angles_deg)
    moved = cv2.warpPerspective(room, moved_by, SIZE_PX, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    aligner = FrameAligner()
    aligner.align(room, None)
    to_room, residual_px = aligner.align(moved, None)
    assert to_room is not None
    np.testing.assert_allclose(apply(to_room, apply(moved_by, SPOTS)), SPOTS, atol=0.1)
    assert residual_px < 0.3


def test_the_first_frame_is_the_room_picture() -> None:
    """It is its own reference, exactly."""
    to_room, residual_px = FrameAligner().align(make_room(), None)
    np.testing.assert_array_equal(to_room, np.eye(3))
    assert residual_px == 0.0


def test_a_person_who_walks_does_not_drag_the_room_along() -> None:
    """A quarter of the picture moves 6 px on its own, unmasked: the room still counts as still to 0.1 px."""
    room = make_room()
    person = make_room(seed=5)[:, :160]
    first, second = room.copy(), room.copy()
    first[:, 200:360], second[:, 206:366] = person, person
    aligner = FrameAligner()
    aligner.align(first, None)
    to_room, _ = aligner.align(second, None)
    assert to_room is not None
    np.testing.assert_allclose(apply(to_room, SPOTS), SPOTS, atol=0.1)


def test_a_bare_wall_cannot_be_laid_onto_itself() -> None:
    """Too few corners give no map rather than a guessed one."""
    plain = np.full((SIZE_PX[1], SIZE_PX[0], 3), 120, np.uint8)
    aligner = FrameAligner()
    aligner.align(plain, None)
    assert aligner.align(plain, None)[0] is None


def test_a_frame_is_brought_into_the_first_frames_pixels() -> None:
    """`warp` undoes the turn: inside the picture the frames agree within 3 grey levels on average."""
    room, moved_by = make_room(), turn(0.4, 0.2, 0.3)
    moved = cv2.warpPerspective(room, moved_by, SIZE_PX, flags=cv2.INTER_LINEAR)
    back = warp(moved, np.linalg.inv(moved_by))
    apart = np.abs(back.astype(float) - room.astype(float))[20:-20, 20:-20]
    assert float(apart.mean()) < 3.0
