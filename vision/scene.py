"""Door to cv2 for the room: printed markers, straight edges, and lines where floor and wall may meet."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from vision.align import FrameAligner, coarser, warp
from vision.contour import SnapParams, finer, snap, to_lab
from vision.corner_lines import find_corner_lines
from vision.straight_edges import find_edges
from vision.tracks import MarkerSighting, MarkerSpec

FloatArray = npt.NDArray[np.float64]
Rgb = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]
Picture = npt.NDArray[np.float32]
"""RGB, 0..255, finer than the whole grey levels of one frame."""


_NEAR_GREY = 6
"""What differs more from the median over time is not noise."""
_EDGE_JITTER_PX = 0.6
"""How far an edge that stands still may seem to move when a hand-held picture is laid onto the first."""
_MOST_MISFIT = 0.008
"""Over the picture's long side: a frame whose corners lie farther off after the best turn shows the room otherwise, as a zoom of 4 % does."""
_RESTLESS_GREY = 2.0
"""Change over time, in grey levels after smoothing away noise, that only a person or a shadow makes."""
_ROWS_AT_ONCE = 16
"""24 frames of them, 1920 wide, are 2 MB."""


_SIDE = SnapParams(half_width_px=2.0, step_px=0.25, blur_px=0.8, bend_cost=0.05, stray_cost=0.3)
"""How the sides of a printed square are looked for about the detector's corners."""


class ArucoFinder:
    """Finds ArUco markers, read as filmed and, failing that, in the mirror image."""

    def find(self, rgb: Rgb, spec: MarkerSpec) -> Sequence[MarkerSighting]:
        """Markers of `spec` in the frame; corners in pixels of the frame as given."""
        params = cv2.aruco.DetectorParameters()
        params.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
        dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, spec.dictionary))
        detector = cv2.aruco.ArucoDetector(dictionary, params)
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        seen = _detect(detector, grey, spec.ids, mirrored=False)
        return seen or _detect(detector, np.ascontiguousarray(grey[:, ::-1]), spec.ids, mirrored=True)


def _detect(detector: cv2.aruco.ArucoDetector, grey: npt.NDArray[np.uint8], ids: tuple[int, ...], *, mirrored: bool) -> list[MarkerSighting]:
    corners, found, _ = detector.detectMarkers(grey)
    picture = grey.astype(np.float32)[..., None]
    out = []
    for marker, quad in zip([] if found is None else found.ravel(), corners, strict=False):
        if int(marker) in ids:
            points = refine_square(picture, np.asarray(quad[0], np.float64))
            if mirrored:
                points[:, 0] = grey.shape[1] - 1 - points[:, 0]
            out.append(MarkerSighting(int(marker), points, mirrored))
    return sorted(out, key=lambda sighting: sighting.marker_id)


def refine_square(picture: npt.NDArray[np.float32], corners_px: FloatArray) -> FloatArray:
    """Corners (4, 2) of a black square as the crossings of lines through its sides, px.

    Notes
    -----
    A detector that looks at the corner itself puts it up to 0.6 px inside a small square, where two blurred sides meet: of a square 40 px wide that is 3 %
    of its size. The sides are seen along all their length.
    """
    lines = []
    centre = corners_px.mean(axis=0)
    for a, b in zip(corners_px, np.roll(corners_px, -1, axis=0), strict=True):
        run = b - a
        length = float(np.hypot(*run))
        normal = np.array([run[1], -run[0]]) / max(length, 1e-9)
        normal = normal * np.sign((0.5 * (a + b) - centre) @ normal)
        rough = a + np.linspace(0.18, 0.82, 15)[:, None] * run
        side = snap(picture, rough, np.tile(normal, (len(rough), 1)), _SIDE)
        offset = np.median(side.offset_px)
        near = np.abs(side.offset_px - offset) < 0.8
        slope, level = np.polyfit(np.linspace(0.18, 0.82, 15)[near], side.offset_px[near], 1)
        start, end = a + level * normal, b + (level + slope) * normal
        lines.append(np.cross([*start, 1.0], [*end, 1.0]))
    crossings = np.array([np.cross(lines[i - 1], lines[i]) for i in range(4)])
    refined = crossings[:, :2] / crossings[:, 2:]
    far = np.hypot(*(refined - corners_px).T) > 2.5
    return np.where((far | ~np.isfinite(refined).all(axis=1))[:, None], corners_px, refined)


class SteadyRoom:
    """Holds the picture steady and gathers what never moves: the median over time of frames laid onto the first.

    Notes
    -----
    Keeps at most `most` frames, about evenly spread over the clip so far, so that memory does not grow with its length. Once all frames are taken in, edges and
    corner lines may be asked for in two threads.
    """

    def __init__(self, *, most: int = 24) -> None:
        self._aligner = FrameAligner()
        self._most = most
        self._frames: list[Rgb] = []
        self._times: list[float] = []
        self._person: Mask | None = None
        self._median: Picture | None = None
        self._settling = threading.Lock()
        self._misfits: list[float] = []

    def add(self, rgb: Rgb, person: Mask | None, t_s: float) -> FloatArray | None:
        """Take in one frame; return the map (3, 3) from its pixels to the room picture, None when it cannot be laid onto it."""
        to_room, residual = self._aligner.align(rgb, person)
        if to_room is None:
            return None
        if person is not None:
            self._misfits.append(residual / max(rgb.shape))
            if self._misfits[-1] > _MOST_MISFIT:
                return None
            coarse = coarser(to_room, rgb.shape[1] // person.shape[1])
            moved = cv2.warpPerspective(person, coarse, (person.shape[1], person.shape[0]), flags=cv2.INTER_LINEAR)
            self._person = moved if self._person is None else np.maximum(self._person, moved)
        if not self._times or t_s - self._times[-1] >= 0.5 * (t_s - self._times[0]) / self._most:
            self._frames.append(warp(rgb, to_room))
            self._times.append(t_s)
            if len(self._frames) > self._most:
                spare = 1 + int(np.argmin(np.array(self._times[2:]) - self._times[:-2]))
                del self._frames[spare], self._times[spare]
        return to_room

    def misfit(self) -> float:
        """How far corners of the room lie off in the tenth of the frames that a turn of the camera fits worst, over the picture's long side."""
        return float(np.percentile(self._misfits, 90)) if self._misfits else 0.0

    def edges(self) -> FloatArray:
        """Straight edges of the room, see `find_edges`."""
        restless = self._restless().astype(np.float32)
        room, person = self._room()
        return find_edges(room, np.maximum(person, restless))

    def corner_lines(self, toe_px: FloatArray, foot_px: float) -> tuple[FloatArray, FloatArray]:
        """Lines that may be where floor and wall meet, see `find_corner_lines`."""
        room, person = self._room()
        return find_corner_lines(to_lab(room), person, toe_px, foot_px)

    def _restless(self) -> npt.NDArray[np.bool_]:
        """Places that change over time (H, W): where the person and their shadow went. An edge may change by what its own jitter makes."""
        total, square = np.zeros((2, *self._frames[0].shape[:2]), np.float32)
        for frame in self._frames:
            grey = cv2.GaussianBlur(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 2.0)
            cv2.accumulate(grey, total)
            cv2.accumulateSquare(grey, square)
        n = len(self._frames)
        spread = np.sqrt(np.maximum(square / n - np.square(total / n), 0))
        slope = np.hypot(cv2.Sobel(total / n, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(total / n, cv2.CV_32F, 0, 1, scale=0.125))
        return np.asarray(spread > _RESTLESS_GREY + _EDGE_JITTER_PX * slope)

    def _room(self) -> tuple[Picture, Mask]:
        with self._settling:
            if self._median is None:
                # A few rows at a time: the stack of whole frames would take several times their size, and what is sorted stays in the processor's cache.
                steps = range(0, len(self._frames[0]), _ROWS_AT_ONCE)
                self._median = np.concatenate([_steady(np.stack([f[i : i + _ROWS_AT_ONCE] for f in self._frames])) for i in steps])
        height, width = self._median.shape[:2]
        if self._person is None:
            return self._median, np.zeros((height, width), np.float32)
        return self._median, finer(self._person, width // self._person.shape[1], (width, height))


def _steady(frames: npt.NDArray[np.uint8]) -> Picture:
    """Return what stands still in frames (N, H, W, 3): the mean of what lies near the median, because noise carries it between the grey levels."""
    n = len(frames)
    ordered = _in_order(frames)
    doubled = ordered[(n - 1) // 2].astype(np.int16) + ordered[n // 2]
    count, total = np.zeros(doubled.shape, np.uint8), np.zeros(doubled.shape, np.uint16)
    for frame in frames:
        near = np.abs(2 * frame.astype(np.int16) - doubled) <= 2 * _NEAR_GREY
        count += near
        total += frame * near
    # none where a person stood in half of the frames: the median lies between them and the room
    return np.where(count > 0, total / np.maximum(count, 1).astype(np.float32), doubled / np.float32(2)).astype(np.float32)


def _in_order(frames: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    """Sort each pixel over time: N pictures, the darkest of each pixel first.

    References
    ----------
    A sorting network compares whole pictures, ten times faster than one pixel after the other: Batcher 1968, doi 10.1145/1468075.1468121.
    """
    rows = list(frames)
    n, p = len(rows), 1
    while p < n:
        k = p
        while k >= 1:
            for j in range(k % p, n - k, 2 * k):
                for i in range(min(k, n - j - k)):
                    if (i + j) // (2 * p) == (i + j + k) // (2 * p):
                        a, b = rows[i + j], rows[i + j + k]
                        rows[i + j], rows[i + j + k] = np.minimum(a, b), np.maximum(a, b)
            k //= 2
        p *= 2
    return rows
