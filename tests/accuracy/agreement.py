"""How well two ways to measure agree: pure arithmetic on pairs of true and measured numbers.

References
----------
Bland & Altman 1999, Measuring agreement in method comparison studies, doi 10.1177/096228029900800204. Krouwer 2008, doi 10.1002/sim.3086: against a
reference the horizontal axis is the reference, not the mean of both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import stats

NORMAL_95 = 1.96
SHARES_KEPT = (1.0, 0.75, 0.5, 0.25)
_LEAST_FOR_A_LINE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One number of one clip beside its truth; `std` is the standard uncertainty that came with it, NaN for who gives none."""

    method: str
    key: str
    clip: str
    body: str
    true: float
    value: float
    std: float = math.nan

    @property
    def error(self) -> float:
        """Measured minus true."""
        return self.value - self.true


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a set of readings says; NaN where there are too few of them.

    Attributes
    ----------
    bias, sd : float
        Mean error, and the sample standard deviation about it.
    low, high : float
        95 % limits of agreement, bias -+ 1.96 sd.
    limits_half_width : float
        Half the 95 % confidence interval of each limit: t(n - 1) sqrt(3 / n) sd (Bland & Altman 1999, section 2).
    median, p90, worst : float
        Of the absolute errors.
    slope, intercept : float
        Least squares, measured on true.
    coverage : float
        Share of readings whose 95 % interval holds the truth.
    z_sd, z_rms : float
        Of error over stated standard uncertainty: sample standard deviation, and root mean square.
    """

    n: int
    bias: float
    sd: float
    low: float
    high: float
    limits_half_width: float
    median: float
    p90: float
    worst: float
    slope: float
    intercept: float
    coverage: float
    z_sd: float
    z_rms: float


def compute_agreement(readings: Sequence[Reading]) -> Agreement:
    """Compute every figure from readings of one quantity by one method."""
    errors = np.array([r.error for r in readings])
    n = errors.size
    bias, sd = (float(errors.mean()) if n else math.nan), _sample_sd(errors)
    sizes = np.abs(errors)
    median, p90, worst = (float(np.quantile(sizes, q)) if n else math.nan for q in (0.5, 0.9, 1.0))
    slope, intercept = fit_line(np.array([r.true for r in readings]), np.array([r.value for r in readings]))
    told = [r for r in readings if math.isfinite(r.std)]
    z = np.array([r.error / r.std for r in told])
    return Agreement(
        n=n,
        bias=bias,
        sd=sd,
        low=bias - NORMAL_95 * sd,
        high=bias + NORMAL_95 * sd,
        limits_half_width=float(stats.t.ppf(0.975, n - 1)) * math.sqrt(3 / n) * sd if n > 1 else math.nan,
        median=median,
        p90=p90,
        worst=worst,
        slope=slope,
        intercept=intercept,
        coverage=float(np.mean(np.abs(z) <= NORMAL_95)) if told else math.nan,
        z_sd=_sample_sd(z),
        z_rms=float(np.sqrt(np.mean(z**2))) if told else math.nan,
    )


def fit_line(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Slope and intercept of y on x by least squares; NaN of fewer than three points or of one x."""
    if x.size < _LEAST_FOR_A_LINE or np.ptp(x) == 0:
        return math.nan, math.nan
    fit = stats.linregress(x, y)
    return float(fit.slope), float(fit.intercept)


def _sample_sd(values: npt.NDArray[np.float64]) -> float:
    return float(values.std(ddof=1)) if values.size > 1 else math.nan


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left when the readings of widest uncertainty are refused."""

    share: float
    n: int
    widest_std: float
    median: float
    worst: float


def compute_refusal(readings: Sequence[Reading], shares: Iterable[float] = SHARES_KEPT) -> list[Kept]:
    """Keep the given shares of the readings, those of smallest stated uncertainty, and say how far off they are."""
    ordered = sorted(readings, key=lambda r: r.std)
    kept = []
    for share in shares if ordered else ():
        some = ordered[: max(1, round(share * len(ordered)))]
        sizes = [abs(r.error) for r in some]
        kept.append(Kept(share, len(some), some[-1].std, float(np.median(sizes)), max(sizes)))
    return kept


def group_by_body(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    """Sort readings by person: several clips of one are not independent."""
    groups: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.body].append(reading)
    return dict(groups)


def predict_constant(readings: Sequence[Reading], method: str) -> list[Reading]:
    """Answer every clip with the mean truth of all other bodies: what can be said without looking."""
    return [replace(r, method=method, value=mean, std=math.nan) for r, mean in _pair_with_others(readings, [r.true for r in readings])]


def correct_by_constant(readings: Sequence[Reading], method: str) -> list[Reading]:
    """Take the mean error of all other bodies off every reading: the best that one constant can do."""
    return [replace(r, method=method, value=r.value - mean, std=math.nan) for r, mean in _pair_with_others(readings, [r.error for r in readings])]


def _pair_with_others(readings: Sequence[Reading], values: Sequence[float]) -> list[tuple[Reading, float]]:
    """Pair each reading with the mean over the other bodies' means; readings without another body are left out."""
    by_body: dict[str, list[float]] = defaultdict(list)
    for reading, value in zip(readings, values, strict=True):
        by_body[reading.body].append(value)
    means = {body: float(np.mean(own)) for body, own in by_body.items()}
    paired = []
    for reading in readings:
        others = [mean for body, mean in means.items() if body != reading.body]
        if others:
            paired.append((reading, float(np.mean(others))))
    return paired
