"""What each lunge is worth: did the foot stay, the heel stay down, the knee reach the wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from app.assessment.belief import WIDEST_DISTANCE_STD_CM
from app.assessment.budget import Part, condition_parts
from app.assessment.measurement import Verdict

FloatArray = npt.NDArray[np.float64]

SHIN, AXIS, TOE, GAP, OVER, LENGTHS = range(6)
"""Rows of `app.assessment.moment.MOMENT_NAMES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictParams:
    """Limits, centimetres.

    Attributes
    ----------
    foot_moved_cm, heel_lift_cm, heel_unclear_cm : float
        More is `foot_moved`; more is `heel_lift`; more is `uncertain`.
    contact_cm : float
        A gap surely up to this is contact without any other evidence.
    same_stop_cm : float
        Two lunges that end this close to each other were stopped by the same thing.
    touch_std_cm : float
        A touching knee gives by skin and cloth.
    stop_std_cm : float
        Standard error of one lunge's gap against another's.
    wall_std_cm : float
        A wall known no better than this cannot tell a touch from a miss that matters, and confirms no stop.
    touch_prior : float
        How often a knee that stops at one place, within `same_stop_cm`, in several lunges stops at the wall, before looking where the wall is: nobody can
        stop that well in the air, but an ankle at its end may. Judgement.
    air_reach_cm : float
        Otherwise it stops in the air anywhere up to so far before the wall.
    farthest_miss_cm : float
        Where all knees end surely (95 %) farther than this before a line on the floor, it is not the wall that they were meant for: whoever cannot reach the
        wall moves the foot nearer long before. Judgement; a sheet's wall is not asked.
    touch_sure : float
        A stop is taken for a touch when it is one with at least this probability. With a gap known to 0.5 cm, that is one within its 95 % interval of 0.
    stops_without_wall : int
        So many lunges must end at one place to place a wall that the picture does not show: two may end there by chance, in the air.
    """

    foot_moved_cm: float = 0.5
    heel_lift_cm: float = 0.8
    heel_unclear_cm: float = 0.3
    contact_cm: float = 0.3
    same_stop_cm: float = 0.3
    touch_std_cm: float = 0.2
    stop_std_cm: float = 0.2
    wall_std_cm: float = 1.5
    touch_prior: float = 0.95
    air_reach_cm: float = 3.0
    farthest_miss_cm: float = 8.0
    touch_sure: float = 0.85
    stops_without_wall: int = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """One lunge with its numbers.

    Attributes
    ----------
    values, covariance : (6,), (6, 6) float64
        As `app.assessment.moment.measure_moment` gives them.
    heel_lift_cm, heel_std_cm, foot_shift_cm : float
        Rise of the heel and its standard error, NaN where not seen; movement of the foot within the lunge, 0 where not seen.
    heel_doubted : bool
        Something else of the foot speaks against that rise.
    top_seen : bool
        Whether the shin was seen where it leaned most (`app.assessment.repetitions.Lunge`); its angles and the knee's place are NaN where it was not.
    stopped : bool
        Another lunge ended at the same place.
    unsteady_cm : float
        How far the room itself is off about the foot, where the picture does not keep its shape.
    parts : mapping of name to Part
        What the covariance is the sum of; empty where nobody asks.
    """

    values: FloatArray
    covariance: FloatArray
    heel_lift_cm: float
    heel_std_cm: float
    foot_shift_cm: float
    heel_doubted: bool = False
    top_seen: bool = True
    stopped: bool = False
    unsteady_cm: float = 0.0
    parts: Mapping[str, Part] = field(default_factory=dict)

    def std(self, row: int) -> float:
        """Return the standard uncertainty of one number."""
        return float(np.sqrt(max(self.covariance[row, row], 0.0)))


def find_stops(
    trials: tuple[Trial, ...], *, has_wall: bool, covered: bool, params: VerdictParams, touch_probability: float = 1.0, wall_share: float = 1.0
) -> tuple[tuple[Trial, ...], bool]:
    """Mark the lunges that were stopped by one thing, and let that thing be the wall when the picture allows it.

    Parameters
    ----------
    touch_probability : float
        That a stop is a touch at all, where the wall was chosen among several (`app.assessment.scene_choice`).
    wall_share : float
        How far the room alone speaks for the wall among those.

    Returns
    -------
    trials
        With `stopped` set and, where the wall was found, every number made consistent with a knee that touches it.
    wall_by_knee : bool
        True when the knee's stop placed or confirmed the wall.

    Notes
    -----
    No knee passes a wall: a place that one went surely beyond stopped nobody. A knee that cloth covers (`covered`) proves nothing: the cloth touches first,
    and how far behind it the knee is cannot be seen.
    Camera, depth and wall errors are common to all lunges of a clip. If several knees halt at one place within millimetres and that place is very
    probably the wall, the difference is such a common error: all numbers are conditioned on it (the linear Gaussian update), the gap of a lunge
    that stopped short included. Without a wall in the picture the stop is all there is, and a knee that ends surely beyond it shows that it was none.
    Where the knees had a say in which of several lines is the wall, that line lies near the stop because it was chosen so, and may tell the common error
    only as far as the room alone speaks for it (`wall_share`).
    """
    gaps = np.array([t.values[GAP] for t in trials])
    best = group_stops(gaps, params)
    if not best or not np.isfinite(trials[best[0]].std(GAP)):
        return trials, False
    stop, spread = float(np.mean(gaps[list(best)])), trials[best[0]].std(GAP)
    if covered:
        return tuple(replace(t, stopped=has_wall and k in best) for k, t in enumerate(trials)), False
    if not has_wall or spread > params.wall_std_cm:
        if len(best) < params.stops_without_wall or passed_stop(gaps, best, params):
            return trials, False
        return tuple(replace(_shift(t, stop, params), stopped=k in best) for k, t in enumerate(trials)), True
    if (
        passed_stop(gaps, best, params)
        or abs(stop) > _SURELY * np.hypot(spread, params.touch_std_cm)
        or min(touch_probability, compute_touch_probability(stop, spread, params)) < params.touch_sure
    ):
        return tuple(replace(t, stopped=k in best) for k, t in enumerate(trials)), False
    return tuple(replace(_weigh(t, stop, wall_share, params), stopped=k in best) for k, t in enumerate(trials)), True


def passed_stop(gaps_cm: FloatArray, stops: tuple[int, ...], params: VerdictParams) -> bool:
    """Whether some knee went surely (95 %) beyond the place where the others stopped: no knee passes a wall."""
    beyond = float(np.mean(gaps_cm[list(stops)]) - np.nanmin(gaps_cm))
    return bool(beyond > ONE_SIDED_95 * params.stop_std_cm * np.sqrt(1.0 + 1.0 / len(stops)))


_SURELY = 2.58
"""Standard errors, 99 % of a normal law."""
ONE_SIDED_95 = 1.645
"""Standard errors beyond which 5 % of a normal law lie on one side."""


def stop_behind_wall(trials: tuple[Trial, ...], params: VerdictParams) -> bool:
    """Whether knees stopped surely behind the wall that is seen: then it is not the wall that they met, and a lunge that ends at it has touched nothing."""
    return any(t.stopped and t.values[GAP] < -_SURELY * np.hypot(t.std(GAP), params.touch_std_cm) for t in trials)


def group_stops(gaps_cm: FloatArray, params: VerdictParams) -> tuple[int, ...]:
    """Which lunges (N,) ended at one place: the most that did, of as many those nearest to the wall; none where no two did."""
    best: tuple[int, ...] = ()
    for gap in gaps_cm:
        group = tuple(int(j) for j in np.flatnonzero(np.abs(gaps_cm - gap) <= params.same_stop_cm))
        if len(group) < 2:
            continue
        farther = best and float(np.mean(gaps_cm[list(group)])) > float(np.mean(gaps_cm[list(best)])) + params.same_stop_cm
        if not best or (len(group) >= len(best) and not farther):
            best = group
    return best


def compute_touch_probability(stop_cm: float, std_cm: float, params: VerdictParams) -> float:
    """Probability that a common stop, seen `stop_cm` before the wall give or take `std_cm`, is the wall (Bayes; normal errors)."""
    touch, air = compute_stop_densities(stop_cm, std_cm, params)
    return float(touch / max(touch + air, 1e-300))


def compute_stop_densities(stop_cm: float, std_cm: float, params: VerdictParams) -> tuple[float, float]:
    """How likely it is to see a common stop there when it is the wall, and when it is in the air, per centimetre; both with their priors."""
    touch = params.touch_prior * norm.pdf(stop_cm, scale=float(np.hypot(std_cm, params.touch_std_cm)))
    inside = norm.cdf(params.air_reach_cm, stop_cm, std_cm) - norm.cdf(params.contact_cm, stop_cm, std_cm)
    return float(touch), float((1 - params.touch_prior) * inside / (params.air_reach_cm - params.contact_cm))


def _condition(trial: Trial, stop_cm: float, params: VerdictParams) -> Trial:
    """Take the common error that the stop shows out of all numbers; a lunge whose knee was not seen keeps what it has."""
    if not np.isfinite(trial.covariance[GAP, GAP]):
        return trial
    column = trial.covariance[:, GAP]
    gain = column / (trial.covariance[GAP, GAP] + params.touch_std_cm**2)
    covariance = trial.covariance - np.outer(gain, column)
    covariance[GAP, GAP] += params.stop_std_cm**2
    parts = condition_parts(trial.parts, gain, GAP, seen={"touch": params.touch_std_cm}, own={"stop": params.stop_std_cm})
    return replace(trial, values=trial.values - gain * stop_cm, covariance=covariance, parts=parts)


def _shift(trial: Trial, stop_cm: float, params: VerdictParams) -> Trial:
    """Put the wall where the knees stopped: distance from the wall becomes how far the knee passes the toe.

    Notes
    -----
    In foot lengths F that is L' = over / F, where F is known as well as the old L = toe / F tells: dL' = d over / F + (L' / L) (dL - d toe / F).
    """
    values, covariance = trial.values.copy(), trial.covariance.copy()
    values[GAP] -= stop_cm
    foot_cm = trial.values[TOE] / trial.values[LENGTHS]
    values[TOE] = values[OVER] + values[GAP]
    values[LENGTHS] = values[TOE] / foot_cm
    share = values[LENGTHS] / trial.values[LENGTHS]
    rows, weights = [OVER, TOE, LENGTHS], np.array([1.0 / foot_cm, -share / foot_cm, share])
    touch = params.touch_std_cm**2 + params.stop_std_cm**2
    lengths = weights @ covariance[np.ix_(rows, rows)] @ weights + touch / foot_cm**2
    covariance[[TOE, GAP, LENGTHS]], covariance[:, [TOE, GAP, LENGTHS]] = 0.0, 0.0
    covariance[GAP, GAP], covariance[LENGTHS, LENGTHS] = touch, lengths
    covariance[TOE, TOE] = covariance[OVER, OVER] + touch
    parts = {}
    for name, part in trial.parts.items():
        effects = part.effects.copy()
        effects[TOE], effects[GAP], effects[LENGTHS] = part.effects[OVER], 0.0, weights @ part.effects[rows]
        parts[name] = replace(part, effects=effects)
    moved = np.zeros((6, 1))
    moved[[TOE, GAP]], moved[LENGTHS] = 1.0, 1.0 / foot_cm
    parts |= {name: Part(std, "cm", moved * std) for name, std in (("touch", params.touch_std_cm), ("stop", params.stop_std_cm))}
    return replace(trial, values=values, covariance=covariance, parts=parts)


def _weigh(trial: Trial, stop_cm: float, wall_share: float, params: VerdictParams) -> Trial:
    """Weigh what a lunge says when the seen line is the wall against what it says when the wall is wherever the knees stopped.

    Notes
    -----
    Mean and covariance of a mixture with weights w and 1 - w: w C1 + (1 - w) C2 + w (1 - w) d d', where d is by how much the two differ.
    """
    seen = _condition(trial, stop_cm, params)
    if wall_share >= 1.0 or not np.isfinite(trial.covariance[GAP, GAP]):
        return seen
    placed, w = _shift(trial, stop_cm, params), wall_share
    apart = seen.values - placed.values
    covariance = w * seen.covariance + (1 - w) * placed.covariance + w * (1 - w) * np.outer(apart, apart)
    parts = {}
    for name, one in seen.parts.items():
        other = placed.parts[name].effects
        size = np.sqrt(w * one.effects**2 + (1 - w) * other**2)
        parts[name] = replace(one, effects=np.copysign(size, w * one.effects + (1 - w) * other))
    spread = np.sqrt(w * (1 - w)) * apart
    parts["wall"] = Part(abs(float(spread[TOE])), "cm", spread[:, None])
    return replace(trial, values=w * seen.values + (1 - w) * placed.values, covariance=covariance, parts=parts)


def judge(  # noqa: C901, PLR0911 - one return a rule, in order of precedence
    trial: Trial, *, has_wall: bool, wall_by_knee: bool, with_cm: bool, params: VerdictParams
) -> tuple[Verdict, str]:
    """Return verdict and reason, in the order of precedence: foot_moved, heel_lift, no_contact, uncertain, valid.

    Notes
    -----
    A reason names no centimetres where there is no scale (`with_cm`), nor those of a gap that is not believed.
    """
    gap, gap_std = float(trial.values[GAP]), trial.std(GAP)
    with_gap = with_cm and gap_std <= WIDEST_DISTANCE_STD_CM
    if trial.foot_shift_cm > params.foot_moved_cm + trial.unsteady_cm:
        return "foot_moved", say(with_cm, f"the foot moved {trial.foot_shift_cm:.1f} cm during the lunge", "the foot moved during the lunge")
    if not trial.top_seen:
        return "uncertain", "the leg was lost where it leaned most"
    if trial.heel_lift_cm > params.heel_lift_cm and not trial.heel_doubted:
        return "heel_lift", say(with_cm, f"the heel rose {trial.heel_lift_cm:.1f} cm", "the heel rose")
    if (has_wall or wall_by_knee) and not trial.stopped and gap - ONE_SIDED_95 * gap_std > params.contact_cm:
        if wall_by_knee:
            others = f"the knee stopped {gap:.1f} cm short of where it stopped in other lunges"
            return "no_contact", say(with_gap, others, "the knee stopped short of where it stopped in other lunges")
        return "no_contact", say(with_gap, f"the knee stopped {gap:.1f} cm short of where the wall is seen", "the knee stopped short of where the wall is seen")
    if trial.foot_shift_cm > params.foot_moved_cm:
        return "uncertain", say(
            with_cm,
            f"the foot seems to have moved by {trial.foot_shift_cm:.1f} cm, but so does the room in this picture",
            "the foot seems to have moved, but so does the room in this picture",
        )
    if not np.isfinite(trial.heel_lift_cm):
        return "uncertain", "the heel could not be seen"
    if trial.heel_lift_cm > params.heel_unclear_cm:
        return "uncertain", say(with_cm, f"the heel may have risen ({trial.heel_lift_cm:.1f} cm)", "the heel may have risen")
    if trial.stopped and wall_by_knee:
        return "valid", "the knee stopped at the wall, at the same place in several lunges"
    if has_wall and gap + ONE_SIDED_95 * gap_std <= params.contact_cm and gap > -1.96 * gap_std - params.contact_cm:
        return "valid", "the knee reached the wall"
    if trial.stopped:
        sure = gap > 0 and compute_touch_probability(gap, gap_std, params) < 1 - params.touch_sure
        return "no_contact" if sure else "uncertain", say(
            with_gap,
            f"the knee stopped at the same place in several lunges, {abs(gap):.1f} cm from where the wall is seen",
            "the knee stopped at the same place in several lunges, away from where the wall is seen",
        )
    return "uncertain", "nothing in the clip proves that the knee touched the wall"


def say(measured: bool, sentence: str, plain: str) -> str:  # noqa: FBT001 - which of the two that follow
    """Return the sentence that names a measure where it is known, else the one that does not."""
    return sentence if measured else plain
