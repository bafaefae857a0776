"""The coarse look: a few frames a second, to find the person and refuse at once what a closer look could not use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.errors import RejectedClipError
from vision.heads import compute_head, hold_heads
from vision.legs import find_facing, side_view_share, trunk_share
from vision.protocols import PersonFinder
from vision.tracks import Frame

FloatArray = npt.NDArray[np.float64]
Rgb = npt.NDArray[np.uint8]
Progress = Callable[[float, str], None]

_PAINTED_MARGIN = 0.15
"""About a person's landmarks, over their height: hair, hands and shoes reach beyond them."""
_HEADROOM = 0.25
"""What is laid above a picture, over its height: head and neck are a fifth of a standing person (shoulders at 0.82 of the height, Drillis and Contini 1966), so
this makes somebody whole who is filmed from the shoulders down."""
_HIPS = [23, 24]
_WHOLE = 4
"""Windows begin and end at a multiple of so many pixels: where the network looks at a smaller picture, its mask lies on whole pixels of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookParams:
    """What the coarse look asks for.

    Attributes
    ----------
    every_s : float
        A frame is looked at at least so often.
    least_found : float
        Share of the looked-at frames in which somebody must be found.
    least_side_view : float
        See `vision.legs.side_view_share`: 0.6 from the side, 0.6 sin(a) at an angle a; 0.25 is 65 deg away from side-on.
    least_trunk : float
        See `vision.legs.trunk_share`: 0.6 of a whole person; under 0.42 the network has guessed the trunk.
    others_every_s : float
        So often somebody else is looked for.
    """

    every_s: float = 1.0
    least_found: float = 0.25
    least_side_view: float = 0.25
    least_trunk: float = 0.42
    others_every_s: float = 0.9


@dataclass(frozen=True, slots=True)
class Look:
    """What the coarse look found.

    Attributes
    ----------
    facing : int
        +1 when the person faces right in the picture as filmed, -1 when left.
    window : (x0, y0, x1, y1)
        The part of the picture, pixels, in which the network finds the person best.
    found_share, side_view, others_share : float
        As in `vision.tracks.ClipFacts`.
    size_px : (width, height)
    other_heads : (N, 5) float64
        Heads of people besides, as in `vision.tracks.ClipSighting`.
    """

    facing: int
    window: tuple[int, int, int, int]
    found_share: float
    side_view: float
    others_share: float
    size_px: tuple[int, int]
    other_heads: FloatArray


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One frame of the coarse look.

    Attributes
    ----------
    landmarks : (33, 4) float64
        Of the person; NaN where nobody was found.
    window : int
        Number of the window that shows them.
    headless : bool
        Nobody was found until there was room for a head above the picture.
    """

    frame: Frame
    landmarks: FloatArray
    window: int
    headless: bool


def find_person(frames: Iterable[Frame], finder: PersonFinder) -> Iterator[Glimpse]:
    """Look for the person in each of a few frames (`ClipReader.glimpses`)."""
    for frame in frames:
        landmarks, window = _search_windows(frame.rgb, frame.t_s, finder)
        yield Glimpse(frame, landmarks, window, bool(np.isnan(landmarks[0, 0])) and _lacks_a_head(frame.rgb, frame.t_s, finder))


def look_over(glimpses: Iterable[Glimpse], finder: PersonFinder, declared_s: float | None, *, params: LookParams, progress: Progress) -> Look:
    """Find out whether somebody is there, whether alone, which way they face, and in which part of the picture.

    Raises
    ------
    UnreadableClipError
        When the file cannot be decoded.
    RejectedClipError
        no_person, legs_only, not_side_on.
    """
    marks: list[FloatArray] = []
    windows: list[int] = []
    headless: list[bool] = []
    others: list[bool] = []
    heads: list[tuple[float, FloatArray]] = []
    size, looked_s, longest_s = (0, 0), float("-inf"), 0.0
    for glimpse in glimpses:
        frame, found = glimpse.frame, glimpse.landmarks
        size = (frame.rgb.shape[1], frame.rgb.shape[0])
        marks.append(found)
        windows.append(glimpse.window)
        headless.append(glimpse.headless)
        if frame.t_s - looked_s >= params.others_every_s and np.isfinite(found).all():
            longest_s, looked_s = max(longest_s, min(frame.t_s, frame.t_s - looked_s)), frame.t_s
            other = _find_another(frame.rgb, frame.t_s, found, finder)
            others.append(other is not None)
            heads += [] if other is None else [(frame.t_s, compute_head(other))]
        progress(0.2 * min(1.0, frame.t_s / declared_s) if declared_s else 0.0, "finding the person")
    landmarks = np.array(marks)
    found_share = float(np.isfinite(landmarks[:, 0, 0]).mean()) if marks else 0.0
    if found_share < params.least_found:
        raise _refuse_unseen(found_share, float(np.mean(headless)) if headless else 0.0, params)
    trunk = trunk_share(landmarks)
    if trunk < params.least_trunk:
        raise RejectedClipError(
            f"Found legs without the body above them (trunk {trunk:.2f} of the leg's length); expected the whole body in the picture.",
            code="legs_only",
            advice="Step back until the whole body is in the picture, head to foot, and film again.",
        )
    side_view = side_view_share(landmarks)
    facing = find_facing(landmarks)
    if facing == 0 or side_view < params.least_side_view:
        raise RejectedClipError(
            f"Found feet that point towards or away from the camera (seen length {side_view:.2f} of the shank); expected a view from the side.",
            code="not_side_on",
            advice="Put the camera on the outer side of the tested leg, square to the way the toes point, and film again.",
        )
    best = int(np.bincount([w for w, m in zip(windows, marks, strict=True) if np.isfinite(m[0, 0])]).argmax())
    # somebody besides is believed to stay until they are looked for again
    held = hold_heads([t_s for t_s, _ in heads], [head for _, head in heads], hold_s=1.2 * max(longest_s, params.others_every_s))
    return Look(facing, _windows(size)[best], found_share, side_view, float(np.mean(others)) if others else 0.0, size, held)


def _refuse_unseen(found_share: float, headless_share: float, params: LookParams) -> RejectedClipError:
    """Say why hardly anybody is found: their head is not in the picture, or nobody is."""
    if headless_share >= params.least_found:
        return RejectedClipError(
            f"Found a person whose head is cut off in {headless_share:.0%} of the clip; expected the whole body in the picture.",
            code="legs_only",
            advice="Step back until the whole body is in the picture, head to foot, and film again.",
        )
    return RejectedClipError(
        f"Found a person in {found_share:.0%} of the clip; expected one from head to foot throughout.",
        code="no_person",
        advice="Stand two to three metres away with the whole body in the picture, in good light, and film again.",
    )


def _windows(size_px: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    """Parts of the picture to search: all of it, then squares of 60 % of its long side (x0, y0, x1, y1)."""
    width, height = size_px
    side = int(0.6 * max(width, height)) // _WHOLE * _WHOLE
    w, h = min(side, width), min(side, height)
    out = [(0, 0, width, height)]
    spots = [((width - w) * i // 2 // _WHOLE * _WHOLE, (height - h) * j // 2 // _WHOLE * _WHOLE) for i in (1, 0, 2) for j in (1, 0, 2)]
    for x, y in dict.fromkeys(spots):
        out.append((x, y, x + w, y + h))
    return out


def _search_windows(rgb: Rgb, t_s: float, finder: PersonFinder) -> tuple[FloatArray, int]:
    for number, (x0, y0, x1, y1) in enumerate(_windows((rgb.shape[1], rgb.shape[0]))):
        found = finder.find(rgb[y0:y1, x0:x1], t_s)
        if found is not None:
            return found + np.array([x0, y0, 0, 0]), number
    return np.full((33, 4), np.nan), 0


def _lacks_a_head(rgb: Rgb, t_s: float, finder: PersonFinder) -> bool:
    """Whether somebody is found once there is room for a head: the network finds people by their heads, and sees nobody whose head is cut off."""
    above = np.broadcast_to(_usual_colour(rgb), (int(_HEADROOM * rgb.shape[0]), rgb.shape[1], 3))
    return finder.find(np.concatenate([above, rgb]), t_s) is not None


def _usual_colour(rgb: Rgb) -> Rgb:
    return np.asarray(np.median(rgb[::16, ::16].reshape(-1, 3), axis=0), np.uint8)


def _find_another(rgb: Rgb, t_s: float, found: FloatArray, finder: PersonFinder) -> FloatArray | None:
    """Landmarks (33, 4) of somebody else, looked for with the person found painted over: the network never names more than one."""
    low, high = found[:, :2].min(axis=0), found[:, :2].max(axis=0)
    margin = _PAINTED_MARGIN * (high[1] - low[1])
    (x0, y0), (x1, y1) = np.maximum(low - margin, 0).astype(int), np.maximum(high + margin, 0).astype(int)
    painted = rgb.copy()
    painted[y0:y1, x0:x1] = _usual_colour(rgb)
    other = finder.find(painted, t_s)
    if other is None:
        return None
    hips = other[_HIPS, :2].mean(axis=0)
    return other if (hips < low - margin).any() or (hips > high + margin).any() else None
