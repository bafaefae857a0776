"""The middle of many readings of one thing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def middle(readings: FloatArray) -> FloatArray:
    """Mean of the middle third of readings (N, ...) of each coordinate, NaN where it was never seen.

    Notes
    -----
    A third of the readings may be anywhere on either side. Where readings fall into two heaps - two edges, of which now
    one and now the other is taken - the median leaps from one to the other for the sake of a few frames; this mean walks.
    """
    flat = np.sort(readings.reshape(len(readings), int(np.prod(readings.shape[1:]))), axis=0)  # NaN comes last
    seen = np.isfinite(flat).sum(axis=0)
    out = np.full(flat.shape[1], np.nan)
    for k in np.flatnonzero(seen):
        cut = seen[k] // 3
        out[k] = flat[cut : seen[k] - cut, k].mean()
    return out.reshape(readings.shape[1:])
