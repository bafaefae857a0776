"""Lines that may be where floor and wall meet."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from vision.contour import SnapParams, sample, snap, take
from vision.robust import robust_line

FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.float32]

_FAR_DOWN = 2.5
"""Foot lengths below the toe to which the line between floor and wall is followed."""
_FAINTEST_LINE = 0.5
"""Colour step (Lab) under which a line is not told apart from nothing."""


def find_corner_lines(lab: npt.NDArray[np.float32], person: Mask, toe_px: FloatArray, foot_px: float, *, most: int = 16) -> tuple[FloatArray, FloatArray]:
    """Lines that may be where floor and wall meet, in front of the toe of a person who faces right.

    Parameters
    ----------
    lab : (H, W, 3) float32
        Picture of the room, steady (median over time).
    person : (H, W) float32
        Everywhere the person ever was.
    toe_px : (2,) float64
    foot_px : float
        Length of the foot in pixels: the line crosses the toe's height within 1.3 of it.

    Returns
    -------
    lines_px : (K, 2, 2) float64
        Lower and upper point of each candidate, best first.
    score : (K,) float64
        Median colour step across it, Lab units, times the share of its length that shows one.

    Notes
    -----
    The line runs in depth: it points to a vanishing point near the middle of the picture, and colours differ on its two sides over many pixels, which
    joints between tiles and boards do not do.
    """
    height, width = lab.shape[:2]
    long_side = max(height, width)
    y_low, y_high = min(height - 4.0, toe_px[1] + _FAR_DOWN * foot_px), max(4.0, toe_px[1] - 0.9 * foot_px)
    rows = np.linspace(y_low, y_high, 80)
    vanish = np.array(
        [(x, y) for x in (width - 1) / 2 + long_side * np.linspace(-0.30, 0.30, 25) for y in (height - 1) / 2 + long_side * np.linspace(-0.18, 0.14, 9)]
    )
    vanish = vanish[vanish[:, 1] < toe_px[1] - 0.5 * foot_px]
    crossing = np.arange(toe_px[0] - 0.15 * foot_px, min(width - 3.0, toe_px[0] + 1.3 * foot_px), max(1.0, foot_px / 80))
    if not len(vanish) or not len(crossing):
        return np.empty((0, 2, 2)), np.empty(0)
    slopes = np.unique(np.round(((vanish[None, :, 0] - crossing[:, None]) / (toe_px[1] - vanish[None, :, 1])).ravel(), 2))
    grown = cv2.dilate((person > 0.3).astype(np.float32), np.ones((9, 9), np.uint8))
    grown = cv2.GaussianBlur(grown, (0, 0), 1.0)
    scores = _score_lines(lab, grown, crossing, slopes, toe_px[1], rows, max(2.0, foot_px / 40))
    return _best_lines(lab, grown, scores, crossing, slopes, toe_px[1], rows, foot_px, most)


def _score_lines(lab: npt.NDArray[np.float32], grown: Mask, crossing: FloatArray, slopes: FloatArray, y0: float, rows: FloatArray, reach: float) -> FloatArray:
    """Score (C, S) of each line x = crossing + slope (y0 - y): colour step over a few pixels on either side, where the person is not."""
    out = np.zeros((len(crossing), len(slopes)))
    blurred = cv2.GaussianBlur(lab, (0, 0), reach / 2)
    # In half the precision and as products of matrices, this takes two fifths of the time; scores move by less than a hundredth.
    below = (y0 - rows).astype(np.float32)
    y = np.tile(rows.astype(np.float32), (len(crossing), 1))
    for j, slope in enumerate(slopes):
        x = crossing.astype(np.float32)[:, None] + np.float32(slope) * below
        shift = np.float32(1.3 * reach / np.sqrt(1 + slope * slope))
        step = take(blurred, x + shift, y) - take(blurred, x - shift, y)
        free = (take(grown, x, y) < 0.3) & (x > 3) & (x < lab.shape[1] - 4)
        n = free.sum(axis=1)
        mean = (free.astype(np.float32)[:, None] @ step)[:, 0] / np.maximum(n, 1)[:, None]
        size = np.linalg.norm(mean, axis=1)
        along = (step @ (mean / np.maximum(size, 1e-6)[:, None]).astype(np.float32)[..., None])[..., 0]
        share = ((along > 0.4 * size[:, None]) & free).sum(axis=1) / np.maximum(n, 1)
        out[:, j] = np.where(n > 0.25 * len(rows), size * np.square(share), 0.0)
    return out


def _best_lines(
    lab: npt.NDArray[np.float32],
    grown: Mask,
    scores: FloatArray,
    crossing: FloatArray,
    slopes: FloatArray,
    y0: float,
    rows: FloatArray,
    foot_px: float,
    most: int,
) -> tuple[FloatArray, FloatArray]:
    lines, marks = [], []
    left = scores.copy()
    for _ in range(most):
        i, j = np.unravel_index(int(np.argmax(left)), left.shape)
        if left[i, j] < _FAINTEST_LINE:
            break
        line = _refine(lab, grown, crossing[i], slopes[j], y0, rows, foot_px)
        if line is not None:
            lines.append(line)
            marks.append(float(scores[i, j]))
        near = (np.abs(crossing - crossing[i]) < 0.04 * foot_px)[:, None] & (np.abs(slopes - slopes[j]) < 0.2)[None, :]
        left[near] = 0.0
    return np.array(lines).reshape(-1, 2, 2), np.array(marks)


def _refine(lab: npt.NDArray[np.float32], grown: Mask, crossing: float, slope: float, y0: float, rows: FloatArray, foot_px: float) -> FloatArray | None:
    """Pull a candidate onto the edge and fit a straight line to where the person is not."""
    rough = np.column_stack([crossing + slope * (y0 - rows), rows])
    along = np.array([slope, -1.0]) / np.hypot(slope, 1.0)
    across = np.array([-along[1], along[0]])
    params = SnapParams(half_width_px=max(3.0, foot_px / 25), step_px=0.5, blur_px=max(1.0, foot_px / 100), stray_cost=0.3)
    contour = snap(lab, rough, np.tile(across, (len(rough), 1)), params)
    free = sample(grown[..., None], contour.xy_px[None]).ravel() < 0.3
    if free.sum() < 0.25 * len(rows):
        return None
    s, d = rough[free] @ along, contour.offset_px[free]
    a, b, _, _ = robust_line(s, d, floor_px=0.3)
    ends_s = np.array([(rough[free] @ along).min(), (rough[free] @ along).max()])
    base = rough[0] - (rough[0] @ along) * along
    return np.asarray(base + ends_s[:, None] * along + (a * ends_s + b)[:, None] * across)
