"""One solve of the camera from every cue the picture offers, with covariance and residuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from calibration.camera import N_PARAMS, Camera
from calibration.directions import IN_DEPTH, TO_WALL, UP, Edges, SortedEdges, offset_px
from calibration.errors import DegenerateSceneError
from calibration.references import PHONE_FOCAL_OVER_LONG_SIDE, PHONE_FOCAL_RELATIVE_STD

FloatArray = npt.NDArray[np.float64]

_STEP_SCALE = np.array([0.03, 0.05, 0.02, 0.01, 5.0, 0.05, 10.0, 0.01])
"""Size of a first step in each parameter: small enough not to leap over the horizon, from where there is no way back."""

_USUAL_DISTANCE_CM = 250.0
"""From camera to foot; only begins the search."""

_LIMITS = np.array([0.9, *np.deg2rad([40.0, 35.0, 20.0]), 2e3, 3.0, 2e3])
"""How far each parameter may go from its prior: beyond 40 deg of yaw it is no view from the side, and from a camera turned over there is no way back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPriors:
    """What is known before looking: how people hold a phone. Standard deviations are wide on purpose; cues overrule them.

    Attributes
    ----------
    yaw_std_rad, pitch_std_rad, roll_std_rad : float
        Spread of hand-held side views about straight and level.
    square_std_rad : float
        How far the room as a whole (boards, tiles, the other walls) may be turned against the wall that the knee touches.
    height_cm : float
        Typical height of the camera; only fixes the free size of a picture without scale.
    focal_over_long_side, focal_relative_std : float
        See `calibration.references`.
    """

    yaw_std_rad: float = np.deg2rad(8.0)
    pitch_std_rad: float = np.deg2rad(6.0)
    roll_std_rad: float = np.deg2rad(2.5)
    square_std_rad: float = np.deg2rad(0.7)
    height_cm: float = 70.0
    focal_over_long_side: float = PHONE_FOCAL_OVER_LONG_SIDE
    focal_relative_std: float = PHONE_FOCAL_RELATIVE_STD


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneCues:
    """What was seen of the room, in pixels of the picture in which the person faces right.

    Attributes
    ----------
    size_px : (width, height)
    sheet_px, sheet_cm : (N, 2) float64
        Seen corners and the same corners on the floor (x from the wall, across towards the camera), cm.
    sheet_sigma_px : float
        Standard error of one corner coordinate.
    corner_line_px : (2, 2) float64 or None
        Two points of the line where floor and wall meet.
    corner_sigma_px : float
        Standard error of the line at those points, across it.
    edges : SortedEdges
        Straight edges of the room, by the direction in which they run.
    foot_x_px : (2,) float64 or None
        Where the foot stands: places the camera along the wall when neither sheet nor corner line do.
    """

    size_px: tuple[int, int]
    sheet_px: FloatArray
    sheet_cm: FloatArray
    corner_line_px: FloatArray | None
    edges: SortedEdges
    sheet_sigma_px: float = 0.4
    corner_sigma_px: float = 1.5
    foot_px: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class CameraSolution:
    """A solved camera.

    Attributes
    ----------
    camera : Camera
    covariance : (7, 7) float64
        Of `Camera.params`.
    residual_rms : float
        Root mean square of the cues' residuals in units of their standard error. It divides by how many they are, not by how many more than what was
        fitted to them: where cues agree it is below 1, the more so the fewer they are. A limit for false cues, no reduced chi square.
    misfit : float
        Chi square of cues and priors together (robust): tells candidates of one cue apart.
    has_scale, has_wall : bool
        Whether the sheet gave centimetres; whether x = 0 is where floor and wall meet.
    """

    camera: Camera
    covariance: FloatArray
    residual_rms: float
    misfit: float
    has_scale: bool
    has_wall: bool


def solve_camera(cues: SceneCues, *, priors: CameraPriors, start: Camera | None = None) -> CameraSolution:
    """Fit the camera to all cues at once, from a camera that is nearly right or else from several usual ones.

    Raises
    ------
    DegenerateSceneError
        When no start converges to a camera above the floor.

    Notes
    -----
    Without a sheet the size of the room is free: the camera's height is held near its prior and only ratios mean anything. Without sheet and corner line
    x = 0 is put at the foot. A robust loss keeps one false edge from turning the picture.
    """
    long_side = max(cues.size_px)
    prior_mean = np.array([np.log(priors.focal_over_long_side * long_side), 0, 0, 0, 0, np.log(priors.height_cm), 0])
    has_sheet = len(cues.sheet_px) >= 4
    place_std = 1e3 if has_sheet else 1e-3  # without a sheet the gauge is pinned: height and depth origin are conventions, not knowledge
    x_pinned = cues.corner_line_px is None and not has_sheet
    prior_std = np.array(
        [
            priors.focal_relative_std,
            priors.yaw_std_rad,
            priors.pitch_std_rad,
            priors.roll_std_rad,
            1e4,
            3.0 if has_sheet else place_std,
            1e4 if has_sheet else place_std,
        ]
    )

    def residuals(x: FloatArray) -> FloatArray:
        params, askew = x[:N_PARAMS], x[N_PARAMS:]
        camera = Camera(params, cues.size_px)
        room = Camera(params + np.eye(N_PARAMS)[1] * askew, cues.size_px)  # the camera as turned against the room instead of the wall
        parts = [(params - prior_mean) / prior_std, askew / priors.square_std_rad, _sheet(camera, cues), _corner(camera, cues)]
        parts += [_aligned(camera, cues.edges.upright, UP), _aligned(room, cues.edges.to_wall, TO_WALL), _aligned(room, cues.edges.in_depth, IN_DEPTH)]
        if x_pinned and cues.foot_px is not None:
            parts.append(camera.on_floor(cues.foot_px)[:, 0] / 1e-2)
        return np.asarray(np.nan_to_num(np.concatenate(parts), nan=1e3, posinf=1e3, neginf=-1e3))

    best = None
    usual = _starts(prior_mean, cues, has_sheet=has_sheet, x_pinned=x_pinned) if start is None else [start.params]
    span = np.append(_LIMITS, 0.1)
    centre = np.append(prior_mean, 0.0)
    for first in usual:
        begin = np.clip(np.append(first, 0.0), centre - 0.99 * span, centre + 0.99 * span)
        fit = least_squares(
            residuals,
            begin,
            loss="soft_l1",
            f_scale=2.0,
            x_scale=_STEP_SCALE,
            max_nfev=400,
            ftol=1e-5,
            xtol=1e-5,
            gtol=1e-5,
            bounds=(centre - span, centre + span),
        )
        if best is None or fit.cost < best.cost:
            best = fit
    if best is None or not np.all(np.isfinite(best.x)):
        raise DegenerateSceneError("found no camera that explains the cues; expected a floor seen from above and a wall: film from the side, phone upright")
    camera = Camera(np.asarray(best.x[:N_PARAMS], dtype=np.float64), cues.size_px)
    cue_residuals = best.fun[N_PARAMS + 1 :]
    rms = float(np.sqrt(np.mean(np.square(cue_residuals)))) if len(cue_residuals) else 0.0
    jacobian = np.asarray(best.jac, dtype=np.float64)
    covariance = np.linalg.pinv(jacobian.T @ jacobian, hermitian=True)[:N_PARAMS, :N_PARAMS]
    inflate = max(1.0, rms) ** 2  # cues that disagree more than they admit make the answer less certain, never more
    return CameraSolution(camera, np.asarray(covariance * inflate), rms, 2.0 * float(best.cost), has_sheet, has_sheet or cues.corner_line_px is not None)


def _starts(prior_mean: FloatArray, cues: SceneCues, *, has_sheet: bool, x_pinned: bool) -> list[FloatArray]:
    starts = []
    for yaw in np.deg2rad([-10.0, 0.0, 10.0]):
        start = prior_mean.copy()
        start[1] = yaw
        start[4] = 30.0
        start[6] = -230.0 if has_sheet else 0.0
        if cues.foot_px is not None and np.isfinite(cues.foot_px).all():
            # the foot must lie below the horizon, or the first step has no way to go: look down at it as from a usual height and distance
            below_axis = np.arctan((cues.foot_px[1] - 0.5 * cues.size_px[1]) / np.exp(prior_mean[0]))
            start[2] = np.arctan(np.exp(prior_mean[5]) / _USUAL_DISTANCE_CM) - below_axis
        if x_pinned and cues.foot_px is not None:
            foot_x = float(Camera(start, cues.size_px).on_floor(cues.foot_px)[0, 0])
            start[4] -= foot_x if np.isfinite(foot_x) else 0.0  # begin where the pin holds: from elsewhere the first step can leave the floor
        starts.append(start)
    return starts


def _sheet(camera: Camera, cues: SceneCues) -> FloatArray:
    if not len(cues.sheet_px):
        return np.empty(0)
    floor = np.column_stack([cues.sheet_cm[:, 0], np.zeros(len(cues.sheet_cm)), -cues.sheet_cm[:, 1]])
    return np.asarray(((camera.project(floor) - cues.sheet_px) / cues.sheet_sigma_px).ravel())


def _corner(camera: Camera, cues: SceneCues) -> FloatArray:
    """Distance of the seen line's points from the projected one, in standard errors."""
    if cues.corner_line_px is None:
        return np.empty(0)
    centre = camera.centre_cm()
    foot_of_line = np.array([[0.0, 0.0, centre[2] + 2.5 * centre[1]]])
    seen = camera.project(foot_of_line)[0]
    vanishing = camera.direction_px(IN_DEPTH)
    line = np.cross([*seen, 1.0], vanishing)
    points = np.column_stack([cues.corner_line_px, np.ones(len(cues.corner_line_px))])
    return np.asarray(points @ line / (np.hypot(line[0], line[1]) + 1e-12) / cues.corner_sigma_px)


def _aligned(camera: Camera, edges: Edges, direction: FloatArray) -> FloatArray:
    """How far each edge's end lies beside its direction in the room, in standard errors."""
    if not len(edges.ends_px):
        return np.empty(0)
    return np.asarray(offset_px(camera, edges.ends_px, direction) / edges.sigma_px)
