"""Covariance through any function of measured inputs, to first order; the Monte Carlo twin is the tests' oracle."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def propagate(function: Callable[[FloatArray], FloatArray], at: FloatArray, covariance: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Value (M,), covariance (M, M) and derivatives (M, N) of `function` at inputs (N,) with covariance (N, N).

    Notes
    -----
    JCGM 100:2008, 5.2. Derivatives by central differences a tenth of a standard deviation wide, so that they see the function where the input really lies.
    """
    value = function(at)
    std = np.sqrt(np.clip(np.diag(covariance), 0, None))
    jacobian = np.zeros((len(value), len(at)))
    for i in np.flatnonzero(std > 0):
        step = np.zeros_like(at)
        step[i] = 0.1 * std[i]
        jacobian[:, i] = (function(at + step) - function(at - step)) / (2 * step[i])
    return value, jacobian @ covariance @ jacobian.T, jacobian


def propagate_by_sampling(
    function: Callable[[FloatArray], FloatArray], at: FloatArray, covariance: FloatArray, *, samples: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Return mean and covariance of `function` over normal samples of its inputs (JCGM 101:2008)."""
    draws = np.random.default_rng(seed).multivariate_normal(at, covariance, size=samples, method="svd")
    values = np.array([function(draw) for draw in draws])
    return values.mean(axis=0), np.cov(values, rowvar=False)
