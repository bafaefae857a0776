"""What the person does over time: lunges become poses at any moment, and truth for each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.drawn.body import Body, Pose, knee_gap_cm, shin_angles, solve_lean_deg
from tests.drawn.spec import LungeSpec, SceneSpec

MOVED_CM, LIFTED_CM, CLEAR_LIFT_CM, CLEAR_GAP_CM = 0.5, 0.8, 0.3, 0.3
"""Limits of the verdicts: METHOD's own."""
PLATEAU_S = 0.4
"""The best stretch of a lunge, over which its true numbers are averaged."""
_STANDING_DEG = 6.0
_TIE_CM = 1.0
"""Gaps up to this are told from a touch only by a good picture: no verdict is held against them."""
_STEP_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueLunge:
    """One repetition as it was drawn: means over its best stretch; `ambiguous` verdicts are not held against anybody."""

    start_s: float
    peak_s: float
    end_s: float
    shin_angle_deg: float
    axis_angle_deg: float
    toe_to_wall_cm: float
    knee_gap_cm: float
    heel_lift_cm: float
    foot_shift_cm: float
    verdict: str
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class _Planned:
    """A lunge with the moments at which it begins, is down, comes back and ends, and its lean there."""

    spec: LungeSpec
    start_s: float
    down_s: float
    back_s: float
    end_s: float
    peak_deg: float


class Motion:
    """The script of one scene."""

    def __init__(self, scene: SceneSpec, body: Body) -> None:
        self.scene, self.body = scene, body
        rng = np.random.default_rng([scene.seed, 11])
        self.lunges: list[_Planned] = []
        clock = 0.0
        known: dict[tuple[float, float, float], float] = {}
        for lunge in scene.lunges:
            start = clock + lunge.rest_s
            down = start + lunge.down_s
            back = down + lunge.hold_s
            end = back + lunge.back_s
            key = (lunge.toe_cm + lunge.slide_cm, lunge.lift_cm, lunge.gap_cm)
            if key not in known:
                known[key] = solve_lean_deg(body, *key)
            self.lunges.append(_Planned(lunge, start, down, back, end, known[key]))
            clock = end
        self.duration_s = clock + scene.tail_s
        self._waves = rng.uniform(0.15, 1.1, 5), rng.uniform(0, 2 * np.pi, 5), rng.normal(0, 1, 5)

    def pose(self, t_s: float) -> Pose:
        """Return the pose at one moment."""
        k = self._at(t_s)
        plan = self.lunges[k]
        phase = self._phase(plan, t_s)
        slid = self._slid(plan, t_s, phase)
        toe = self._toe_at(k, t_s) + plan.spec.slide_cm * slid
        lift = plan.spec.lift_cm * float(np.clip((phase - 0.6) / 0.4, 0, 1))
        lean = _STANDING_DEG + (plan.peak_deg - _STANDING_DEG) * phase + self._sway(t_s) * (1 - phase**4 * (plan.spec.gap_cm == 0))
        return Pose(toe, float(lean), lift, float(max(phase, 0.0)))

    def _sway(self, t_s: float) -> float:
        rate, start, size = self._waves
        return float(self.scene.sway_deg * 0.6 * np.sum(size * np.sin(2 * np.pi * rate * t_s + start)))

    def _at(self, t_s: float) -> int:
        """Return the lunge that the moment belongs to; the last 60 % of the rest before one belong to it."""
        k = 0
        for number, plan in enumerate(self.lunges):
            if t_s >= plan.start_s - 0.6 * plan.spec.rest_s:
                k = number
        return k

    def _phase(self, plan: _Planned, t_s: float) -> float:
        spec = plan.spec
        if plan.start_s <= t_s < plan.end_s:
            if t_s < plan.down_s:
                u = (t_s - plan.start_s) / spec.down_s
                # A knee that meets the wall stops abruptly; one that stops by itself slows down first.
                return float(min(1.0, (0.5 - 0.5 * np.cos(np.pi * min(u * 0.80, 1.0))) / 0.9046)) if spec.gap_cm == 0 else float(0.5 - 0.5 * np.cos(np.pi * u))
            if t_s >= plan.back_s:
                return float(0.5 + 0.5 * np.cos(np.pi * (t_s - plan.back_s) / spec.back_s))
            return 1.0 - self._bounce(plan, t_s)
        if spec.dip and t_s < plan.start_s:
            u = (t_s - (plan.start_s - 0.4 * spec.rest_s)) / (0.38 * spec.rest_s)
            return float(spec.dip * (0.5 - 0.5 * np.cos(2 * np.pi * u))) if 0 < u < 1 else 0.0
        return 0.0

    def _bounce(self, plan: _Planned, t_s: float) -> float:
        if not plan.spec.bounces:
            return 0.0
        u = (t_s - plan.down_s) / plan.spec.hold_s * (plan.spec.bounces + 1)
        near = abs(u - round(u)) * plan.spec.hold_s / (plan.spec.bounces + 1)
        return 0.09 * float(np.clip(1 - near / 0.15, 0, 1)) if 1 <= round(u) <= plan.spec.bounces else 0.0

    def _slid(self, plan: _Planned, t_s: float, phase: float) -> float:
        if plan.spec.slide_stays and t_s >= plan.down_s:
            return 1.0
        return float(np.clip(phase, 0, 1))

    def _toe_at(self, k: int, t_s: float) -> float:
        """Where the foot stands: it is put to its next place in the rest before a lunge."""
        plan = self.lunges[k]
        home = plan.spec.toe_cm
        if k == 0:
            return home
        before = self.lunges[k - 1].spec
        old = before.toe_cm + (before.slide_cm if before.slide_stays else 0.0)
        begin, end = plan.start_s - 0.6 * plan.spec.rest_s, plan.start_s - 0.4 * plan.spec.rest_s
        return float(old + (home - old) * np.clip((t_s - begin) / (end - begin), 0, 1))


def true_lunges(motion: Motion) -> tuple[TrueLunge, ...]:
    """Truth of every lunge, by the definitions of the method."""
    out = []
    for plan in motion.lunges:
        times = np.arange(plan.start_s, plan.end_s, _STEP_S)
        lean = np.array([motion.pose(float(t)).lean_deg for t in times])
        rest = _STANDING_DEG
        swing = lean.max() - rest
        active = np.flatnonzero(lean > rest + 0.08 * swing)
        n = max(1, round(PLATEAU_S / _STEP_S))
        means = np.convolve(lean, np.ones(n) / n, mode="valid")
        best = int(np.argmax(means > means.max() - 0.02))
        window = times[best : best + n]
        values = np.array([_numbers(motion, float(t)) for t in window[::4]])
        shin, axis, toe, gap, lift = values.mean(axis=0)
        closest = min(_numbers(motion, float(t))[3] for t in (window[0], window[len(window) // 2], window[-1]))
        shift = abs(plan.spec.slide_cm)
        verdict, ambiguous = _verdict(shift, float(lift), float(min(gap, closest)), plan.spec)
        out.append(
            TrueLunge(
                start_s=float(times[active[0]]),
                peak_s=float(window[len(window) // 2]),
                end_s=float(times[active[-1]]),
                shin_angle_deg=float(shin),
                axis_angle_deg=float(axis),
                toe_to_wall_cm=float(toe),
                knee_gap_cm=float(gap),
                heel_lift_cm=float(lift),
                foot_shift_cm=shift,
                verdict=verdict,
                ambiguous=ambiguous,
            )
        )
    return tuple(out)


def _numbers(motion: Motion, t_s: float) -> tuple[float, float, float, float, float]:
    pose = motion.pose(t_s)
    tubes, _ = motion.body.front_leg(pose)
    foot = next(t for t in tubes if t.name == "foot")
    shin, axis = shin_angles(motion.body, pose)
    return shin, axis, float(foot.rings[..., 0].min()), knee_gap_cm(motion.body, pose), pose.lift_cm


def _verdict(shift: float, lift: float, gap: float, spec: LungeSpec) -> tuple[str, bool]:
    """Return the verdict in METHOD's order of precedence, and whether a careful look could differ."""
    if shift > MOVED_CM:
        return "foot_moved", shift < 2 * MOVED_CM
    if lift > LIFTED_CM:
        return "heel_lift", lift < LIFTED_CM + 0.3
    if gap > CLEAR_GAP_CM:
        return "no_contact", gap < _TIE_CM or lift > 0.5 * CLEAR_LIFT_CM
    if lift > CLEAR_LIFT_CM:
        return "uncertain", True
    return "valid", spec.gap_cm > 0 or lift > 0.5 * CLEAR_LIFT_CM or shift > 0.5 * MOVED_CM
