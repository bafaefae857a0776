"""Draws scenes from a seed: scene `index` of a family depends on (seed, index) alone.

Families with a seed under 1000 are for development; any other is unseen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from tests.drawn.body import Body, Pose
from tests.drawn.room import build_camera
from tests.drawn.spec import CameraSpec, Colour, EyeSpec, LungeSpec, PersonSpec, PictureSpec, RoomSpec, SceneSpec, SheetSpec

_SKINS: tuple[Colour, ...] = ((238, 205, 182), (224, 180, 150), (205, 155, 122), (165, 115, 82), (120, 80, 55), (82, 55, 42))
_PAINTS: tuple[Colour, ...] = (
    (225, 222, 215),
    (205, 208, 212),
    (180, 185, 190),
    (222, 208, 180),
    (190, 205, 185),
    (150, 165, 185),
    (214, 186, 165),
    (235, 235, 235),
)
_FLOORS: tuple[Colour, ...] = ((150, 112, 78), (188, 152, 112), (95, 72, 55), (140, 140, 142), (196, 192, 186), (110, 115, 122), (170, 120, 95))
_SIZES = ((1280, 720), (960, 540), (960, 540), (720, 1280), (960, 720), (540, 960), (1024, 576))
_LONGEST_S = 11.0


def build_scene(seed: int, index: int) -> SceneSpec:
    """Draw one scene."""
    rng = np.random.default_rng([seed, index])
    person = _person(rng)
    lunges = _lunges(rng, person)
    picture = _picture(rng)
    room, camera = _room_and_camera(rng, person, lunges)
    room = _colour_wall_like_skin(rng, room, person)
    lunges = tuple(_before_wall(lunge, room) for lunge in lunges)
    with_sheet = room.sheet is not None
    typed = None if (with_sheet and rng.random() < 0.5) or rng.random() < 0.06 else person.foot_cm + float(rng.normal(0, 0.4))
    return SceneSpec(
        name=f"s{seed}_{index:04d}",
        seed=int(rng.integers(1, 2**31)),
        person=person,
        lunges=lunges,
        camera=camera,
        room=room,
        picture=picture,
        eye=_eye(rng),
        typed_foot_cm=typed,
        typed_skirting_cm=room.skirting_cm if room.skirting_cm and rng.random() < 0.5 else 0.0,
        sway_deg=float(rng.uniform(0.05, 0.5)),
        tail_s=float(rng.uniform(0.3, 1.2)),
    )


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _shaded(rng: np.random.Generator, colour: Colour, spread: float) -> Colour:
    r, g, b = np.clip(np.array(colour) * rng.normal(1, spread) + rng.normal(0, 100 * spread, 3) * 0.5, 12, 245)
    return float(r), float(g), float(b)


def _person(rng: np.random.Generator) -> PersonSpec:
    stature = float(np.clip(rng.normal(172, 10), 148, 198))
    shod = bool(rng.random() < 0.25)
    foot = 0.152 * stature * float(rng.normal(1, 0.03)) + (2.5 if shod else 0.0)
    dark = _shaded(rng, (60, 65, 90), 0.3)
    return PersonSpec(
        stature_cm=stature,
        foot_cm=foot,
        tibia_cm=0.228 * stature * float(rng.normal(1, 0.03)),
        ankle_height_cm=0.039 * stature * float(rng.normal(1, 0.06)),
        toes_out_deg=float(np.clip(rng.normal(5, 5), -5, 15)),
        knee_in_cm=float(np.clip(rng.normal(1, 1.8), -3, 5)),
        outline_deg=_between(rng, -0.3, 5.5),  # with the bumps 0 to 6 deg
        bulge_cm=_between(rng, -0.4, 0.8),
        tuberosity_cm=_between(rng, 0.0, 0.6),
        girth=float(np.clip(rng.normal(1, 0.08), 0.85, 1.2)),
        knee_cm=_between(rng, 3.3, 4.9),
        spread_cm=_between(rng, 0.0, 0.3),
        shod=shod,
        legwear=_choose(rng, ("bare", "shorts", "shorts", "shorts", "trousers"), (0.2, 0.25, 0.25, 0.2, 0.1)),
        sock_cm=_between(rng, 2, 12) if rng.random() < (0.6 if shod else 0.08) else 0.0,
        loose_cm=_between(rng, 0.3, 4.0),
        skin=_shaded(rng, _SKINS[int(rng.integers(len(_SKINS)))], 0.05),
        cloth=dark if rng.random() < 0.6 else _shaded(rng, (150, 150, 150), 0.4),
        shirt=_shaded(rng, (130, 110, 120), 0.5),
        shoe=_shaded(rng, (90, 90, 95), 0.6),
        rear_foot_cm=_between(rng, 18, 45),
        far_leg=bool(rng.random() < 0.03),
    )


def _choose(rng: np.random.Generator, options: tuple[str, ...], shares: tuple[float, ...]) -> Literal["bare", "shorts", "trousers"]:
    return options[int(rng.choice(len(options), p=shares))]  # type: ignore[return-value]


def _miss(rng: np.random.Generator, lunge: LungeSpec) -> LungeSpec:
    """Return a lunge that is not valid, or only just."""
    kind = rng.random()
    if kind < 0.45:
        return replace(lunge, gap_cm=_between(rng, 0.2, 1.0) if rng.random() < 0.35 else _between(rng, 1.0, 5.0))
    if kind < 0.8:
        return replace(lunge, lift_cm=_between(rng, 0.2, 1.0) if rng.random() < 0.35 else _between(rng, 1.2, 4.0))
    return replace(lunge, slide_cm=_between(rng, 0.7, 3.0) * (1 if rng.random() < 0.7 else -0.5), slide_stays=bool(rng.random() < 0.5))


def _timed(rng: np.random.Generator, toe_cm: float, pace: float, longest_hold_s: float) -> LungeSpec:
    """One valid lunge with its own timing."""
    return LungeSpec(
        toe_cm=toe_cm,
        rest_s=pace * _between(rng, 0.5, 1.4),
        down_s=pace * _between(rng, 0.4, 0.9),
        hold_s=longest_hold_s * (_between(rng, 0.15, 0.5) if rng.random() < 0.4 else _between(rng, 0.4, 1.0)),
        back_s=pace * _between(rng, 0.4, 0.9),
        bounces=int(rng.integers(1, 3)) if rng.random() < 0.15 else 0,
        dip=_between(rng, 0.12, 0.33) if rng.random() < 0.15 else 0.0,
    )


def _lunges(rng: np.random.Generator, person: PersonSpec) -> tuple[LungeSpec, ...]:
    protocol = str(rng.choice(["parked", "progressive", "mixed", "failed", "single"], p=[0.4, 0.22, 0.2, 0.1, 0.08]))
    pace = _between(rng, 0.7, 1.3)
    toe = float(np.clip(rng.normal(8.5, 3.0), 1.5, 15.0))
    count = {"single": 1, "failed": int(rng.integers(1, 5)), "progressive": int(rng.integers(3, 8))}.get(protocol, int(rng.integers(2, 9)))
    # An ankle at its end stops the knee at one place in the air as well as a wall does.
    ends_cm = _between(rng, 1.2, 5.0) if rng.random() < 0.5 else None
    out: list[LungeSpec] = []
    for k in range(count):
        lunge = _timed(rng, toe, pace, float(np.clip(_LONGEST_S / count - 2.0, 0.8, 3.0)))
        if protocol == "mixed" and rng.random() < 0.4:
            lunge = _miss(rng, lunge)
        if protocol == "failed":
            misses = ends_cm is not None or rng.random() < 0.5
            lunge = replace(lunge, gap_cm=ends_cm or _between(rng, 1.2, 5.0)) if misses else replace(lunge, lift_cm=_between(rng, 1.3, 3.5))
        if protocol == "progressive":
            if k == count - 1 and rng.random() < 0.6:
                lunge = replace(lunge, gap_cm=_between(rng, 0.8, 2.5)) if rng.random() < 0.5 else replace(lunge, lift_cm=_between(rng, 1.0, 3.0))
            if k % 2 == 1 or rng.random() < 0.3:
                toe += _between(rng, 0.8, 1.5)
        if lunge.slide_stays:
            toe += lunge.slide_cm
        out.append(_reachable(lunge, person))
        if sum(x.rest_s + x.down_s + x.hold_s + x.back_s for x in out) > _LONGEST_S:
            break
    return tuple(out)


def _reachable(lunge: LungeSpec, person: PersonSpec) -> LungeSpec:
    """Nobody leans much beyond 50 deg: the foot is put nearer."""
    furthest = 0.75 * person.tibia_cm + 5.0 - 0.72 * person.foot_cm
    return replace(lunge, toe_cm=max(1.2, min(lunge.toe_cm, furthest + lunge.gap_cm)))


def _before_wall(lunge: LungeSpec, room: RoomSpec) -> LungeSpec:
    """Keep the toe before wall and skirting board, also where the foot slides towards them."""
    return replace(lunge, toe_cm=max(lunge.toe_cm, room.skirting_cm + 0.8 - min(lunge.slide_cm, 0.0)))


def _picture(rng: np.random.Generator) -> PictureSpec:
    dim = rng.random() < 0.12
    return PictureSpec(
        light=(_between(rng, -0.7, 0.7), -1.0, _between(rng, -0.4, 0.9)),
        ambient=_between(rng, 0.4, 0.8),
        exposure=_between(rng, 0.25, 0.5) if dim else _between(rng, 0.7, 1.1),
        shadow=0.0 if rng.random() < 0.15 else _between(rng, 0.08, 0.5),
        shadow_blur_px=_between(rng, 2.5, 16.0),
        lens_blur_px=_between(rng, 0.45, 1.1),
        noise=_between(rng, 2.0, 4.5) if dim else _between(rng, 0.5, 3.0),
        jpeg_quality=int(rng.integers(55, 93)),
        shutter_s=_between(rng, 0.015, 0.03) if dim else _between(rng, 0.002, 0.017),
        rate_hz=float(rng.choice([12, 15, 24, 25, 30, 30, 30, 50, 60])),
        x264=bool(rng.random() < 0.15),
    )


def _eye(rng: np.random.Generator) -> EyeSpec:
    return EyeSpec(
        bias_cm=_between(rng, 0.6, 1.6),
        lean_bias_cm=_between(rng, 0.3, 1.4),
        drift_cm=_between(rng, 0.2, 0.8),
        jitter_share=_between(rng, 0.002, 0.005),
        toe_beyond_cm=_between(rng, 0.8, 2.2),
        heel_ahead_cm=_between(rng, 2.0, 3.3),
        swap_share=float(rng.choice([0.0, 0.01, 0.06])),
        bad_share=float(rng.choice([0.0, 0.01, 0.03])),
        mask_px=_between(rng, 0.3, 0.9),
        mask_grow_px=_between(rng, -0.7, 0.7),
        mask_leak=_between(rng, 0.0, 0.4),
    )


def _room(rng: np.random.Generator) -> RoomSpec:
    colour = _shaded(rng, _PAINTS[int(rng.integers(len(_PAINTS)))], 0.06)
    kind = str(rng.choice(["runs_on", "corner", "leaf"], p=[0.45, 0.25, 0.3]))
    skirting = _between(rng, 0.6, 2.0) if rng.random() < 0.2 else 0.0
    sheet = None
    if rng.random() < 0.5:
        careless = rng.random() < 0.15
        sheet = SheetSpec(
            skew_deg=float(rng.normal(0, 2.0 if careless else 0.3)),
            off_wall_cm=float(abs(rng.normal(0, 0.5 if careless else 0.1))),
            across_cm=float(rng.uniform(-1.5, 0.0)),
            print_scale=_between(rng, 0.96, 1.0) if rng.random() < 0.08 else float(rng.normal(1, 0.003)),
        )
    return RoomSpec(
        floor=str(rng.choice(["plain", "boards", "tiles", "carpet"])),  # type: ignore[arg-type]
        floor_colour=_shaded(rng, _FLOORS[int(rng.integers(len(_FLOORS)))], 0.08),
        floor_contrast=_between(rng, 0.03, 0.16),
        floor_turned=bool(rng.random() < 0.5),
        pitch_cm=_between(rng, 7, 24),
        wall_colour=colour,
        end_colour=_shaded(rng, colour, 0.12) if kind != "leaf" else _shaded(rng, (220, 220, 215), 0.3),
        back_colour=colour if rng.random() < 0.4 else _shaded(rng, _PAINTS[int(rng.integers(len(_PAINTS)))], 0.1),
        wall_from_cm=-600.0 if kind == "runs_on" else _between(rng, -80, -26),
        wall_thick_cm=_between(rng, 3.5, 15) if kind == "leaf" else 400.0,
        back_cm=_between(rng, 45, 260),
        skirting_cm=skirting,
        skirting_high_cm=_between(rng, 5, 12),
        skirting_colour=colour if rng.random() < 0.3 else _shaded(rng, (225, 225, 222), 0.1),
        objects=int(rng.integers(1, 6)),
        sheet=sheet,
    )


def _colour_wall_like_skin(rng: np.random.Generator, room: RoomSpec, person: PersonSpec) -> RoomSpec:
    """Paint some walls nearly the colour of the leg."""
    if rng.random() > 0.08:
        return room
    close = _shaded(rng, person.skin, 0.05)
    return replace(room, back_colour=close, wall_colour=close if rng.random() < 0.5 else room.wall_colour)


def _room_and_camera(rng: np.random.Generator, person: PersonSpec, lunges: tuple[LungeSpec, ...]) -> tuple[RoomSpec, CameraSpec]:
    """Choose room and camera; the phone is aimed until hip, foot and wall are in the picture."""
    far = max(lunge.toe_cm for lunge in lunges)
    room, body = _room(rng), Body(person, rear_toe_cm=far + 60.0)
    tries = (_camera(rng) for _ in range(400))
    upright = CameraSpec(size_px=(720, 1280), distance_cm=320.0, height_cm=75.0, x_cm=10.0, pitch_deg=0.0)
    camera = next((c for c in tries if _in_picture(body, c, far)), upright)
    if camera.x_cm < max(3.0, room.skirting_cm + 1.5):
        # From before the wall only a door leaf or a pillar's edge leaves the knee in view, and there is no room for a sheet.
        room = replace(room, wall_from_cm=_between(rng, -2.5, -1.0), wall_thick_cm=_between(rng, 3.5, 15), sheet=None)
    return room, camera


def _camera(rng: np.random.Generator) -> CameraSpec:
    size = _SIZES[int(rng.integers(len(_SIZES)))]
    handheld = rng.random() < 0.35
    return CameraSpec(
        size_px=size,
        focal_over_long_side=0.77 * float(np.exp(rng.normal(0, 0.16))),
        x_cm=float(np.clip(rng.normal(14, 20), -52, 68)),
        height_cm=_between(rng, 30, 110),
        distance_cm=_between(rng, 160, 350),
        yaw_deg=float(np.clip(rng.normal(0, 6), -15, 15)),
        pitch_deg=_between(rng, -5, 15),
        roll_deg=float(np.clip(rng.normal(0, 1.5), -4, 4)),
        sway_deg=_between(rng, 0.05, 0.5) if handheld else 0.0,
        facing_left=bool(rng.random() < 0.5),
    )


def _in_picture(body: Body, spec: CameraSpec, toe_cm: float) -> bool:
    """Foot, wall, knee and hip inside, the shoulders nearly, and the shank large enough to be measured."""
    if not 0.46 <= spec.focal_over_long_side <= 1.16:
        return False
    camera = build_camera(spec)
    width, height = spec.size_px
    stand, lean = (body.figure(Pose(toe_cm, angle, 0.0, phase)).joints for angle, phase in ((6.0, 0.0), (40.0, 1.0)))
    inner = camera.project(np.array([stand.heel, stand.toe, lean.knee, stand.hip, lean.hip, [0, 0, 5.0], [0, 0, -8.0]]))
    outer = camera.project(np.array([stand.shoulder, lean.shoulder, stand.rear_heel]))
    edge = np.array([0.04 * width, 0.04 * height])
    inside = (inner > edge).all() and (inner < np.array([width, height]) - edge).all()
    nearly = (outer > [-0.02 * width, -0.06 * height]).all() and (outer < [1.02 * width, 1.02 * height]).all()
    shank = float(np.hypot(*np.diff(camera.project(np.array([stand.knee, stand.ankle])), axis=0)[0]))
    return bool(inside and nearly and shank > 48)
