"""A foot that stands is seen in many pictures: what they have in common, laid onto one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt

from vision.align import apply, coarser
from vision.contour import finer
from vision.tracks import SeenLeg

FloatArray = npt.NDArray[np.float64]
Rgb = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]
Picture = TypeVar("Picture", Rgb, Mask)

_STANDS = 0.08
"""How far heel and toe may seem to have gone for a foot to stand, over its length: landmarks of a still foot wander by 3 % in the median, 6 % at most."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a picture: RGB (h, w, 3) 0..255, mask of the person (h, w) 0..1, and where its first pixel lies (x, y)."""

    rgb: Rgb | Mask
    person: Mask
    corner_px: FloatArray


def average_foot(seen: SeenLeg, around: Sequence[SeenLeg]) -> Part:
    """Mean of picture and mask about a foot over those pictures in which it stands where it does in `seen`.

    Notes
    -----
    Noise, the blocks of a compressed film and what the network's mask takes for the foot in one picture and not in the next fall as the root of their number;
    what stands still stays as sharp as the pictures lie on each other. Where the foot has just come or gone, few pictures or one are left.
    """
    height, width = seen.rgb.shape[:2]
    k = width // seen.person.shape[1]
    x0, y0, x1, y1 = _box(seen.points, (width, height), k)
    total, mask = np.zeros((y1 - y0, x1 - x0, 3), np.float32), np.zeros((-(-(y1 - y0) // k), -(-(x1 - x0) // k)), np.float32)
    standing = [leg for leg in around if leg is seen or _moved(leg, seen) < _STANDS]
    back = np.linalg.inv(seen.to_room)
    for leg in standing:
        onto = back @ leg.to_room
        cv2.accumulate(_cut(leg.rgb, onto, (x0, y0), total.shape), total)
        mask += _cut(leg.person, coarser(onto, k), (x0 // k, y0 // k), mask.shape)
    share = np.float32(1.0 / len(standing))
    return Part(total * share, np.ascontiguousarray(finer(mask * share, k, (x1 - x0, y1 - y0))), np.array([x0, y0], np.float64))


def _box(points: FloatArray, size_px: tuple[int, int], k: int) -> tuple[int, int, int, int]:
    """Where to look for the foot: from the ankle down, a foot's length about it (x0, y0, x1, y1), begun at whole pixels of the mask."""
    feet = points[2:]
    foot = float(np.hypot(*(points[4] - points[3])))
    low, high = np.floor(feet.min(axis=0) - foot), np.ceil(feet.max(axis=0) + foot)
    x0, y0 = (int(np.clip(v, 0, n - 1)) // k * k for v, n in zip(low, size_px, strict=True))
    x1, y1 = (int(np.clip(v, at + 1, n)) for v, at, n in zip(high, (x0, y0), size_px, strict=True))
    return x0, y0, x1, y1


def _moved(leg: SeenLeg, seen: SeenLeg) -> float:
    """How far heel or toe have gone between two pictures, over the length of the foot."""
    was, now = (apply(one.to_room, one.points[3:]) for one in (leg, seen))
    return float(np.hypot(*(was - now).T).max() / max(np.hypot(*(now[1] - now[0])), 1.0))


def _cut(picture: Picture, onto: FloatArray, corner: tuple[int, int], shape: tuple[int, ...]) -> Picture:
    """Part of a picture (h, w), from `corner` on, as it lies on another."""
    move = np.array([[1.0, 0.0, -corner[0]], [0.0, 1.0, -corner[1]], [0.0, 0.0, 1.0]])
    size = (shape[1], shape[0])
    return cast("Picture", cv2.warpPerspective(picture, move @ onto, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
