"""Puts tubes onto a picture: exact silhouettes, soft shading, soft shadows on floor and wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from calibration.camera import Camera
from tests.drawn.body import Tube
from tests.drawn.spec import FloatArray, PictureSpec

_SHIFT = 4
_SHADOW_COARSER = 4
_SHADOW_SIDES = 4
_SMOOTH_PX = 2.0
Box = tuple[int, int, int, int]
Layer = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cutout:
    """Part of a picture: its place, how much of each pixel it covers (H, W), and its colour (H, W, 3)."""

    box: Box
    share: Layer
    colour: Layer


def project_tubes(tubes: Sequence[Tube], camera: Camera) -> list[FloatArray]:
    """Rings in pixels, (N, M, 2) each."""
    flat = camera.project(np.concatenate([t.rings.reshape(-1, 3) for t in tubes]))
    out, at = [], 0
    for t in tubes:
        n = t.rings.shape[0] * t.rings.shape[1]
        out.append(flat[at : at + n].reshape(*t.rings.shape[:2], 2))
        at += n
    return out


def bounding_box(outlines: Sequence[FloatArray], size_px: tuple[int, int], *, border: int = 6) -> Box:
    """Whole pixels around projected rings, inside the picture."""
    points = np.concatenate([o.reshape(-1, 2) for o in outlines])
    low, high = np.floor(points.min(axis=0)) - border, np.ceil(points.max(axis=0)) + border
    x0, y0 = (int(np.clip(v, 0, s - 2)) for v, s in zip(low, size_px, strict=True))
    x1, y1 = (int(np.clip(v, o + 2, s)) for v, o, s in zip(high, (x0, y0), size_px, strict=True))
    return x0, y0, x1, y1


def cover(outlines: Sequence[FloatArray], box: Box, *, finer: int) -> Layer:
    """Share of each pixel of the box that the tubes cover."""
    x0, y0, x1, y1 = box
    fine = np.zeros(((y1 - y0) * finer, (x1 - x0) * finer), np.uint8)
    for rings in outlines:
        at = (rings - np.array([x0, y0]) + 0.5) * finer - 0.5
        # Filling takes in the border pixels, half a fine pixel too much all round.
        middle = at.mean(axis=1, keepdims=True)
        out = at - middle
        at = middle + out * np.clip(1 - 0.5 / np.maximum(np.hypot(out[..., 0], out[..., 1]), 0.6), 0, 1)[..., None]
        corners = np.round(at * (1 << _SHIFT)).astype(np.int32)
        for k in range(len(corners) - 1):
            cv2.fillConvexPoly(fine, cv2.convexHull(corners[k : k + 2].reshape(-1, 2)), 255, cv2.LINE_8, _SHIFT)
    return np.asarray(cv2.resize(fine, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255.0)


def shade(tubes: Sequence[Tube], outlines: Sequence[FloatArray], camera: Camera, box: Box, picture: PictureSpec, *, smooth: bool) -> Layer:
    """Colour inside the box (blue, green, red): faces lit by a lamp and by the room; defined a few pixels beyond the silhouette."""
    x0, y0, x1, y1 = box
    colour = np.zeros((y1 - y0, x1 - x0, 3), np.uint8)
    known = np.zeros((y1 - y0, x1 - x0), np.uint8)
    centre = camera.centre_cm()
    for tube, rings in zip(tubes, outlines, strict=True):
        step = 2 if len(rings) > 16 else 1
        keep = np.unique(np.append(np.arange(0, len(rings), step), len(rings) - 1))
        corners, solid = rings[keep][:, :: 2 if smooth else 3] - np.array([x0, y0]), tube.rings[keep][:, :: 2 if smooth else 3]
        lit, seen = _light(solid, centre, picture)
        paint = np.clip(tube.colours[keep][:-1, None, ::-1] * lit[..., None] * picture.exposure, 0, 255)[seen].tolist()
        turned = np.roll(corners, -1, axis=1)
        quads = np.round(np.stack([corners[:-1], corners[1:], turned[1:], turned[:-1]], axis=2)[seen] * (1 << _SHIFT)).astype(np.int32)
        for quad, tone in zip(quads, paint, strict=True):
            cv2.fillConvexPoly(colour, quad, tone, cv2.LINE_8, _SHIFT)
            cv2.fillConvexPoly(known, quad, 255, cv2.LINE_8, _SHIFT)
    if not smooth:
        wider = cv2.dilate(colour, np.ones((5, 5), np.uint8))
        cv2.copyTo(colour, known, wider)
        return wider.astype(np.float32)
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), _SMOOTH_PX)
    soft = cv2.GaussianBlur(colour.astype(np.float32), (0, 0), _SMOOTH_PX)
    return np.asarray(soft * (np.float32(255.0) / np.maximum(weight, 0.3))[..., None], np.float32)


def _light(solid: FloatArray, centre: FloatArray, picture: PictureSpec) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Brightness of each face (N - 1, M) and whether the camera sees its outer side."""
    across = np.roll(solid, -1, axis=1)[:-1] - solid[:-1]
    along = solid[1:] - solid[:-1]
    normal = np.cross(across, along)
    middle = 0.25 * (solid[:-1] + solid[1:] + np.roll(solid, -1, axis=1)[:-1] + np.roll(solid, -1, axis=1)[1:])
    outward = np.sum(normal * (middle - solid.mean(axis=1)[:-1, None]), axis=2)
    normal = normal * np.sign(outward + 1e-12)[..., None]
    normal /= np.linalg.norm(normal, axis=2, keepdims=True) + 1e-9
    lamp = -np.array(picture.light) / np.linalg.norm(picture.light)
    view = middle - centre
    seen = np.sum(normal * view, axis=2) < 0
    return picture.ambient + (1.35 - picture.ambient) * np.clip(normal @ lamp, 0, None) * 0.8 + 0.12 * np.abs(normal[..., 2]), seen


def cut_out(tubes: Sequence[Tube], camera: Camera, picture: PictureSpec, *, finer: int, smooth: bool = True, moments: Sequence[Sequence[Tube]] = ()) -> Cutout:
    """Draw tubes; with further `moments` of the same tubes the silhouette is their average: motion blur."""
    outlines = project_tubes(tubes, camera)
    others = [project_tubes(m, camera) for m in moments]
    box = bounding_box([o for group in (outlines, *others) for o in group], camera.size_px)
    shares = [cover(group, box, finer=finer) for group in (others or [outlines])]
    share = np.mean(shares, axis=0, dtype=np.float32) if len(shares) > 1 else shares[0]
    return Cutout(box, np.asarray(share, np.float32), shade(tubes, outlines, camera, box, picture, smooth=smooth))


def shadow_on_room(tubes: Sequence[Tube], camera: Camera, picture: PictureSpec, *, skirting_cm: float) -> tuple[Box, Layer] | None:
    """How much light is left (0..1) where the person stands before the lamp: (box, (H, W))."""
    if picture.shadow <= 0:
        return None
    shapes = _shadow_shapes(tubes, np.array(picture.light) / np.linalg.norm(picture.light), skirting_cm)
    at = camera.project(shapes.reshape(-1, 3)).reshape(len(shapes), -1, 2)
    at = at[np.isfinite(at).all(axis=(1, 2))]
    if not len(at):
        return None
    width, height = camera.size_px
    small = np.zeros((height // _SHADOW_COARSER + 1, width // _SHADOW_COARSER + 1), np.uint8)
    for corners in np.round(np.clip(at / _SHADOW_COARSER, -2000, 4000) * (1 << _SHIFT)).astype(np.int32):
        cv2.fillConvexPoly(small, cv2.convexHull(corners), 255, cv2.LINE_8, _SHIFT)
    low, high, border = at.min(axis=(0, 1)), at.max(axis=(0, 1)), 3 * picture.shadow_blur_px + 8
    x0, y0 = (int(np.clip(v - border, 0, s - 2)) for v, s in zip(low, (width, height), strict=True))
    x1, y1 = (int(np.clip(v + border, o + 2, s)) for v, o, s in zip(high, (x0, y0), (width, height), strict=True))
    soft = cv2.GaussianBlur(small, (0, 0), max(0.6, picture.shadow_blur_px / _SHADOW_COARSER))
    onto = np.array([[1 / _SHADOW_COARSER, 0, x0 / _SHADOW_COARSER], [0, 1 / _SHADOW_COARSER, y0 / _SHADOW_COARSER]])
    large = cv2.warpAffine(soft, onto, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return (x0, y0, x1, y1), np.asarray(1.0 - picture.shadow * large.astype(np.float32) / 255.0, np.float32)


def _shadow_shapes(tubes: Sequence[Tube], ray: FloatArray, skirting_cm: float) -> FloatArray:
    """Outlines (N, K, 3) on floor and wall whose hulls are the shadow; each joins two rings of a tube."""
    shapes = []
    for tube in tubes:
        rings = tube.rings[:: max(1, len(tube.rings) // 7), ::_SHADOW_SIDES]
        ground = rings - ray * (rings[..., 1:2] / ray[1])
        floor = ground * 1.0
        floor[..., 0] = np.maximum(ground[..., 0], skirting_cm)
        pairs = np.concatenate([floor[:-1], floor[1:]], axis=1)
        shapes.append(pairs[(np.concatenate([ground[:-1], ground[1:]], axis=1)[..., 0] > skirting_cm).any(axis=1)])
        if ray[0] < -0.05:
            wall = rings - ray * (rings[..., :1] / ray[0])
            wall[..., 1] = np.maximum(wall[..., 1], 0.0)
            pairs = np.concatenate([wall[:-1], wall[1:]], axis=1)
            shapes.append(pairs[(pairs[..., 1] > 0).any(axis=1)])
    return np.concatenate(shapes)
