"""How far one person's numbers lie apart when the same leg is measured again, set up anew.

References
----------
Bland & Altman 1996, Measurement error, doi 10.1136/bmj.312.7047.1654: the within-subject standard deviation, pooled over subjects.
Weir 2005, doi 10.1519/15184.1: standard error of measurement and minimal detectable change, MDC95 = 1.96 sqrt(2) SEM.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from app.assessment.agreement import NORMAL_95

LEAST_REPEATS = 6
"""Fewer repeats than these leave the standard error open by more than a factor of 2.2 upwards, and no detectable change is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeatability:
    """Scatter of repeated measurements; NaN where there are too few.

    Attributes
    ----------
    legs : int
        Legs that were measured more than once.
    repeats : int
        Measurements beyond the first of each of these legs: the degrees of freedom.
    largest : float
        Largest difference between two measurements of one leg.
    sem, sem_low, sem_high : float
        Within-person standard deviation, pooled over legs, which is the standard error of one measurement, and its 95 % interval (chi-squared).
    mdc95 : float
        Minimal detectable change, 1.96 sqrt(2) sem; NaN below six repeats.
    """

    legs: int
    repeats: int
    largest: float
    sem: float
    sem_low: float
    sem_high: float
    mdc95: float


def compute_repeatability(legs: Sequence[Sequence[float]]) -> Repeatability:
    """Pool the scatter within each leg.

    Parameters
    ----------
    legs : sequence of sequences of float
        For each leg its measurements, in one unit; legs measured once add nothing.
    """
    repeated = [np.asarray(leg, np.float64) for leg in legs if len(leg) > 1]
    repeats = sum(leg.size - 1 for leg in repeated)
    if repeats == 0:
        return Repeatability(legs=0, repeats=0, largest=math.nan, sem=math.nan, sem_low=math.nan, sem_high=math.nan, mdc95=math.nan)
    squares = sum(float(((leg - leg.mean()) ** 2).sum()) for leg in repeated)
    sem = math.sqrt(squares / repeats)
    low, high = (math.sqrt(squares / (2 * float(special.gammaincinv(repeats / 2, share)))) for share in (0.975, 0.025))
    return Repeatability(
        legs=len(repeated),
        repeats=repeats,
        largest=max(float(np.ptp(leg)) for leg in repeated),
        sem=sem,
        sem_low=low,
        sem_high=high,
        mdc95=NORMAL_95 * math.sqrt(2) * sem if repeats >= LEAST_REPEATS else math.nan,
    )
