"""Door to cv2: holds a hand-held picture still, so that what stands still in the room stands still in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from vision.robust import tukey_weights

FloatArray = npt.NDArray[np.float64]

_WORK_LONG_SIDE = 960
_MAX_CORNERS = 400
_MIN_INLIERS = 12
_STRAY_PX = 1.0
"""A corner that is followed into a frame and back must come home within this; one that is only noise does not."""
_MOST_EDGE_PIXELS, _LEAST_EDGE_PIXELS = 4000, 200
_LEAST_SLOPE = 2.0
"""Grey levels a pixel below which a gradient is noise."""
_MOST_STEPS = 10
_SMOOTH_PX = 1.0
"""Both pictures are smoothed by this before corners are chosen and followed: noise has corners too."""
_FOCAL_OVER_LONG_SIDE = np.array([0.77, 0.45, 0.52, 0.59, 0.68, 0.88, 1.01, 1.16])
"""Lenses that are tried, a phone's usual one first: from wide to cropped. A lens off by a third moves points at the picture's edge by half of the turn."""


class FrameAligner:
    """Finds the small turn of the camera between each frame and the first one, from corners and edges of the room.

    Notes
    -----
    A hand turns the phone about its own place. A turn is three numbers and moves the picture's edges more than its middle (by 45 % at the side of a
    phone's picture), which a plain shift would miss; how much more tells the lens. Corners give the turn to about a pixel, edges the rest. Points on
    the person are left out by the mask, points that move on their own by their residuals.
    """

    def __init__(self) -> None:
        self._reference: npt.NDArray[np.uint8] | None = None
        self._corners = np.empty((0, 1, 2), np.float32)
        self._edges = _EdgePixels(np.empty((0, 2)), np.empty(0), np.empty((0, 2)), (1, 1))
        self._scale = 1.0
        self._last = np.eye(3)
        # Over all frames so far, squared pixels: the lens does not change. An unusual one must first earn a lead.
        self._misfits = np.where(np.arange(len(_FOCAL_OVER_LONG_SIDE)) > 0, 0.5, 0.0)

    def align(self, rgb: npt.NDArray[np.uint8], person: npt.NDArray[np.float32] | None) -> tuple[FloatArray | None, float]:
        """Return the map (3, 3) from this frame's pixels to the first frame's, and its residual in pixels; None where too few corners agree."""
        grey = self._shrink(rgb)
        if self._reference is None:
            self._reference = grey
            free = _free_of_person(grey.shape, person)
            self._corners = _room_corners(grey, free)
            self._edges = _EdgePixels.choose(grey, free)
            return np.eye(3), 0.0
        if len(self._corners) < _MIN_INLIERS:
            return None, float("nan")
        moved, good = self._follow(grey)
        focals = _FOCAL_OVER_LONG_SIDE * max(grey.shape)
        lenses = np.array([_lens(focal, grey.shape) for focal in focals])
        fitted = _fit_turns(_rays(moved[good], lenses), _rays(self._corners[good], lenses), 1.0 / focals)
        if fitted is None:
            return None, float("nan")
        turns, scatters = fitted
        self._misfits += np.square(scatters * focals)
        best = int(np.argmin(self._misfits))
        turned = lenses[best] @ turns[best] @ np.linalg.inv(lenses[best])
        residual, self._last = float(scatters[best] * focals[best]), self._edges.refine(grey, turned, float(focals[best]))
        # Pixel centres: the work picture's (0, 0) lies in the middle of a block of the frame's pixels.
        shrink = np.array([[self._scale, 0, 0.5 * self._scale - 0.5], [0, self._scale, 0.5 * self._scale - 0.5], [0, 0, 1.0]])
        return np.asarray(np.linalg.inv(shrink) @ self._last @ shrink), residual / self._scale

    def _follow(self, grey: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        """Find the reference's corners in a frame, from where the last frame had them (N, 1, 2), and tell those that lead back home (N,)."""
        reference = np.asarray(self._reference)
        guess = cv2.perspectiveTransform(self._corners, np.linalg.inv(self._last)).astype(np.float32)
        follow = partial(cv2.calcOpticalFlowPyrLK, winSize=(21, 21), maxLevel=3, flags=cv2.OPTFLOW_USE_INITIAL_FLOW)
        moved, ok, _ = follow(reference, grey, self._corners, guess)
        home, back, _ = follow(grey, reference, moved, self._corners.copy())
        stray = np.linalg.norm(home - self._corners, axis=2).ravel()
        return np.asarray(moved, np.float32), np.asarray((ok.ravel() == 1) & (back.ravel() == 1) & (stray < _STRAY_PX))

    def _shrink(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        self._scale = min(1.0, _WORK_LONG_SIDE / max(grey.shape))
        if self._scale < 1.0:
            grey = cv2.resize(grey, None, fx=self._scale, fy=self._scale, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), _SMOOTH_PX), np.uint8)


def _lens(focal_px: float, shape: tuple[int, ...]) -> FloatArray:
    return np.array([[focal_px, 0, (shape[1] - 1) / 2], [0, focal_px, (shape[0] - 1) / 2], [0, 0, 1.0]])


def _rays(points: npt.NDArray[np.float32], lenses: FloatArray) -> FloatArray:
    """Return unit directions (K, N, 3) in which pixels (N, 1, 2) lie, for each of K lenses (K, 3, 3)."""
    rays = np.column_stack([points.reshape(-1, 2), np.ones(len(points))]) @ np.linalg.inv(lenses).transpose(0, 2, 1)
    return np.asarray(rays / np.linalg.norm(rays, axis=2, keepdims=True))


def _free_of_person(shape: tuple[int, ...], person: npt.NDArray[np.float32] | None) -> npt.NDArray[np.uint8]:
    free = np.full(shape, 255, np.uint8)
    if person is not None:
        small = cv2.resize(person, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
        free[cv2.dilate((small > 0.3).astype(np.uint8), np.ones((25, 25), np.uint8)) > 0] = 0
    return free


def _room_corners(grey: npt.NDArray[np.uint8], free: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    found = cv2.goodFeaturesToTrack(grey, _MAX_CORNERS, 0.002, 6, mask=free, blockSize=5)
    return np.empty((0, 1, 2), np.float32) if found is None else np.asarray(found, np.float32)


@dataclass(frozen=True, slots=True)
class _EdgePixels:
    """The strongest gradients of the first picture: places (N, 2) px, grey values (N,), gradients (N, 2) grey a pixel.

    Notes
    -----
    Corners alone are few in a bare room, and those found on a long edge slip along it. Every pixel of an edge says how far the picture moved across it.
    """

    xy_px: FloatArray
    grey: FloatArray
    slope: FloatArray
    shape: tuple[int, ...]

    @classmethod
    def choose(cls, grey: npt.NDArray[np.uint8], free: npt.NDArray[np.uint8]) -> _EdgePixels:
        """Take the steepest pixel of every block of 4 x 4 that is steep enough."""
        picture = grey.astype(np.float32)
        dx, dy = (cv2.Sobel(picture, cv2.CV_32F, *order, scale=0.125) for order in ((1, 0), (0, 1)))
        steep = np.hypot(dx, dy) * (free > 0)
        steep[:8], steep[-8:], steep[:, :8], steep[:, -8:] = 0, 0, 0, 0
        rows, columns = (n // 4 * 4 for n in grey.shape)
        blocks = steep[:rows, :columns].reshape(rows // 4, 4, columns // 4, 4).transpose(0, 2, 1, 3).reshape(-1, 16)
        inside = blocks.argmax(axis=1)
        top = np.argsort(-blocks[np.arange(len(blocks)), inside], kind="stable")[:_MOST_EDGE_PIXELS]
        top = top[blocks[top, inside[top]] > _LEAST_SLOPE]
        y, x = top // (columns // 4) * 4 + inside[top] // 4, top % (columns // 4) * 4 + inside[top] % 4
        slope = np.column_stack([dx[y, x], dy[y, x]]).astype(np.float64)
        return cls(np.column_stack([x, y]).astype(np.float64), picture[y, x].astype(np.float64), slope, grey.shape)

    def refine(self, grey: npt.NDArray[np.uint8], to_reference: FloatArray, focal_px: float) -> FloatArray:
        """Turn a map (3, 3) that is right to a pixel or two until the edges lie on each other; unchanged where there are too few.

        References
        ----------
        Inverse compositional alignment: Baker & Matthews 2004, doi 10.1023/B:VISI.0000011205.11775.fd.
        """
        if len(self.xy_px) < _LEAST_EDGE_PIXELS:
            return to_reference
        lens = _lens(focal_px, self.shape)
        x, y = ((self.xy_px - lens[:2, 2]) / focal_px).T
        turned = np.stack([np.stack([-x * y, 1 + x * x, -y]), np.stack([-(1 + y * y), x * y, x])])
        jacobian = focal_px * np.einsum("nk,kjn->nj", self.slope, turned)
        back, picture = np.linalg.inv(to_reference), grey.astype(np.float32)
        for _ in range(_MOST_STEPS):
            at = cv2.perspectiveTransform(self.xy_px[:, None], back).astype(np.float32)
            seen = cv2.remap(picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=-1.0).ravel().astype(np.float64)
            inside = seen >= 0
            if inside.sum() < _LEAST_EDGE_PIXELS:
                return to_reference
            brighter = float(np.median(seen[inside] - self.grey[inside]))
            error = np.where(inside, seen - brighter - self.grey, 0.0)
            scatter = max(1.4826 * float(np.median(np.abs(error[inside]))), 1.0)
            weights = np.where(inside, tukey_weights(error, scatter), 0.0)
            step = np.linalg.lstsq((jacobian * weights[:, None]).T @ jacobian, jacobian.T @ (weights * error), rcond=1e-9)[0]
            back = back @ lens @ cv2.Rodrigues(-step)[0] @ np.linalg.inv(lens)
            if float(np.abs(step).max()) * focal_px < 0.01:
                break
        return np.asarray(np.linalg.inv(back))


def _fit_turns(seen: FloatArray, reference: FloatArray, pixel_rad: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Rotations (K, 3, 3) that bring most `seen` rays (K, N, 3) onto `reference`, and the scatters (K,) of those in rad; None when too few agree.

    Notes
    -----
    Start: the median displacement, which half of the points may contradict. Then weighted least squares (Kabsch 1976, doi 10.1107/S0567739476001873)
    with Tukey weights, from wide to narrow.
    """
    if seen.shape[1] < _MIN_INLIERS:
        return None
    error = np.linalg.norm(seen + np.median(reference - seen, axis=1, keepdims=True) - reference, axis=2)
    turns = np.tile(np.eye(3), (len(seen), 1, 1))
    scatter = 4 * pixel_rad
    for _ in range(20):
        scatter = np.maximum(1.4826 * np.median(error, axis=1), 0.15 * pixel_rad)
        weights = tukey_weights(error, scatter[:, None])
        if ((weights > 0).sum(axis=1) < _MIN_INLIERS).any():
            return None
        u, _, vt = np.linalg.svd((seen * weights[..., None]).transpose(0, 2, 1) @ reference)
        back, there = vt.transpose(0, 2, 1), u.transpose(0, 2, 1)
        back[:, :, 2] *= np.sign(np.linalg.det(back @ there))[:, None]
        last, turns = turns, back @ there
        error = np.linalg.norm(seen @ turns.transpose(0, 2, 1) - reference, axis=2)
        if (np.abs(turns - last).max(axis=(1, 2)) < 0.01 * pixel_rad).all():
            break
    return turns, scatter


def warp(image: npt.NDArray[np.uint8], to_reference: FloatArray) -> npt.NDArray[np.uint8]:
    """Bring a frame into the first frame's pixels; what lies outside repeats the border."""
    height, width = image.shape[:2]
    return np.asarray(cv2.warpPerspective(image, to_reference, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def mirror(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the picture as a mirror shows it."""
    return np.asarray(cv2.flip(rgb, 1), np.uint8)


def coarser(homography: FloatArray, k: int) -> FloatArray:
    """Return the same map (3, 3) between pictures with k times fewer pixels in both directions."""
    # Pixel centres: the coarse picture's (0, 0) lies in the middle of a block of k x k pixels.
    fine = np.array([[k, 0, 0.5 * k - 0.5], [0, k, 0.5 * k - 0.5], [0, 0, 1.0]])
    return np.asarray(np.linalg.inv(fine) @ homography @ fine)


def apply(homography: FloatArray, xy_px: FloatArray) -> FloatArray:
    """Map points (N, 2)."""
    points = np.atleast_2d(xy_px)
    mapped = np.column_stack([points, np.ones(len(points))]) @ homography.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])
