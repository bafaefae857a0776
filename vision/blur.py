"""Door to cv2's filters: a picture blurred outside its sharp area, so that what was there cannot be won back."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from vision.sharp_area import SharpArea

Rgb = npt.NDArray[np.uint8]
Weights = npt.NDArray[np.float32]

_FINER = 4
"""The average is taken over a picture with so many points a grain, or edges would flicker as they pass from one grain to the next."""


class Veil:
    """Blurs the pictures of one clip; all of them are of one size, in whose pixels the area is given.

    Notes
    -----
    The picture is shrunk, averaged with a standard deviation of one grain, shrunk again to one point a grain, and enlarged: of what is outside the area,
    these few points are all that is kept. Nothing finer survives, whatever is done with the frames of a clip later.
    """

    def __init__(self, area: SharpArea, width_px: int, height_px: int) -> None:
        self._area = area
        self._size = (width_px, height_px)
        self._coarse = (max(2, round(width_px / area.grain_px)), max(2, round(height_px / area.grain_px)))
        self._fine = (min(width_px, _FINER * self._coarse[0]), min(height_px, _FINER * self._coarse[1]))
        self._feather_px = max(2.0, 0.6 * area.grain_px)
        self._box = _clip_box(area.window_px, width_px, height_px)
        left, top, right, bottom = self._box
        self._x = np.arange(left, right, dtype=np.float32)[None, :]
        self._y = np.arange(top, bottom, dtype=np.float32)[:, None]
        self._window = self._weigh_window()

    def apply(self, rgb: Rgb, t_s: float) -> Rgb:
        """Return the picture as it may be shown; the one given is left as it is."""
        blurred = self._blur(rgb)
        left, top, right, bottom = self._box
        if not self._area.is_open(t_s) or right <= left or bottom <= top:
            return blurred
        weights = self._weigh_at(t_s)
        within = np.s_[top:bottom, left:right]
        blurred[within] = cv2.blendLinear(np.ascontiguousarray(rgb[within]), np.ascontiguousarray(blurred[within]), weights, 1 - weights)
        return blurred

    def _blur(self, rgb: Rgb) -> Rgb:
        halved = rgb
        while halved.shape[1] >= 2 * self._fine[0] and halved.shape[0] >= 2 * self._fine[1]:
            # by exactly two is several times quicker than by whatever is left
            halved = np.asarray(cv2.resize(halved, (halved.shape[1] // 2, halved.shape[0] // 2), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        fine = cv2.resize(halved, self._fine, interpolation=cv2.INTER_AREA)
        averaged = cv2.GaussianBlur(fine, (0, 0), float(_FINER), borderType=cv2.BORDER_REPLICATE)
        coarse = cv2.resize(averaged, self._coarse, interpolation=cv2.INTER_AREA)
        # smooth on the few points, straight from there: four times quicker than smooth all the way, and looks the same
        smooth = cv2.resize(coarse, self._fine, interpolation=cv2.INTER_CUBIC)
        return np.asarray(cv2.resize(smooth, self._size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)

    def _weigh_window(self) -> Weights:
        """Say how sharp each pixel of the window is, 0 at its border and 1 a feather farther in; a border beyond the picture's edge is not seen."""
        left, top, right, bottom = self._area.window_px
        across = np.minimum(self._x - left, right - self._x)
        down = np.minimum(self._y - top, bottom - self._y)
        return np.asarray(np.clip(np.minimum(across, down) / self._feather_px, 0, 1), dtype=np.float32)

    def _weigh_at(self, t_s: float) -> Weights:
        """Take the heads of that time out of the window."""
        weights = self._window
        for x, y, radius in self._area.heads_at(t_s):
            away = np.hypot(self._x - np.float32(x), self._y - np.float32(y)) - np.float32(radius)
            weights = np.minimum(weights, np.clip(away / np.float32(self._feather_px), 0, 1))
        return np.ascontiguousarray(weights, dtype=np.float32)


def _clip_box(window_px: tuple[float, float, float, float], width_px: int, height_px: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = window_px
    return max(0, round(left)), max(0, round(top)), min(width_px, round(right)), min(height_px, round(bottom))
