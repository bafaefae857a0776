"""From judged lunges to the numbers that are reported: what counts, what is believed, what it owes its plus-minus to."""

from __future__ import annotations

import numpy as np

from app.assessment.belief import WIDEST_ANGLE_STD_DEG, WIDEST_DISTANCE_STD_CM, believe
from app.assessment.budget import compute_budget
from app.assessment.findings import Headline
from app.assessment.heel import HEEL_SHARE, HEEL_STD_CM
from app.assessment.lunges import Judged
from app.assessment.measurement import Budget, Contribution, Limit, Repetition
from app.assessment.verdicts import AXIS, GAP, LENGTHS, OVER, SHIN, TOE, Trial, VerdictParams
from calibration.quantity import Quantity

_BRACKET_CM = 1.5
"""How far beyond the score a failed trial may lie to bracket it."""


def combine_trials(trials: list[Trial], row: int, unit: str) -> Quantity | None:
    """Mean over trials: what scatters between them shrinks with their number, what they share does not; None where one of them was not seen."""
    values = np.array([t.values[row] for t in trials])
    variances = np.array([t.covariance[row, row] for t in trials])
    if not (np.isfinite(values).all() and np.isfinite(variances).all()):
        return None
    scatter = float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else 0.0
    return Quantity(float(values.mean()), float(np.sqrt(variances.mean() + scatter)), unit)


def choose_scored(judged: tuple[Judged, ...], params: VerdictParams) -> list[Judged]:
    """Return the valid lunges of the greatest stance that has any; none where one farther back is undecided, because the score may lie there.

    Notes
    -----
    A foot that stands farther back by no more than `foot_moved_cm` stands at the same place again: less is how the heel is read. A centimetre of distance is
    three to four degrees of lean: more than the plus-minus of the nearer stance says.
    """
    valid = [j for j in judged if j.verdict == "valid"]
    if not valid:
        return []
    greatest = max({j.stance for j in valid}, key=lambda s: float(np.mean([j.foot_x_cm for j in valid if j.stance == s])))
    scored = [j for j in valid if j.stance == greatest]
    reached = float(np.mean([j.foot_x_cm for j in scored]))
    undecided = any(j.verdict == "uncertain" and j.foot_x_cm > reached + params.foot_moved_cm for j in judged)
    return [] if undecided else scored


def find_limit(judged: tuple[Judged, ...], scored: list[Judged], params: VerdictParams, *, furthest: bool) -> Limit:
    """Say what the score bounds: a failed trial a little farther back, the person's word, or nothing."""
    reached = float(np.mean([j.foot_x_cm for j in scored]))
    for other in judged:
        beyond = other.foot_x_cm - reached
        if params.foot_moved_cm < beyond <= _BRACKET_CM and other.verdict in ("no_contact", "heel_lift"):
            return "bracketed"
    return "declared" if furthest else "lower_bound"


def build_repetition(judged: Judged, *, with_cm: bool, with_wall: bool) -> Repetition:
    """Return one lunge as it is reported."""
    trial = judged.trial

    def cm(row: int, *, shown: bool) -> Quantity | None:
        return believe(combine_trials([trial], row, "cm"), WIDEST_DISTANCE_STD_CM) if shown and with_cm else None

    shin = believe(combine_trials([trial], SHIN, "deg"), WIDEST_ANGLE_STD_DEG)
    lift = Quantity(trial.heel_lift_cm, trial.heel_std_cm, "cm") if with_cm and np.isfinite(trial.heel_lift_cm) else None
    return Repetition(
        start_s=judged.lunge.start_s,
        peak_s=judged.lunge.peak_s,
        end_s=judged.lunge.end_s,
        stance=judged.stance,
        verdict=judged.verdict,
        reason=judged.reason,
        shin_angle_deg=shin,
        axis_angle_deg=_believe_axis([trial], shin),
        toe_to_wall_cm=cm(TOE, shown=with_wall),
        knee_gap_cm=cm(GAP, shown=with_wall),
        knee_over_toe_cm=cm(OVER, shown=True),
        heel_lift_cm=lift,
    )


def build_headline(trials: list[Trial], *, foot_cm: float, with_cm: bool, with_wall: bool) -> Headline:
    """Return the numbers of the score; what is not believed is left out, in foot lengths of `foot_cm` as in centimetres."""
    shin = believe(combine_trials(trials, SHIN, "deg"), WIDEST_ANGLE_STD_DEG)
    return Headline(
        shin_angle_deg=shin,
        axis_angle_deg=_believe_axis(trials, shin),
        toe_to_wall_cm=believe(combine_trials(trials, TOE, "cm"), WIDEST_DISTANCE_STD_CM) if with_cm and with_wall else None,
        knee_over_toe_cm=believe(combine_trials(trials, OVER, "cm"), WIDEST_DISTANCE_STD_CM) if with_cm else None,
        toe_to_wall_foot_lengths=believe(combine_trials(trials, LENGTHS, "1"), WIDEST_DISTANCE_STD_CM / foot_cm) if with_wall else None,
    )


def _believe_axis(trials: list[Trial], shin: Quantity | None) -> Quantity | None:
    """Believe the joint axis only where the outline is believed, off which it is partly read."""
    return believe(combine_trials(trials, AXIS, "deg"), WIDEST_ANGLE_STD_DEG) if shin else None


def build_budget(scored: list[Trial], trials: list[Trial], *, with_cm: bool, with_wall: bool) -> Budget:
    """Say what the headline numbers, or those of a single lunge where none counts, and the greatest heel lift owe their plus-minus to."""
    rows = [("shin_angle_deg", SHIN, "deg"), ("axis_angle_deg", AXIS, "deg")]
    rows += [("toe_to_wall_cm", TOE, "cm")] if with_cm and with_wall else []
    rows += [("knee_over_toe_cm", OVER, "cm")] if with_cm else []
    rows += [("toe_to_wall_foot_lengths", LENGTHS, "1")] if with_wall else []
    out = {name: compute_budget([t.parts for t in scored or trials], row, unit=unit, values=[float(t.values[row]) for t in scored]) for name, row, unit in rows}
    lifted = [t for t in trials if np.isfinite(t.heel_lift_cm)]
    if with_cm and lifted:
        out["heel_lift_cm"] = _split_heel(max(lifted, key=lambda t: t.heel_lift_cm))
    return {name: contributions for name, contributions in out.items() if contributions}


def _split_heel(trial: Trial) -> tuple[Contribution, ...]:
    """Say what one heel lift owes its plus-minus to."""
    if trial.heel_doubted:
        return (Contribution("heel_doubt", trial.heel_std_cm, "cm", trial.heel_std_cm),)
    share = HEEL_SHARE * abs(trial.heel_lift_cm)
    parts = (Contribution("heel_outline", HEEL_STD_CM, "cm", HEEL_STD_CM), Contribution("heel_turn", 100.0 * HEEL_SHARE, "%", share))
    return tuple(sorted(parts, key=lambda c: -c.effect))
