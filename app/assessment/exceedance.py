"""Which of many athletes differ between their legs by more than some size, and how many of those named will be named by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from calibration.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceedanceParams:
    """Constants of screening many.

    Attributes
    ----------
    healthy_std_cm : float
        How differences between the legs spread among people without a complaint, cm; their mean is 0.
    small_cm, large_cm : float
        The sizes that are asked about, cm: as in `app.assessment.asymmetry.ComparisonParams`.
    flagged_from : float
        From which probability on somebody is named.

    Notes
    -----
    Of healthy adults 68 % differ by at most 1.5 cm, which is one standard deviation when differences are normal and centred.
    Who is looked for among many is seldom as far out as they seem: the spread among people is the prior that takes this back.
    It moves a difference of 3 cm that is known to 0.5 cm by 0.3 cm, and one that is known to 1.5 cm by half.

    References
    ----------
    Hoch and McKeon 2011, Man Ther 16:516 (68 % of healthy adults within 1.5 cm, as quoted by later reviews).
    McBride 2026, Musculoskelet Sci Pract, doi 10.1016/j.msksp.2026.103525 (899 adults, no difference of left and right in the mean).
    """

    healthy_std_cm: float = 1.5
    small_cm: float = 1.5
    large_cm: float = 3.0
    flagged_from: float = 0.5


EXCEEDANCE = ExceedanceParams()


def compute_exceedance(difference: Quantity, threshold_cm: float, params: ExceedanceParams = EXCEEDANCE) -> float:
    """Probability that the true difference between the legs is beyond a size, in either direction.

    Parameters
    ----------
    difference : Quantity
        Left less right, cm, with the camera's standard uncertainty.
    threshold_cm : float
        The size, cm.

    Returns
    -------
    float
        Between 0 and 1.
    """
    if difference.unit != "cm":
        raise ValueError(f"found a difference in {difference.unit}; expected cm")
    prior, error = params.healthy_std_cm**2, difference.std**2
    mean = difference.value * prior / (prior + error)
    std = math.sqrt(prior * error / (prior + error))
    return _above((threshold_cm - mean) / std) + _above((threshold_cm + mean) / std)


def count_false_flags(probabilities: Sequence[float], params: ExceedanceParams = EXCEEDANCE) -> float:
    """How many of those who are named are expected not to be beyond the size: the sum of their doubts."""
    return math.fsum(1.0 - probability for probability in probabilities if probability >= params.flagged_from)


def _above(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2.0))
