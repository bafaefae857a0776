"""All numbers at one moment of a lunge, with their covariance and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.assessment.budget import Part
from app.assessment.joints import ANKLE_STD_CM, KNEE_STD_CM, OUTLINE_OFFSET_STD_DEG, combine, place_joints
from app.assessment.leg_depth import compute_depths
from app.assessment.leg_path import OUTLINE_STD_DEG, LegPath, border_of, foot_units, outline_std_deg
from app.assessment.measurement import AttemptOptions
from app.assessment.middle import middle
from app.assessment.scene_solve import SolvedScene
from calibration.camera import N_PARAMS, Camera
from calibration.plane import inclination_deg
from calibration.propagate import propagate
from vision.shins import SHIN_FROM, SHIN_TO
from vision.tracks import LegTrack

FloatArray = npt.NDArray[np.float64]

MOMENT_NAMES = ("shin_angle_deg", "axis_angle_deg", "toe_to_wall_cm", "knee_gap_cm", "knee_over_toe_cm", "toe_to_wall_foot_lengths")
RIGHT = np.array([1.0, 0.0])

KNEE_CLOTH_CM, KNEE_CLOTH_STD_CM = 0.4, 0.3
"""How far loose cloth hangs in front of the knee that it covers. Judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentParams:
    """Standard errors that the picture does not tell, in real centimetres.

    Attributes
    ----------
    plane_depth_cm : float
        Of the leg behind the seen outer border of the foot, beyond half the foot's breadth.
    toe_depth_cm, ankle_depth_cm, crest_depth_cm : float
        Of toe tip, ankle and the outline's upper end, about where the foot's middle line puts them.
    knee_depth_cm : float
        Of the knee: it need not travel over the toe, and takes the upper end of the shin along.
    edge_px, edge_cm, knee_edge_cm : float
        Of toe and heel on the picture, common to all frames: what the picture resolves, and shadow, skin and sole. The knee at the wall has the shadow
        of its own touch before it.
    border_px : float
        Of the sole's border on the floor.
    """

    plane_depth_cm: float = 1.0
    toe_depth_cm: float = 1.3
    ankle_depth_cm: float = 1.0
    crest_depth_cm: float = 0.7
    knee_depth_cm: float = 2.2
    edge_px: float = 0.9
    edge_cm: float = 0.15
    knee_edge_cm: float = 0.2
    border_px: float = 1.5

    def edge_std_px(self, cm_per_px: float) -> float:
        """Return the standard error of toe and heel on a picture of this scale, px."""
        return float(np.hypot(self.edge_px, self.edge_cm / cm_per_px))


@dataclass(frozen=True, slots=True)
class Moment:
    """The leg at rest in a plateau: pixels averaged over its frames (2,), outline (2, 2), border (2, 2), and how much the outline scatters."""

    toe: FloatArray
    heel: FloatArray
    knee_front: FloatArray
    knee_brow: FloatArray
    shin_ends: FloatArray
    knee: FloatArray
    ankle: FloatArray
    border: FloatArray
    scatter_px: float


@dataclass(frozen=True, slots=True)
class Numbers:
    """Values (6,) of `MOMENT_NAMES`, covariance (6, 6), and the named `parts` that it is the sum of."""

    values: FloatArray
    covariance: FloatArray
    parts: dict[str, Part]


@dataclass(frozen=True, slots=True)
class _Slips:
    """One draw of everything that may be off: zero where all is as seen."""

    plane: float = 0.0
    toe_depth: float = 0.0
    knee_depth: float = 0.0
    ankle_depth: float = 0.0
    crest_depth: float = 0.0
    toe: float = 0.0
    heel: float = 0.0
    knee: float = 0.0
    border: float = 0.0
    turn: float = 0.0
    outline: float = 0.0
    shin_cloth: float = 0.0
    knee_joint: float = 0.0
    ankle_joint: float = 0.0
    offset: float = 0.0
    scale: float = 0.0
    corners: float = 0.0
    sheet: float = 0.0
    hand_wall: float = 0.0
    cloth: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


_UNITS = dict.fromkeys(("knee", "toe", "heel", "border", "turn", "hand_wall", "top", "bottom"), "px") | {"offset": "deg", "scale": "%", "corners": "%"}
"""Of the inputs; the others are in cm."""
_GROUPS = {"border": ("border", "turn"), "frames": ("top", "bottom")}
"""Inputs that a budget shows as one."""
LENS, CAMERA = "lens", "camera"
"""The first of the camera's numbers, and the other six together."""
_NAMES = tuple(_Slips.__dataclass_fields__)
SOURCES = (LENS, CAMERA, *(name for name in _NAMES if name not in {"turn", "top", "bottom"}), "frames")
"""Names of all inputs of a budget but those that come later: the touch of the wall, the scatter between lunges and the heel."""


def take_moment(leg: LegTrack, frames: npt.NDArray[np.bool_]) -> Moment:
    """Average the leg over some frames; NaN where it was never seen. Where the sole's border meets the floor is averaged over the whole clip."""
    ends = leg.shin_ends[frames]
    n = max(1, int(np.isfinite(ends[:, 0, 0]).sum()))
    scatter = float(np.nanmedian(np.abs(ends - middle(ends)))) * 1.4826 / np.sqrt(n) if n > 2 else 1.0
    return Moment(
        toe=middle(leg.toe[frames]),
        heel=middle(leg.heel_back[frames]),
        knee_front=middle(leg.knee_front[frames]),
        knee_brow=middle(leg.knee_brow[frames]),
        shin_ends=middle(ends),
        knee=middle(leg.knee[frames]),
        ankle=middle(leg.ankle[frames]),
        border=border_of(leg),
        scatter_px=scatter,
    )


def measure_moment(moment: Moment, path: LegPath, scene: SolvedScene, options: AttemptOptions, *, params: MomentParams | None = None) -> Numbers:
    """Every number at one moment; NaN rows where a point is missing.

    Notes
    -----
    The scale from the foot is worked out anew for every variation, so that what moves toe and heel together cancels as it does in truth. The knee's depth
    moves the foremost knee, the knee joint and the upper end of the outline together: a knee seen before or behind the wall tells it.
    """
    slips = _standard_slips(moment, path, scene, params or MomentParams())
    n = N_PARAMS + len(_NAMES)
    covariance = np.zeros((n, n))
    covariance[:N_PARAMS, :N_PARAMS] = scene.solution.covariance
    covariance[np.arange(N_PARAMS, n), np.arange(N_PARAMS, n)] = np.square([getattr(slips, name) for name in _NAMES])

    def evaluate(x: FloatArray) -> FloatArray:
        return _evaluate(Camera(x[:N_PARAMS], scene.camera.size_px), _Slips(*x[N_PARAMS:].tolist()), moment, path, scene, options)

    at = np.concatenate([scene.camera.params, np.zeros(len(_NAMES))])
    values, total, jacobian = propagate(evaluate, at, covariance)
    return Numbers(values, total, _name_parts(jacobian, covariance, slips))


def _name_parts(jacobian: FloatArray, covariance: FloatArray, slips: _Slips) -> dict[str, Part]:
    """Split the covariance of all numbers by named input; what is known for certain is left out.

    Notes
    -----
    The camera's numbers are correlated. Their Cholesky factor begins with the focal length, so that the lens carries along what the fit would change with it.
    """
    camera = jacobian[:, :N_PARAMS] @ np.linalg.cholesky(covariance[:N_PARAMS, :N_PARAMS] + 1e-15 * np.eye(N_PARAMS))
    lens_percent = 100.0 * float(np.sqrt(covariance[0, 0]))
    parts = {LENS: Part(lens_percent, "%", camera[:, :1]), CAMERA: Part(None, "", camera[:, 1:])}
    for source in SOURCES[2:]:
        names = [name for name in _GROUPS.get(source, (source,)) if getattr(slips, name) > 0]
        if not names:
            continue
        stds = np.array([getattr(slips, name) for name in names])
        unit = _UNITS.get(names[0], "cm")
        effects = jacobian[:, [N_PARAMS + _NAMES.index(name) for name in names]] * stds
        parts[source] = Part(float(stds[0]) * (100.0 if unit == "%" else 1.0), unit, effects)
    return parts


def _standard_slips(moment: Moment, path: LegPath, scene: SolvedScene, p: MomentParams) -> _Slips:
    shank_px = float(np.hypot(*(moment.knee - moment.ankle)))
    cm_per_px = path.shank_cm / max(shank_px, 1.0)
    edge, click = p.edge_std_px(cm_per_px), scene.by_hand.click_px
    by_hand = scene.by_hand.names

    def edge_of(name: str, read: float, real_cm: float) -> float:
        """Return how well an end is known: where it was set by hand by a click; what shadow, skin and sole hide is hidden from people too."""
        return float(np.hypot(click, real_cm / cm_per_px)) if name in by_hand else read

    border = click if by_hand & {"sole_heel", "sole_ball"} else p.border_px
    shin_length = float(np.hypot(*np.diff(path.plane.map_points(moment.shin_ends), axis=0)[0]))
    cloth_deg = float(np.sqrt(max(outline_std_deg(path.ankle_width_ratio) ** 2 - OUTLINE_STD_DEG**2, 0.0)))
    scale = path.scale.relative_std or 0.0
    print_scale = scene.layout.scale_std if scene.uses_sheet else scale
    return _Slips(
        plane=p.plane_depth_cm,
        toe_depth=p.toe_depth_cm,
        knee_depth=p.knee_depth_cm,
        ankle_depth=p.ankle_depth_cm,
        crest_depth=p.crest_depth_cm,
        toe=edge_of("toe", edge, p.edge_cm),
        heel=edge_of("heel", edge, p.edge_cm),
        knee=edge_of("knee_front", float(np.hypot(p.edge_px, p.knee_edge_cm / cm_per_px)), p.knee_edge_cm),
        border=border,
        turn=0.7 * border,
        outline=np.radians(OUTLINE_STD_DEG) * shin_length,
        shin_cloth=np.radians(cloth_deg) * shin_length,
        knee_joint=KNEE_STD_CM,
        ankle_joint=ANKLE_STD_CM,
        offset=OUTLINE_OFFSET_STD_DEG,
        scale=print_scale,
        corners=float(np.sqrt(max(scale**2 - print_scale**2, 0.0))),
        sheet=scene.layout.shift_std_mm / 10.0 if scene.uses_sheet and scene.by_hand.wall_px is None else 0.0,
        hand_wall=0.0 if scene.by_hand.wall_px is None else click,
        cloth=KNEE_CLOTH_STD_CM if path.covered else 0.0,
        top=click if "outline_top" in by_hand else moment.scatter_px,
        bottom=click if "outline_bottom" in by_hand else moment.scatter_px,
    )


def _evaluate(camera: Camera, slip: _Slips, moment: Moment, path: LegPath, scene: SolvedScene, options: AttemptOptions) -> FloatArray:
    unit = path.plane.cm_per_unit
    toe_px, heel_px = moment.toe + slip.toe * RIGHT, moment.heel + slip.heel * RIGHT
    border = moment.border + np.array([[0, slip.border + slip.turn], [0, slip.border - slip.turn]])
    z = compute_depths(camera, border, toe_px, heel_px, shod=options.footwear == "shod")

    def place(xy_px: FloatArray, depth: float, behind_cm: float = 0.0, ahead_cm: float = 0.0) -> FloatArray:
        return np.asarray(camera.on_plane(xy_px[None], depth + (slip.plane + behind_cm) / unit)[0] - np.array([ahead_cm / unit, 0, 0]))

    toe, heel = place(toe_px, z.toe, slip.toe_depth), place(heel_px, z.heel)
    foot = foot_units(camera, toe_px, heel_px, z)
    per_unit = (1.0 if scene.uses_sheet else path.foot_cm / foot) * (1 + slip.scale + slip.corners)
    knee_front = place(moment.knee_front + slip.knee * RIGHT, z.knee, slip.knee_depth)
    depths = [z.knee + share * (z.ankle - z.knee) for share in (SHIN_FROM, SHIN_TO)]
    moved = [slip.knee_depth + share * (slip.ankle_depth - slip.knee_depth) for share in (SHIN_FROM, SHIN_TO)]
    top = place(moment.shin_ends[0] + slip.top * RIGHT, depths[0], moved[0] + slip.crest_depth, slip.outline + slip.shin_cloth)
    bottom = place(moment.shin_ends[1] + slip.bottom * RIGHT, depths[1], moved[1])
    outline = inclination_deg(top[:2], bottom[:2])
    knee, ankle = place_joints(
        place(moment.knee, z.knee, slip.knee_depth)[:2],
        place(moment.ankle, z.ankle, slip.ankle_depth)[:2],
        place(moment.knee_brow, z.knee, slip.knee_depth)[:2],
        (top[:2], bottom[:2]),
        heel[:2],
        toe[:2],
        shod=options.footwear == "shod",
    )
    joints = inclination_deg(knee - [slip.knee_joint / unit, 0], ankle - [slip.ankle_joint / unit, 0])
    shin, axis = combine(outline, joints, path.shank_cm, outline_std_deg(path.ankle_width_ratio), offset_deg=slip.offset)
    wall = scene.find_wall_x(camera, z.toe + slip.plane / unit, slip.hand_wall)
    toe_cm = (toe[0] - wall) * per_unit + options.skirting_cm + slip.sheet
    gap_cm = (knee_front[0] - wall) * per_unit + options.skirting_cm + slip.sheet + (KNEE_CLOTH_CM if path.covered else 0.0) + slip.cloth
    return np.array([float(shin), float(axis), toe_cm, gap_cm, toe_cm - gap_cm, toe_cm / (foot * per_unit)])
