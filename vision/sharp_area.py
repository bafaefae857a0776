"""What a stored picture may show sharp: one window for the whole clip, while the leg is followed, and never a head in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vision.tracks import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SharpArea:
    """The part of a clip's pictures that is shown as it was filmed; everything else is blurred.

    Attributes
    ----------
    window_px : (left, top, right, bottom)
        Pixels of the picture; it does not move, so that nothing flickers.
    spans_s : (M, 2) float64
        From and until when the window is sharp, seconds; at other times nothing is.
    heads : (N, 5) float64
        Where heads may be: from s, until s, x, y and radius, pixels of the picture. They are blurred in the window too.
    grain_px : float
        Smallest thing that a blurred picture still tells apart.
    """

    window_px: tuple[float, float, float, float]
    spans_s: FloatArray
    heads: FloatArray
    grain_px: float

    def scale(self, factor: float) -> SharpArea:
        """Return the same area in a picture of another size."""
        left, top, right, bottom = (edge * factor for edge in self.window_px)
        return SharpArea(
            window_px=(left, top, right, bottom), spans_s=self.spans_s, heads=self.heads * np.array([1, 1, *[factor] * 3]), grain_px=self.grain_px * factor
        )

    def is_open(self, t_s: float) -> bool:
        """Whether anything is sharp at a time."""
        return bool(((self.spans_s[:, 0] <= t_s) & (t_s <= self.spans_s[:, 1])).any())

    def heads_at(self, t_s: float) -> FloatArray:
        """Circles (N, 3) as x, y and radius, of the heads that may reach into the window at a time."""
        left, top, right, bottom = self.window_px
        _, _, x, y, radius = self.heads.T
        away = np.hypot(x - np.clip(x, left, right), y - np.clip(y, top, bottom))
        return np.asarray(self.heads[(self.heads[:, 0] <= t_s) & (t_s <= self.heads[:, 1]) & (away <= 2 * radius), 2:])


def compute_grain(shank_px: float, long_side_px: float, heads: FloatArray) -> float:
    """How coarse a blurred picture must be so that nobody is known by their face, pixels.

    Parameters
    ----------
    shank_px : float
        Knee to ankle, about 40 cm.
    long_side_px : float
        Of the picture.
    heads : (N, 5) float64
        As in `SharpArea`; somebody nearer to the camera has a larger one.

    Notes
    -----
    A head of 24 cm is left with four to five grains from chin to crown and three across, each of them an average that reaches over its neighbours. Half
    of familiar faces are still known in blurred pictures of 7 by 10 points (Sinha and others 2006, DOI 10.1109/JPROC.2006.884093).
    """
    largest_head_px = float(heads[:, 4].max()) if len(heads) else 0.0
    return max(0.13 * shank_px, long_side_px / 64, min(largest_head_px / 4, long_side_px / 16))


def join_spans(times_s: FloatArray, *, hold_s: float) -> FloatArray:
    """Stretches (M, 2) of time that are no farther than `hold_s` from any of the times (T,), which ascend."""
    if not len(times_s):
        return np.empty((0, 2))
    breaks = np.flatnonzero(np.diff(times_s) > 2 * hold_s)
    starts, ends = times_s[np.r_[0, breaks + 1]], times_s[np.r_[breaks, len(times_s) - 1]]
    return np.column_stack([starts - hold_s, ends + hold_s])
