"""Door to cv2's sampling: pulls a rough outline onto the nearest true edge of the picture, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import convolve1d

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapParams:
    """How an outline is pulled onto the edge.

    Attributes
    ----------
    half_width_px : float
        How far from the rough outline an edge may lie.
    step_px : float
        Sampling along each profile.
    blur_px : float
        Standard deviation of the edge filter; about the blur of a compressed phone picture.
    bend_cost : float
        Price of one step of difference between neighbours, in units of a typical edge strength: holds the outline together.
    stray_cost : float
        Price of lying at the end of the search range, in the same unit.
    weights : tuple of float
        Of the picture's channels in an edge's strength; one for all, or one for each.
    """

    half_width_px: float
    step_px: float = 0.5
    blur_px: float = 1.2
    bend_cost: float = 0.15
    stray_cost: float = 0.6
    weights: tuple[float, ...] = (1.0,)


@dataclass(frozen=True, slots=True)
class SnappedContour:
    """An outline on the edge.

    Attributes
    ----------
    xy_px : (N, 2) float64
    strength : (N,) float64
        Colour step at the edge, grey levels a pixel; 0 where there is none.
    offset_px : (N,) float64
        How far the edge lies from the rough outline, along the normal.
    """

    xy_px: FloatArray
    strength: FloatArray
    offset_px: FloatArray


def to_lab(rgb: npt.NDArray[np.uint8] | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return a picture whose distances are roughly those the eye sees (CIE Lab, 0..100); RGB 0..255."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab), np.float32)


def finer(mask: npt.NDArray[np.float32], k: int, size_px: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Return a mask with k times fewer pixels both ways as fine as the picture, whose size (width, height) it gets."""
    if k == 1:
        return mask
    whole = cv2.resize(mask, None, fx=k, fy=k, interpolation=cv2.INTER_LINEAR)[: size_px[1], : size_px[0]]
    spare = (size_px[1] - whole.shape[0], size_px[0] - whole.shape[1])
    return np.asarray(np.pad(whole, ((0, spare[0]), (0, spare[1])), mode="edge") if any(spare) else whole, np.float32)


def snap_params(shank_px: float) -> SnapParams:
    """Search as wide as the mask may be wrong: about 4.5 % of the shank (two pixels of the network's mask)."""
    return SnapParams(half_width_px=max(4.0, 0.045 * shank_px), step_px=max(0.25, 0.0035 * shank_px), blur_px=max(0.8, 0.008 * shank_px))


def take(image: npt.NDArray[np.float32], x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Bilinear samples of an image at (x, y), in its own precision; beyond it its border goes on."""
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def sample(image: npt.NDArray[np.float32], xy_px: FloatArray) -> npt.NDArray[np.float64]:
    """Bilinear samples of an image (H, W, C) at points (..., 2)."""
    at = xy_px.astype(np.float32)
    return take(image, at[..., 0], at[..., 1]).astype(np.float64).reshape(*xy_px.shape[:-1], image.shape[2])  # a single channel comes back without its axis


def snap(lab: npt.NDArray[np.float32], rough_px: FloatArray, normals: FloatArray, params: SnapParams) -> SnappedContour:
    """Pull a rough outline (N, 2) along its unit normals (N, 2) onto the edge.

    Notes
    -----
    The best path is found for all points together (dynamic programming), so a strong but short false edge - a crease, a shadow's end - loses against a
    weaker one that goes on.
    """
    offsets = np.arange(-params.half_width_px, params.half_width_px + 1e-9, params.step_px)
    grid = rough_px[:, None, :] + offsets[None, :, None] * normals[:, None, :]
    profiles = sample(lab, grid) * np.array(params.weights)
    gradient = _derivative(profiles, params.blur_px / params.step_px) / params.step_px
    strength = np.sqrt(np.sum(np.square(gradient), axis=2))
    typical = max(float(np.percentile(strength.max(axis=1), 50)), 1e-6)
    reward = np.minimum(strength / typical, 1.5) - params.stray_cost * np.square(offsets / params.half_width_px)[None, :]
    path = _best_path(reward, params.bend_cost)
    fine = _peak(strength, path)
    at = offsets[0] + fine * params.step_px
    rows = np.arange(len(path))
    return SnappedContour(rough_px + at[:, None] * normals, strength[rows, path], at)


def _derivative(profiles: FloatArray, sigma: float) -> FloatArray:
    """Gaussian derivative along axis 1."""
    radius = max(2, int(np.ceil(3 * sigma)))
    x = np.arange(-radius, radius + 1)
    kernel = -x * np.exp(-0.5 * np.square(x / sigma))
    kernel = kernel / np.sum(-x * kernel)
    return np.asarray(convolve1d(profiles, kernel, axis=1, mode="nearest"))


def _best_path(reward: FloatArray, bend_cost: float) -> npt.NDArray[np.intp]:
    """Path through the columns of `reward` (N, K), one column a row, that gains most less the price of each sideways step squared."""
    n, k = reward.shape
    reach = 4
    steps = np.arange(-reach, reach + 1)
    price = (bend_cost * steps * steps)[:, None]
    came = np.empty((n, k), dtype=np.intp)
    options = np.empty((len(steps), k))
    # the same memory seen once a step: what lies outside the picture's columns gains nothing
    padded = np.full(k + 2 * reach, -np.inf)
    shifted = np.lib.stride_tricks.sliding_window_view(padded, k)[::-1]
    total = padded[reach : reach + k]
    total[:] = reward[0]
    for row in range(1, n):
        np.subtract(shifted, price, out=options)
        options.argmax(axis=0, out=came[row])
        options.max(axis=0, out=total)
        total += reward[row]
    path = np.empty(n, dtype=np.intp)
    path[-1] = int(total.argmax())
    for row in range(n - 1, 0, -1):
        path[row - 1] = path[row] - steps[came[row, path[row]]]
    return path


def _peak(strength: FloatArray, path: npt.NDArray[np.intp]) -> FloatArray:
    """Columns of the path moved to the top of the parabola through the nearest local maximum."""
    rows = np.arange(len(path))
    last = strength.shape[1] - 1
    at = path.copy()
    for _ in range(2):
        left, right = np.clip(at - 1, 0, last), np.clip(at + 1, 0, last)
        at = np.where(strength[rows, left] > strength[rows, at], left, at)
        at = np.where(strength[rows, right] > strength[rows, at], right, at)
    left, right = np.clip(at - 1, 0, last), np.clip(at + 1, 0, last)
    a, b, c = strength[rows, left], strength[rows, at], strength[rows, right]
    curve = a - 2 * b + c
    shift = np.where(np.abs(curve) > 1e-9, 0.5 * (a - c) / np.where(np.abs(curve) > 1e-9, curve, 1.0), 0.0)
    return np.asarray(at + np.clip(shift, -0.5, 0.5))
