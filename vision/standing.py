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
"""How far heel and toe may seem to have gone for a foot to stand, over its length: landmarks of a still foot wander by up to 5 %."""


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
    Pictures are averaged where there are any, nine of 7.5 a second (`vision.around`), which leave a third of the noise; a heel that rises is blurred over no
    longer. Noise, the blocks of a compressed film and what the network's mask takes for the foot in one picture and not in the next fall as the root of their
    number; what stands still stays as sharp as the pictures lie on each other. Where the foot has just come or gone, few pictures or one are left.

    Before the ankle, the mask's mean goes on over all that is around: a dark toe cap is lost for as long as a knee is bent. Behind it the shank
    comes and goes, and a heel may rise.
    """
    x0, y0, x1, y1 = _box(seen)
    k, size = seen.k, (x1 - x0, y1 - y0)
    standing = [leg for leg in around if leg is seen or (leg.person.size and _moved(leg, seen) < _STANDS)]
    near = [bool(leg.rgb.size) for leg in standing]
    back = np.linalg.inv(seen.to_room)
    total = np.zeros((size[1], size[0], 3), np.float32)
    masks = np.zeros((len(standing), -(-size[1] // k), -(-size[0] // k)), np.float32)
    for number, leg in enumerate(standing):
        onto = back @ leg.to_room
        masks[number] = _cut(leg.person, coarser(onto, k), _whole(leg.corner_px, k), _whole((x0, y0), k), masks.shape[1:])
        if near[number]:
            cv2.accumulate(_cut(leg.rgb, onto, leg.corner_px, (x0, y0), total.shape), total)
    person = np.array(finer(masks[near].mean(axis=0), k, size))
    ankle = int(np.clip(np.ceil(seen.points[2, 0] - x0), 0, size[0]))
    person[:, ankle:] = finer(masks.mean(axis=0), k, size)[:, ankle:]
    return Part(total / np.float32(sum(near)), person, np.array([x0, y0], np.float64))


def _box(seen: SeenLeg) -> tuple[int, int, int, int]:
    """Where to look for the foot: its length about ankle, heel and toe, inside the part that is kept (x0, y0, x1, y1), begun at whole pixels of the mask."""
    feet = seen.points[2:]
    foot = float(np.hypot(*(feet[2] - feet[1])))
    first = np.array(seen.corner_px)
    last = first + seen.rgb.shape[1::-1]
    low = np.clip(np.floor(feet.min(axis=0) - foot), first, last - 1).astype(int) // seen.k * seen.k
    high = np.clip(np.ceil(feet.max(axis=0) + foot).astype(int), low + 1, last)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _moved(leg: SeenLeg, seen: SeenLeg) -> float:
    """How far heel or toe have gone between two pictures, over the length of the foot."""
    was, now = (apply(one.to_room, one.points[3:]) for one in (leg, seen))
    return float(np.hypot(*(was - now).T).max() / max(np.hypot(*(now[1] - now[0])), 1.0))


def _whole(corner_px: tuple[int, int], k: int) -> tuple[int, int]:
    return corner_px[0] // k, corner_px[1] // k


def _cut(part: Picture, onto: FloatArray, begins: tuple[int, int], corner: tuple[int, int], shape: tuple[int, ...]) -> Picture:
    """Lay a part of one picture, which `begins` there, onto another, and cut out (h, w) from `corner` on."""
    move = np.array([[1.0, 0.0, -corner[0]], [0.0, 1.0, -corner[1]], [0.0, 0.0, 1.0]])
    come = np.array([[1.0, 0.0, begins[0]], [0.0, 1.0, begins[1]], [0.0, 0.0, 1.0]])
    size = (shape[1], shape[0])
    return cast("Picture", cv2.warpPerspective(part, move @ onto @ come, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
