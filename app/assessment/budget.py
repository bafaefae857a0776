"""What every plus-minus is made of: named inputs, what each is known to, and what each adds to each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.assessment.measurement import Contribution

FloatArray = npt.NDArray[np.float64]

LUNGES = "lunges"
"""Name of the scatter between lunges: the one input that no propagation knows."""


@dataclass(frozen=True, slots=True)
class Part:
    """One named input of the uncertainty.

    Attributes
    ----------
    known_to : float | None
        Its standard uncertainty in `unit`; None for a group of inputs that a fit has found together.
    unit : str
        ``"cm"``, ``"px"``, ``"deg"``, ``"%"``, or ``""`` for a group.
    effects : (M, K) float64
        What the standard errors of its K independent components do to each of the M numbers, signed, in the number's unit.
    """

    known_to: float | None
    unit: str
    effects: FloatArray


Parts = Mapping[str, Part]


def condition_parts(parts: Parts, gain: FloatArray, row: int, *, seen: Mapping[str, float], own: Mapping[str, float]) -> dict[str, Part]:
    """Carry parts through the linear Gaussian update on one number.

    Parameters
    ----------
    gain : (M,) float64
        Of the update, see `app.assessment.verdicts`.
    row : int
        The number that was observed.
    seen, own : mapping of name to cm
        Standard errors of the observation, and of what is added to `row` alone afterwards.

    Notes
    -----
    Every error e becomes e - gain e_row, and the observation's own error enters with the gain: with the best gain the sum of squares is the updated
    covariance (Joseph's form; Bar-Shalom and others 2001, doi 10.1002/0471221279, 5.2.3).
    """
    out = {name: replace(part, effects=part.effects - np.outer(gain, part.effects[row])) for name, part in parts.items()}
    out |= {name: Part(std, "cm", gain[:, None] * std) for name, std in seen.items()}
    alone = np.zeros((len(gain), 1))
    alone[row] = 1.0
    return out | {name: Part(std, "cm", alone * std) for name, std in own.items()}


def compute_budget(trials: Sequence[Parts], row: int, *, unit: str, values: Sequence[float] = ()) -> tuple[Contribution, ...]:
    """Say what the mean of one number over some lunges owes its uncertainty to, the largest contribution first.

    Parameters
    ----------
    trials : sequence of Parts
        Of each lunge.
    unit : str
        Of the number.
    values : sequence of float
        The number in each lunge, where their scatter counts.

    Returns
    -------
    tuple of Contribution
        Their squares sum to the number's variance; empty where it is not known.

    Notes
    -----
    What all lunges share does not shrink with their number: a contribution is its root mean square over the lunges. A group's has no sign.
    """
    out = []
    for name in dict.fromkeys(name for parts in trials for name in parts):
        rows = [parts[name].effects[row] if name in parts else np.zeros(1) for parts in trials]
        size = float(np.sqrt(np.mean([effects @ effects for effects in rows])))
        sign = -1.0 if all(len(effects) == 1 for effects in rows) and sum(float(effects[0]) for effects in rows) < 0 else 1.0
        first = next(parts[name] for parts in trials if name in parts)
        out.append(Contribution(name, first.known_to, first.unit, sign * size))
    if len(values) > 1:
        spread = float(np.std(values, ddof=1))
        out.append(Contribution(LUNGES, spread, unit, spread / float(np.sqrt(len(values)))))
    if not all(np.isfinite(c.effect) for c in out):
        return ()
    return tuple(sorted((c for c in out if abs(c.effect) > 0), key=lambda c: (-abs(c.effect), c.source)))
