"""What a drawn scene is made of: immutable records, lengths in cm, angles in degrees; colours are red, green, blue, 0..255.

The room's axes are those of `calibration.camera.Camera`: x away from the wall (to the left in the picture), y up, z away from the camera; x = 0 is where
the knee touches. Everything is drawn facing right; a scene that faces left is the same picture mirrored, with its sheet printed the right way round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Rgb = npt.NDArray[np.uint8]
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSpec:
    """Build and clothes of the person.

    Attributes
    ----------
    foot_cm : float
        Heel to toe as it stands on the floor; with the shoe when shod.
    toes_out_deg, knee_in_cm : float
        How far the foot turns outward; how far the knee falls inward at a lean of 40 deg.
    outline_deg, bulge_cm, tuberosity_cm : float
        Slope of the shin's front against the joint axis before bumps; how far its middle stands out (negative: hollow); the bump below the knee.
    girth, knee_cm : float
        Thickness of the leg over the usual one; radius of the bent knee.
    spread_cm : float
        How much longer the loaded foot is.
    """

    stature_cm: float = 175.0
    foot_cm: float = 26.0
    tibia_cm: float = 40.0
    ankle_height_cm: float = 6.7
    toes_out_deg: float = 5.0
    knee_in_cm: float = 1.0
    outline_deg: float = 3.0
    bulge_cm: float = 0.2
    tuberosity_cm: float = 0.3
    girth: float = 1.0
    knee_cm: float = 5.0
    spread_cm: float = 0.1
    shod: bool = False
    legwear: Literal["bare", "shorts", "trousers"] = "shorts"
    sock_cm: float = 0.0
    loose_cm: float = 2.0
    skin: Colour = (205.0, 160.0, 130.0)
    cloth: Colour = (60.0, 70.0, 110.0)
    shirt: Colour = (110.0, 60.0, 140.0)
    shoe: Colour = (70.0, 70.0, 80.0)
    sole: Colour = (225.0, 225.0, 220.0)
    rear_foot_cm: float = 32.0
    far_leg: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LungeSpec:
    """One lunge and the rest before it.

    Attributes
    ----------
    toe_cm : float
        Where the unloaded toe stands, from the wall that the knee touches.
    gap_cm, lift_cm : float
        How far the knee stops before that wall, and how far the heel is up meanwhile.
    slide_cm, slide_stays : float, bool
        How far the foot slides away from the wall while the knee goes forward, and whether it stays there.
    bounces : int
        Short releases within the hold.
    dip : float
        A practice dip in the rest before, as a share of a lunge; 0 is none.
    """

    toe_cm: float = 10.0
    gap_cm: float = 0.0
    lift_cm: float = 0.0
    slide_cm: float = 0.0
    slide_stays: bool = False
    rest_s: float = 1.0
    down_s: float = 0.7
    hold_s: float = 1.5
    back_s: float = 0.7
    bounces: int = 0
    dip: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSpec:
    """Where the phone stands and how it is held."""

    size_px: tuple[int, int] = (1280, 720)
    focal_over_long_side: float = 0.77
    x_cm: float = 8.0
    height_cm: float = 65.0
    distance_cm: float = 250.0
    yaw_deg: float = 0.0
    pitch_deg: float = 2.0
    roll_deg: float = 0.0
    sway_deg: float = 0.0
    facing_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSpec:
    """The printed sheet: how well it lies and how well it is printed."""

    skew_deg: float = 0.0
    off_wall_cm: float = 0.0
    across_cm: float = 0.0
    print_scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSpec:
    """Floor, walls and what stands about.

    Attributes
    ----------
    wall_from_cm : float
        Depth at which the wall of the test begins, seen from the camera.
    wall_thick_cm : float
        How thick it is there: a door leaf, a pillar, or the corner of a wall that goes on out of the picture.
    skirting_cm, skirting_high_cm : float
        Thickness and height of the skirting board; thickness 0 is none.
    back_cm : float
        Depth of the wall behind.
    """

    floor: Literal["plain", "boards", "tiles", "carpet"] = "boards"
    floor_colour: Colour = (150.0, 115.0, 80.0)
    floor_contrast: float = 0.12
    floor_turned: bool = False
    pitch_cm: float = 14.0
    wall_colour: Colour = (215.0, 212.0, 205.0)
    end_colour: Colour = (200.0, 200.0, 198.0)
    back_colour: Colour = (175.0, 178.0, 190.0)
    wall_from_cm: float = -400.0
    wall_thick_cm: float = 400.0
    back_cm: float = 140.0
    skirting_cm: float = 0.0
    skirting_high_cm: float = 7.0
    skirting_colour: Colour = (230.0, 230.0, 228.0)
    objects: int = 3
    sheet: SheetSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSpec:
    """Light and what the phone makes of it."""

    light: tuple[float, float, float] = (0.3, -1.0, 0.45)
    ambient: float = 0.55
    exposure: float = 1.0
    shadow: float = 0.3
    shadow_blur_px: float = 8.0
    lens_blur_px: float = 0.8
    noise: float = 2.0
    jpeg_quality: int = 80
    shutter_s: float = 0.012
    rate_hz: float = 30.0
    x264: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EyeSpec:
    """How wrong the scripted network is: see `tests.drawn.estimator`."""

    bias_cm: float = 1.2
    lean_bias_cm: float = 1.0
    drift_cm: float = 0.6
    jitter_share: float = 0.003
    toe_beyond_cm: float = 1.5
    heel_ahead_cm: float = 2.5
    swap_share: float = 0.01
    bad_share: float = 0.01
    mask_px: float = 0.7
    mask_grow_px: float = 0.0
    mask_leak: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSpec:
    """One scene, and what its person says about it."""

    name: str = "scene"
    seed: int = 1
    person: PersonSpec = field(default_factory=PersonSpec)
    lunges: tuple[LungeSpec, ...] = (LungeSpec(), LungeSpec(), LungeSpec())
    camera: CameraSpec = field(default_factory=CameraSpec)
    room: RoomSpec = field(default_factory=RoomSpec)
    picture: PictureSpec = field(default_factory=PictureSpec)
    eye: EyeSpec = field(default_factory=EyeSpec)
    typed_foot_cm: float | None = None
    typed_skirting_cm: float = 0.0
    sway_deg: float = 0.25
    tail_s: float = 1.0
