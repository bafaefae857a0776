"""How well two ways to measure agree: pure arithmetic on pairs of a reference and a number held against it.

References
----------
Bland & Altman 1999, Measuring agreement in method comparison studies, doi 10.1177/096228029900800204: limits of agreement and their interval, section 2.
Krouwer 2008, doi 10.1002/sim.3086: against a reference the horizontal axis is the reference, not the mean of both.
McGraw & Wong 1996, doi 10.1037/1082-989X.1.1.30: ICC(A,1), two-way, absolute agreement, single reading.
Koo & Li 2016, doi 10.1016/j.jcm.2016.02.012: an ICC wants at least 30 different people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

FloatArray = npt.NDArray[np.float64]
NORMAL_95 = 1.96
LEAST_FOR_A_LINE = 3
LEAST_FOR_ICC = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a set of pairs says; NaN where there are too few of them.

    Attributes
    ----------
    n : int
        Pairs.
    independent : int
        Pairs that can err independently (people, where a person has several); the intervals count these and not the pairs.
    bias, bias_half_width, sd : float
        Mean difference, value minus reference, half its 95 % interval t(k - 1) sd / sqrt(k), and the sample standard deviation about it.
    low, high : float
        95 % limits of agreement, bias -+ 1.96 sd.
    limits_half_width : float
        Half the 95 % interval of each limit: t(k - 1) sqrt(3 / k) sd.
    median, p90, worst : float
        Of the sizes of the differences.
    slope, intercept : float
        Least squares, value on reference.
    slope_of_equals : float
        Slope that a flawless value would show: a reference that errs itself flattens the line by the share of its variance that is error.
    told : int
        Pairs whose value came with an uncertainty.
    coverage : float
        Share of these whose 95 % interval, widened by the reference's own error, reaches the reference.
    z_sd, z_rms : float
        Of difference over that joint standard uncertainty: sample standard deviation, and root mean square.
    icc : float
        ICC(A,1); NaN below 30 independent pairs.
    """

    n: int
    independent: int
    bias: float
    bias_half_width: float
    sd: float
    low: float
    high: float
    limits_half_width: float
    median: float
    p90: float
    worst: float
    slope: float
    intercept: float
    slope_of_equals: float
    told: int
    coverage: float
    z_sd: float
    z_rms: float
    icc: float


def compute_agreement(
    reference: FloatArray,
    value: FloatArray,
    std: FloatArray | None = None,
    *,
    reference_std: float = 0.0,
    independent: int | None = None,
) -> Agreement:
    """Compute every figure from pairs of one quantity.

    Parameters
    ----------
    reference, value : (N,) float64
        In one unit.
    std : (N,) float64 | None
        Standard uncertainty that each value came with; NaN or None where none was given.
    reference_std : float
        Standard uncertainty of a reference; 0 for a truth.
    independent : int | None
        How many of the pairs can err independently; all of them when None.
    """
    differences = value - reference
    n = differences.size
    k = n if independent is None else independent
    bias, sd = (float(differences.mean()) if n else math.nan), _sample_sd(differences)
    sizes = np.abs(differences)
    median, p90, worst = (float(np.quantile(sizes, q)) if n else math.nan for q in (0.5, 0.9, 1.0))
    slope, intercept = fit_line(reference, value)
    joint = np.hypot(np.full(n, math.nan) if std is None else std, reference_std)
    z = (differences / joint)[np.isfinite(joint)]
    student = float(special.stdtrit(k - 1, 0.975)) if k > 1 else math.nan
    return Agreement(
        n=n,
        independent=k,
        bias=bias,
        bias_half_width=student * sd / math.sqrt(k) if k > 1 else math.nan,
        sd=sd,
        low=bias - NORMAL_95 * sd,
        high=bias + NORMAL_95 * sd,
        limits_half_width=student * math.sqrt(3 / k) * sd if k > 1 else math.nan,
        median=median,
        p90=p90,
        worst=worst,
        slope=slope,
        intercept=intercept,
        slope_of_equals=math.nan if math.isnan(slope) else max(0.0, 1.0 - reference_std**2 / float(np.var(reference, ddof=1))),
        told=z.size,
        coverage=float(np.mean(np.abs(z) <= NORMAL_95)) if z.size else math.nan,
        z_sd=_sample_sd(z),
        z_rms=float(np.sqrt(np.mean(z**2))) if z.size else math.nan,
        icc=compute_icc(reference, value) if k >= LEAST_FOR_ICC else math.nan,
    )


def fit_line(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Slope and intercept of y on x by least squares; NaN of fewer than three points or of one x."""
    if x.size < LEAST_FOR_A_LINE or np.ptp(x) == 0:
        return math.nan, math.nan
    about = x - x.mean()
    slope = float(about @ (y - y.mean()) / (about @ about))
    return slope, float(y.mean() - slope * x.mean())


def compute_icc(first: FloatArray, second: FloatArray) -> float:
    """ICC(A,1) of two ways to measure the same legs, both (N,) float64 in one unit; NaN of fewer than two legs, or when nothing differs."""
    n = first.size
    if n < 2:
        return math.nan
    both = np.stack([first, second], axis=1)
    grand, legs, ways = both.mean(), both.mean(axis=1), both.mean(axis=0)
    between_legs = 2 * float(((legs - grand) ** 2).sum()) / (n - 1)
    between_ways = n * float(((ways - grand) ** 2).sum())
    rest = float(((both - legs[:, None] - ways + grand) ** 2).sum()) / (n - 1)
    whole = between_legs + rest + 2 * (between_ways - rest) / n
    return (between_legs - rest) / whole if whole > 0 else math.nan


def _sample_sd(values: FloatArray) -> float:
    return float(values.std(ddof=1)) if values.size > 1 else math.nan
