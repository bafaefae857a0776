"""The leg in the measuring plane over time: what every pixel of it is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.assessment.joints import combine, place_joints
from app.assessment.leg_depth import LegDepths, compute_depths
from app.assessment.measurement import AttemptOptions, Finding, Scale
from app.assessment.middle import middle
from app.assessment.scene_solve import SolvedScene
from calibration.camera import Camera
from calibration.plane import SagittalPlane, inclination_deg
from calibration.references import FOOT_LENGTH_STD_CM, HEIGHT_TO_FOOT_LENGTH, HEIGHT_TO_FOOT_LENGTH_STD
from vision.shins import SHIN_FROM, SHIN_TO
from vision.tracks import LegTrack

FloatArray = npt.NDArray[np.float64]

NOMINAL_FOOT_CM = 25.5
"""Length of foot in which an unscaled clip's gates are read; no centimetre of it is reported."""

OUTLINE_STD_DEG = 0.6
"""Standard error of the outline's direction from where exactly its 13-80 % lie: a bulging shin turns by about 0.1 deg for each per cent."""

CLOTH_SHARE = 0.35
"""Standard error of the outline at the hem, as a share of the width that cloth adds there: it may hang anywhere from 0 to all of it in front."""

ANKLE_WIDTH_BARE = 0.21
"""Depth of the lower leg just above the ankle over knee-ankle length, bare or in socks: about 8 of 39 cm."""


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
    knee_cm, ankle_cm : (T, 2) float64
        Joint centres.
    knee_x_cm, toe_x_cm, heel_x_cm : (T,) float64
        Foremost knee, toe and heel from the wall. Nominal centimetres when scale is none.
    has_wall : bool
        Whether x = 0 was seen (sheet or corner line) or set by hand; otherwise x is counted from an arbitrary place.
    skirting_cm : float
        How far the skirting board, at whose front floor and wall are seen to meet, stands out from the wall that the knee touches.
    foot_cm : float
        Heel to toe as seen, in the same centimetres.
    ankle_width_ratio : float
        Width above the ankle over shank length: tells loose trousers.
    shank_cm : float
        Knee to ankle joint, median over the clip, same centimetres.
    """

    plane: SagittalPlane
    depths: LegDepths
    scale: Scale
    shin_deg: FloatArray
    axis_deg: FloatArray
    knee_cm: FloatArray
    ankle_cm: FloatArray
    knee_x_cm: FloatArray
    toe_x_cm: FloatArray
    heel_x_cm: FloatArray
    has_wall: bool
    skirting_cm: float
    foot_cm: float
    ankle_width_ratio: float
    shank_cm: float
    findings: tuple[Finding, ...]

    @property
    def covered(self) -> bool:
        """Whether loose cloth hangs about the leg."""
        return self.ankle_width_ratio > ANKLE_WIDTH_BARE + 0.07


def build_leg_path(leg: LegTrack, scene: SolvedScene, options: AttemptOptions) -> LegPath:
    """Place the plane, find the scale, and bring the whole leg into it."""
    toe_px, heel_px = np.nanmedian(leg.toe, axis=0), np.nanmedian(leg.heel_back, axis=0)
    depths = compute_depths(scene.camera, border_of(leg), toe_px, heel_px, shod=options.footwear == "shod")
    length = foot_units(scene.camera, toe_px, heel_px, depths)
    scale, per_unit, findings = find_scale(length, scene, options)
    wall_x = scene.find_wall_x(scene.camera, depths.toe)
    plane = SagittalPlane(scene.camera, depths.toe, per_unit, wall_x - options.skirting_cm / per_unit)
    scale = replace(scale, cm_per_px=_cm_per_px(plane, toe_px) if scale.is_known else None)
    behind = {name: (getattr(depths, name) - depths.toe) * per_unit for name in ("knee", "ankle", "heel")}
    shin_cm = (
        plane.map_points(leg.shin_ends[:, 0], dz_cm=_between(behind, SHIN_FROM)),
        plane.map_points(leg.shin_ends[:, 1], dz_cm=_between(behind, SHIN_TO)),
    )
    knee_front, toe = plane.map_points(leg.knee_front, dz_cm=behind["knee"]), plane.map_points(leg.toe)
    heel = plane.map_points(leg.heel_back, dz_cm=behind["heel"])
    knee, ankle = place_joints(
        plane.map_points(leg.knee, dz_cm=behind["knee"]),
        plane.map_points(leg.ankle, dz_cm=behind["ankle"]),
        plane.map_points(leg.knee_brow, dz_cm=behind["knee"]),
        shin_cm,
        heel,
        toe,
        shod=options.footwear == "shod",
    )
    width = float(np.nanmedian(leg.ankle_width / np.hypot(*(leg.knee - leg.ankle).T)))
    shank = float(np.nanmedian(np.hypot(*(knee - ankle).T)))
    shin, axis = combine(inclination_deg(*shin_cm), inclination_deg(knee, ankle), shank, outline_std_deg(width))
    return LegPath(
        plane=plane,
        depths=depths,
        scale=scale,
        shin_deg=shin,
        axis_deg=axis,
        knee_cm=knee,
        ankle_cm=ankle,
        knee_x_cm=knee_front[:, 0],
        toe_x_cm=toe[:, 0],
        heel_x_cm=heel[:, 0],
        has_wall=scene.has_wall,
        skirting_cm=options.skirting_cm,
        foot_cm=length * per_unit,
        ankle_width_ratio=width,
        shank_cm=shank,
        findings=findings,
    )


def _between(behind: dict[str, float], share: float) -> float:
    """Depth of a point of the shin, `share` of the way from knee to ankle, relative to the plane."""
    return behind["knee"] + share * (behind["ankle"] - behind["knee"])


def find_scale(seen: float, scene: SolvedScene, options: AttemptOptions) -> tuple[Scale, float, tuple[Finding, ...]]:
    """Choose the best scale there is: sheet, foot length, body height, none; (scale, cm per unit, findings)."""
    given = options.foot_length_cm
    if scene.uses_sheet:
        return Scale("sheet", None, float(np.hypot(scene.layout.scale_std, _CORNERS_RELATIVE_STD))), 1.0, ()
    if options.scale in ("auto", "foot") and given is not None:
        return Scale("foot_length", None, (options.foot_length_std_cm or FOOT_LENGTH_STD_CM) / given), given / seen, ()
    if options.scale in ("auto", "height") and options.height_cm is not None:
        length = HEIGHT_TO_FOOT_LENGTH * options.height_cm * (_SHOE_OVER_FOOT if options.footwear == "shod" else 1.0)
        return Scale("height", None, HEIGHT_TO_FOOT_LENGTH_STD / HEIGHT_TO_FOOT_LENGTH), length / seen, ()
    return Scale("none"), NOMINAL_FOOT_CM / seen, ()


_CORNERS_RELATIVE_STD = 0.006
"""Corners of squares some 45 px wide are known to about a quarter of a pixel, alike in all frames; 0.8 % together with a print nobody measured."""
_SHOE_OVER_FOOT = 1.10
"""An outer sole is 2-3 cm longer than the foot."""


def foot_units(camera: Camera, toe_px: FloatArray, heel_px: FloatArray, depths: LegDepths) -> float:
    """Heel to toe along the foot, in the camera's centimetres."""
    toe, heel = camera.on_plane(toe_px[None], depths.toe)[0], camera.on_plane(heel_px[None], depths.heel)[0]
    return float(np.hypot(toe[0] - heel[0], toe[2] - heel[2]))


def _cm_per_px(plane: SagittalPlane, toe_px: FloatArray) -> float:
    pair = plane.map_points(np.array([toe_px, toe_px + np.array([1.0, 0.0])]))
    return float(np.hypot(*(pair[1] - pair[0])))


def border_of(leg: LegTrack) -> FloatArray:
    """Where the sole's outer border meets the floor at heel and ball (2, 2) px, over the whole clip."""
    return np.array([middle(leg.heel_low), middle(leg.ball_low)])


def outline_std_deg(ankle_width_ratio: float) -> float:
    """Return the standard error of the outline's direction, degrees: where exactly its 13-80 % lie, and loose cloth."""
    cloth = np.degrees(CLOTH_SHARE * max(0.0, ankle_width_ratio - ANKLE_WIDTH_BARE) / (SHIN_TO - SHIN_FROM))
    return float(np.hypot(OUTLINE_STD_DEG, cloth))
