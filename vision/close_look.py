"""The close look: where the person is in each watched picture, and the part of the picture that is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vision.legs import front_leg
from vision.look import Look
from vision.protocols import PoseEstimator

FloatArray = npt.NDArray[np.float64]
Rgb = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLookParams:
    """How often the network is asked.

    Attributes
    ----------
    every_s : float
        The network looks at a picture unless it looked less than so long ago and found somebody. Every other one of 7.5 a second is left out, none of five.
    still : float
        How far the leg may have gone between two looks for a picture between them to be used, over the length of the shank. As wide as edges are
        looked for about the mask, both ways together: half of it is what a picture in the middle may be off.
    """

    every_s: float = 0.19
    still: float = 0.08


@dataclass(frozen=True, slots=True)
class Posed:
    """One watched picture: as filmed and with the person facing right, and in the latter their landmarks (33, 4) and mask (H // k, W // k)."""

    t_s: float
    filmed: Rgb
    rgb: Rgb
    landmarks: FloatArray | None = None
    person: Mask | None = None


def look_close(pictures: Iterable[Posed], pose: PoseEstimator, look: Look, params: CloseLookParams) -> Iterator[Posed]:
    """Look for the person in every other picture or so; those between two looks that agree come with what both say, the others not at all.

    Notes
    -----
    The network takes most of the time that a clip takes, and only says where to look: the leg is read off every picture that is yielded. Where two looks
    differ the leg is on its way, and nothing is measured there.
    """
    before: Posed | None = None
    between: list[Posed] = []
    for picture in pictures:
        if before is not None and before.landmarks is not None and picture.t_s - before.t_s < params.every_s:
            between.append(picture)
            continue
        now = _ask(picture, pose, look)
        if before is not None and _moved(before, now) < params.still:
            yield from (_between(before, now, skipped) for skipped in between)
        yield now
        before, between = now, []


def _ask(picture: Posed, pose: PoseEstimator, look: Look) -> Posed:
    """Look for the person in the window that shows them best."""
    x0, y0, x1, y1 = look.window
    if look.facing < 0:
        x0, x1 = look.size_px[0] - x1, look.size_px[0] - x0
    found = pose.estimate(picture.rgb[y0:y1, x0:x1], picture.t_s)
    if found is None:
        return picture
    landmarks, mask = found
    k = (x1 - x0) // mask.shape[1]
    person = np.zeros((look.size_px[1] // k, look.size_px[0] // k), np.float32)
    left, top = x0 // k, y0 // k
    person[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    return replace(picture, landmarks=landmarks + np.array([x0, y0, 0, 0]), person=person)


def _moved(before: Posed, now: Posed) -> float:
    """How far the point of the front leg that moved most has gone, over the length of the shank; endless where nobody was found."""
    if before.landmarks is None or now.landmarks is None:
        return float("inf")
    was, leg = front_leg(before.landmarks), front_leg(now.landmarks)
    return float(np.hypot(*(leg.points - was.points).T).max() / max(leg.shank_px, 1.0))


def _between(before: Posed, now: Posed, skipped: Posed) -> Posed:
    """Give a picture between two what they say, each the more the nearer it is."""
    share = (skipped.t_s - before.t_s) / (now.t_s - before.t_s)

    def mix(was: npt.NDArray[np.floating] | None, has: npt.NDArray[np.floating] | None) -> FloatArray:
        return np.asarray((1.0 - share) * np.asarray(was) + share * np.asarray(has), np.float64)

    return replace(skipped, landmarks=mix(before.landmarks, now.landmarks), person=mix(before.person, now.person).astype(np.float32))
