"""Straight edges of a room, the faint joints of its floor among them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from vision.contour import sample, to_lab

FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.float32]
Picture = npt.NDArray[np.float32]
"""RGB, 0..255, finer than the whole grey levels of one frame."""

_SHORTEST_EDGE = 0.05
"""Of the picture's height; shorter edges say little about a direction."""
_MOST_EDGES = 120
_SAME_DIRECTION = float(np.cos(np.deg2rad(4.0)))
_FAINT_GAIN = 12.0
"""Stretch of what is left of the lightness when its slow changes are taken out."""
_SLOW_PX = 12
"""What changes over more than so many pixels is slow..."""
_CLEAR_STEP = 2.0
"""... unless it is a step (lightness, 0..100) that is seen without stretching: taken out with the slow changes, it leaves no false edges beside it."""


def find_edges(room: Picture, person: Mask) -> FloatArray:
    """Straight edges of the room, one for each edge, longest first.

    Parameters
    ----------
    room : (H, W, 3) float32
        Picture of the room, RGB 0..255, steady and without noise.
    person : (H, W) float32
        Everywhere the person and their shadow ever were, 0..1.

    Returns
    -------
    (M, 2, 2) float64
        End points, each known to about half a pixel across the edge (`calibration.directions`).
    """
    ends = _segments(room)
    if not len(ends):
        return np.empty((0, 2, 2))
    run = ends[:, 1] - ends[:, 0]
    length = np.hypot(*run.T)
    grown = cv2.dilate((person > 0.3).astype(np.float32), np.ones((11, 11), np.uint8))
    along = ends[:, :1] + np.linspace(0, 1, 9)[None, :, None] * run[:, None, :]
    on_person = sample(grown[..., None], along).reshape(len(ends), 9).max(axis=1) > 0.5
    keep = (length > _SHORTEST_EDGE * room.shape[0]) & ~on_person
    kept = _one_each(ends[keep], length[keep])
    return np.asarray(ends[keep][kept[:_MOST_EDGES]])


def _segments(room: Picture) -> FloatArray:
    """Straight edges (M, 2, 2) of lightness and of both colour axes: a wall corner often shows in one of them only, joints of tiles but faintly."""
    lab = to_lab(room)
    found = []
    faint = lab[..., 0] - _smooth_between_steps(np.ascontiguousarray(lab[..., 0]))
    for channel, gain in ((lab[..., 0], 2.55), (lab[..., 1], 4.0), (lab[..., 2], 4.0), (faint, _FAINT_GAIN)):
        stretched = np.clip((channel - np.median(channel)) * gain + 128.0, 0, 255).astype(np.uint8)
        lines = cv2.createLineSegmentDetector(cv2.LSD_REFINE_ADV).detect(stretched)[0]
        if lines is not None:
            found.append(np.asarray(lines, np.float64).reshape(-1, 2, 2))
    return np.concatenate(found) if found else np.empty((0, 2, 2))


def _smooth_between_steps(light: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Lightness (H, W) without what is faint and fine; steps stay (guided filter, He et al. 2013, doi 10.1109/TPAMI.2012.213)."""
    window = (2 * _SLOW_PX + 1, 2 * _SLOW_PX + 1)
    mean = cv2.blur(light, window)
    variance = np.maximum(cv2.blur(light * light, window) - mean * mean, 0)
    keep = variance / (variance + _CLEAR_STEP**2)
    return np.asarray(cv2.blur(keep, window) * light + cv2.blur((1 - keep) * mean, window), np.float32)


def _one_each(ends: FloatArray, length: FloatArray) -> npt.NDArray[np.intp]:
    """Keep the longest of segments that lie on one edge (within 4 px beside each other and overlapping), longest first: one edge is one witness."""
    kept: list[int] = []
    directions = (ends[:, 1] - ends[:, 0]) / length[:, None]
    for i in np.argsort(-length):
        middle = ends[i].mean(axis=0)
        for j in kept:
            run = ends[j, 1] - ends[j, 0]
            along = run / np.hypot(*run)
            offset = middle - ends[j, 0]
            beside = abs(float(offset @ np.array([-along[1], along[0]]))) < 4 and -5 < float(offset @ along) < float(np.hypot(*run)) + 5
            if beside and abs(float(directions[i] @ along)) > _SAME_DIRECTION:
                break
        else:
            kept.append(int(i))
    return np.array(kept, dtype=np.intp)
