from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.unit.vision.drawing import draw, film
from vision.contour import to_lab
from vision.corner_lines import find_corner_lines
from vision.scene import ArucoFinder, SteadyRoom, _steady, refine_square
from vision.straight_edges import find_edges
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


@pytest.mark.parametrize("side_px", [18.0, 40.0, 90.0])
@pytest.mark.parametrize("seed", range(3))
def test_corners_of_a_square_are_put_where_its_sides_cross(side_px: float, seed: int) -> None:
    """Turned and foreshortened as on a floor, its corners found 0.6 px inside: 0.3 px at most remain, a tenth on the mean, and no side of it is short."""
    rng = np.random.default_rng(seed)
    turn, middle = rng.uniform(-0.3, 0.3), np.array([100.0, 80.0]) + rng.uniform(-0.5, 0.5, 2)
    square = 0.5 * side_px * np.array([[-1.0, -0.5], [1.0, -0.5], [1.0, 0.5], [-1.0, 0.5]])
    true = middle + square @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    picture = film(draw((200, 160), (235, 235, 235), (true, (20, 20, 20))), noise=3.0, seed=seed)
    inside = true + 0.6 * (middle - true) / np.linalg.norm(middle - true, axis=1)[:, None]
    refined = refine_square(picture[..., :1].astype(np.float32), inside)
    apart = np.hypot(*(refined - true).T)
    assert apart.max() < 0.3
    assert apart.mean() < 0.12
    sides = np.hypot(*(np.roll(refined, -1, axis=0) - refined).T) / np.hypot(*(np.roll(true, -1, axis=0) - true).T)
    assert float(sides.mean()) == pytest.approx(1.0, abs=0.01)


def test_corners_stay_where_sides_say_nothing() -> None:
    """On plain paper, or where a side leads elsewhere, the detector's corner is kept, to within what a side may move it: 2.5 px."""
    corners = np.array([[60.0, 60.0], [120.0, 60.0], [120.0, 90.0], [60.0, 90.0]])
    picture = np.random.default_rng(1).normal(200, 2, (160, 200, 1)).astype(np.float32)
    refined = refine_square(picture, corners)
    assert np.isfinite(refined).all()
    assert np.hypot(*(refined - corners).T).max() <= 2.5


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


@pytest.mark.parametrize("step", [6, 15, 40, 80, -100])
def test_an_edge_is_found_once_however_clear(step: int) -> None:
    """A step of any height is one edge, and leaves none beside it that would vote for its direction again."""
    picture = draw(SIZE_PX, (150, 150, 150), (np.array([[240.0, -5.0], [490.0, -5.0], [490.0, 370.0], [240.0, 370.0]]), (150 + step,) * 3))
    ends = find_edges(film(picture).astype(np.float32), np.zeros(SIZE_PX[::-1], np.float32))
    assert len(ends) == 1
    np.testing.assert_allclose(ends[0, :, 0], 240.0, atol=0.8)


def test_faint_joints_and_edges_of_colour_alone_are_found() -> None:
    """A joint six grey levels darker than a floor whose light changes by more, and a border between two colours of one lightness."""
    y, x = np.mgrid[: SIZE_PX[1], : SIZE_PX[0]].astype(np.float64)
    floor = 110.0 + 0.05 * x + 8.0 * np.sin(y / 90.0) - 6.0 * np.exp(-0.5 * np.square((x - 160.0) / 1.2))
    joint = np.repeat(floor[..., None], 3, axis=2)
    nobody = np.zeros(SIZE_PX[::-1], np.float32)
    ends = find_edges(cv2.GaussianBlur(joint, (0, 0), 0.8).astype(np.float32), nobody)
    assert len(ends)
    np.testing.assert_allclose(ends[..., 0], 160.0, atol=3.0)
    border = draw(SIZE_PX, (150, 165, 185), (np.array([[300.0, -5.0], [490.0, -5.0], [490.0, 370.0], [300.0, 370.0]]), (177, 159, 160)))
    assert float(np.ptp(to_lab(border.astype(np.float32))[0, [10, 400], 0])) < 1.0
    assert count_on(find_edges(film(border).astype(np.float32), nobody), np.array([300.0, 0.0]), np.array([300.0, 359.0])) == 1


def test_edges_come_longest_first_and_short_ones_not_at_all() -> None:
    """Bars of 30 to 240 px stand in order; one of 12 px, a thirtieth of the picture, says nothing about a direction."""
    bars = [
        (np.array([[x, 60.0], [x + 20.0, 60.0], [x + 20.0, 60.0 + high], [x, 60.0 + high]]), (60, 80, 90)) for x, high in ((80, 30), (200, 240), (320, 120))
    ]
    speck = (np.array([[400.0, 60.0], [412.0, 60.0], [412.0, 72.0], [400.0, 72.0]]), (60, 80, 90))
    ends = find_edges(film(draw(SIZE_PX, WALL, *bars, speck)).astype(np.float32), np.zeros(SIZE_PX[::-1], np.float32))
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    assert np.all(np.diff(length) <= 0)
    assert length[:2].min() > 220.0
    assert ends[..., 0].max() < 390.0


def count_on(ends: npt.NDArray[np.float64], start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> int:
    """How many of the segments (M, 2, 2) lie on a line, both ends within 0.7 px of it, and cover most of the way between its ends."""
    along = (end - start) / np.hypot(*(end - start))
    aside = np.abs((ends - start) @ np.array([-along[1], along[0]])).max(axis=1)
    covered = np.ptp((ends - start) @ along, axis=1) / np.hypot(*(end - start))
    return int(np.sum((aside < 0.7) & (covered > 0.8)))


def test_a_person_in_half_of_the_frames_leaves_no_hole() -> None:
    """Neither they nor the room are in most of the frames: some grey stands there; everywhere else the picture is finer than one frame's grey levels."""
    rng = np.random.default_rng(2)
    room = np.full((12, 20, 3), 100.4)
    frames = np.round(room + rng.normal(0, 1.5, (8, 12, 20, 3))).astype(np.uint8)
    frames[:4, :, :5] = 220
    steady = _steady(frames)
    assert np.isfinite(steady).all()
    assert ((steady[:, :5] > 100) & (steady[:, :5] < 220)).all()
    assert float(steady[:, 5:].mean()) == pytest.approx(100.4, abs=0.15)


def test_the_room_picture_is_what_stays() -> None:
    """A person who passes through is in no more than half of the frames anywhere, and leaves no trace."""
    room, steady = draw_room(boards=True), SteadyRoom()
    for x, y in np.random.default_rng(4).integers(10, 180, (40, 2)):
        room[y : y + 14, 2 * x : 2 * x + 18] = (int(x), 90, int(y))
    for k in range(9):
        frame, person = room.copy(), np.zeros(SIZE_PX[::-1], np.float32)
        frame[100:300, 20 + 45 * k : 60 + 45 * k] = (30, 30, 90)
        person[100:300, 20 + 45 * k : 60 + 45 * k] = 1.0
        assert steady.add(frame, person, k / 15) is not None
    lines, _ = steady.corner_lines(TOE, FOOT_PX)
    picture, _ = steady._room()
    assert float(np.abs(picture.astype(float) - room.astype(float)).mean()) < 2.0  # grey levels
    assert lines.shape[1:] == (2, 2)


@pytest.mark.parametrize(
    ("zoom", "turn_px", "held", "told"), [(1.0, 0.0, True, False), (1.0, 9.0, True, False), (1.025, 0.0, True, True), (1.07, 0.0, False, True)]
)
def test_a_zoom_is_no_turn_of_the_camera(*, zoom: float, turn_px: float, held: bool, told: bool) -> None:
    """A turned phone is held still; a zoom of 2.5 % is held and counts as misfit (more than 0.25 % of the long side), one of 7 % is not held."""
    room, steady = draw_room(boards=True), SteadyRoom()
    for x, y in np.random.default_rng(4).integers(10, 180, (40, 2)):
        room[y : y + 14, 2 * x : 2 * x + 18] = (int(x), 90, int(y))
    middle = 0.5 * (np.array(SIZE_PX) - 1)
    nobody = np.zeros(SIZE_PX[::-1], np.float32)
    assert steady.add(room, nobody, 0.0) is not None
    for share in (0.25, 0.5, 0.75, 1.0):
        by = 1 + share * (zoom - 1)
        change = np.array([[by, 0, (1 - by) * middle[0] + share * turn_px], [0, by, (1 - by) * middle[1]]])
        last = steady.add(cv2.warpAffine(room, change, SIZE_PX), nobody, share)
    assert (last is not None) == held
    assert (steady.misfit() > 0.0025) == told
