from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from calibration.camera import Camera
from calibration.directions import IN_DEPTH, TO_WALL, UP, Edges, find_upright, offset_px, sort_level

FloatArray = npt.NDArray[np.float64]

SIZE_PX = (1280, 720)
YAW_STD = np.deg2rad(8.0)
PLUMB = np.array([[[x, 10.0, z], [x, 120.0, z]] for x, z in ((0, 50), (60, 110), (110, 80), (-60, 90))], dtype=np.float64)
ACROSS = np.array([[[15.0, 0.0, z], [110.0, 0.0, z]] for z in (70.0, 110.0, 140.0)])
DEEP = np.array([[[x, 0.0, 60.0], [x, 0.0, 140.0]] for x in (-40.0, 45.0, 75.0, 105.0)])


def make_camera(*, yaw: float = 0.0, pitch: float = 4.0, roll: float = 0.0) -> Camera:
    """Camera before a leg, attitude in degrees."""
    return Camera(np.array([np.log(0.77 * SIZE_PX[0]), *np.radians([yaw, pitch, roll]), 12.0, np.log(68.0), -240.0]), SIZE_PX)


def see(camera: Camera, edges_cm: FloatArray, *, noise_px: float = 0.0, seed: int = 0) -> FloatArray:
    """Return the ends (M, 2, 2) px of room edges (M, 2, 3)."""
    ends = camera.project(edges_cm.reshape(-1, 3)).reshape(-1, 2, 2)
    return ends + np.random.default_rng(seed).normal(0, noise_px, ends.shape) if noise_px else ends


def foot_of(camera: Camera) -> FloatArray:
    """Where the toe meets the floor, px."""
    return np.asarray(camera.project(np.array([[10.0, 0.0, 5.0]]))[0])


def leaning(tilt_deg: float, *, x_px: float = 700.0, length_px: float = 250.0) -> FloatArray:
    """Return an edge (1, 2, 2) px that leans to the right by so much, its middle above the feet."""
    half = 0.5 * length_px * np.array([np.sin(np.radians(tilt_deg)), -np.cos(np.radians(tilt_deg))])
    middle = np.array([x_px, 300.0])
    return np.array([[middle - half, middle + half]])


def same(found: Edges, expected: FloatArray) -> bool:
    """Whether exactly these edges were found, in any order."""
    return sorted(found.ends_px.ravel().tolist()) == sorted(expected.ravel().tolist())


@pytest.mark.parametrize(("pitch", "roll"), [(0.0, 0.0), (6.0, 3.0), (-5.0, -4.0)])
def test_plumb_edges_are_found_among_level_ones(pitch: float, roll: float) -> None:
    """They lean apart as the camera is pitched, and all together as it is rolled; edges on the floor are left out."""
    camera = make_camera(pitch=pitch, roll=roll)
    plumb = see(camera, PLUMB, noise_px=0.4)
    everything = np.concatenate([see(camera, ACROSS), plumb, see(camera, DEEP)])
    assert same(find_upright(everything, SIZE_PX, foot_px=foot_of(camera)), plumb)


@pytest.mark.parametrize("tilt_deg", [-9.0, 4.0, 12.0])
def test_a_rail_that_leans_is_left_out(tilt_deg: float) -> None:
    """Longer than any door edge, and yet alone in its direction."""
    camera = make_camera()
    plumb = see(camera, PLUMB)
    found = find_upright(np.concatenate([leaning(tilt_deg, length_px=320.0), plumb]), SIZE_PX, foot_px=foot_of(camera))
    assert same(found, plumb)


def test_of_two_families_of_one_length_the_less_tilted_is_upright() -> None:
    """Phones lean little: two edges at 1 deg are believed before two at 7 deg."""
    near = np.concatenate([leaning(1.0, x_px=500.0), leaning(1.0, x_px=800.0)])
    far = np.concatenate([leaning(7.0, x_px=560.0), leaning(7.0, x_px=860.0)])
    assert same(find_upright(np.concatenate([far, near]), SIZE_PX, foot_px=np.array([640.0, 600.0])), near)


def test_nothing_stands_on_the_floor_before_the_foot() -> None:
    """A board's joint that runs in depth under the camera looks plumb; its middle is seen below the toe."""
    camera = make_camera()
    plumb = see(camera, PLUMB)
    joint = see(camera, np.array([[[12.0, 0.0, -90.0], [12.0, 0.0, -20.0]]]))
    tilt = np.degrees(np.arctan2(joint[0, 0, 0] - joint[0, 1, 0], joint[0, 0, 1] - joint[0, 1, 1]))
    assert abs(tilt) < 2.0
    assert same(find_upright(np.concatenate([joint, plumb]), SIZE_PX, foot_px=foot_of(camera)), plumb)


def test_a_long_edge_is_worth_no_more_than_walls_are_plumb() -> None:
    """A short edge is as sure as its ends are seen, 0.5 px; one of 500 px may itself be off by 0.3 deg, 1.3 px."""
    short, long = leaning(0.0, x_px=400.0, length_px=40.0), leaning(0.0, x_px=640.0, length_px=500.0)
    sigma = find_upright(np.concatenate([long, short]), SIZE_PX, foot_px=np.array([640.0, 700.0])).sigma_px
    assert sigma[1] == pytest.approx(0.5, abs=0.02)
    assert sigma[0] == pytest.approx(np.hypot(0.5, 250.0 * np.radians(0.3)))


def test_one_upright_edge_or_none_is_what_it_is() -> None:
    """There is nobody to agree with."""
    alone = leaning(2.0)
    assert same(find_upright(alone, SIZE_PX, foot_px=np.array([640.0, 600.0])), alone)
    for nothing in (np.empty((0, 2, 2)), leaning(60.0)):
        assert find_upright(nothing, SIZE_PX, foot_px=np.array([640.0, 600.0])).ends_px.shape == (0, 2, 2)


def test_an_edge_lies_beside_its_direction_by_its_turn() -> None:
    """Zero for every edge of the room in its own direction; an edge turned by 2 deg is off by half its length times the sine."""
    camera = make_camera(yaw=6.0, roll=2.0)
    for edges, direction in ((PLUMB, UP), (ACROSS, TO_WALL), (DEEP, IN_DEPTH)):
        ends = see(camera, edges)
        np.testing.assert_allclose(offset_px(camera, ends, direction), 0.0, atol=1e-6)
        middle = ends.mean(axis=1, keepdims=True)
        c, s = np.cos(np.radians(2.0)), np.sin(np.radians(2.0))
        turned = middle + (ends - middle) @ np.array([[c, s], [-s, c]])
        half = 0.5 * np.hypot(*(ends[:, 1] - ends[:, 0]).T)
        np.testing.assert_allclose(np.abs(offset_px(camera, turned, direction)), half * np.sin(np.radians(2.0)), rtol=1e-6)


@pytest.mark.parametrize("yaw", [-15.0, -6.0, 0.0, 6.0, 15.0])
def test_level_edges_are_sorted_whatever_the_yaw(yaw: float) -> None:
    """Square to the wall or along it, told apart by a camera whose pitch and roll are known and whose yaw is not."""
    truth, thought = make_camera(yaw=yaw, roll=1.0), make_camera(roll=1.0)
    across, deep, plumb = see(truth, ACROSS, noise_px=0.3), see(truth, DEEP, noise_px=0.3, seed=1), see(truth, PLUMB)
    to_wall, in_depth = sort_level(np.concatenate([plumb, deep, across]), thought, yaw_std_rad=YAW_STD)
    assert same(to_wall, across)
    assert same(in_depth, deep)


def test_edges_of_a_table_askew_belong_to_neither() -> None:
    """Three edges at 35 deg to the wall are left out, and do not carry the others along."""
    camera = make_camera(yaw=5.0)
    along, aside = np.array([np.cos(np.radians(35.0)), 0.0, np.sin(np.radians(35.0))]), np.array([-np.sin(np.radians(35.0)), 0.0, np.cos(np.radians(35.0))])
    start = np.array([60.0, 40.0, 60.0])
    table = see(camera, np.array([[start, start + 60 * along], [start + 40 * aside, start + 40 * aside + 60 * along], [start, start + 40 * aside]]))
    across, deep = see(camera, ACROSS), see(camera, DEEP)
    to_wall, in_depth = sort_level(np.concatenate([table, across, deep]), make_camera(), yaw_std_rad=YAW_STD)
    assert same(to_wall, across)
    assert same(in_depth, deep)


@pytest.mark.parametrize("seed", range(4))
def test_edges_in_every_direction_say_nothing(seed: int) -> None:
    """Where too few of them fit two directions, what fits is chance, and none is used."""
    rng = np.random.default_rng(seed)
    turn, middle = np.linspace(0.2, np.pi - 0.2, 24), np.column_stack([rng.uniform(100, 1180, 24), rng.uniform(100, 620, 24)])
    half = 40.0 * np.column_stack([np.cos(turn), np.sin(turn)])
    ends = np.stack([middle - half, middle + half], axis=1)
    to_wall, in_depth = sort_level(ends, make_camera(), yaw_std_rad=YAW_STD)
    assert len(to_wall.ends_px) == len(in_depth.ends_px) == 0


def test_what_may_be_plumb_is_not_level() -> None:
    """A joint in depth straight under the camera cannot be told from a plumb edge: it is left out, and alone it is nothing."""
    camera = make_camera()
    under = see(camera, np.array([[[12.0, 0.0, -60.0], [12.0, 0.0, 90.0]]]))
    assert [len(edges.ends_px) for edges in sort_level(under, camera, yaw_std_rad=YAW_STD)] == [0, 0]
    deep = see(camera, DEEP)
    _, in_depth = sort_level(np.concatenate([under, deep]), camera, yaw_std_rad=YAW_STD)
    assert same(in_depth, deep)


def test_an_unlikely_yaw_needs_more_edges() -> None:
    """A lone edge that would make it 20 deg loses against one that fits a camera held straight, though it is a little longer."""
    straight, odd = make_camera(), make_camera(yaw=20.0)
    expected, other = see(straight, np.array([[[20.0, 0.0, 80.0], [80.0, 0.0, 80.0]]])), see(odd, np.array([[[20.0, 0.0, 90.0], [88.0, 0.0, 90.0]]]))
    assert 1.0 < np.hypot(*np.diff(other[0], axis=0)[0]) / np.hypot(*np.diff(expected[0], axis=0)[0]) < 1.2
    to_wall, in_depth = sort_level(np.concatenate([other, expected]), straight, yaw_std_rad=YAW_STD)
    assert same(to_wall, expected)
    assert len(in_depth.ends_px) == 0
