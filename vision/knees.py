"""The foremost knee in all lunges together: pictures of one knee at nearly one place are laid onto each other, which tells by how much it is elsewhere.

Each picture's outline says where the knee ends before the wall to a pixel or two, and what a coder makes of a knee before a wall lasts as long as the hold.
How far the same knee lies from where it lay in another picture is seen in all of its skin or cloth, to a fifth of a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.ndimage import affine_transform, binary_erosion, correlate1d, gaussian_filter, shift

from vision.robust import cauchy_weights
from vision.tracks import KneeView

FloatArray = npt.NDArray[np.float64]
Grey = npt.NDArray[np.float32]

_SIZE = 80
_SHANK = 110.0
"""Pixels of a view, and of a shank in it: a view reaches a third of the shank about the knee."""
_RADIUS = 31.0
_INSIDE = 2
"""Pixels of a view: how far from the knee, and how far inside the person's outline, what is compared lies. The wall stands still whatever the knee does."""
_BLURS_PX = (3.0, 1.0)
"""First coarse, to find the place from afar, then fine."""
_STEPS = 6
_FARTHEST_PX = 12.0
_LEAST_GAIN, _LEAST_PIXELS = 0.4, 150
_ALIKE = 3.0
"""Pixels that say the same thing lie so close together, both ways: the coder's blocks, and a knee that is lit a little differently. Judgement."""
_READ_PX = 1.0
"""Standard error of the outline's foremost point in one picture, pixels as filmed; the budget takes 0.9 for it, and 0.2 cm besides."""
_SAME_LEAN_DEG = 3.0
"""Pictures are compared whose shins lean alike by this: the knee turns by no more, and its foremost point stays the same to 0.01 cm."""
_TOP_S = 1.0
_LEAST_TOP = 0.6
"""A lunge's deepest pictures lean within `_SAME_LEAN_DEG` of the most within this time, and by this share of the most of the clip."""
_MOST_OTHERS = 4
"""Lunges with each of which a picture is compared, those nearest in lean."""


def cut_knee(light: Grey, person: Grey, corner_px: FloatArray, knee_px: FloatArray, shank_px: float) -> KneeView:
    """Cut out what a part of a picture, lightness 0..100 and mask 0..1 (h, w), shows about a knee; `corner_px` and `knee_px` (2,) in pixels of the picture."""
    scale = _SHANK / shank_px
    reach = 0.5 * _SIZE / scale + 4.0
    first = np.clip(np.floor(knee_px - corner_px - reach), 0, np.array(light.shape[::-1]) - 1).astype(int)
    last = np.clip(np.ceil(knee_px - corner_px + reach), first + 1, np.array(light.shape[::-1])).astype(int)
    near = np.s_[first[1] : last[1], first[0] : last[0]]
    blurred = gaussian_filter(light[near], 0.4 / scale) if scale < 1 else light[near]
    offset = 0.5 * _SIZE - scale * knee_px
    from_picture = np.array([[scale, 0.0, offset[0]], [0.0, scale, offset[1]]])
    part = np.array([[1.0, 0.0, corner_px[0] + first[0]], [0.0, 1.0, corner_px[1] + first[1]], [0.0, 0.0, 1.0]])
    view, inside = (_lay(of, from_picture @ part) for of in (blurred, person[near]))
    return KneeView(np.rint(np.clip(2.55 * view, 0, 255)).astype(np.uint8), inside > 0.5, from_picture)


def _lay(picture: Grey, onto: FloatArray) -> Grey:
    """Lay a picture (h, w) onto a view by a map (2, 3) from its pixels to those of the view; its edge goes on beyond it."""
    back = np.linalg.inv(onto[::-1, 1::-1])  # rows before columns
    return np.asarray(affine_transform(picture, back, -back @ onto[::-1, 2], output_shape=(_SIZE, _SIZE), order=1, mode="nearest"))


def steady_knees(t_s: FloatArray, knee_px: FloatArray, lean_deg: FloatArray, views: Sequence[KneeView | None], to_room: FloatArray) -> FloatArray:
    """Foremost points of the knee with what the pictures of the deepest moments of all lunges say of each other.

    Parameters
    ----------
    t_s, lean_deg : (T,) float64
        Times, and how far the shin leans; NaN where it was not seen.
    knee_px : (T, 2) float64
        Foremost points as each outline has them, room pixels; NaN where not seen.
    views
        What each picture shows about the knee, None where nothing was read.
    to_room : (T, 3, 3) float64
        Map from each picture to the room's.

    Returns
    -------
    (T, 2) float64
        With x moved where the knee was at its deepest; all else as it was.

    Notes
    -----
    Least squares over all of those pictures: each reading is off by `_READ_PX`, each difference by what the picture's own slopes and noise allow, and both
    may be wrong altogether (weights of Cauchy's law). A knee of one colour has no slopes, and then its outline alone counts.
    """
    lunges = _find_deepest(t_s, np.where(np.isfinite(knee_px[:, 0]) & np.array([v is not None for v in views], bool), lean_deg, np.nan))
    hubs = [int(lunge[len(lunge) // 2]) for lunge in lunges]
    held = {hub: _Held(view, to_room[hub]) for hub in hubs if (view := views[hub]) is not None}
    pairs: list[tuple[int, int, float, float]] = []
    for lunge in lunges:
        for k in lunge.tolist():
            alike = sorted((abs(lean_deg[hub] - lean_deg[k]), hub) for hub in hubs if hub != k)
            for apart, hub in alike[:_MOST_OTHERS]:
                view = views[k]
                found = None if view is None or apart > _SAME_LEAN_DEG else held[hub].register(view, to_room[k])
                if found is not None:
                    pairs.append((hub, k, *found))
    out = knee_px.copy()
    deep = np.unique([k for pair in pairs for k in pair[:2]]).astype(int)
    if len(deep):
        out[deep, 0] = _settle(knee_px[deep, 0], [(int(np.searchsorted(deep, a)), int(np.searchsorted(deep, b)), d, s) for a, b, d, s in pairs])
    return out


def _find_deepest(t_s: FloatArray, lean_deg: FloatArray) -> list[npt.NDArray[np.intp]]:
    """Pictures of the deepest moments, one array for each lunge."""
    seen = np.flatnonzero(np.isfinite(lean_deg))
    if not len(seen):
        return []
    t, lean = t_s[seen], lean_deg[seen]
    top = np.array([lean[np.abs(t - at) <= _TOP_S].max() for at in t])
    deep = (lean >= top - _SAME_LEAN_DEG) & (lean >= _LEAST_TOP * lean.max())
    picked = seen[deep]
    return [part for part in np.split(picked, np.flatnonzero(np.diff(t_s[picked]) > 0.5 * _TOP_S) + 1) if len(part)]


class _Held:
    """A view onto which others are laid."""

    def __init__(self, view: KneeView, to_room: FloatArray) -> None:
        self._from_room = _square(view.from_picture) @ np.linalg.inv(to_room)
        self._px = float(view.from_picture[0, 0])
        self._inside = view.person & (np.hypot(*(np.mgrid[:_SIZE, :_SIZE] - 0.5 * _SIZE)) <= _RADIUS)
        self._lights = [gaussian_filter(view.light.astype(np.float32), blur) for blur in _BLURS_PX]
        self._slopes = [[correlate1d(light, [-0.5, 0.0, 0.5], axis) for axis in (1, 0)] for light in self._lights]

    def register(self, view: KneeView, to_room: FloatArray) -> tuple[float, float] | None:
        """How much farther ahead the knee of another view is, room pixels, and the standard error of that; None where the two cannot be compared.

        Notes
        -----
        Gauss-Newton steps on a shift, besides a gain and a level of the light (Lucas & Kanade 1981, IJCAI, 674). The error is that of least squares,
        times `_ALIKE` for neighbours that are not independent.
        """
        onto = self._from_room @ to_room @ np.linalg.inv(_square(view.from_picture))
        onto = onto[:2] / onto[2, 2]  # over so few pixels the room's perspective is none
        person = _lay(view.person.astype(np.float32), onto) > 0.5
        inside = binary_erosion(self._inside & person, iterations=_INSIDE)
        if inside.sum() < _LEAST_PIXELS:
            return None
        light = _lay(view.light.astype(np.float32), onto)
        moved = np.zeros(2)
        for blur, wanted, slopes in zip(_BLURS_PX, self._lights, self._slopes, strict=True):
            smooth, goal = gaussian_filter(light, blur), wanted[inside].astype(np.float64)
            terms = np.column_stack([slopes[0][inside], slopes[1][inside], goal, np.ones(len(goal))]).astype(np.float64)
            for _ in range(_STEPS):
                terms[:, 2] = shift(smooth, -moved[::-1], order=1, mode="nearest")[inside]
                normal = terms.T @ terms
                if np.linalg.cond(normal) > _SINGULAR:
                    return None
                step = np.linalg.solve(normal, terms.T @ goal)
                if step[2] < _LEAST_GAIN:
                    return None
                moved = moved + step[:2] / step[2]
                if np.hypot(*moved) > _FARTHEST_PX:
                    return None
        noise = float(np.square(goal - terms @ step).sum()) / (len(goal) - len(step))
        error = _ALIKE * float(np.sqrt(noise * np.linalg.inv(normal)[0, 0])) / step[2]
        return float(moved[0]) / self._px, error / self._px


def _square(onto: FloatArray) -> FloatArray:
    return np.vstack([onto, [0.0, 0.0, 1.0]])


_SINGULAR = 1e12
"""Condition of the normal equations beyond which a view has no slopes to be held by."""


def _settle(read_px: FloatArray, pairs: Sequence[tuple[int, int, float, float]]) -> FloatArray:
    """Places (N,) that readings and differences, (first, second, second - first, standard error), agree on."""
    first, second = (np.array([pair[i] for pair in pairs], int) for i in (0, 1))
    differences, errors = (np.array([pair[i] for pair in pairs]) for i in (2, 3))
    errors = np.hypot(errors, _LEAST_ERROR_PX)
    count, at = len(read_px), read_px.copy()
    design = np.zeros((len(pairs), count))
    design[np.arange(len(pairs)), first], design[np.arange(len(pairs)), second] = -1.0, 1.0
    for _ in range(_ROUNDS):
        trust = cauchy_weights((read_px - at) / _READ_PX) / _READ_PX**2
        held = cauchy_weights((design @ at - differences) / errors) / errors**2
        at = np.linalg.solve(np.diag(trust) + design.T @ (held[:, None] * design), trust * read_px + design.T @ (held * differences))
    return at


_LEAST_ERROR_PX = 0.1
"""Of a difference, pixels as filmed: skin gives, and the camera's own turn is known no better."""
_ROUNDS = 10
