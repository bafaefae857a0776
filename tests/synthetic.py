"""The analytic moving leg: a leg of known shape lunges in a known room before a known camera, and is seen as pixels with noise.

Truth comes first: every number that a measurement gives can be compared with the geometry that made the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.camera import Camera
from calibration.references import ANKLE_FROM_HEEL, BALL_HALF_BREADTH, BARE_TOE_INSIDE, HEEL_HALF_BREADTH, SHEET_V1
from vision.tracks import PROFILE_POINTS, ClipFacts, ClipSighting, LegTrack, RoomMarks

FloatArray = npt.NDArray[np.float64]

SIZE_PX = (1280, 720)
FOOT_CM = 26.0
TIBIA_CM = 40.0
ANKLE_HEIGHT_CM = 6.7
KNEE_AHEAD_CM, BROW_AHEAD_CM = 5.5, 5.0
STANDING_DEG = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LungeSpec:
    """One lunge: where the toe stands, how far the knee stops from the wall, what the heel and the foot do meanwhile (cm)."""

    toe_to_wall_cm: float = 10.0
    gap_cm: float = 0.0
    heel_lift_cm: float = 0.0
    slide_cm: float = 0.0
    slide_stays: bool = False
    hold_s: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSpec:
    """One clip: lunges, camera, room, and how well all of it is seen."""

    lunges: tuple[LungeSpec, ...] = (LungeSpec(), LungeSpec(), LungeSpec())
    yaw_deg: float = 0.0
    pitch_deg: float = 4.0
    roll_deg: float = 0.0
    camera_x_cm: float = 12.0
    height_cm: float = 65.0
    distance_cm: float = 240.0
    focal_px: float = 0.77 * SIZE_PX[0]
    sheet: bool = True
    ruler_mm: float = 100.0
    margin_mm: float = 15.0
    sheet_gap_cm: float = 0.0
    sheet_turn_deg: float = 0.0
    wall: bool = True
    joints: bool = True
    room_turn_deg: float = 0.0
    flipped: bool = False
    mirror_recording: bool = False
    near_leg: bool = True
    heading: float = -0.09
    outline_deg: float = 3.0
    skirting_cm: float = 0.0
    noise_px: float = 0.3
    rate_hz: float = 12.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Truth:
    """What the geometry makes of each lunge: arrays (N,), cm and deg."""

    shin_deg: FloatArray
    axis_deg: FloatArray
    toe_cm: FloatArray
    gap_cm: FloatArray
    camera: Camera

    @property
    def over_cm(self) -> FloatArray:
        """How far the knee passes the toe."""
        return self.toe_cm - self.gap_cm


def build_camera(spec: ClipSpec) -> Camera:
    """Return the camera of a clip."""
    angles = np.radians([spec.yaw_deg, spec.pitch_deg, spec.roll_deg])
    return Camera(np.array([np.log(spec.focal_px), *angles, spec.camera_x_cm, np.log(spec.height_cm), -spec.distance_cm]), SIZE_PX)


def build_clip(spec: ClipSpec) -> tuple[ClipSighting, Truth]:
    """Film the leg: what vision would hand on, and the truth behind it."""
    rng = np.random.default_rng(spec.seed)
    camera = build_camera(spec)
    t_s, toe_x, lift_cm, lean = _motion(spec)
    # The frames are as irregular as those of a phone.
    poses = [_pose(spec, toe_x[i], lift_cm[i], lean[i]) for i in range(len(t_s))]
    peaks = [_peak(spec, lunge) for lunge in spec.lunges]
    truth = Truth(
        shin_deg=np.array([np.degrees(lean) + spec.outline_deg for _, lean in peaks]),
        axis_deg=np.array([np.degrees(lean) for _, lean in peaks]),
        toe_cm=np.array([lunge.toe_to_wall_cm + lunge.slide_cm for lunge in spec.lunges]),
        gap_cm=np.array([lunge.gap_cm for lunge in spec.lunges]),
        camera=camera,
    )
    leg = _film_leg(spec, camera, t_s, poses, rng)
    return ClipSighting(leg, build_room(spec, camera, rng), _facts(spec, float(t_s[-1]))), truth


def _facts(spec: ClipSpec, duration_s: float) -> ClipFacts:
    return ClipFacts(
        flipped=spec.flipped,
        mirror_recording=spec.mirror_recording,
        picture_px=SIZE_PX,
        work_scale=1.0,
        duration_s=duration_s,
        rate_hz=30.0,
        brightness=50.0,
        steady_share=1.0,
        found_share=1.0,
        side_view=0.6,
        focal_35mm_mm=None,
        model="analytic",
        model_sha256="0" * 64,
    )


def _length_x(spec: ClipSpec) -> float:
    return FOOT_CM / float(np.hypot(1.0, spec.heading))


def _middle_z(spec: ClipSpec, share: float) -> float:
    """Depth of the foot's middle line, `share` of the way from heel to toe; the border lies about z = 0, along the sheet."""
    return 0.16 * FOOT_CM + spec.heading * _length_x(spec) * (share - 0.425)


def _lifted(spec: ClipSpec, toe_x: float, lift_cm: float, xy: FloatArray) -> FloatArray:
    """Turn points of the rear foot (N, 2) about the ball until the heel's lowest point has risen by `lift_cm`."""
    ball = np.array([toe_x + 0.3 * _length_x(spec), 0.0])
    turn = np.arcsin(lift_cm / (0.6 * _length_x(spec)))
    run = xy - ball
    turned = np.column_stack([run[:, 0] * np.cos(turn) - run[:, 1] * np.sin(turn), run[:, 1] * np.cos(turn) + run[:, 0] * np.sin(turn)])
    return np.asarray(ball + turned)


def _ankle(spec: ClipSpec, toe_x: float, lift_cm: float) -> FloatArray:
    return np.asarray(_lifted(spec, toe_x, lift_cm, np.array([[toe_x + (1 - ANKLE_FROM_HEEL) * _length_x(spec), ANKLE_HEIGHT_CM]]))[0])


def _peak(spec: ClipSpec, lunge: LungeSpec) -> tuple[float, float]:
    """Toe's place in the room and lean of the axis (rad) at which the foremost knee is `gap_cm` from the wall."""
    toe_x = lunge.toe_to_wall_cm + lunge.slide_cm - spec.skirting_cm
    knee_x = lunge.gap_cm - spec.skirting_cm + KNEE_AHEAD_CM
    return toe_x, float(np.arcsin((_ankle(spec, toe_x, lunge.heel_lift_cm)[0] - knee_x) / TIBIA_CM))


def _motion(spec: ClipSpec) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return times, toe x in the room, heel lift and lean of the axis (rad), each (T,)."""
    rest_s, ramp_s = 1.2, 0.7
    starts, clock = [], rest_s
    for lunge in spec.lunges:
        starts.append(clock)
        clock += 2 * ramp_s + lunge.hold_s + rest_s
    rng = np.random.default_rng(spec.seed + 1000)
    t_s = np.arange(0.0, clock, 1.0 / spec.rate_hz)
    t_s = t_s + np.concatenate([[0.0], rng.uniform(-0.2, 0.2, len(t_s) - 1) / spec.rate_hz])
    toe_x = np.full(len(t_s), spec.lunges[0].toe_to_wall_cm - spec.skirting_cm)
    lift, lean = np.zeros(len(t_s)), np.full(len(t_s), np.radians(STANDING_DEG))
    for start, lunge in zip(starts, spec.lunges, strict=True):
        home = lunge.toe_to_wall_cm - spec.skirting_cm
        toe_x = np.where(t_s > start - 0.5 * rest_s, home, toe_x)
        rising, falling = (t_s - start) / ramp_s, (start + 2 * ramp_s + lunge.hold_s - t_s) / ramp_s
        phase = 0.5 - 0.5 * np.cos(np.pi * np.clip(np.minimum(rising, falling), 0, 1))
        slid = 0.5 - 0.5 * np.cos(np.pi * np.clip(rising if lunge.slide_stays else np.minimum(rising, falling), 0, 1))
        toe_x = np.where(t_s > start, home + lunge.slide_cm * slid, toe_x)
        lift = lift + lunge.heel_lift_cm * np.clip((phase - 0.6) / 0.4, 0, 1)
        lean = lean + (_peak(spec, lunge)[1] - np.radians(STANDING_DEG)) * phase
    return t_s, toe_x, lift, lean


def _pose(spec: ClipSpec, toe_x: float, lift_cm: float, lean: float) -> dict[str, FloatArray]:
    """Room points (N, 3) of the leg at one moment."""
    length = _length_x(spec)
    ankle = _ankle(spec, toe_x, lift_cm)
    up, ahead = np.array([-np.sin(lean), np.cos(lean)]), np.array([-np.cos(lean), -np.sin(lean)])
    knee = ankle + TIBIA_CM * up
    knee_z, ankle_z = _middle_z(spec, 1.0), _middle_z(spec, ANKLE_FROM_HEEL)
    shares = np.array([0.13, 0.80])
    ahead_cm = 4.0 + 0.67 * TIBIA_CM * np.tan(np.radians(spec.outline_deg)) * np.array([1.0, 0.0])
    shin = knee + shares[:, None] * (ankle - knee) + ahead_cm[:, None] * ahead
    heel_x, heel_z = toe_x + length, _middle_z(spec, 0.0)
    rows = np.linspace(0.0, 0.45 * FOOT_CM, 60)
    round_heel = 1.6 * (1 - np.sqrt(np.clip(1 - np.square((2.5 - rows) / 2.6), 0, 1)))
    rear = np.column_stack([heel_x - np.where(rows < 2.5, round_heel, 0.02 * np.square(rows - 2.5)), rows])
    low = np.array([[toe_x + 0.85 * length, 0.0]])

    def at(xy: FloatArray, z: float | FloatArray) -> FloatArray:
        return np.column_stack([xy, np.broadcast_to(z, len(xy))])

    return {
        "toe": np.array([[toe_x, 1.2, _middle_z(spec, 1.0) + BARE_TOE_INSIDE * length]]),
        "heel_back": at(_lifted(spec, toe_x, lift_cm, np.array([[heel_x, 2.5]])), heel_z),
        "heel_low": at(_lifted(spec, toe_x, lift_cm, low), _middle_z(spec, 0.15) - HEEL_HALF_BREADTH * FOOT_CM),
        "ball_low": np.array([[toe_x + 0.3 * length, 0.0, _middle_z(spec, 0.70) - BALL_HALF_BREADTH * FOOT_CM]]),
        "knee": at(knee[None], knee_z),
        "ankle": at(ankle[None], ankle_z),
        "hip": at((knee + np.array([12.0, 40.0]))[None], knee_z),
        "knee_front": at((knee + np.array([-KNEE_AHEAD_CM, 1.0]))[None], knee_z),
        "knee_brow": at((knee + BROW_AHEAD_CM * ahead + up)[None], knee_z),
        "shin_ends": at(shin, knee_z + shares * (ankle_z - knee_z)),
        "rear": at(_lifted(spec, toe_x, lift_cm, rear), heel_z),
        "rear_foot": np.array([[toe_x + length + 30.0, 4.0, 20.0]]),
    }


def _film_leg(spec: ClipSpec, camera: Camera, t_s: FloatArray, poses: list[dict[str, FloatArray]], rng: np.random.Generator) -> LegTrack:
    n = len(t_s)

    def seen(name: str) -> FloatArray:
        pixels = np.array([camera.project(pose[name]) for pose in poses])
        return np.asarray(pixels + rng.normal(0, spec.noise_px, pixels.shape))

    def point(name: str) -> FloatArray:
        return seen(name)[:, 0]

    knee, ankle = point("knee"), point("ankle")
    brow = np.array([camera.project(pose["knee_brow"])[0] for pose in poses])
    brow = brow + np.random.default_rng(spec.seed + 2000).normal(0, spec.noise_px, brow.shape)
    profiles = np.array([_profile(camera.project(pose["rear"])) for pose in poses])
    profiles[..., 0] += rng.normal(0, spec.noise_px, profiles.shape[:2])
    return LegTrack(
        t_s=t_s,
        hip=point("hip"),
        knee=knee,
        ankle=ankle,
        ankle_width=0.21 * np.hypot(*(knee - ankle).T),
        shin_ends=seen("shin_ends"),
        knee_front=point("knee_front"),
        toe=point("toe"),
        heel_back=point("heel_back"),
        heel_low=point("heel_low"),
        ball_low=point("ball_low"),
        heel_profile=profiles,
        rear_foot=point("rear_foot"),
        knee_brow=brow,
        labelled_right=np.full(n, 1.0 if spec.near_leg else 0.0),
        to_room=np.tile(np.eye(3), (n, 1, 1)),
    )


def _profile(rear_px: FloatArray) -> FloatArray:
    """Rear outline as x at evenly spaced rows, from above down to the sole (40, 2)."""
    order = np.argsort(rear_px[:, 1])
    rows = np.linspace(rear_px[order[0], 1], rear_px[order[-1], 1], PROFILE_POINTS)
    return np.column_stack([np.interp(rows, rear_px[order, 1], rear_px[order, 0]), rows])


def _lay_sheet(spec: ClipSpec, square: FloatArray) -> FloatArray:
    """Lay corners (4, 2) of the sheet on the floor (4, 3): turned about its inner corner at the wall, and short of the wall."""
    turn = np.radians(spec.sheet_turn_deg)
    x, across = square[:, 0], square[:, 1]
    return np.column_stack([spec.sheet_gap_cm + x * np.cos(turn) - across * np.sin(turn), np.zeros(4), -(across * np.cos(turn) + x * np.sin(turn))])


def _list_edges(spec: ClipSpec) -> FloatArray:
    """List ends (M, 2, 3) of the room's straight edges: plumb ones, and floor joints square to the wall and along it, turned as the room is."""
    feet = np.array([[0.0, 60.0], [-4.0, 90.0], [60.0, 120.0], [95.0, 110.0], [-1.0, -40.0]])
    upright = np.array([[[x, 10.0, z], [x, 90.0, z]] for x, z in feet])
    to_wall = np.array([[[15.0, 0.0, z], [110.0, 0.0, z]] for z in (60.0, 100.0, 125.0)])
    in_depth = np.array([[[x, 0.0, 50.0], [x, 0.0, 125.0]] for x in (20.0, 45.0, 70.0)])
    turn = np.radians(spec.room_turn_deg)
    level = np.concatenate([to_wall, in_depth]) if spec.joints else np.empty((0, 2, 3))
    turned = np.array([[np.cos(turn), 0.0, np.sin(turn)], [0.0, 1.0, 0.0], [-np.sin(turn), 0.0, np.cos(turn)]])
    return np.concatenate([upright, level @ turned])


def build_room(spec: ClipSpec, camera: Camera, rng: np.random.Generator) -> RoomMarks:
    """Film what stands still: sheet, corner line and straight edges."""
    markers = {}
    for marker_id in SHEET_V1.ids if spec.sheet else ():
        corners = camera.project(_lay_sheet(spec, SHEET_V1.as_measured(ruler_mm=spec.ruler_mm, margin_mm=spec.margin_mm).square_cm(marker_id)))
        markers[marker_id] = corners + rng.normal(0, 0.3, corners.shape)
    edges = camera.project(_list_edges(spec).reshape(-1, 3)).reshape(-1, 2, 2)
    edges = edges + rng.normal(0, 0.4, edges.shape)
    line = camera.project(np.array([[0.0, 0.0, -35.0], [0.0, 0.0, 60.0]])) + rng.normal(0, 0.4, (2, 2))
    return RoomMarks(
        size_px=SIZE_PX,
        markers=markers,
        marker_sigma_px=0.3,
        edges_px=edges,
        corner_lines_px=line[None] if spec.wall else np.empty((0, 2, 2)),
        corner_scores=np.array([20.0]) if spec.wall else np.empty(0),
    )
