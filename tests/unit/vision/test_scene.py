from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.unit.vision.drawing import draw, film
from vision.contour import to_lab
from vision.scene import ArucoFinder, SteadyRoom, find_corner_lines, find_edges
from vision.tracks import MarkerSpec

SIZE_PX = (480, 360)
SPEC = MarkerSpec("DICT_4X4_50", (10, 11))
FLOOR, WALL, SIDE = (120, 100, 80), (205, 205, 200), (150, 165, 185)
TOE = np.array([300.0, 280.0])
FOOT_PX = 90.0
LINE = np.array([[335.0, 340.0], [323.0, 220.0]])
"""Where floor and wall meet: 31 px in front of the toe at the toe's height."""
AT_TOE = 335.0 - 12.0 * 60.0 / 120.0


def draw_room(*, noise: float = 0.0, boards: bool = False) -> npt.NDArray[np.uint8]:
    """Floor to the left, wall to the right of the corner line; a far wall above row 200."""
    slope = (LINE[1] - LINE[0]) / (LINE[0, 1] - LINE[1, 1])
    low, high = LINE[0] + 20.0 * np.array([-slope[0], 1.0]), LINE[0] + 140.0 * np.array([slope[0], -1.0])
    wall = np.array([low, high, [high[0], -5.0], [490.0, -5.0], [490.0, 370.0], [low[0], 370.0]])
    far = np.array([[-5.0, -5.0], [490.0, -5.0], [490.0, 200.0], [-5.0, 200.0]])
    shapes = [(far, SIDE), (wall, WALL)]
    picture = draw(SIZE_PX, FLOOR, *shapes)
    if boards:
        for x in range(20, 320, 35):
            joint = np.array([[x, 365.0], [x + 1.5, 365.0], [x + 0.18 * (320 - x) + 1.2, 205.0], [x + 0.18 * (320 - x), 205.0]])
            share = draw(SIZE_PX, (0, 0, 0), (joint, (255, 255, 255))) / 255.0
            picture = picture * (1 - 0.25 * share)
    return film(picture, noise=noise)


def at_height(line: npt.NDArray[np.float64], y_px: float) -> float:
    """Return x of a line at a height."""
    (x0, y0), (x1, y1) = line
    return float(x0 + (x1 - x0) * (y_px - y0) / (y1 - y0))


def paste_marker(marker_id: int, x: int, y: int, *, size: int = 64) -> npt.NDArray[np.uint8]:
    """Draw a printed marker on white paper on a grey floor."""
    picture = np.full((240, 320, 3), 120, np.uint8)
    black = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), marker_id, size)
    picture[y - 15 : y + size + 15, x - 15 : x + size + 15] = 235
    picture[y : y + size, x : x + size] = black[..., None]
    return cv2.GaussianBlur(picture, (0, 0), 0.7)


def test_a_marker_is_read_as_filmed() -> None:
    """Id, corners within 0.6 px of the printed square, not mirrored."""
    (found,) = ArucoFinder().find(paste_marker(10, 100, 60), SPEC)
    assert found.marker_id == 10
    assert not found.mirrored
    np.testing.assert_allclose(found.corners_px.min(axis=0), [99.5, 59.5], atol=0.6)
    np.testing.assert_allclose(found.corners_px.max(axis=0), [163.5, 123.5], atol=0.6)


def test_a_mirrored_marker_is_read_and_reported() -> None:
    """A recording that is mirrored still shows its sheet, in pixels of the frame as given, and is known to be mirrored."""
    picture = np.ascontiguousarray(paste_marker(11, 100, 60)[:, ::-1])
    (found,) = ArucoFinder().find(picture, SPEC)
    assert found.marker_id == 11
    assert found.mirrored
    np.testing.assert_allclose(found.corners_px.min(axis=0), [319 - 163.5, 59.5], atol=0.6)
    np.testing.assert_allclose(found.corners_px.max(axis=0), [319 - 99.5, 123.5], atol=0.6)


def test_markers_that_are_not_the_sheets_are_left_alone() -> None:
    """Another id of the same dictionary is not a calibration sheet."""
    assert ArucoFinder().find(paste_marker(3, 100, 60), SPEC) == []


@pytest.mark.parametrize("boards", [False, True])
def test_the_line_between_floor_and_wall_is_found(boards: bool) -> None:  # noqa: FBT001 - a parameter of the picture
    """First choice of the candidates, within 0.7 px at the toe's height, floor boards or not."""
    room = draw_room(noise=2.0, boards=boards)
    lines, scores = find_corner_lines(to_lab(room), np.zeros(SIZE_PX[::-1], np.float32), TOE, FOOT_PX)
    assert len(lines) >= 1
    assert at_height(lines[0], TOE[1]) == pytest.approx(AT_TOE, abs=0.7)
    assert at_height(lines[0], 240.0) == pytest.approx(at_height(LINE, 240.0), abs=1.0)
    assert np.all(np.diff(scores) <= 0)


def test_a_person_before_the_line_does_not_bend_it() -> None:
    """A third of the line is covered by the leg: the rest decides, to 1 px."""
    room = draw_room(noise=2.0)
    person = np.zeros(SIZE_PX[::-1], np.float32)
    room[235:275, 270:350] = (190, 145, 120)
    person[230:280, 265:355] = 1.0
    lines, _ = find_corner_lines(to_lab(room), person, TOE, FOOT_PX)
    assert at_height(lines[0], TOE[1]) == pytest.approx(AT_TOE, abs=1.0)


def test_a_floor_without_a_wall_gives_no_line() -> None:
    """Nothing to see is nothing found."""
    plain = film(draw(SIZE_PX, FLOOR), noise=2.0)
    lines, scores = find_corner_lines(to_lab(plain), np.zeros(SIZE_PX[::-1], np.float32), TOE, FOOT_PX)
    assert len(lines) == len(scores) == 0


def test_edges_are_found_in_any_direction_but_not_where_the_person_was() -> None:
    """A door's edge and a slanted one count, each once and to half a pixel; the door's other edge, where the person was, does not."""
    door = np.array([[100.0, 40.0], [160.0, 40.0], [160.0, 300.0], [100.0, 300.0]])
    slant = np.array([[250.0, 40.0], [300.0, 40.0], [430.0, 200.0], [380.0, 200.0]])
    room = film(draw(SIZE_PX, WALL, (door, (90, 70, 60)), (slant, (60, 80, 90)))).astype(np.float32)
    person = np.zeros(SIZE_PX[::-1], np.float32)
    person[:, 150:170] = 1.0
    ends = find_edges(room, person)
    assert np.all(np.diff(np.hypot(*(ends[:, 1] - ends[:, 0]).T)) <= 0)
    for start, end in (door[[3, 0]], slant[[0, 3]], slant[[1, 2]]):
        assert count_on(ends, start, end) == 1
    assert count_on(ends, door[1], door[2]) == 0


def count_on(ends: npt.NDArray[np.float64], start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> int:
    """How many of the segments (M, 2, 2) lie on a line, both ends within 0.7 px of it, and cover most of the way between its ends."""
    along = (end - start) / np.hypot(*(end - start))
    aside = np.abs((ends - start) @ np.array([-along[1], along[0]])).max(axis=1)
    covered = np.ptp((ends - start) @ along, axis=1) / np.hypot(*(end - start))
    return int(np.sum((aside < 0.7) & (covered > 0.8)))


def test_the_room_picture_is_what_stays() -> None:
    """A person who passes through is in no more than half of the frames anywhere, and leaves no trace."""
    room, steady = draw_room(boards=True), SteadyRoom()
    for x, y in np.random.default_rng(4).integers(10, 180, (40, 2)):
        room[y : y + 14, 2 * x : 2 * x + 18] = (int(x), 90, int(y))
    for k in range(9):
        frame, person = room.copy(), np.zeros(SIZE_PX[::-1], np.float32)
        frame[100:300, 20 + 45 * k : 60 + 45 * k] = (30, 30, 90)
        person[100:300, 20 + 45 * k : 60 + 45 * k] = 1.0
        assert steady.add(frame, person) is not None
    lines, _ = steady.corner_lines(TOE, FOOT_PX)
    picture, _ = steady._room()
    assert float(np.abs(picture.astype(float) - room.astype(float)).mean()) < 2.0  # grey levels
    assert lines.shape[1:] == (2, 2)
