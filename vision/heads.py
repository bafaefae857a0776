"""Where heads are, and for how long that is believed: so that no stored picture shows a face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vision.tracks import FloatArray

NO_HEADS = np.empty((0, 5))
_NOSE, _EARS, _SHOULDERS, _HIPS = 0, [7, 8], [11, 12], [23, 24]
_OF_THE_HEAD = slice(0, 11)
_OF_THE_TRUNK = 0.35
"""A trunk is about 50 cm from shoulders to hips: 17 cm about the ears hold chin, hair and nose."""
_OF_THE_FACE = 1.6
"""Landmarks end at nose, mouth and ears; chin, brow and hair lie this many times farther out."""


def compute_head(landmarks: FloatArray) -> FloatArray:
    """Circle about a head, hair and chin included.

    Parameters
    ----------
    landmarks : (33, 4) float64
        As `PoseEstimator` gives them, pixels.

    Returns
    -------
    (3,) float64
        x, y and radius, pixels. The network guesses a head that it does not see from the rest of the body, so there always is one.
    """
    xy = landmarks[:, :2]
    centre = 0.75 * xy[_EARS].mean(axis=0) + 0.25 * xy[_NOSE]
    trunk = float(np.hypot(*(xy[_SHOULDERS].mean(axis=0) - xy[_HIPS].mean(axis=0))))
    face = float(np.hypot(*(xy[_OF_THE_HEAD] - centre).T).max())
    return np.array([*centre, max(_OF_THE_TRUNK * trunk, _OF_THE_FACE * face)])


def hold_heads(times_s: Sequence[float], circles: Sequence[FloatArray], *, hold_s: float) -> FloatArray:
    """Say of each circle from when until when a head is believed to be there.

    Returns
    -------
    (N, 5) float64
        From s, until s, x px, y px, radius px.
    """
    if not len(times_s):
        return NO_HEADS
    at = np.asarray(times_s, dtype=np.float64)
    return np.column_stack([at - hold_s, at + hold_s, np.array(circles, dtype=np.float64)])
