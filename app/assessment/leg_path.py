"""The leg in the measuring plane: what every pixel of it is worth, over time and for one moment with full uncertainty."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.assessment.measurement import AttemptOptions, Finding, Scale
from app.assessment.scene_solve import SolvedScene
from calibration.camera import N_PARAMS, Camera
from calibration.plane import SagittalPlane, inclination_deg
from calibration.propagate import propagate
from calibration.references import FOOT_BREADTH_OVER_LENGTH, FOOT_LENGTH_STD_CM, HEIGHT_TO_FOOT_LENGTH, HEIGHT_TO_FOOT_LENGTH_STD
from vision.tracks import LegTrack

FloatArray = npt.NDArray[np.float64]

NOMINAL_FOOT_CM = 25.5
"""Length of foot in which an unscaled clip's gates are read; no centimetre of it is reported."""

OUTLINE_OFFSET_DEG, OUTLINE_OFFSET_STD_DEG = 3.0, 1.5
"""Front outline minus joint axis: 0-6 deg in people (muscle and tuberosity lie in front of the axis), taken as 3.0 +- 1.5."""

ANKLE_WIDTH_BARE = 0.21
"""Depth of the lower leg just above the ankle over knee-ankle length, bare or in socks: about 8 of 39 cm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathParams:
    """Standard errors that the picture does not tell, in real centimetres and degrees.

    Attributes
    ----------
    plane_depth_std_cm : float
        Of the leg's plane behind the seen outer border of the foot, beyond half the foot's breadth.
    point_depth_std_cm : float
        Of toe, knee and shin each, about that plane.
    edge_std_px : float
        Of toe, heel and knee on the picture, common to all frames (shadow, blur), in pixels of a 150 px shank; scales with the shank.
    outline_std_deg : float
        Of the outline's direction from where exactly its 13-80 % lie.
    axis_point_std_cm : float
        Of the knee and ankle joint centres across the leg.
    """

    plane_depth_std_cm: float = 1.5
    point_depth_std_cm: float = 1.5
    edge_std_px: float = 1.2
    outline_std_deg: float = 0.7
    axis_point_std_cm: float = 1.2


@dataclass(frozen=True, slots=True)
class LegPath:
    """The leg over time in the measuring plane.

    Attributes
    ----------
    plane : SagittalPlane
    scale : Scale
    shin_deg, axis_deg : (T,) float64
    knee_x_cm, toe_x_cm, heel_x_cm, heel_y_cm : (T,) float64
        Foremost knee, toe and heel from the wall; lowest heel point above the floor. Nominal centimetres when scale is none.
    has_wall : bool
        Whether x = 0 was seen (sheet or corner line); otherwise x is counted from an arbitrary place.
    foot_cm : float
        Heel to toe as seen, in the same centimetres.
    ankle_width_ratio : float
        Width above the ankle over shank length: tells loose trousers.
    """

    plane: SagittalPlane
    scale: Scale
    shin_deg: FloatArray
    axis_deg: FloatArray
    knee_x_cm: FloatArray
    toe_x_cm: FloatArray
    heel_x_cm: FloatArray
    heel_y_cm: FloatArray
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
    scatter_px: float


MOMENT_NAMES = ("shin_angle_deg", "axis_angle_deg", "toe_to_wall_cm", "knee_gap_cm", "knee_over_toe_cm", "toe_to_wall_foot_lengths")


def build_leg_path(leg: LegTrack, scene: SolvedScene, options: AttemptOptions) -> LegPath:
    """Place the plane, find the scale, and bring the whole leg into it."""
    toe_px, heel_px = np.nanmedian(leg.toe, axis=0), np.nanmedian(leg.heel_back, axis=0)
    border = scene.camera.on_floor(np.array([np.nanmedian(leg.heel_low, axis=0), np.nanmedian(leg.ball_low, axis=0)]))[:, 2]
    outer_z = float(np.nanmean(border))
    plane = SagittalPlane(scene.camera, outer_z)
    for _ in range(2):  # half the foot's breadth depends on the foot's length, and that a little on the depth
        length = _length_units(plane, toe_px, heel_px)
        plane = replace(plane, z_cm=outer_z + 0.5 * FOOT_BREADTH_OVER_LENGTH * length)
    length = _length_units(plane, toe_px, heel_px)
    scale, per_unit, findings = find_scale(length, scene, options)
    plane = replace(plane, cm_per_unit=per_unit, wall_x_cm=-options.skirting_cm / per_unit)
    scale = replace(scale, cm_per_px=None if scale.source == "none" else _cm_per_px(plane, toe_px))
    knee_front, toe, heel = plane.map_points(leg.knee_front), plane.map_points(leg.toe), plane.map_points(leg.heel_back)
    ends = plane.map_points(leg.shin_ends)
    shin = inclination_deg(ends[:, 0], ends[:, 1])
    joints = inclination_deg(plane.map_points(leg.knee), plane.map_points(leg.ankle_middle))
    shank = np.hypot(*(leg.knee - leg.ankle).T)
    low = replace(plane, z_cm=outer_z).map_points(leg.heel_low)
    return LegPath(
        plane=plane,
        scale=scale,
        shin_deg=shin,
        axis_deg=_combine_axis(joints, shin, _axis_weight(plane, leg)),
        knee_x_cm=knee_front[:, 0],
        toe_x_cm=toe[:, 0],
        heel_x_cm=heel[:, 0],
        heel_y_cm=low[:, 1],
        has_wall=scene.solution.has_wall,
        foot_cm=length * per_unit,
        ankle_width_ratio=float(np.nanmedian(leg.ankle_width / shank)),
        findings=findings,
    )


def find_scale(foot_units: float, scene: SolvedScene, options: AttemptOptions) -> tuple[Scale, float, tuple[Finding, ...]]:
    """Choose the best scale there is: sheet, foot length, body height, none; (scale, cm per unit, findings)."""
    given = options.foot_length_cm
    if scene.uses_sheet:
        findings: tuple[Finding, ...] = ()
        if given is not None and abs(foot_units / given - 1) > _FOOT_DISAGREES:
            message = f"The sheet makes the foot {foot_units:.1f} cm long, you typed {given:.1f} cm: check both. The sheet was used."
            findings = (Finding("cues_disagree", "warning", message, round(foot_units - given, 2)),)
        return Scale("sheet", None, _SHEET_RELATIVE_STD), 1.0, findings
    if options.scale in ("auto", "foot") and given is not None:
        return Scale("foot_length", None, FOOT_LENGTH_STD_CM / given), given / foot_units, ()
    if options.scale in ("auto", "height") and options.height_cm is not None:
        length = HEIGHT_TO_FOOT_LENGTH * options.height_cm * (_SHOE_OVER_FOOT if options.footwear == "shod" else 1.0)
        return Scale("height", None, HEIGHT_TO_FOOT_LENGTH_STD / HEIGHT_TO_FOOT_LENGTH), length / foot_units, ()
    return Scale("none"), NOMINAL_FOOT_CM / foot_units, ()


_FOOT_DISAGREES = 0.10
_SHEET_RELATIVE_STD = 0.012
_SHOE_OVER_FOOT = 1.10
"""An outer sole is 2-3 cm longer than the foot."""


def _length_units(plane: SagittalPlane, toe_px: FloatArray, heel_px: FloatArray) -> float:
    toe, heel = plane.camera.on_plane(np.array([toe_px, heel_px]), plane.z_cm)
    return float(abs(heel[0] - toe[0]))


def _cm_per_px(plane: SagittalPlane, toe_px: FloatArray) -> float:
    pair = plane.map_points(np.array([toe_px, toe_px + np.array([1.0, 0.0])]))
    return float(np.hypot(*(pair[1] - pair[0])))


def _axis_weight(plane: SagittalPlane, leg: LegTrack) -> float:
    """Weight of the joints' own direction against the outline's less its usual offset, by their standard errors."""
    shank = float(np.nanmedian(np.hypot(*(plane.map_points(leg.knee) - plane.map_points(leg.ankle_middle)).T)))
    own = np.degrees(np.sqrt(2.0) * PathParams().axis_point_std_cm / max(shank, 1.0))
    return float(OUTLINE_OFFSET_STD_DEG**2 / (OUTLINE_OFFSET_STD_DEG**2 + own**2))


def _combine_axis(joints: FloatArray, shin: FloatArray, weight: float) -> FloatArray:
    return np.asarray(weight * joints + (1 - weight) * (shin - OUTLINE_OFFSET_DEG))


def take_moment(leg: LegTrack, frames: npt.NDArray[np.bool_]) -> Moment:
    """Average the leg over some frames; NaN where it was never seen."""

    def middle(points: FloatArray) -> FloatArray:
        chosen = points[frames]
        some = np.isfinite(chosen).any(axis=0)
        out = np.full(chosen.shape[1:], np.nan)
        out[some] = np.nanmedian(chosen[:, some], axis=0)
        return out

    ends = leg.shin_ends[frames]
    n = max(1, int(np.isfinite(ends[:, 0, 0]).sum()))
    scatter = float(np.nanmedian(np.abs(ends - middle(leg.shin_ends)))) * 1.4826 / np.sqrt(n) if n > 2 else 1.0  # noqa: PLR2004 - a scatter needs three
    return Moment(
        middle(leg.toe), middle(leg.heel_back), middle(leg.knee_front), middle(leg.shin_ends), middle(leg.knee), middle(leg.ankle_middle), scatter
    )


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
    cloth_deg = np.degrees(0.25 * max(0.0, path.ankle_width_ratio - ANKLE_WIDTH_BARE) / 0.67)
    direction_std = float(np.hypot(p.outline_std_deg, cloth_deg))
    stds = np.concatenate(
        [
            [p.plane_depth_std_cm],
            np.full(4, p.point_depth_std_cm) * [1, 1, 0.7, 0.7],
            [edge, edge, edge],
            [np.hypot(np.radians(direction_std) * shin_length, 0.0), p.axis_point_std_cm, p.axis_point_std_cm],
            [path.scale.relative_std or 0.0],
            [OUTLINE_OFFSET_STD_DEG],
            np.full(2, moment.scatter_px),
        ]
    )
    n = N_PARAMS + len(stds)
    covariance = np.zeros((n, n))
    covariance[:N_PARAMS, :N_PARAMS] = scene.solution.covariance
    covariance[np.arange(N_PARAMS, n), np.arange(N_PARAMS, n)] = np.square(stds)
    at = np.concatenate([scene.camera.params, np.zeros(len(stds))])
    weight = _axis_weight_of(path, moment, p)

    def evaluate(x: FloatArray) -> FloatArray:
        return _evaluate(x, moment, path, scene, options, weight)

    return propagate(evaluate, at, covariance)


def _axis_weight_of(path: LegPath, moment: Moment, params: PathParams) -> float:
    shank = float(np.hypot(*(path.plane.map_points(moment.knee[None])[0] - path.plane.map_points(moment.ankle[None])[0])))
    own = np.degrees(np.sqrt(2.0) * params.axis_point_std_cm / max(shank, 1.0))
    return float(OUTLINE_OFFSET_STD_DEG**2 / (OUTLINE_OFFSET_STD_DEG**2 + own**2))


def _evaluate(x: FloatArray, moment: Moment, path: LegPath, scene: SolvedScene, options: AttemptOptions, weight: float) -> FloatArray:
    camera = Camera(x[:N_PARAMS], scene.camera.size_px)
    plane_dz, toe_dz, knee_dz, top_dz, bottom_dz, toe_e, heel_e, knee_e, shin_shift, knee_across, ankle_across, scale_e, offset_e, top_e, bottom_e = x[N_PARAMS:]
    k0 = path.plane.cm_per_unit
    z = path.plane.z_cm + plane_dz / k0
    right = np.array([1.0, 0.0])
    toe = camera.on_plane((moment.toe + toe_e * right)[None], z + toe_dz / k0)[0]
    heel = camera.on_plane((moment.heel + heel_e * right)[None], z)[0]
    per_unit = (1.0 if scene.uses_sheet else k0 * path.foot_cm / k0 / abs(heel[0] - toe[0])) * (1 + scale_e)
    wall = -options.skirting_cm
    knee_front = camera.on_plane((moment.knee_front + knee_e * right)[None], z + knee_dz / k0)[0]
    top = camera.on_plane((moment.shin_ends[0] + top_e * right)[None], z + top_dz / k0)[0]
    bottom = camera.on_plane((moment.shin_ends[1] + bottom_e * right)[None], z + bottom_dz / k0)[0]
    top = top - np.array([shin_shift / k0, 0, 0])
    knee, ankle = camera.on_plane(moment.knee[None], z)[0], camera.on_plane(moment.ankle[None], z)[0]
    shin = float(inclination_deg(top[:2], bottom[:2]))
    joints = float(inclination_deg(knee[:2] - np.array([knee_across / k0, 0]), ankle[:2] - np.array([ankle_across / k0, 0])))
    axis = weight * joints + (1 - weight) * (shin - OUTLINE_OFFSET_DEG - offset_e)
    toe_cm = toe[0] * per_unit - wall
    gap_cm = knee_front[0] * per_unit - wall
    lengths = toe_cm / (abs(heel[0] - toe[0]) * per_unit)
    return np.array([shin, axis, toe_cm, gap_cm, toe_cm - gap_cm, lengths])
