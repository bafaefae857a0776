"""A scripted pose network: it knows the joints and is wrong about them as a real one is; its mask is as coarse as the real one's.

Sizes of its errors: joints 1-3 cm off, slowly varying and growing with the lean, jitter of 0.2-0.5 % of stature, `foot_index` 1-2 cm beyond the toe and
the heel 2-3 cm ahead, as measured on rendered and on real clips.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tests.drawn.body import Joints
from tests.drawn.film import MASK_SIDE, Film, Silhouette
from tests.drawn.spec import FloatArray, Rgb

_NEAR = {"hip": 24, "knee": 26, "ankle": 28, "heel": 30, "toe": 32, "shoulder": 12, "elbow": 14, "wrist": 16}
_FAR = {name: mark - 1 for name, mark in _NEAR.items()}
_THUMB = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture handed to the network lies in the frame as filmed."""

    x0: int
    y0: int
    flipped: bool


def place_of(rgb: Rgb, frame: Rgb) -> Place:
    """Find a picture, or its mirror image, in the frame it was cut from; compression may lie between them."""
    high, wide = rgb.shape[:2]
    small, whole = _shrink(rgb), _shrink(frame)
    found = []
    for flipped in (False, True):
        cost, _, at, _ = cv2.minMaxLoc(cv2.matchTemplate(cv2.flip(whole, 1) if flipped else whole, small, cv2.TM_SQDIFF))
        found.append((cost, at, flipped))
    _, (x, y), flipped = min(found)
    if (high, wide) == frame.shape[:2]:
        return Place(0, 0, flipped)
    # The thumbnail of a mirrored picture starts at its other edge.
    spare = frame.shape[1] % _THUMB if flipped else 0
    x0, y0 = _refine(rgb, cv2.flip(frame, 1) if flipped else frame, x * _THUMB + spare, y * _THUMB)
    return Place(x0, y0, flipped)


def _shrink(rgb: Rgb) -> npt.NDArray[np.float32]:
    high, wide = (n // _THUMB for n in rgb.shape[:2])
    small = cv2.resize(rgb[: high * _THUMB, : wide * _THUMB], (wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)


def _refine(rgb: Rgb, whole: Rgb, x: int, y: int) -> tuple[int, int]:
    high, wide = rgb.shape[:2]
    reach = _THUMB + 2
    top, left = max(0, y - reach), max(0, x - reach)
    part = whole[top : y + high + reach, left : x + wide + reach]
    _, _, (dx, dy), _ = cv2.minMaxLoc(cv2.matchTemplate(part, rgb[: high - 2, : wide - 2], cv2.TM_SQDIFF))
    return left + dx, top + dy


class ScriptedPose:
    """One instance sees one clip, as `vision.protocols.PoseEstimator` asks."""

    model = "scripted"
    model_sha256 = "0" * 64

    def __init__(self, film: Film) -> None:
        self.film = film
        eye, seed = film.scene.eye, film.scene.seed
        rng = np.random.default_rng([seed, 51])
        self._bias = rng.normal(0, eye.bias_cm, (33, 2))
        self._lean_bias = rng.normal(0, eye.lean_bias_cm, (33, 2))
        self._rate, self._start = rng.uniform(0.1, 0.9, (4, 33, 2)), rng.uniform(0, 2 * np.pi, (4, 33, 2))
        self._size = rng.normal(0, eye.drift_cm / 2, (4, 33, 2))

    def estimate(self, rgb: Rgb, t_s: float) -> tuple[FloatArray, npt.NDArray[np.float32]] | None:
        """Landmarks (33, 4) and mask (H, W) of the picture that is handed in."""
        film, eye = self.film, self.film.scene.eye
        number = film.number_at(t_s)
        place = place_of(rgb, film.picture(number))
        # Whether the whole frame in this picture is the one that faces right.
        faces_right = place.flipped == film.scene.camera.facing_left
        rng = np.random.default_rng([film.scene.seed, 52, number])
        marks = self._marks(number, rng)
        if rng.random() < eye.bad_share:
            marks[:, :2] += rng.normal(0, 0.12 * film.scene.person.stature_cm, (33, 2)) * self._px_cm(number)
        if rng.random() < eye.swap_share:
            marks = _swapped(marks)
        mask = self._mask(film.silhouette(number), rng)
        width = film.size_px[0]
        if not faces_right:
            marks = _swapped(marks)
            marks[:, 0] = width - 1 - marks[:, 0]
            mask = cv2.flip(mask, 1)
        marks[:, :2] -= [place.x0, place.y0]
        return marks, np.ascontiguousarray(mask[place.y0 : place.y0 + rgb.shape[0], place.x0 : place.x0 + rgb.shape[1]])

    def find(self, rgb: Rgb, t_s: float) -> FloatArray | None:
        """Landmarks alone, as `vision.protocols.PersonFinder` asks."""
        found = self.estimate(rgb, t_s)
        return None if found is None else found[0]

    def close(self) -> None:
        """Nothing to free."""

    def _px_cm(self, number: int) -> float:
        joints = self.film.figure(number).joints
        ends = self.film.camera_at(number).project(np.array([joints.knee, joints.ankle]))
        return float(np.hypot(*(ends[1] - ends[0]))) / self.film.scene.person.tibia_cm

    def _marks(self, number: int, rng: np.random.Generator) -> FloatArray:
        """Landmarks in the frame facing right."""
        film, eye = self.film, self.film.scene.eye
        t_s = float(film.times_s[number])
        pose = film.motion.pose(t_s)
        points = _landmarks(film.figure(number).joints, toe_beyond=eye.toe_beyond_cm, heel_ahead=eye.heel_ahead_cm, far=film.scene.person.far_leg)
        drift = np.sum(self._size * np.sin(2 * np.pi * self._rate * t_s + self._start), axis=0)
        jitter = rng.normal(0, eye.jitter_share * film.scene.person.stature_cm, (33, 2))
        camera = film.camera_at(number)
        px_cm = self._px_cm(number)
        xy = camera.project(points) + (self._bias + self._lean_bias * pose.phase + drift + jitter) * px_cm
        return np.column_stack([xy, np.zeros(33), np.full(33, 0.97)])

    def _mask(self, seen: Silhouette, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """Coarse mask blown up again: its border wanders by up to a pixel of the network, and it leaks where colours or shadow let it."""
        eye = self.film.scene.eye
        mask = seen.mask.astype(np.float32) / 255.0
        wander = cv2.resize(rng.normal(0, 1, (24, 24)).astype(np.float32), (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_CUBIC)
        soft = cv2.GaussianBlur(mask, (0, 0), 1.5)
        # Near the border the blurred mask falls by about a quarter a pixel, so a quarter moves it by one.
        soft = soft + 0.25 * (eye.mask_grow_px + eye.mask_px * wander) * (4 * soft * (1 - soft))
        if eye.mask_leak and rng.random() < eye.mask_leak:
            soft = np.maximum(soft, self._leak(mask, rng))
        sharp = np.clip((soft - 0.5) * 3.0 + 0.5, 0, 1)
        scale = seen.side_px / MASK_SIDE
        width, height = self.film.size_px
        onto = np.array([[scale, 0, seen.corner[0]], [0, scale, seen.corner[1]]])
        return np.asarray(cv2.warpAffine(sharp, onto, (width, height), flags=cv2.INTER_LINEAR), np.float32)

    def _leak(self, mask: npt.NDArray[np.float32], rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """Return a patch beside the feet or before the knee that is taken for the person."""
        rows = np.flatnonzero(mask.max(axis=1) > 0.5)
        out = np.zeros_like(mask)
        if not len(rows):
            return out
        y = int(rows[-1] - rng.integers(0, 4)) if rng.random() < 0.7 else int(rng.integers(rows[0], rows[-1] + 1))
        columns = np.flatnonzero(mask[y] > 0.5)
        if len(columns):
            x = int(columns[-1] if rng.random() < 0.5 else columns[0])
            cv2.ellipse(out, (x, y), (int(rng.integers(2, 7)), int(rng.integers(1, 3))), 0, 0, 360, 0.8, -1)
        return cv2.GaussianBlur(out, (0, 0), 0.8)


def _swapped(marks: FloatArray) -> FloatArray:
    """Exchange left and right."""
    out = marks.copy()
    for k in range(11, 33, 2):
        out[[k, k + 1]] = marks[[k + 1, k]]
    return out


def _landmarks(at: Joints, *, toe_beyond: float, heel_ahead: float, far: bool) -> FloatArray:
    """Return the true places (33, 3) of what the network names; hands, fingers and face are roughly there."""
    points = np.tile(at.head, (33, 1)) + np.array([-6.0, 0.0, 0.0])
    front, rear = (_FAR, _NEAR) if far else (_NEAR, _FAR)
    beyond, ahead = np.array([-toe_beyond, 0, 0]), np.array([-heel_ahead, 0, 0])
    for name in ("hip", "knee", "ankle"):
        points[front[name]], points[rear[name]] = getattr(at, name), getattr(at, f"rear_{name}")
    points[front["heel"]], points[rear["heel"]] = at.heel + ahead, at.rear_heel + ahead
    points[front["toe"]], points[rear["toe"]] = at.toe + beyond, at.rear_toe + beyond
    for side, deep in ((front, 0.0), (rear, 16.0)):
        points[side["shoulder"]] = at.shoulder + np.array([0, 0, deep])
        points[side["elbow"]] = at.shoulder + np.array([-8.0, -16.0, deep])
        hand = at.shoulder + np.array([-22.0, 2.0, deep])
        points[side["wrist"]] = hand
        for finger in (17, 19, 21):
            points[finger + (1 if side is _NEAR else 0)] = hand
    return points
