"""The person as tubes in the room: a pose makes meshes, and the same meshes give picture and truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from calibration.references import BALL_HALF_BREADTH, HEEL_HALF_BREADTH
from tests.drawn.spec import Colour, FloatArray, PersonSpec

SIDES = 24
SHIN_FROM, SHIN_TO = 0.13, 0.80
_BALL_AT, _ANKLE_AT = 0.70, 0.25
_STANDING_DEG = 5.0


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


class Body:
    """Makes figures of one person; profiles are worked out once."""

    def __init__(self, person: PersonSpec) -> None:
        self.person = person
        self.tibia = person.tibia_cm
        self.thigh = 1.0 * person.tibia_cm
        self._shares = np.linspace(-0.03, 1.12, 44)
        self._front, self._back, self._side = self._shank_profile(self._shares)
        self._foot = self._foot_rings()

    def _shank_profile(self, s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        p = self.person
        size = p.girth * self.tibia / 40.0
        line = 4.5 * size - np.tan(np.radians(p.outline_deg)) * self.tibia * (s - 0.465)
        bulge = p.bulge_cm * np.clip(1 - np.square((s - 0.465) / 0.40), 0, None)
        bump = p.tuberosity_cm * np.exp(-0.5 * np.square((s - 0.14) / 0.035))
        front = np.maximum(line + bulge + bump, 2.4)
        knots = np.array([-0.1, 0.0, 0.15, 0.32, 0.55, 0.80, 1.0, 1.2])
        back = PchipInterpolator(knots, np.array([4.2, 4.2, 5.4, 6.6, 5.2, 3.7, 3.7, 3.2]) * size)(s)
        side = PchipInterpolator(knots, np.array([5.0, 5.0, 5.4, 5.7, 4.6, 3.5, 3.5, 3.3]) * size)(s)
        if p.legwear == "trousers":
            hang = p.loose_cm * np.clip((s + 0.1) / 0.7, 0, 1)
            front, back, side = front + 0.5 * hang + 0.4, back + hang + 0.4, side + hang
        return front, np.asarray(back), np.asarray(side)

    def _foot_rings(self) -> FloatArray:
        """Foot at rest (N, SIDES, 3): distance from the toe tip along the foot, height, distance to the inner side from the middle line."""
        p = self.person
        length, high, sole = p.foot_cm, p.foot_cm / 26.0, (2.4 if p.shod else 0.0)
        u = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, 34))
        behind, before = u * length, (1 - u) * length
        knots = np.array([0.0, 0.12, 0.28, 0.45, 0.62, 0.75, 0.88, 1.0])
        top = PchipInterpolator(knots, np.array([7.2, 8.2, 8.4, 6.3, 4.6, 3.5, 2.6, 2.2] if not p.shod else [6.2, 7.8, 8.2, 6.9, 5.6, 5.0, 4.6, 4.2]) * high)(u) + 0.6 * sole
        breadth = PchipInterpolator(knots, np.array([0.115, 0.125, 0.12, 0.14, 0.175, 0.19, 0.17, 0.14]) * length)(u) * (1.08 if p.shod else 1.0)
        rear = np.clip(behind / 2.6, 0, 1)
        tip = np.clip(before / (2.0 if not p.shod else 3.0), 0, 1)
        heel_level, toe_level = 2.5 * high + 0.3 * sole, (1.2 * high if not p.shod else 1.6)
        low = np.where(u < 0.5, heel_level * (1 - np.sqrt(1 - np.square(1 - rear))), toe_level * (1 - np.sqrt(1 - np.square(1 - tip))))
        tall = np.where(u < 0.5, np.minimum(top, heel_level + np.sqrt(behind / (0.02 * 26 / length))), toe_level + (top - toe_level) * np.sqrt(1 - np.square(1 - tip)))
        wide = breadth * np.where(u < 0.5, np.sqrt(1 - np.square(1 - np.clip(behind / 3.0, 0, 1))), np.sqrt(1 - np.square(1 - np.clip(before / 4.5, 0, 1))))
        wide = np.maximum(wide, 0.3)
        turn = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
        c, s = np.cos(turn), np.sin(turn)
        y = 0.5 * (low + tall)[:, None] + 0.5 * (tall - low)[:, None] * (np.sign(c) * np.abs(c) ** 0.8)[None]
        across = (0.03 * length * np.clip((u - 0.6) / 0.4, 0, 1))[:, None] + wide[:, None] * (np.sign(s) * np.abs(s) ** 0.8)[None]
        # above the ball the foot narrows towards its ridge
        narrow = 1 - 0.45 * np.clip((y - 2.5) / 6.0, 0, 1)
        return np.stack([np.broadcast_to(before[:, None], y.shape), y, across * narrow], axis=-1)

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
        """Foot, shank, knee and thigh of the tested leg, and its joint centres."""
        p = self.person
        z0 = self.middle_z()
        spread = p.spread_cm * pose.phase
        foot = self._place_foot(self._foot, 0.0, pose.lift_cm, spread, z_cm=z0)
        foot[..., 0] += pose.toe_x - spread - foot[..., 0].min()
        offset = foot[-1, :, 0].min() - self._place_foot(self._foot[-1], 0.0, pose.lift_cm, spread, z_cm=z0)[:, 0].min()

        def on_foot(share: float, height: float) -> FloatArray:
            point = self._place_foot(np.array([(1 - share) * p.foot_cm, height, 0.0]), 0.0, pose.lift_cm, spread, z_cm=z0)
            return np.asarray(point + np.array([offset, 0, 0]))

        ankle = on_foot(_ANKLE_AT, p.ankle_height_cm + (2.4 if p.shod else 0.0) * 0.9)
        lean = np.radians(pose.lean_deg)
        out = np.radians(p.toes_out_deg)
        aside = -np.tan(out) * np.sin(lean) + p.knee_in_cm / self.tibia * np.sin(lean) / np.sin(np.radians(40.0))
        up = np.array([-np.sin(lean), np.cos(lean)]) * np.sqrt(1 - aside * aside)
        axis = np.array([up[0], up[1], aside])
        knee = ankle + self.tibia * axis
        ahead = np.array([-np.cos(lean), -np.sin(lean), 0.0])
        across = np.cross(axis, ahead)
        ahead, across = ahead * np.cos(out) + across * np.sin(out) * np.sign(-across[2]), across * np.cos(out) + ahead * np.sin(out) * np.sign(across[2])
        n = len(self._shares)
        ones = np.ones((n, 1))
        centres = knee + self._shares[:, None] * (ankle - knee)
        front, back, side = self._front, self._back, self._side
        if not cloth and p.legwear == "trousers":
            front, back, side = Body(_bare(p))._shank_profile(self._shares)
        shank = _tube(centres, ahead * ones, across * ones, front, back, side)
        hip = knee + self.thigh * self._thigh_axis(pose)
        cap = _limb(knee + 1.5 * axis + 0.4 * ahead, knee - 1.5 * axis + 0.4 * ahead, p.knee_cm * p.girth, 0.97 * p.knee_cm * p.girth, n=12)
        thigh = _limb(knee + 1.5 * _unit(hip - knee), hip, 5.7 * p.girth, 9.0 * p.girth, n=12)
        tubes = (
            Tube("thigh", thigh, self._colours(np.linspace(-0.6, 0.0, len(thigh))[::-1])),
            Tube("knee", cap, self._colours(np.zeros(len(cap)))),
            Tube("shank", shank, self._colours(self._shares)),
            Tube("foot", foot, np.tile(p.shoe if p.shod else (p.cloth if p.sock_cm > 0 else p.skin), (len(foot), 1)).astype(np.float64)),
        )
        heel = on_foot(0.0, 2.5)
        toe = on_foot(1.0, 1.2)
        return tubes, {"hip": hip, "knee": knee, "ankle": ankle, "heel": heel, "toe": toe}

    def _thigh_axis(self, pose: Pose) -> FloatArray:
        back = np.radians(4.0 + 30.0 * pose.phase)
        return np.array([np.sin(back), np.cos(back), 0.02])

    def _colours(self, share: FloatArray) -> FloatArray:
        """Colour of the leg, `share` of the way from knee (0) to ankle (1); the thigh is negative."""
        p = self.person
        covered = {"bare": share < -0.45, "shorts": share < -0.16, "trousers": share < 0.97}[p.legwear]
        sock = (share > 1 - p.sock_cm / self.tibia) & (p.sock_cm > 0)
        colours = np.where(covered[:, None], np.array(p.cloth), np.array(p.skin))
        return np.where((sock & ~covered)[:, None], np.array(_sock_colour(p)), colours)

    def figure(self, pose: Pose) -> Figure:
        """Return the whole person."""
        p = self.person
        leg, at = self.front_leg(pose)
        inner = 1.0
        side = -1.0 if p.far_leg else 1.0
        hip = at["hip"]
        rear_hip = hip + np.array([1.5, 0.0, side * 17.0])
        foot_x = self._rear_x(pose) - at["toe"][0]
        shift = np.array([foot_x, 0.0, side * 16.0])
        rear_foot = leg[3].rings.copy() if pose.lift_cm == 0 else self.front_leg(Pose(pose.toe_x, pose.lean_deg, 0.0, pose.phase))[0][3].rings.copy()
        rear_foot += shift
        rear_heel, rear_toe = at["heel"] * [1, 0, 1] + [0, 2.5, 0] + shift, at["toe"] * [1, 0, 1] + [0, 1.2, 0] + shift
        rear_ankle = np.array([rear_heel[0] - 0.25 * p.foot_cm, p.ankle_height_cm, rear_heel[2]])
        rear_knee = _bend(rear_hip, rear_ankle, self.thigh, self.tibia)
        tilt = np.radians(2.0 + 8.0 * pose.phase)
        shoulder = hip + 0.29 * p.stature_cm * np.array([-np.sin(tilt), np.cos(tilt), 0.0]) + np.array([0, 0, side * 1.0])
        head = shoulder + np.array([-3.0, 0.13 * p.stature_cm, side * 8.0])
        middle = np.array([0, 0, side * 8.0]) * inner
        hand = np.array([1.5, shoulder[1] + 4.0, shoulder[2] - side * 2.0])
        elbow = 0.5 * (shoulder + hand) + np.array([0.0, -14.0, 0.0])
        cloth, skin, shirt = (np.array(c, np.float64) for c in (p.cloth, p.skin, p.shirt))
        covered = p.legwear == "trousers"

        def made(name: str, rings: FloatArray, colour: FloatArray | Colour) -> Tube:
            return Tube(name, rings, np.tile(np.asarray(colour), (len(rings), 1)))

        rear = [
            made("rear_thigh", _limb(rear_knee, rear_hip, 6.0, 9.0, n=8), cloth if p.legwear != "bare" else skin),
            made("rear_shank", _limb(rear_ankle, rear_knee, 3.8, 5.6, n=8), cloth if covered else skin),
            made("rear_foot", rear_foot, p.shoe if p.shod else skin),
        ]
        trunk = [
            made("trunk", _limb(hip + middle + [0, 3, 0], shoulder + middle + [0, -4, 0], 11.5, 10.5, n=10, flat=1.5), shirt),
            made("hips", _limb(hip + middle * 0.6 + [0, -4, 0], hip + middle * 0.6 + [0, 5, 0], 10.5, 10.5, n=8, flat=1.4), cloth),
            made("head", _limb(head + [0, -4, 0], head + [0, 5, 0], 8.0, 9.0, n=8), skin),
            made("arm", _limb(shoulder, elbow, 4.5, 4.0, n=8), shirt),
            made("forearm", _limb(elbow, hand, 3.8, 2.8, n=8), skin),
        ]
        joints = Joints(hip, at["knee"], at["ankle"], at["heel"], at["toe"], shoulder, head, rear_hip, rear_knee, rear_ankle, rear_heel, rear_toe)
        return Figure(leg, tuple(rear + trunk), joints)

    def _rear_x(self, pose: Pose) -> float:
        """Toe of the rear foot: it stays where it stood before the first lunge."""
        del pose
        return self.rear_toe_x

    rear_toe_x: float = 60.0


def _bare(person: PersonSpec) -> PersonSpec:
    from dataclasses import replace

    return replace(person, legwear="bare")


def _sock_colour(person: PersonSpec) -> Colour:
    return person.cloth


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
    ahead = np.array([along[1], -along[0]]) * np.sign(-along[1] + 1e-12) * -1.0
    ahead = ahead if ahead[0] < 0 else -ahead
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
