"""Which straight edges of a room are plumb, which run towards the wall and which along it: rooms are built of right angles."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from calibration.camera import Camera

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

UP = np.array([0.0, 1.0, 0.0])
TO_WALL = np.array([1.0, 0.0, 0.0])
IN_DEPTH = np.array([0.0, 0.0, 1.0])

_UPRIGHT_WITHIN_DEG = 15.0
_AGREE_DEG = 0.8
"""Upright edges belong together when they agree this well, as their tilt changes across the picture."""
_ALIGNED_DEG = 1.0
"""An edge this far off a direction no longer speaks for it."""
_ROLL_COST = 0.004
"""Of a degree of tilt squared, as a share of all upright length: edges in depth under the camera look upright too, but lean one way; phones lean little."""
_WIDEST_YAW_DEG = 24.0
_LEAST_SUPPORT = 0.25
"""Share of the length of edges that are not plumb which must fit the two level directions; less is chance, and none is used."""
_END_SIGMA_PX = 0.5
"""Standard error of an edge's end across it: a line fitted to a steady picture is known to a part of a pixel."""
_PLUMB_STD_RAD = np.deg2rad(0.3)
"""Doors, cupboards and room corners stand plumb within about 5 mm a metre."""
_SQUARE_STD_RAD = np.deg2rad(0.7)
"""Furniture, boards and tiles lie square to each other within about this."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of one direction: ends (M, 2, 2) px and the standard error of an end across the edge (M,) px."""

    ends_px: FloatArray = field(default_factory=lambda: np.empty((0, 2, 2)))
    sigma_px: FloatArray = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, slots=True)
class SortedEdges:
    """Edges of a room by the direction in which they run: up, square to the wall, along the wall."""

    upright: Edges = field(default_factory=Edges)
    to_wall: Edges = field(default_factory=Edges)
    in_depth: Edges = field(default_factory=Edges)


def find_upright(edges_px: FloatArray, size_px: tuple[int, int], *, foot_px: FloatArray) -> Edges:
    """Upright edges that agree with each other, by most of their length.

    Parameters
    ----------
    edges_px : (M, 2, 2) float64
    foot_px : (2,) float64
        Where the toe meets the floor. An edge whose middle is seen lower lies on the floor in front of it: nothing stands there.
    """
    run = edges_px[:, 1] - edges_px[:, 0]
    tilt = np.degrees(np.arctan2(run[:, 0] * np.sign(run[:, 1] + 1e-12), np.abs(run[:, 1])))
    near = (np.abs(tilt) < _UPRIGHT_WITHIN_DEG) & (edges_px[:, :, 1].mean(axis=1) < foot_px[1])
    ends, tilt, length = edges_px[near], tilt[near], np.hypot(*run[near].T)
    sigma = np.hypot(_END_SIGMA_PX, 0.5 * length * _PLUMB_STD_RAD)
    if len(ends) < 2:
        return Edges(ends, sigma)
    x = ends[:, :, 0].mean(axis=1) - size_px[0] / 2
    best: tuple[float, BoolArray] = (-np.inf, np.zeros(len(ends), bool))
    for slope in np.linspace(-8, 8, 33) / max(size_px):
        for level in (tilt - slope * x)[length > 0.5 * length.max()]:
            agree = np.abs(tilt - slope * x - level) < _AGREE_DEG
            weight = float(length[agree].sum()) / float(length.sum()) - 0.01 * abs(slope) * max(size_px) - _ROLL_COST * float(np.square(level))
            if weight > best[0]:
                best = (weight, agree)
    return Edges(ends[best[1]], sigma[best[1]])


def offset_px(camera: Camera, ends_px: FloatArray, direction: FloatArray) -> FloatArray:
    """How far each edge's end (M,) lies beside the line from its middle to where all lines of a room direction meet, px."""
    vanishing = camera.direction_px(direction)
    (x0, x1), (y0, y1) = ends_px[:, :, 0].T, ends_px[:, :, 1].T
    middle_x, middle_y = 0.5 * (x0 + x1), 0.5 * (y0 + y1)
    right, down = vanishing[0] - middle_x * vanishing[2], vanishing[1] - middle_y * vanishing[2]
    return np.asarray(((y0 - middle_y) * right - (x0 - middle_x) * down) / (np.hypot(right, down) + 1e-12))


def _off_deg(camera: Camera, ends_px: FloatArray, direction: FloatArray) -> FloatArray:
    half = 0.5 * np.hypot(*(ends_px[:, 1] - ends_px[:, 0]).T)
    return np.asarray(np.degrees(np.arcsin(np.clip(np.abs(offset_px(camera, ends_px, direction)) / (half + 1e-9), 0, 1))))


def sort_level(edges_px: FloatArray, camera: Camera, *, yaw_std_rad: float) -> tuple[Edges, Edges]:
    """Edges that run square to the wall and edges that run along it, as seen by a camera whose pitch and roll are about right.

    Notes
    -----
    The yaw that lets most of the length of the room's level edges run in one of the two directions is searched for; an unlikely yaw needs more of them.
    Edges that would be plumb too are left out: under the vanishing point of depth the two cannot be told apart.
    """
    length = np.hypot(*(edges_px[:, 1] - edges_px[:, 0]).T)
    level = _off_deg(camera, edges_px, UP) > 3.0
    if not level.any():
        return Edges(), Edges()
    ends, length = edges_px[level], length[level]
    best: tuple[float, FloatArray, FloatArray] = (-np.inf, np.empty(0), np.empty(0))
    for yaw in np.deg2rad(np.arange(-_WIDEST_YAW_DEG, _WIDEST_YAW_DEG + 0.1, 0.5)):
        turned = Camera(np.concatenate([camera.params[:1], [yaw], camera.params[2:]]), camera.size_px)
        fit = np.array([np.clip(1 - np.square(_off_deg(turned, ends, d) / _ALIGNED_DEG), 0, None) for d in (TO_WALL, IN_DEPTH)])
        score = float((length * fit.max(axis=0)).sum()) / float(length.sum()) - 0.02 * float(np.square(yaw / yaw_std_rad))
        if score > best[0]:
            best = (score, fit[0], fit[1])
    score, across, along = best
    if score < _LEAST_SUPPORT:
        return Edges(), Edges()
    sigma = np.hypot(_END_SIGMA_PX, 0.5 * length * _SQUARE_STD_RAD)
    chosen = (across > 0) & (across >= along), (along > 0) & (along > across)
    return Edges(ends[chosen[0]], sigma[chosen[0]]), Edges(ends[chosen[1]], sigma[chosen[1]])
