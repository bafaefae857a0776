"""Door to cv2: holds a hand-held picture still, so that what stands still in the room stands still in pixels."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

_WORK_LONG_SIDE = 960
_MAX_CORNERS = 400
_MIN_INLIERS = 12
_FOCAL_OVER_LONG_SIDE = 0.77
"""Nominal phone; an error of 10 % moves points at the picture's edge by less than a tenth of the correction itself."""


class FrameAligner:
    """Finds the small turn of the camera between each frame and the first one, from corners of the room.

    Notes
    -----
    A hand turns the phone about its own place. A turn is three numbers and moves the picture's edges more than its middle (by 45 % at the side of a
    phone's picture), which a plain shift would miss. Points on the person are left out by the mask, points that move on their own by their residuals.
    """

    def __init__(self) -> None:
        self._reference: npt.NDArray[np.uint8] | None = None
        self._corners = np.empty((0, 1, 2), np.float32)
        self._scale = 1.0

    def align(self, rgb: npt.NDArray[np.uint8], person: npt.NDArray[np.float32] | None) -> tuple[FloatArray | None, float]:
        """Return the map (3, 3) from this frame's pixels to the first frame's, and its residual in pixels; None where too few corners agree."""
        grey = self._shrink(rgb)
        if self._reference is None:
            self._reference = grey
            self._corners = _room_corners(grey, person)
            return np.eye(3), 0.0
        if len(self._corners) < _MIN_INLIERS:
            return None, float("nan")
        moved, ok, _ = cv2.calcOpticalFlowPyrLK(self._reference, grey, self._corners, None, winSize=(21, 21), maxLevel=3)
        good = ok.ravel() == 1
        fitted = _fit_turn(self._rays(moved[good]), self._rays(self._corners[good]), 1.0 / self._focal_px())
        if fitted is None:
            return None, float("nan")
        turn, residual = fitted
        height, width = rgb.shape[:2]
        focal = _FOCAL_OVER_LONG_SIDE * max(height, width)
        lens = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
        return np.asarray(lens @ turn @ np.linalg.inv(lens)), residual * focal

    def _shrink(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        self._scale = min(1.0, _WORK_LONG_SIDE / max(grey.shape))
        if self._scale < 1.0:
            grey = cv2.resize(grey, None, fx=self._scale, fy=self._scale, interpolation=cv2.INTER_AREA)
        return np.asarray(grey, np.uint8)

    def _focal_px(self) -> float:
        shape = (1, 1) if self._reference is None else self._reference.shape
        return float(_FOCAL_OVER_LONG_SIDE * max(shape))

    def _rays(self, points: npt.NDArray[np.float32]) -> FloatArray:
        shape = (1, 1) if self._reference is None else self._reference.shape
        centre = np.array([(shape[1] - 1) / 2, (shape[0] - 1) / 2])
        rays = np.column_stack([(points.reshape(-1, 2) - centre) / self._focal_px(), np.ones(len(points))])
        return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))


def _room_corners(grey: npt.NDArray[np.uint8], person: npt.NDArray[np.float32] | None) -> npt.NDArray[np.float32]:
    free = np.full(grey.shape, 255, np.uint8)
    if person is not None:
        small = cv2.resize(person, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_AREA)
        free[cv2.dilate((small > 0.3).astype(np.uint8), np.ones((25, 25), np.uint8)) > 0] = 0
    found = cv2.goodFeaturesToTrack(grey, _MAX_CORNERS, 0.002, 6, mask=free, blockSize=5)
    return np.empty((0, 1, 2), np.float32) if found is None else np.asarray(found, np.float32)


def _fit_turn(seen: FloatArray, reference: FloatArray, pixel_rad: float) -> tuple[FloatArray, float] | None:
    """Rotation (3, 3) that brings most `seen` rays onto `reference`, and the scatter of those in rad; None when too few agree.

    Notes
    -----
    Start: the median displacement, which half of the points may contradict. Then weighted least squares (Kabsch 1976, doi 10.1107/S0567739476001873)
    with Tukey weights, from wide to narrow.
    """
    if len(seen) < _MIN_INLIERS:
        return None
    weights = np.ones(len(seen))
    shift = np.median(reference - seen, axis=0)
    error = np.linalg.norm(seen + shift - reference, axis=1)
    turn = np.eye(3)
    scatter = 4 * pixel_rad
    for _ in range(20):
        scatter = max(1.4826 * float(np.median(error)), 0.15 * pixel_rad)
        weights = np.square(np.clip(1 - np.square(error / (4.685 * scatter)), 0, None))
        if (weights > 0).sum() < _MIN_INLIERS:
            return None
        u, _, vt = np.linalg.svd((seen * weights[:, None]).T @ reference)
        turn = vt.T @ np.diag([1.0, 1.0, np.sign(np.linalg.det(vt.T @ u.T))]) @ u.T
        error = np.linalg.norm(seen @ turn.T - reference, axis=1)
    return turn, scatter


def warp(image: npt.NDArray[np.uint8], to_reference: FloatArray) -> npt.NDArray[np.uint8]:
    """Bring a frame into the first frame's pixels; what lies outside repeats the border."""
    height, width = image.shape[:2]
    return np.asarray(cv2.warpPerspective(image, to_reference, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def apply(homography: FloatArray, xy_px: FloatArray) -> FloatArray:
    """Map points (N, 2)."""
    points = np.atleast_2d(xy_px)
    mapped = np.column_stack([points, np.ones(len(points))]) @ homography.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])
