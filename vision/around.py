"""The part of each picture that holds the leg, with those shortly before and after it: what stands still is seen in all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from vision.tracks import SeenLeg

FloatArray = npt.NDArray[np.float64]

BEFORE_S, AFTER_S = 3.0, 0.6
"""So long before and after a picture others are handed on with it. More after it would keep reading waiting when the last picture is there."""
_MARGIN = 0.9
"""About knee, ankle, heel and toe, over the length of the shank: as far as outlines are looked for, and a foot that is averaged."""
_SHORTEST_PX = 20.0
"""A shank, or a part of a picture, that is shorter shows no outline."""


def cut_leg(t_s: float, rgb: npt.NDArray[np.uint8], person: npt.NDArray[np.float32], points: FloatArray, to_room: FloatArray) -> SeenLeg:
    """Take the part of a picture (H, W, 3) and of the person's mask (H // k, W // k) that holds the leg below the hip; the picture itself is not kept."""
    height, width = rgb.shape[:2]
    k = width // person.shape[1]
    shank = float(np.hypot(*(points[1] - points[2])))
    if not (np.isfinite(points).all() and shank > _SHORTEST_PX):
        return SeenLeg(t_s, rgb[:0, :0].copy(), person[:0, :0].copy(), k, (0, 0), points, to_room)
    low, high = np.floor(points[1:].min(axis=0) - _MARGIN * shank), np.ceil(points[1:].max(axis=0) + _MARGIN * shank)
    x0, y0 = (int(np.clip(v, 0, n)) // k * k for v, n in zip(low, (width, height), strict=True))
    x1, y1 = (int(np.clip(v, at, n)) for v, at, n in zip(high, (x0, y0), (width, height), strict=True))
    if min(x1 - x0, y1 - y0) < _SHORTEST_PX:
        x1, y1 = x0, y0
    mask = person[y0 // k : -(-y1 // k), x0 // k : -(-x1 // k)]
    return SeenLeg(t_s, rgb[y0:y1, x0:x1].copy(), mask.copy(), k, (x0, y0), points, to_room)


def with_neighbours(legs: Iterable[SeenLeg], *, before_s: float = BEFORE_S, after_s: float = AFTER_S) -> Iterator[tuple[SeenLeg, Sequence[SeenLeg]]]:
    """Yield each with all at most so long before and after it, itself among them, as soon as they are there; no more than those are kept.

    Farther back than what comes after, the picture is left out and the mask stays: it is a thirtieth as large.
    """
    kept: deque[SeenLeg] = deque()
    waiting: deque[SeenLeg] = deque()

    def hand_on(leg: SeenLeg) -> tuple[SeenLeg, Sequence[SeenLeg]]:
        while kept[0].t_s < leg.t_s - before_s:
            kept.popleft()
        for number, other in enumerate(kept):
            if other.t_s >= leg.t_s - after_s:
                break
            if other.rgb.size:
                kept[number] = replace(other, rgb=np.empty((0, 0, 3), np.uint8))
        return leg, [other for other in kept if other.t_s <= leg.t_s + after_s]

    for leg in legs:
        kept.append(leg)
        waiting.append(leg)
        while waiting[0].t_s + after_s < leg.t_s:
            yield hand_on(waiting.popleft())
    while waiting:
        yield hand_on(waiting.popleft())
