"""What the lunges themselves give to doubt: a touch that was not held, a heel out of sight, a wall at the floor that is not the knee's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.assessment.measurement import Finding, Verdict
from app.assessment.repetitions import HOLE_S, Lunge
from app.assessment.verdicts import GAP, Trial, say

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtParams:
    """When a lunge gives to doubt.

    Attributes
    ----------
    still_deg : float
        A shin that leans within this of its plateau is being held.
    least_hold_s : float
        The plateau is averaged over so long: a shorter hold is averaged with the movement before and after it.
    least_skirting_cm : float
        A knee that stops less than this behind the wall seen at the floor is nothing but an error of depth or edge.
    surely : float
        ... and so far behind it, in standard uncertainties of the gap, that it is no error of the picture: 2.3 of 100 walls without a skirting board.
    """

    still_deg: float = 2.0
    least_hold_s: float = 0.5
    least_skirting_cm: float = 0.6
    surely: float = 2.0


def compute_hold_s(t_s: FloatArray, shin_deg: FloatArray, lunge: Lunge, *, still_deg: float) -> float:
    """How long the shin stayed within `still_deg` of its plateau, s: the longest stretch that no frame interrupts.

    Parameters
    ----------
    t_s, shin_deg : (T,) float64
        Of the whole clip; a frame or two in which the leg was not seen do not interrupt a hold, and `HOLE_S` without it do.
    """
    seen = lunge.frames & np.isfinite(shin_deg)
    held = shin_deg[seen] > float(np.nanmedian(shin_deg[lunge.plateau])) - still_deg
    longest, start, before = 0.0, None, -np.inf
    for at, still in zip(t_s[seen].tolist(), held.tolist(), strict=True):
        start = (at if start is None or at - before >= HOLE_S else start) if still else None
        longest, before = longest if start is None else max(longest, at - start), at
    return longest


def find_lunge_doubts(
    t_s: FloatArray,
    shin_deg: FloatArray,
    lunges: Sequence[Lunge],
    seen: Sequence[Trial],
    judged: Sequence[Trial],
    verdicts: Sequence[Verdict],
    *,
    has_wall: bool,
    with_cm: bool,
    covered: bool,
    params: DoubtParams | None = None,
) -> tuple[Finding, ...]:
    """Collect what the lunges of a clip give to doubt.

    Parameters
    ----------
    t_s, shin_deg : (T,) float64
        The shin's lean over the clip.
    lunges : sequence of Lunge
    seen, judged : sequence of Trial
        As the picture has them, and after the knee's stop was used.
    verdicts : sequence of Verdict
    with_cm : bool
        Whether there is a scale: without one no centimetres are named.
    """
    p = params or DoubtParams()
    out = []
    lost = sum(not lunge.top_seen for lunge in lunges)
    if lost:
        message = f"{_count(lost, len(lunges))} not seen where the shin leaned most: how far it went is not known."
        out.append(Finding("leg_lost", "warning", message, float(lost)))
    holds = [compute_hold_s(t_s, shin_deg, lunge, still_deg=p.still_deg) for lunge in lunges if lunge.top_seen]
    short = [hold for hold in holds if hold < p.least_hold_s]
    if short:
        message = f"{_count(len(short), len(holds))} not held: the knee stood still for {min(short):.1f} s; the plus-minus hardly knows about movement."
        out.append(Finding("hold_too_short", "warning", message, round(min(short), 2)))
    hidden = sum(trial.top_seen and not np.isfinite(trial.heel_lift_cm) for trial in seen)
    if hidden:
        message = f"{_count(hidden, len(seen))} without a heel in sight: whether it stayed down is not known."
        out.append(Finding("heel_hidden", "warning", message, float(hidden)))
    if has_wall and not covered:
        stopped = [k for k, trial in enumerate(judged) if trial.stopped]
        out += _judge_stop([seen[k] for k in stopped], unclear="uncertain" in {verdicts[k] for k in stopped}, with_cm=with_cm, p=p)
    return tuple(out)


def _judge_stop(seen: list[Trial], *, unclear: bool, with_cm: bool, p: DoubtParams) -> list[Finding]:
    """Hold the place where the knees stopped against the wall seen at the floor; under loose cloth, or without a wall, neither says anything."""
    if len(seen) < 2:
        return []
    gap_cm, least_cm = float(np.mean([t.values[GAP] for t in seen])), max(p.least_skirting_cm, p.surely * seen[0].std(GAP))
    value = round(gap_cm, 2) if with_cm else None
    if gap_cm < -least_cm:
        message = say(
            with_cm,
            f"The knee stopped {-gap_cm:.1f} cm behind the wall that is seen at the floor, in {len(seen)} lunges alike: a skirting board may stand there.",
            f"The knee stopped behind the wall that is seen at the floor, in {len(seen)} lunges alike: a skirting board may stand there.",
        )
        return [Finding("skirting_suspected", "warning", message, value)]
    if unclear and gap_cm > least_cm:
        message = say(
            with_cm,
            f"The knee stopped {gap_cm:.1f} cm short of the wall that is seen at the floor, in {len(seen)} lunges alike: one of the two is wrong.",
            f"The knee stopped short of the wall that is seen at the floor, in {len(seen)} lunges alike: one of the two is wrong.",
        )
        return [Finding("cues_disagree", "warning", message, value)]
    return []


def _count(some: int, all_of_them: int) -> str:
    return f"{some} of {all_of_them} lunges {'was' if some == 1 else 'were'}"
