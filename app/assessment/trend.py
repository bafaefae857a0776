"""One leg over weeks: what changed by more than measuring it again explains.

References
----------
Roberts 1959, doi 10.1080/00401706.1959.10489860: the control chart of geometric moving averages.
Lucas & Saccucci 1990, doi 10.1080/00401706.1990.10484583: its limits, and how it is made to bear outliers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from calibration.quantity import Quantity

FloatArray = npt.NDArray[np.float64]
TrendVerdict = Literal["improved", "worse", "no_change", "too_few"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendParams:
    """How a series is judged.

    Attributes
    ----------
    person_std : float
        What a leg differs from session to session, set up anew, camera apart; until the leg has `own_from` sessions of its own, and with the weight of
        as many after that. 0.5 cm and 1.4 deg: what tape and inclinometer scatter by between days.
    own_from : int
        See `person_std`.
    practice : int
        First sessions in which people still learn the test and reach less far. They count only while there are too few others.
    learning : float
        How much that may be: while practice counts, so much of a gain is taken for learning. As much as a session scatters: judgement.
    baseline : int
        Sessions after those that are the baseline, or half of all where there are fewer.
    least : int
        Counted sessions before anything is said.
    memory : float
        Weight of the newest session in the level.
    outlier : float
        Standard deviations of a session beyond which it pulls the level no farther; the second in a row on one side begins a new level.
    correlation : float
        Of sessions a week apart: good and bad weeks last.
    bound : float
        Standard errors beyond which the level has changed. Chosen so that at most 5 % of unchanged legs are ever called improved or worse in a year of weeks
        (`make bench-trend`, decision 0601).
    least_change : float
        A smaller change is none, whatever its standard error.
    """

    person_std: float
    own_from: int = 6
    practice: int = 2
    learning: float = 0.0
    baseline: int = 4
    least: int = 4
    memory: float = 0.2
    outlier: float = 2.5
    correlation: float = 0.3
    bound: float = 3.1
    least_change: float = 0.0


DISTANCE_TREND = TrendParams(person_std=0.5, learning=0.5)
ANGLE_TREND = TrendParams(person_std=1.4, learning=1.4)
DIFFERENCE_TREND = TrendParams(person_std=0.7, least_change=1.5)
"""Of left minus right in cm: two legs scatter by sqrt(2) times one, and learn alike. 1.5 cm: minimal detectable change of the difference between limbs,
Chisholm et al. 2012, Physiother Can 64:347, PMC3484905."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One session of one leg.

    Attributes
    ----------
    week : float
        Time in weeks, from whatever day.
    value : Quantity
        With the camera's uncertainty alone.
    setting : str
        Everything that must stay the same for numbers to be comparable: definition, footwear, state, method. Where it changes the series breaks.
    lower_bound : bool
        The leg may reach farther than `value`: shown as "at least", and left out.
    """

    week: float
    value: Quantity
    setting: str = ""
    lower_bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """What the sessions since the last break say.

    Attributes
    ----------
    verdict : str
        ``"improved"`` and ``"worse"`` of the level against the baseline; ``"too_few"`` while fewer than `TrendParams.least` sessions count.
    counted : tuple of int
        Points that count, by their place in what was given.
    baseline, level : Quantity or None
        Mean of the baseline, and where the leg stands now.
    change : Quantity or None
        Level less baseline.
    session_std : float
        What one session is known to: camera and person together.
    slope_per_week : Quantity or None
        Straight line through all counted sessions, where they are of two weeks or more: shown, never judged by.
    breaks : tuple of int
        Points with which a new setting begins.
    missing : int
        Sessions that still lack before anything is said.
    """

    verdict: TrendVerdict
    counted: tuple[int, ...]
    session_std: float
    breaks: tuple[int, ...]
    baseline: Quantity | None = None
    level: Quantity | None = None
    change: Quantity | None = None
    slope_per_week: Quantity | None = None
    missing: int = 0


def compute_trend(points: Sequence[TrendPoint], params: TrendParams, *, baseline_from: float | None = None) -> Trend:
    """Judge a series, oldest first.

    Parameters
    ----------
    points : sequence of TrendPoint
        In order of time, of one leg and one quantity.
    baseline_from : float or None
        Week from which the baseline is to be taken, as a person chose it: sessions before it do not count, and none is practice.

    Notes
    -----
    The level follows the sessions as a geometric moving average that begins as their plain mean. It is looked at after every session, so the bound is that
    of a control chart and not 1.96: with 1.96, 15 % of unchanged legs would be called improved at some time in a year.
    """
    breaks = tuple(i for i in range(1, len(points)) if points[i].setting != points[i - 1].setting)
    since = breaks[-1] if breaks else 0
    usable = [i for i in range(since, len(points)) if not points[i].lower_bound]
    skipped = params.practice if not breaks and baseline_from is None and len(usable) >= params.practice + 2 * params.baseline else 0
    learnt = params.learning if not breaks and baseline_from is None and not skipped else 0.0
    counted = tuple(i for i in usable[skipped:] if baseline_from is None or points[i].week >= baseline_from)
    values = np.array([points[i].value.value for i in counted])
    stds = np.array([points[i].value.std for i in counted])
    weeks = np.array([points[i].week for i in counted])
    session = estimate_session_std(values, stds, params)
    missing = max(0, params.least - len(counted))
    if missing:
        return Trend(verdict="too_few", counted=counted, session_std=session, breaks=breaks, missing=missing)
    unit = points[counted[0]].value.unit
    baseline, level, change = _follow_level(values, session, params)
    bound = max(params.bound * change[1], params.least_change)
    judged = "improved" if change[0] > bound + learnt else "worse" if change[0] < -bound else "no_change"
    slope = _fit_slope(weeks, values, session, params.correlation)
    return Trend(
        verdict=judged,  # type: ignore[arg-type]
        counted=counted,
        baseline=Quantity(*baseline, unit),
        level=Quantity(*level, unit),
        change=Quantity(*change, unit),
        session_std=session,
        slope_per_week=None if slope is None else Quantity(*slope, unit),
        breaks=breaks,
    )


def estimate_session_std(values: FloatArray, camera_stds: FloatArray, params: TrendParams) -> float:
    """Estimate the standard deviation of one session, from what people differ by and, once there are enough, from the leg's own steps.

    Notes
    -----
    Steps from one session to the next know no trend, and their median no outlier. A step's variance is 2 (1 - correlation) that of a session.
    """
    camera = float(np.mean(np.square(camera_stds))) if len(camera_stds) else 0.0
    variance = params.person_std**2
    if len(values) >= params.own_from:
        typical = float(np.median(np.abs(np.diff(values)))) / _MEDIAN_OF_NORMAL
        own = max(0.0, typical**2 / (2 * (1 - params.correlation)) - camera)
        steps = len(values) - 1
        variance = (params.own_from * variance + steps * own) / (params.own_from + steps)
    return math.sqrt(camera + variance)


_MEDIAN_OF_NORMAL = 0.6745
"""Median of the absolute value of a standard normal number."""


def _follow_level(values: FloatArray, session: float, params: TrendParams) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """Baseline, level and change, each with its standard error."""
    first = min(params.baseline, len(values) // 2)
    of_baseline = np.zeros(len(values))
    of_baseline[:first] = 1.0 / first
    of_level = np.zeros(len(values))
    reach, level, since, before = params.outlier * session, 0.0, 0, 0.0
    for i in range(first, len(values)):
        off = (float(values[i]) - level) / reach
        if since and min(off * np.sign(before), abs(before)) > 1:  # the second in a row beyond, on one side: no stray session, a jump
            level, since = float(values[i - 1]), 1
            of_level[:] = 0.0
            of_level[i - 1] = 1.0
            off = (float(values[i]) - level) / reach
        since, before = since + 1, off
        share = max(params.memory, 1.0 / since)  # the plain mean of the first few, so that it does not hang on to where it began
        level += share * reach * (off if since == 1 else float(np.clip(off, -1, 1)))
        of_level *= 1 - share
        of_level[i] = share
    lags = np.abs(np.subtract.outer(np.arange(len(values)), np.arange(len(values))))
    alike = params.correlation**lags
    start = float(np.mean(values[:first]))
    stds = (session * math.sqrt(w @ alike @ w) for w in (of_baseline, of_level, of_level - of_baseline))
    return tuple(zip((start, level, level - start), stds, strict=True))  # type: ignore[return-value]


_SHORTEST_SLOPE_WEEKS = 2.0


def _fit_slope(weeks: FloatArray, values: FloatArray, session: float, correlation: float) -> tuple[float, float] | None:
    """Slope and its standard error, per week; None over less than `_SHORTEST_SLOPE_WEEKS`: what a day or two scatter by is no course."""
    if float(np.ptp(weeks)) < _SHORTEST_SLOPE_WEEKS:
        return None
    apart = weeks - weeks.mean()
    spread = float(apart @ apart)
    inflation = (1 + correlation) / (1 - correlation)
    return float(apart @ values / spread), session * math.sqrt(inflation / spread)
