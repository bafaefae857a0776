"""The close look: where the person is in each watched picture, and the part of the picture that is theirs."""

from __future__ import annotations

import math
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
        While the leg is still, the network looks at a picture unless it looked less than so long ago: at every other one of 7.5 a second, at each of five.
    still : float
        Lengths of the shank a second, up to which it is still: as much as landmarks of a leg at rest wander, 3 % of it in the 0.27 s between two looks. With
        more, a knee that comes to rest is looked for where it just was (decision 1006).
    """

    every_s: float = 0.19
    still: float = 0.1


@dataclass(frozen=True, slots=True)
class Posed:
    """One watched picture, mirrored where needed so that the person faces right, and in it their landmarks (33, 4) and mask (H // k, W // k)."""

    t_s: float
    rgb: Rgb
    landmarks: FloatArray | None = None
    person: Mask | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """What the network saw at a time; the picture itself is not kept."""

    t_s: float
    landmarks: FloatArray | None
    person: Mask | None


def look_close(pictures: Iterable[Posed], pose: PoseEstimator, look: Look, params: CloseLookParams) -> Iterator[Posed]:
    """Look for the person in every picture, but in every other one while the leg is still: what lies between two looks that agree gets what both say.

    Notes
    -----
    The network takes most of the time that a clip takes, and only says where to look: the leg is read off every picture that is yielded. Nobody knows before
    the next look that the leg has set off; the picture before it is then not used, because what the network has passed it cannot be asked about.
    """
    before, still = _Look(-math.inf, None, None), False
    between: list[Posed] = []
    for picture in pictures:
        if still and picture.t_s - before.t_s < params.every_s:
            between.append(picture)
            continue
        posed = _ask(picture, pose, look)
        now = _Look(posed.t_s, posed.landmarks, posed.person)
        still = _speed(before, now) < params.still
        if still:
            yield from (_between(before, now, skipped) for skipped in between)
        yield posed
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


def _speed(before: _Look, now: _Look) -> float:
    """How fast the point of the front leg went that moved most, in lengths of the shank a second; endless where nobody was found."""
    if before.landmarks is None or now.landmarks is None:
        return math.inf
    was, leg = front_leg(before.landmarks), front_leg(now.landmarks)
    return float(np.hypot(*(leg.points - was.points).T).max() / max(leg.shank_px, 1.0) / (now.t_s - before.t_s))


def _between(before: _Look, now: _Look, skipped: Posed) -> Posed:
    """Give a picture between two what they say, each the more the nearer it is."""
    share = (skipped.t_s - before.t_s) / (now.t_s - before.t_s)

    def mix(was: npt.NDArray[np.floating] | None, has: npt.NDArray[np.floating] | None) -> FloatArray:
        return np.asarray((1.0 - share) * np.asarray(was) + share * np.asarray(has), np.float64)

    return replace(skipped, landmarks=mix(before.landmarks, now.landmarks), person=mix(before.person, now.person).astype(np.float32))
