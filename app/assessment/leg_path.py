"""The leg in the measuring plane: what every pixel of it is worth, over time and for one moment with full uncertainty."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.assessment.leg_depth import LegDepths, compute_depths
from app.assessment.measurement import AttemptOptions, Finding, Scale
from app.assessment.scene_solve import SolvedScene
from calibration.camera import CAMERA_X, N_PARAMS, Camera
from calibration.plane import SagittalPlane, inclination_deg
from calibration.propagate import propagate
from calibration.references import FOOT_LENGTH_STD_CM, HEIGHT_TO_FOOT_LENGTH, HEIGHT_TO_FOOT_LENGTH_STD
from vision.tracks import LegTrack

FloatArray = npt.NDArray[np.float64]

NOMINAL_FOOT_CM = 25.5
"""Length of foot in which an unscaled clip's gates are read; no centimetre of it is reported."""

OUTLINE_OFFSET_DEG, OUTLINE_OFFSET_STD_DEG = 3.0, 1.5
"""Front outline minus joint axis: 0-6 deg in people (muscle and tuberosity lie in front of the axis), taken as 3.0 +- 1.5."""

CLOTH_SHARE = 0.35
"""Standard error of the outline at the hem, as a share of the width that cloth adds there: it may hang anywhere from 0 to all of it in front."""

SHIN_FROM, SHIN_TO = 0.13, 0.80
"""The stretch of the shin that defines its outline, see `vision.edges`."""

ANKLE_WIDTH_BARE = 0.21
"""Depth of the lower leg just above the ankle over knee-ankle length, bare or in socks: about 8 of 39 cm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathParams:
    """Standard errors that the picture does not tell, in real centimetres and degrees.

    Attributes
    ----------
    plane_depth_std_cm : float
        Of the leg's plane behind the seen outer border of the foot, beyond half the foot's breadth.
    point_depth_std_cm, knee_depth_std_cm : float
        Of toe and ankle, and of the knee (it need not travel over the toe), about where they are taken to be.
    edge_std_px : float
        Of toe, heel and knee on the picture, common to all frames (shadow, blur), in pixels of a 150 px shank; scales with the shank.
    border_std_px : float
        Of the sole's border on the floor, likewise.
    outline_std_deg : float
        Of the outline's direction from where exactly its 13-80 % lie.
    axis_point_std_cm : float
        Of the knee and ankle joint centres across the leg.
    """

    plane_depth_std_cm: float = 1.0
    point_depth_std_cm: float = 1.5
    knee_depth_std_cm: float = 2.5
    edge_std_px: float = 1.2
    border_std_px: float = 1.5
    outline_std_deg: float = 0.7
    axis_point_std_cm: float = 1.2


@dataclass(frozen=True, slots=True)
class LegPath:
    """The leg over time in the measuring plane.

    Attributes
    ----------
    plane : SagittalPlane
        Through the toe tip.
    depths : LegDepths
    scale : Scale
    shin_deg, axis_deg : (T,) float64
    knee_x_cm, toe_x_cm, heel_x_cm : (T,) float64
        Foremost knee, toe and heel from the wall. Nominal centimetres when scale is none.
    has_wall : bool
        Whether x = 0 was seen (sheet or corner line); otherwise x is counted from an arbitrary place.
    foot_cm : float
        Heel to toe as seen, in the same centimetres.
    ankle_width_ratio : float
        Width above the ankle over shank length: tells loose trousers.
    """

    plane: SagittalPlane
    depths: LegDepths
    scale: Scale
    shin_deg: FloatArray
    axis_deg: FloatArray
    knee_x_cm: FloatArray
    toe_x_cm: FloatArray
    heel_x_cm: FloatArray
    has_wall: bool
    foot_cm: float
    ankle_width_ratio: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """The leg at rest in a plateau: pixels averaged over its frames, and how much they scatter."""

    toe: FloatArray
    heel: FloatArray
    knee_front: FloatArray
    shin_ends: FloatArray
    knee: FloatArray
    ankle: FloatArray
    border: FloatArray
    scatter_px: float


MOMENT_NAMES = ("shin_angle_deg", "axis_angle_deg", "toe_to_wall_cm", "knee_gap_cm", "knee_over_toe_cm", "toe_to_wall_foot_lengths")


def build_leg_path(leg: LegTrack, scene: SolvedScene, options: AttemptOptions) -> LegPath:
    """Place the plane, find the scale, and bring the whole leg into it."""
    toe_px, heel_px = np.nanmedian(leg.toe, axis=0), np.nanmedian(leg.heel_back, axis=0)
    depths = compute_depths(scene.camera, _border(leg), toe_px, heel_px)
    length = _foot_units(scene.camera, toe_px, heel_px, depths)
    scale, per_unit, findings = find_scale(length, scene, options)
    plane = SagittalPlane(scene.camera, depths.toe, per_unit, -options.skirting_cm / per_unit)
    scale = replace(scale, cm_per_px=None if scale.source == "none" else _cm_per_px(plane, toe_px))
    behind = {name: (getattr(depths, name) - depths.toe) * per_unit for name in ("knee", "ankle", "heel")}
    shin = inclination_deg(
        plane.map_points(leg.shin_ends[:, 0], dz_cm=_between(behind, SHIN_FROM)), plane.map_points(leg.shin_ends[:, 1], dz_cm=_between(behind, SHIN_TO))
    )
    knee, ankle = plane.map_points(leg.knee, dz_cm=behind["knee"]), plane.map_points(leg.ankle_middle, dz_cm=behind["ankle"])
    joints = inclination_deg(knee, ankle)
    return LegPath(
        plane=plane,
        depths=depths,
        scale=scale,
        shin_deg=shin,
        axis_deg=_combine_axis(joints, shin, _axis_weight(float(np.nanmedian(np.hypot(*(knee - ankle).T))))),
        knee_x_cm=plane.map_points(leg.knee_front, dz_cm=behind["knee"])[:, 0],
        toe_x_cm=plane.map_points(leg.toe)[:, 0],
        heel_x_cm=plane.map_points(leg.heel_back, dz_cm=behind["heel"])[:, 0],
        has_wall=scene.solution.has_wall,
        foot_cm=length * per_unit,
        ankle_width_ratio=float(np.nanmedian(leg.ankle_width / np.hypot(*(leg.knee - leg.ankle).T))),
        findings=findings,
    )


def _between(behind: dict[str, float], share: float) -> float:
    """Depth of a point of the shin, `share` of the way from knee to ankle, relative to the plane."""
    return behind["knee"] + share * (behind["ankle"] - behind["knee"])


def find_scale(foot_units: float, scene: SolvedScene, options: AttemptOptions) -> tuple[Scale, float, tuple[Finding, ...]]:
    """Choose the best scale there is: sheet, foot length, body height, none; (scale, cm per unit, findings)."""
    given = options.foot_length_cm
    if scene.uses_sheet:
        return Scale("sheet", None, float(np.hypot(scene.layout.scale_std, _CORNERS_RELATIVE_STD))), 1.0, ()
    if options.scale in ("auto", "foot") and given is not None:
        return Scale("foot_length", None, FOOT_LENGTH_STD_CM / given), given / foot_units, ()
    if options.scale in ("auto", "height") and options.height_cm is not None:
        length = HEIGHT_TO_FOOT_LENGTH * options.height_cm * (_SHOE_OVER_FOOT if options.footwear == "shod" else 1.0)
        return Scale("height", None, HEIGHT_TO_FOOT_LENGTH_STD / HEIGHT_TO_FOOT_LENGTH), length / foot_units, ()
    return Scale("none"), NOMINAL_FOOT_CM / foot_units, ()


_CORNERS_RELATIVE_STD = 0.011
"""Marker corners that the detector puts up to 0.6 px inside the true ones, on squares some 45 px wide; 1.2 % together with a print nobody measured."""
_SHOE_OVER_FOOT = 1.10
"""An outer sole is 2-3 cm longer than the foot."""


def _foot_units(camera: Camera, toe_px: FloatArray, heel_px: FloatArray, depths: LegDepths) -> float:
    """Heel to toe along the foot, in the camera's centimetres."""
    toe, heel = camera.on_plane(toe_px[None], depths.toe)[0], camera.on_plane(heel_px[None], depths.heel)[0]
    return float(np.hypot(toe[0] - heel[0], toe[2] - heel[2]))


def _cm_per_px(plane: SagittalPlane, toe_px: FloatArray) -> float:
    pair = plane.map_points(np.array([toe_px, toe_px + np.array([1.0, 0.0])]))
    return float(np.hypot(*(pair[1] - pair[0])))


def _axis_weight(shank_cm: float, across_std_cm: float = 1.2) -> float:
    """Weight of the joints' own direction against the outline's less its usual offset, by their standard errors."""
    own = np.degrees(np.sqrt(2.0) * across_std_cm / max(shank_cm, 1.0))
    return float(OUTLINE_OFFSET_STD_DEG**2 / (OUTLINE_OFFSET_STD_DEG**2 + own**2))


def _combine_axis(joints: FloatArray, shin: FloatArray, weight: float) -> FloatArray:
    return np.asarray(weight * joints + (1 - weight) * (shin - OUTLINE_OFFSET_DEG))


def take_moment(leg: LegTrack, frames: npt.NDArray[np.bool_]) -> Moment:
    """Average the leg over some frames; NaN where it was never seen. Where the sole's border meets the floor is averaged over the whole clip."""

    def middle(points: FloatArray) -> FloatArray:
        chosen = points[frames]
        some = np.isfinite(chosen).any(axis=0)
        out = np.full(chosen.shape[1:], np.nan)
        out[some] = np.nanmedian(chosen[:, some], axis=0)
        return out

    ends = leg.shin_ends[frames]
    n = max(1, int(np.isfinite(ends[:, 0, 0]).sum()))
    scatter = float(np.nanmedian(np.abs(ends - middle(leg.shin_ends)))) * 1.4826 / np.sqrt(n) if n > 2 else 1.0
    return Moment(
        toe=middle(leg.toe),
        heel=middle(leg.heel_back),
        knee_front=middle(leg.knee_front),
        shin_ends=middle(leg.shin_ends),
        knee=middle(leg.knee),
        ankle=middle(leg.ankle_middle),
        border=_border(leg),
        scatter_px=scatter,
    )


def _border(leg: LegTrack) -> FloatArray:
    """Where the sole's outer border meets the floor at heel and ball (2, 2) px."""
    return np.array([np.nanmedian(leg.heel_low, axis=0), np.nanmedian(leg.ball_low, axis=0)])


def measure_moment(
    moment: Moment, path: LegPath, scene: SolvedScene, options: AttemptOptions, *, params: PathParams | None = None
) -> tuple[FloatArray, FloatArray]:
    """Numbers of `MOMENT_NAMES` (6,) and their covariance (6, 6) at one moment; NaN rows where a point is missing.

    Notes
    -----
    Inputs carried: the camera's seven parameters with their covariance; the depth of the plane; the depths of toe, knee, upper and lower shin about it;
    toe, heel, knee and outline on the picture; the typed foot length; clothing that hides the shin. The scale from the foot is worked out anew for every
    variation, so that what moves toe and heel together cancels as it does in truth.
    """
    p = params or PathParams()
    shank_px = float(np.hypot(*(moment.knee - moment.ankle)))
    edge = p.edge_std_px * max(shank_px, 60.0) / 150.0
    shin_length = float(np.hypot(*np.diff(path.plane.map_points(moment.shin_ends), axis=0)[0]))
    cloth_deg = np.degrees(CLOTH_SHARE * max(0.0, path.ankle_width_ratio - ANKLE_WIDTH_BARE) / 0.67)
    direction_std = float(np.hypot(p.outline_std_deg, cloth_deg))
    stds = np.concatenate(
        [
            [p.plane_depth_std_cm],
            [p.point_depth_std_cm, p.knee_depth_std_cm, 0.8 * p.knee_depth_std_cm, p.point_depth_std_cm],
            [edge, edge, edge],
            [np.radians(direction_std) * shin_length, p.axis_point_std_cm, p.axis_point_std_cm],
            [path.scale.relative_std or 0.0],
            [OUTLINE_OFFSET_STD_DEG],
            np.full(2, moment.scatter_px),
            np.array([1.0, 0.7]) * p.border_std_px * max(shank_px, 60.0) / 150.0,
        ]
    )
    n = N_PARAMS + len(stds)
    covariance = np.zeros((n, n))
    covariance[:N_PARAMS, :N_PARAMS] = scene.solution.covariance
    if scene.uses_sheet:
        covariance[CAMERA_X, CAMERA_X] += (scene.layout.shift_std_mm / 10.0) ** 2
    covariance[np.arange(N_PARAMS, n), np.arange(N_PARAMS, n)] = np.square(stds)
    at = np.concatenate([scene.camera.params, np.zeros(len(stds))])
    shank_cm = float(np.hypot(*(path.plane.map_points(moment.knee) - path.plane.map_points(moment.ankle))))
    weight = _axis_weight(shank_cm, p.axis_point_std_cm)

    def evaluate(x: FloatArray) -> FloatArray:
        return _evaluate(x, moment, path, scene, options, weight)

    return propagate(evaluate, at, covariance)


def _evaluate(x: FloatArray, moment: Moment, path: LegPath, scene: SolvedScene, options: AttemptOptions, weight: float) -> FloatArray:
    camera = Camera(x[:N_PARAMS], scene.camera.size_px)
    (plane_dz, toe_dz, knee_dz, top_dz, bottom_dz, toe_e, heel_e, knee_e, shift, across_e, ankle_e, scale_e, offset_e, top_e, bottom_e, border_e, turn_e) = x[
        N_PARAMS:
    ]
    unit = path.plane.cm_per_unit
    right = np.array([1.0, 0.0])
    toe_px, heel_px = moment.toe + toe_e * right, moment.heel + heel_e * right
    z = compute_depths(camera, moment.border + np.array([[0, border_e + turn_e], [0, border_e - turn_e]]), toe_px, heel_px)
    step = plane_dz / unit

    def place(xy_px: FloatArray, depth: float, aside_cm: float = 0.0) -> FloatArray:
        return np.asarray(camera.on_plane(xy_px[None], depth + step + aside_cm / unit)[0])

    toe, heel = place(toe_px, z.toe, toe_dz), place(heel_px, z.heel)
    foot = float(np.hypot(toe[0] - heel[0], toe[2] - heel[2]))
    per_unit = (1.0 if scene.uses_sheet else path.foot_cm / foot) * (1 + scale_e)
    knee_front = place(moment.knee_front + knee_e * right, z.knee, knee_dz)
    shin_z = [z.knee + share * (z.ankle - z.knee) for share in (SHIN_FROM, SHIN_TO)]
    top = place(moment.shin_ends[0] + top_e * right, shin_z[0], top_dz) - np.array([shift / unit, 0, 0])
    bottom = place(moment.shin_ends[1] + bottom_e * right, shin_z[1], bottom_dz)
    knee, ankle = place(moment.knee, z.knee) - np.array([across_e / unit, 0, 0]), place(moment.ankle, z.ankle) - np.array([ankle_e / unit, 0, 0])
    shin = float(inclination_deg(top[:2], bottom[:2]))
    axis = weight * float(inclination_deg(knee[:2], ankle[:2])) + (1 - weight) * (shin - OUTLINE_OFFSET_DEG - offset_e)
    toe_cm = toe[0] * per_unit + options.skirting_cm
    gap_cm = knee_front[0] * per_unit + options.skirting_cm
    return np.array([shin, axis, toe_cm, gap_cm, toe_cm - gap_cm, toe_cm / (foot * per_unit)])
