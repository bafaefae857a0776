"""The person as tubes in the room: a pose makes meshes, and the same meshes give picture and truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from calibration.references import BALL_HALF_BREADTH, HEEL_HALF_BREADTH
from tests.drawn.spec import Colour, FloatArray, PersonSpec

SIDES = 24
SHIN_FROM, SHIN_TO = 0.13, 0.80
_BALL_AT, _ANKLE_AT = 0.70, 0.25


@dataclass(frozen=True, slots=True)
class Pose:
    """The person at one moment: where the toe stands, lean of the shank, rise of the heel, thigh and trunk, and how far the lunge has gone (0..1)."""

    toe_x: float
    lean_deg: float
    lift_cm: float = 0.0
    phase: float = 0.0


@dataclass(frozen=True, slots=True)
class Tube:
    """A generalised cylinder: rings (N, M, 3) cm and a colour for each (N, 3)."""

    name: str
    rings: FloatArray
    colours: FloatArray


@dataclass(frozen=True, slots=True)
class Joints:
    """Places in the room (3,) cm."""

    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    heel: FloatArray
    toe: FloatArray
    shoulder: FloatArray
    head: FloatArray
    rear_hip: FloatArray
    rear_knee: FloatArray
    rear_ankle: FloatArray
    rear_heel: FloatArray
    rear_toe: FloatArray


@dataclass(frozen=True, slots=True)
class Figure:
    """Front leg and the rest of the person."""

    leg: tuple[Tube, ...]
    rest: tuple[Tube, ...]
    joints: Joints


def _unit(v: FloatArray) -> FloatArray:
    return np.asarray(v / np.linalg.norm(v, axis=-1, keepdims=True))


def _tube(centres: FloatArray, ahead: FloatArray, aside: FloatArray, front: FloatArray, back: FloatArray, side: FloatArray) -> FloatArray:
    """Rings (N, SIDES, 3): elliptic, with different depth before and behind."""
    turn = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    c, s = np.cos(turn), np.sin(turn)
    reach = np.where(c > 0, np.asarray(front)[:, None], np.asarray(back)[:, None]) * c
    return np.asarray(centres[:, None] + reach[..., None] * ahead[:, None] + (np.asarray(side)[:, None] * s)[..., None] * aside[:, None])


def _limb(start: FloatArray, end: FloatArray, start_cm: float, end_cm: float, *, n: int = 10, flat: float = 0.9) -> FloatArray:
    """Tapering limb with rounded ends."""
    axis = _unit(end - start)
    ahead = _unit(np.array([-axis[1], axis[0], 0.0]) if abs(axis[2]) < 0.99 else np.array([1.0, 0.0, 0.0]))
    aside = np.cross(axis, ahead)
    u = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, n))
    radius = start_cm + (end_cm - start_cm) * u
    length = float(np.linalg.norm(end - start))
    at = -start_cm + u * (length + start_cm + end_cm)
    cap = np.sqrt(np.clip(np.minimum(1 - np.square(np.clip(-at / start_cm, 0, 1)), 1 - np.square(np.clip((at - length) / end_cm, 0, 1))), 0.0, 1))
    radius = np.maximum(radius * cap, 0.05)
    ones = np.ones((n, 1))
    return _tube(start + at[:, None] * axis, ahead * ones, aside * ones, radius, radius, flat * radius)


def _shank_profile(p: PersonSpec, s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Depth before and behind the axis and half the width, at shares of the way from knee to ankle.

    Notes
    -----
    With the knee's cap, the front lies 0.126 +- 0.013 of the tibia ahead of the knee joint, as in people (see `app.assessment.joints`).
    """
    size = p.girth * p.tibia_cm / 40.0
    line = 3.9 * size - np.tan(np.radians(p.outline_deg)) * p.tibia_cm * (s - 0.465)
    bulge = p.bulge_cm * np.clip(1 - np.square((s - 0.465) / 0.40), 0, None)
    bump = p.tuberosity_cm * np.exp(-0.5 * np.square((s - 0.14) / 0.035))
    front = np.maximum(line + bulge + bump, 2.4)
    knots = np.array([-0.1, 0.0, 0.15, 0.32, 0.55, 0.80, 1.0, 1.2])
    back = PchipInterpolator(knots, np.array([4.2, 4.2, 5.4, 6.6, 5.2, 3.9, 4.6, 4.8]) * size)(s)
    side = PchipInterpolator(knots, np.array([5.0, 5.0, 5.4, 5.7, 4.6, 3.5, 3.5, 3.3]) * size)(s)
    if p.legwear == "trousers":
        hang = p.loose_cm * np.clip((s + 0.1) / 0.7, 0, 1)
        front, back, side = front + 0.5 * hang + 0.4, back + hang + 0.4, side + hang
    return front, np.asarray(back), np.asarray(side)


def _foot_rings(p: PersonSpec) -> FloatArray:
    """Foot at rest (N, SIDES, 3): distance from the toe tip along the foot, height, distance to the inner side from the middle line."""
    length, high, sole = p.foot_cm, p.foot_cm / 26.0, (2.4 if p.shod else 0.0)
    u = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, 34))
    behind, before = u * length, (1 - u) * length
    knots = np.array([0.0, 0.12, 0.28, 0.45, 0.62, 0.75, 0.88, 1.0])
    top = (
        PchipInterpolator(knots, np.array([7.2, 8.2, 8.4, 6.3, 4.6, 3.5, 2.6, 2.2] if not p.shod else [6.2, 7.8, 8.2, 6.9, 5.6, 5.0, 4.6, 4.2]) * high)(u)
        + 0.6 * sole
    )
    breadth = PchipInterpolator(knots, np.array([0.115, 0.125, 0.12, 0.14, 0.175, 0.19, 0.17, 0.14]) * length)(u) * (1.08 if p.shod else 1.0)
    rear = np.clip(behind / 2.6, 0, 1)
    tip = np.clip(before / (2.0 if not p.shod else 3.0), 0, 1)
    heel_level, toe_level = 2.5 * high + 0.3 * sole, (1.2 * high if not p.shod else 1.6)
    low = np.where(u < 0.5, heel_level * (1 - np.sqrt(1 - np.square(1 - rear))), toe_level * (1 - np.sqrt(1 - np.square(1 - tip))))
    tall = np.where(
        u < 0.5, np.minimum(top, heel_level + np.sqrt(behind / (0.06 * 26 / length))), toe_level + (top - toe_level) * np.sqrt(1 - np.square(1 - tip))
    )
    wide = breadth * np.where(u < 0.5, np.sqrt(1 - np.square(1 - np.clip(behind / 3.0, 0, 1))), np.sqrt(1 - np.square(1 - np.clip(before / 4.5, 0, 1))))
    wide = np.maximum(wide, 0.3)
    turn = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    c, s = np.cos(turn), np.sin(turn)
    y = 0.5 * (low + tall)[:, None] + 0.5 * (tall - low)[:, None] * np.where(c > 0, np.abs(c) ** 0.8, -(np.abs(c) ** 0.3))[None]
    across = (0.03 * length * np.clip((u - 0.6) / 0.4, 0, 1))[:, None] + wide[:, None] * (np.sign(s) * np.abs(s) ** 0.8)[None]
    # The sole is flat to near its border; above the ball the foot narrows towards its ridge.
    narrow = 1 - 0.45 * np.clip((y - 2.5) / 6.0, 0, 1)
    return np.stack([np.broadcast_to(before[:, None], y.shape), y, across * narrow], axis=-1)


class Body:
    """Makes figures of one person; profiles are worked out once. The rear foot stands where it stood at the beginning, its toe at `rear_toe_cm`."""

    def __init__(self, person: PersonSpec, *, rear_toe_cm: float = 60.0) -> None:
        self.person = person
        self.tibia = self.thigh = person.tibia_cm
        self._rear_toe_cm = rear_toe_cm
        self._shares = np.linspace(-0.03, 1.06, 42)
        self._dressed = _shank_profile(person, self._shares)
        self._bare = _shank_profile(replace(person, legwear="bare"), self._shares)
        self._foot = _foot_rings(person)

    def _place_foot(self, points: FloatArray, toe_x: float, lift_cm: float, spread: float, *, z_cm: float) -> FloatArray:
        """Foot's own axes to the room: the hind foot turned up about the ball, the foot turned outward, the foremost point at `toe_x`."""
        p = self.person
        before, y, across = points[..., 0], points[..., 1], points[..., 2]
        turn = np.arcsin(lift_cm / (0.55 * p.foot_cm))
        reach = before - (1 - _BALL_AT) * p.foot_cm
        hind = reach > 0
        before = np.where(hind, (1 - _BALL_AT) * p.foot_cm + reach * np.cos(turn) - y * np.sin(turn) * np.clip(reach / 4, 0, 1), before)
        y = np.where(hind, reach * np.sin(turn) + y * np.cos(turn), y)
        before = before - spread * np.clip(1 - before / (0.3 * p.foot_cm), 0, 1)
        out = np.radians(p.toes_out_deg)
        x, z = before * np.cos(out) + across * np.sin(out), z_cm + before * np.sin(out) + across * np.cos(out)
        return np.stack([toe_x + x, y, z], axis=-1)

    def middle_z(self) -> float:
        """Depth of the toe tip: the outer border of the foot touches z = 0.3 at the ball and the heel stays behind it."""
        p = self.person
        out = np.radians(p.toes_out_deg)
        at_ball = 0.3 + 1.08 * BALL_HALF_BREADTH * p.foot_cm - 0.3 * p.foot_cm * np.sin(out)
        at_heel = 0.3 + 1.08 * HEEL_HALF_BREADTH * p.foot_cm - 0.9 * p.foot_cm * np.sin(out)
        return float(max(at_ball, at_heel))

    def front_leg(self, pose: Pose, *, cloth: bool = True) -> tuple[tuple[Tube, ...], dict[str, FloatArray]]:
        """Thigh, knee, shank and foot of the tested leg, and its joint centres; without its trousers when `cloth` is False."""
        p, z_cm = self.person, self.middle_z()
        spread = p.spread_cm * pose.phase
        foot = self._place_foot(self._foot, 0.0, pose.lift_cm, spread, z_cm=z_cm)
        home = pose.toe_x - spread - float(foot[..., 0].min())
        foot[..., 0] += home

        def on_foot(share: float, height: float) -> FloatArray:
            return self._place_foot(np.array([(1 - share) * p.foot_cm, height, 0.0]), home, pose.lift_cm, spread, z_cm=z_cm)

        at = {"heel": on_foot(0.0, 2.5), "toe": on_foot(1.0, 1.2), "ankle": on_foot(_ANKLE_AT, p.ankle_height_cm + (2.0 if p.shod else 0.0))}
        axis, ahead, across = self._shank_axes(pose)
        at["knee"] = at["ankle"] + self.tibia * axis
        at["hip"] = at["knee"] + self.thigh * self._thigh_axis(pose)
        ones = np.ones((len(self._shares), 1))
        shank = _tube(at["knee"] - self._shares[:, None] * self.tibia * axis, ahead * ones, across * ones, *(self._dressed if cloth else self._bare))
        bend = at["knee"] + 0.4 * ahead
        cap = _limb(bend + 1.5 * axis, bend - 1.5 * axis, p.knee_cm * p.girth, 0.97 * p.knee_cm * p.girth, n=12)
        thigh = _limb(at["knee"] + 1.5 * self._thigh_axis(pose), at["hip"], 0.95 * p.knee_cm * p.girth, 9.0 * p.girth, n=12)
        shoe = p.shoe if p.shod else (p.cloth if p.sock_cm > 0 else p.skin)
        tubes = (
            Tube("thigh", thigh, self._colours(np.linspace(0.0, -0.6, len(thigh)))),
            Tube("knee", cap, self._colours(np.zeros(len(cap)))),
            Tube("shank", shank, self._colours(self._shares)),
            Tube("foot", foot, np.tile(np.asarray(shoe, np.float64), (len(foot), 1))),
        )
        return tubes, at

    def _shank_axes(self, pose: Pose) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return unit vectors up the shank, ahead and across: the knee goes where the foot points, plus how far it falls inward."""
        p = self.person
        lean, out = np.radians(pose.lean_deg), np.radians(p.toes_out_deg)
        aside = np.sin(lean) * (p.knee_in_cm / (self.tibia * np.sin(np.radians(40.0))) - np.tan(out))
        level = np.sqrt(1 - aside * aside)
        axis = np.array([-np.sin(lean) * level, np.cos(lean) * level, aside])
        straight = np.array([-np.cos(lean), -np.sin(lean), 0.0])
        across = np.cross(axis, straight)
        across *= np.sign(across[2])
        # The leg is turned out with the foot: its front looks towards the camera.
        ahead = straight * np.cos(out) - across * np.sin(out)
        return axis, ahead, across * np.cos(out) + straight * np.sin(out)

    def _thigh_axis(self, pose: Pose) -> FloatArray:
        back = np.radians(4.0 + 30.0 * pose.phase)
        return np.array([np.sin(back), np.cos(back), 0.02])

    def _colours(self, share: FloatArray) -> FloatArray:
        """Colour of the leg, `share` of the way from knee (0) to ankle (1); the thigh is negative."""
        p = self.person
        covered = {"bare": share < -0.45, "shorts": share < -0.16, "trousers": share < 0.97}[p.legwear]
        sock = (share > 1 - p.sock_cm / self.tibia) & (p.sock_cm > 0)
        colours = np.where(covered[:, None], np.array(p.cloth), np.array(p.skin))
        return np.where((sock & ~covered)[:, None], np.array(p.cloth), colours)

    def figure(self, pose: Pose) -> Figure:
        """Return the whole person."""
        p = self.person
        leg, at = self.front_leg(pose)
        aside = -1.0 if p.far_leg else 1.0
        rear, rear_at = self._rear_leg(at, aside)
        tilt = np.radians(2.0 + 8.0 * pose.phase)
        shoulder = at["hip"] + 0.29 * p.stature_cm * np.array([-np.sin(tilt), np.cos(tilt), 0.0]) + np.array([0, 0, aside])
        head = shoulder + np.array([-3.0, 0.13 * p.stature_cm, aside * 8.0])
        joints = Joints(at["hip"], at["knee"], at["ankle"], at["heel"], at["toe"], shoulder, head, *rear_at)
        return Figure(leg, rear + self._trunk(at["hip"], shoulder, head, aside), joints)

    def _rear_leg(self, at: dict[str, FloatArray], aside: float) -> tuple[tuple[Tube, ...], tuple[FloatArray, ...]]:
        """Return the other leg, and its hip, knee, ankle, heel and toe."""
        p = self.person
        flat = self._place_foot(self._foot, self._rear_toe_cm, 0.0, 0.0, z_cm=self.middle_z() + aside * 16.0)
        hip = at["hip"] + np.array([1.5, 0.0, aside * 17.0])
        toe, heel = (
            self._place_foot(np.array([before, 1.5, 0.0]), self._rear_toe_cm, 0.0, 0.0, z_cm=self.middle_z() + aside * 16.0) for before in (0.0, p.foot_cm)
        )
        ankle = toe + 0.75 * (heel - toe) + np.array([0.0, p.ankle_height_cm - 1.5, 0.0])
        knee = _bend(hip, ankle, self.thigh, self.tibia)
        tubes = (
            _one_colour("rear_thigh", _limb(knee, hip, 6.0, 9.0, n=8), p.skin if p.legwear == "bare" else p.cloth),
            _one_colour("rear_shank", _limb(ankle, knee, 3.8, 5.6, n=8), p.cloth if p.legwear == "trousers" else p.skin),
            _one_colour("rear_foot", flat, p.shoe if p.shod else p.skin),
        )
        return tubes, (hip, knee, ankle, heel, toe)

    def _trunk(self, hip: FloatArray, shoulder: FloatArray, head: FloatArray, aside: float) -> tuple[Tube, ...]:
        """Hips, trunk, head and an arm whose hand is on the wall."""
        p = self.person
        middle = np.array([0, 0, aside * 8.0])
        hand = np.array([1.5, shoulder[1] + 4.0, shoulder[2] - aside * 2.0])
        elbow = 0.5 * (shoulder + hand) + np.array([0.0, -14.0, 0.0])

        def up(cm: float) -> FloatArray:
            return np.array([0.0, cm, 0.0])

        return (
            _one_colour("trunk", _limb(hip + middle + up(3), shoulder + middle + up(-4), 11.5, 10.5, flat=1.5), p.shirt),
            _one_colour("hips", _limb(hip + 0.6 * middle + up(-4), hip + 0.6 * middle + up(5), 10.5, 10.5, n=8, flat=1.4), p.cloth),
            _one_colour("neck", _limb(shoulder + middle + up(-2), head + up(-5), 5.5, 5.5, n=8), p.skin),
            _one_colour("head", _limb(head + up(-4), head + up(5), 8.0, 9.0, n=8), p.skin),
            _one_colour("arm", _limb(shoulder, elbow, 4.5, 4.0, n=8), p.shirt),
            _one_colour("forearm", _limb(elbow, hand, 3.8, 2.8, n=8), p.skin),
        )


def _one_colour(name: str, rings: FloatArray, colour: Colour) -> Tube:
    return Tube(name, rings, np.tile(np.asarray(colour, np.float64), (len(rings), 1)))


def _bend(hip: FloatArray, ankle: FloatArray, thigh: float, shank: float) -> FloatArray:
    """Knee of the rear leg: bent forward where the leg is too long for the way, in the middle where it is too short."""
    way = ankle - hip
    distance = float(np.linalg.norm(way))
    along = (thigh * thigh - shank * shank + distance * distance) / (2 * distance)
    high = np.sqrt(max(thigh * thigh - along * along, 0.0))
    ahead = _unit(np.cross(way, np.array([0.0, 0.0, 1.0])))
    ahead = ahead * -np.sign(ahead[0])
    return np.asarray(hip + way * (along / distance) + high * ahead)


def shin_angles(body: Body, pose: Pose) -> tuple[float, float]:
    """Inclination (deg) of the shin's front outline and of the joint axis in the measuring plane."""
    tubes, at = body.front_leg(pose, cloth=False)
    shank = next(t for t in tubes if t.name == "shank").rings[..., :2].reshape(-1, 2)
    knee, ankle = at["knee"][:2], at["ankle"][:2]
    way = ankle - knee
    length = float(np.hypot(*way))
    along = way / length
    ahead = np.array([along[1], -along[0]])
    run, out = (shank - knee) @ along / length, (shank - knee) @ ahead
    shares = np.linspace(SHIN_FROM, SHIN_TO, 40)
    rows = out.reshape(-1, SIDES)
    foremost = rows.argmax(axis=1)
    pick = np.arange(len(rows))
    at_share, reach = run.reshape(-1, SIDES)[pick, foremost], rows[pick, foremost]
    outline = knee + shares[:, None] * way + np.interp(shares, at_share, reach)[:, None] * ahead
    slope = np.polyfit(outline[:, 1], outline[:, 0], 1)[0]
    return float(np.degrees(np.arctan(-slope))), float(np.degrees(np.arctan2(-(knee - ankle)[0], (knee - ankle)[1])))


def knee_gap_cm(body: Body, pose: Pose) -> float:
    """Return the foremost point of the leg above the foot, from the wall."""
    tubes, _ = body.front_leg(pose)
    return float(min(t.rings[..., 0].min() for t in tubes if t.name != "foot"))


def solve_lean_deg(body: Body, toe_x: float, lift_cm: float, gap_cm: float) -> float:
    """Lean at which the knee is `gap_cm` from the wall."""
    low, high = 0.0, 65.0
    for _ in range(16):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if knee_gap_cm(body, Pose(toe_x, middle, lift_cm, 1.0)) > gap_cm else (low, middle)
    return 0.5 * (low + high)
