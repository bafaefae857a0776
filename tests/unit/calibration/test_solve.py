from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from calibration.camera import Camera
from calibration.directions import Edges, SortedEdges
from calibration.references import SHEET_V1
from calibration.solve import CameraPriors, SceneCues, solve_camera

FloatArray = npt.NDArray[np.float64]

SIZE_PX = (1280, 720)
SHEET_CM = np.concatenate([SHEET_V1.square_cm(marker) for marker in SHEET_V1.ids])
NO_POINTS = np.empty((0, 2))
SHEET_SIGMA_PX, CORNER_SIGMA_PX, EDGE_SIGMA_PX = 0.4, 1.5, 0.7


def make_camera(*, yaw: float = 5.0, pitch: float = 4.0, roll: float = 1.0, focal_over_long_side: float = 0.77) -> Camera:
    """Camera abreast of the gap between toes and wall, attitude in degrees."""
    return Camera(np.array([np.log(focal_over_long_side * SIZE_PX[0]), *np.radians([yaw, pitch, roll]), 12.0, np.log(68.0), -240.0]), SIZE_PX)


UPRIGHT = np.array([[[x, 10.0, z], [x, 90.0, z]] for x, z in ((0, 40), (60, 100), (95, 80), (-2, -40))], dtype=np.float64)
TO_WALL = np.array([[[15.0, 0.0, z], [110.0, 0.0, z]] for z in (60.0, 110.0)])
IN_DEPTH = np.array([[[x, 0.0, 30.0], [x, 0.0, 110.0]] for x in (25.0, 70.0)])


def turn_about_vertical(points: FloatArray, turn_deg: float) -> FloatArray:
    """Room points (..., 3) of a room that stands askew to the wall."""
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    return np.asarray(points @ np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]))


def film(camera: Camera, rng: np.random.Generator | None, *, sheet: bool = True, wall: bool = True, level: bool = False, askew_deg: float = 0.0) -> SceneCues:
    """Cues as the camera sees them, each with the noise that it admits; none without `rng`."""

    def blur(points: FloatArray, sigma: float) -> FloatArray:
        return points if rng is None else points + rng.normal(0, sigma, points.shape)

    corners = camera.project(np.column_stack([SHEET_CM[:, 0], np.zeros(len(SHEET_CM)), -SHEET_CM[:, 1]]))
    line = camera.project(np.array([[0.0, 0.0, -30.0], [0.0, 0.0, 60.0]]))

    def see(edges: FloatArray) -> Edges:
        # An end's own error counts against the middle of both: its offset has half the variance of the difference of two ends.
        ends = blur(camera.project(edges.reshape(-1, 3)).reshape(-1, 2, 2), EDGE_SIGMA_PX * np.sqrt(2.0))
        return Edges(ends, np.full(len(ends), EDGE_SIGMA_PX))

    seen = SortedEdges(see(UPRIGHT))
    if level:
        seen = SortedEdges(seen.upright, see(turn_about_vertical(TO_WALL, askew_deg)), see(turn_about_vertical(IN_DEPTH, askew_deg)))
    return SceneCues(
        size_px=SIZE_PX,
        sheet_px=blur(corners, SHEET_SIGMA_PX) if sheet else NO_POINTS,
        sheet_cm=SHEET_CM if sheet else NO_POINTS,
        sheet_sigma_px=SHEET_SIGMA_PX,
        corner_line_px=blur(line, CORNER_SIGMA_PX) if wall else None,
        corner_sigma_px=CORNER_SIGMA_PX,
        edges=seen,
        foot_px=camera.project(np.array([[10.0, 0.0, 4.0]]))[0],
    )


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [(0.0, 0.0, 0.0), (12.0, 6.0, -2.0), (-12.0, -3.0, 3.0)])
def test_perfect_cues_give_the_camera_back(yaw: float, pitch: float, roll: float) -> None:
    """Without noise only the priors pull: points about the foot are read within 1 mm."""
    camera = make_camera(yaw=yaw, pitch=pitch, roll=roll)
    solved = solve_camera(film(camera, None), priors=CameraPriors())
    assert solved.has_scale
    assert solved.has_wall
    leg = np.array([[10.0, 1.0, 4.0], [36.0, 3.0, 4.0], [4.0, 45.0, 4.0]])
    np.testing.assert_allclose(solved.camera.on_plane(camera.project(leg), 4.0), leg, atol=0.1)  # cm
    np.testing.assert_allclose(np.degrees(solved.camera.params[1:4]), [yaw, pitch, roll], atol=0.3)  # deg, prior of 8 deg on yaw


def test_a_low_camera_turned_far_aside_is_found() -> None:
    """Eleven degrees of yaw, nine of pitch, 43 cm high and beside the wall: no start leaps over the horizon and stays there."""
    camera = Camera(np.array([6.88, 0.192, 0.152, 0.002, -4.3, 3.767, -233.7]), SIZE_PX)
    solved = solve_camera(film(camera, np.random.default_rng(0), wall=False), priors=CameraPriors())
    assert solved.residual_rms < 1.5
    leg = np.array([[10.0, 1.0, 4.0], [0.0, 45.0, 4.0]])
    np.testing.assert_allclose(solved.camera.on_plane(camera.project(leg), 4.0), leg, atol=1.5)  # cm, 0.4 px on a sheet seen at a grazing angle


@pytest.mark.parametrize("wall", [True, False])
def test_a_foot_in_the_upper_half_of_the_picture_is_found(*, wall: bool) -> None:
    """A camera tilted down by eleven degrees far away: begun level, the foot would lie above the horizon, from where no step leads back."""
    camera = Camera(np.array([6.88, -0.07, 0.19, -0.02, 30.0, np.log(40.0), -330.0]), SIZE_PX)
    cues = film(camera, None, sheet=False, wall=wall, level=True)
    assert cues.foot_px is not None
    assert cues.foot_px[1] < 0.5 * SIZE_PX[1]
    solved = solve_camera(cues, priors=CameraPriors())
    assert solved.residual_rms < 1.0
    np.testing.assert_allclose(np.degrees(solved.camera.params[2]), np.degrees(0.19), atol=1.5)  # deg


def test_the_reported_covariance_is_what_noise_does() -> None:
    """Over noisy pictures of cameras drawn from the priors, squared errors in units of the covariance average to their degrees of freedom.

    Eighteen solves of seven parameters: the mean of chi2 / 7 scatters by sqrt(2 / 126) = 0.13, so 0.5 to 1.5 is four of that to either side;
    inflation by residuals above 1 pulls it down a little.
    """
    rng = np.random.default_rng(11)
    priors = CameraPriors()
    shares = []
    for _ in range(18):
        yaw, pitch, roll = np.degrees(rng.normal(0, [priors.yaw_std_rad, priors.pitch_std_rad, priors.roll_std_rad]))
        camera = make_camera(yaw=yaw, pitch=pitch, roll=roll, focal_over_long_side=float(priors.focal_over_long_side * np.exp(rng.normal(0, 0.09))))
        solved = solve_camera(film(camera, rng), priors=priors)
        error = solved.camera.params - camera.params
        shares.append(float(error @ np.linalg.solve(solved.covariance, error)) / len(error))
    assert 0.5 < float(np.mean(shares)) < 1.5
    assert np.max(shares) < 4.5  # chi2 of 7 degrees exceeds 31 once in 10 000


def test_without_a_sheet_ratios_still_hold() -> None:
    """Corner line and verticals alone: distance over foot length is right although no centimetre is known (2 %, the line's own error)."""
    camera = make_camera(yaw=4.0)
    solved = solve_camera(film(camera, None, sheet=False), priors=CameraPriors())
    assert not solved.has_scale
    assert solved.has_wall
    seen = camera.project(np.array([[10.0, 0.0, 0.0], [36.0, 0.0, 0.0]]))
    toe, heel = solved.camera.on_floor(seen)[:, 0]
    assert toe / (heel - toe) == pytest.approx(10.0 / 26.0, rel=0.02)


def test_without_sheet_and_wall_the_foot_is_the_origin() -> None:
    """The wall axis begins at the foot, and the answer says that there is no wall."""
    cues = film(make_camera(), None, sheet=False, wall=False)
    solved = solve_camera(cues, priors=CameraPriors())
    assert not solved.has_wall
    assert solved.camera.on_floor(cues.foot_px)[0, 0] == pytest.approx(0.0, abs=0.05)  # cm, as tightly as it is pinned


@pytest.mark.parametrize("yaw", [-8.0, 0.0, 8.0])
@pytest.mark.parametrize("pitch", [-4.0, 4.0, 9.0])
def test_a_picture_without_wall_and_sheet_converges(yaw: float, pitch: float) -> None:
    """Uprights alone give pitch and roll within 1.5 deg; no start runs off the floor."""
    solved = solve_camera(film(make_camera(yaw=yaw, pitch=pitch), None, sheet=False, wall=False), priors=CameraPriors())
    assert solved.residual_rms < 1.0
    np.testing.assert_allclose(np.degrees(solved.camera.params[2:4]), [pitch, 1.0], atol=1.5)


def test_cues_that_disagree_widen_the_answer() -> None:
    """A sheet that lies turned by 8 deg leaves residuals, and those make every variance larger."""
    flat = film(make_camera(), None)
    turn = np.radians(8.0)
    turned = flat.sheet_cm @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]).T
    crooked = replace(flat, sheet_cm=turned)
    good, bad = solve_camera(flat, priors=CameraPriors()), solve_camera(crooked, priors=CameraPriors())
    assert good.residual_rms < 0.3
    assert bad.residual_rms > 3.0
    assert bad.covariance[1, 1] > good.covariance[1, 1]


def test_one_false_upright_does_not_turn_the_picture() -> None:
    """The loss is robust: an edge 12 deg off plumb among true ones turns roll by less than 0.5 deg."""
    cues = film(make_camera(roll=0.0), None)
    false = np.array([[[300.0, 200.0], [300.0 + 300.0 * np.tan(np.radians(12.0)), 500.0]]])
    ends = np.concatenate([cues.edges.upright.ends_px, false])
    solved = solve_camera(replace(cues, edges=SortedEdges(Edges(ends, np.full(len(ends), EDGE_SIGMA_PX)))), priors=CameraPriors())
    assert abs(float(np.degrees(solved.camera.params[3]))) < 0.5


def test_level_edges_tell_the_yaw() -> None:
    """Without sheet and wall the prior alone says it, to several degrees; joints of the floor say it to about as well as rooms are square."""
    camera = make_camera(yaw=9.0)
    blind, seeing = (solve_camera(film(camera, None, sheet=False, wall=False, level=level), priors=CameraPriors()) for level in (False, True))
    assert np.degrees(np.sqrt(blind.covariance[1, 1])) > 3.0
    assert float(np.degrees(seeing.camera.params[1])) == pytest.approx(9.0, abs=0.5)
    assert 0.6 < np.degrees(np.sqrt(seeing.covariance[1, 1])) < 1.5


def test_a_room_askew_does_not_overrule_the_sheet() -> None:
    """Joints turned by 2 deg against the wall, three times as much as rooms usually are: yaw follows the wall, within half a degree."""
    solved = solve_camera(film(make_camera(yaw=5.0), None, level=True, askew_deg=2.0), priors=CameraPriors())
    assert float(np.degrees(solved.camera.params[1])) == pytest.approx(5.0, abs=0.5)


def test_the_covariance_from_edges_is_what_noise_does() -> None:
    """Cameras from the priors, rooms as askew as rooms are, corner line and edges alone: squared errors of focal length and attitude average to their number.

    Fourteen solves of four parameters: the mean of chi2 / 4 scatters by sqrt(2 / 56) = 0.19, so 0.4 to 1.7 is three of that to either side.
    """
    rng, priors, shares = np.random.default_rng(17), CameraPriors(), []
    for _ in range(14):
        yaw, pitch, roll, askew = np.degrees(rng.normal(0, [priors.yaw_std_rad, priors.pitch_std_rad, priors.roll_std_rad, priors.square_std_rad]))
        camera = make_camera(yaw=yaw, pitch=pitch, roll=roll, focal_over_long_side=float(priors.focal_over_long_side * np.exp(rng.normal(0, 0.09))))
        solved = solve_camera(film(camera, rng, sheet=False, level=True, askew_deg=askew), priors=priors)
        error = (solved.camera.params - camera.params)[:4]
        shares.append(float(error @ np.linalg.solve(solved.covariance[:4, :4], error)) / 4)
    assert 0.4 < float(np.mean(shares)) < 1.7
    assert np.max(shares) < 6.0  # chi2 of 4 degrees exceeds 24 once in 10 000


def test_one_false_level_edge_does_not_turn_the_camera() -> None:
    """An edge sorted with the others though it runs 6 deg off turns yaw by less than a degree."""
    cues = film(make_camera(yaw=4.0), None, sheet=False, level=True)
    false = turn_about_vertical(TO_WALL[:1] + np.array([0.0, 0.0, 20.0]), 6.0)
    wrong = np.concatenate([cues.edges.to_wall.ends_px, make_camera(yaw=4.0).project(false.reshape(-1, 3)).reshape(-1, 2, 2)])
    edges = replace(cues.edges, to_wall=Edges(wrong, np.full(len(wrong), EDGE_SIGMA_PX)))
    solved = solve_camera(replace(cues, edges=edges), priors=CameraPriors())
    assert float(np.degrees(solved.camera.params[1])) == pytest.approx(4.0, abs=1.0)


def test_the_camera_stays_within_what_a_side_view_can_be() -> None:
    """Edges that a level camera can hardly see, and that admit no error, do not send it beyond 40 deg of yaw, 35 of pitch, 20 of roll."""
    ends = np.array([[[400.0, 420.0], [700.0, 620.0]], [[500.0, 400.0], [700.0, 530.0]]])
    cues = film(make_camera(), None, sheet=False, wall=False)
    solved = solve_camera(replace(cues, edges=SortedEdges(to_wall=Edges(ends, np.full(2, 0.01)))), priors=CameraPriors())
    assert (np.abs(np.degrees(solved.camera.params[1:4])) <= [40.0, 35.0, 20.0]).all()
    assert np.isfinite(solved.camera.on_floor(cues.foot_px)).all()
