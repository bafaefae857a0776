"""Door to cv2 for the room: printed markers, straight edges, and lines where floor and wall may meet."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from vision.align import FrameAligner, warp
from vision.contour import SnapParams, sample, snap, to_lab
from vision.tracks import MarkerSighting, MarkerSpec

FloatArray = npt.NDArray[np.float64]
Rgb = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]
Picture = npt.NDArray[np.float32]
"""RGB, 0..255, finer than the whole grey levels of one frame."""

_SHORTEST_EDGE = 0.05
"""Of the picture's height; shorter edges say little about a direction."""
_MOST_EDGES = 120
_SAME_DIRECTION = float(np.cos(np.deg2rad(4.0)))


_NEAR_GREY = 6.0
"""What differs more from the median over time is not noise."""
_FAINT_GAIN = 12.0
"""Stretch of what is left of the lightness when its slow changes are taken out."""
_SLOW_PX = 12
"""What changes over more than so many pixels is slow..."""
_CLEAR_STEP = 2.0
"""... unless it is a step (lightness, 0..100) that is seen without stretching: taken out with the slow changes, it leaves no false edges beside it."""
_EDGE_JITTER_PX = 0.6
"""How far an edge that stands still may seem to move when a hand-held picture is laid onto the first."""
_FAR_DOWN = 2.5
"""Foot lengths below the toe to which the line between floor and wall is followed."""
_FAINTEST_LINE = 0.5
"""Colour step (Lab) under which a line is not told apart from nothing."""
_MOST_MISFIT = 0.008
"""Over the picture's long side: a frame whose corners lie farther off after the best turn shows the room otherwise, as a zoom of 4 % does."""
_RESTLESS_GREY = 2.0
"""Change over time, in grey levels after smoothing away noise, that only a person or a shadow makes."""


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
    Keeps at most `most` frames, thinned out evenly as the clip goes on, so that memory does not grow with its length.
    """

    def __init__(self, *, most: int = 24) -> None:
        self._aligner = FrameAligner()
        self._most = most
        self._stride = 1
        self._count = 0
        self._frames: list[Rgb] = []
        self._person: Mask | None = None
        self._median: Picture | None = None
        self._misfits: list[float] = []

    def add(self, rgb: Rgb, person: Mask | None) -> FloatArray | None:
        """Take in one frame; return the map (3, 3) from its pixels to the room picture, None when it cannot be laid onto it."""
        to_room, residual = self._aligner.align(rgb, person)
        if to_room is None:
            return None
        if person is not None:
            self._misfits.append(residual / max(rgb.shape))
            if self._misfits[-1] > _MOST_MISFIT:
                return None
            # The mask is soft: eight bits and a turn of the camera of a few pixels lose nothing.
            moved = cv2.warpPerspective(person, to_room, (rgb.shape[1], rgb.shape[0]), flags=cv2.INTER_LINEAR)
            self._person = moved if self._person is None else np.maximum(self._person, moved)
        if self._count % self._stride == 0:
            self._frames.append(warp(rgb, to_room))
            if len(self._frames) > self._most:
                self._frames, self._stride = self._frames[::2], self._stride * 2
        self._count += 1
        return to_room

    def misfit(self) -> float:
        """How far corners of the room lie off in the tenth of the frames that a turn of the camera fits worst, over the picture's long side."""
        return float(np.percentile(self._misfits, 90)) if self._misfits else 0.0

    def edges(self) -> FloatArray:
        """Straight edges of the room, see `find_edges`."""
        room, person = self._room()
        return find_edges(room, np.maximum(person, self._restless().astype(np.float32)))

    def corner_lines(self, toe_px: FloatArray, foot_px: float) -> tuple[FloatArray, FloatArray]:
        """Lines that may be where floor and wall meet, see `find_corner_lines`."""
        room, person = self._room()
        return find_corner_lines(to_lab(room), person, toe_px, foot_px)

    def _restless(self) -> npt.NDArray[np.bool_]:
        """Places that change over time (H, W): where the person and their shadow went. An edge may change by what its own jitter makes."""
        total = square = np.zeros(self._frames[0].shape[:2], np.float32)
        for frame in self._frames:
            grey = cv2.GaussianBlur(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 2.0)
            total, square = total + grey, square + grey * grey
        n = len(self._frames)
        spread = np.sqrt(np.maximum(square / n - np.square(total / n), 0))
        slope = np.hypot(cv2.Sobel(total / n, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(total / n, cv2.CV_32F, 0, 1, scale=0.125))
        return np.asarray(spread > _RESTLESS_GREY + _EDGE_JITTER_PX * slope)

    def _room(self) -> tuple[Picture, Mask]:
        if self._median is None:
            # Row by row: the stack of frames in one float array would take several times their size.
            self._median = np.concatenate([_steady(np.stack([f[i : i + 64] for f in self._frames])) for i in range(0, len(self._frames[0]), 64)])
        person = np.zeros(self._median.shape[:2], np.float32) if self._person is None else self._person
        return self._median, person


def _steady(frames: npt.NDArray[np.uint8]) -> Picture:
    """Return what stands still in frames (N, H, W, 3): the mean of what lies near the median, because noise carries it between the grey levels."""
    median = np.median(frames, axis=0)
    near = np.abs(frames - median) <= _NEAR_GREY
    count = near.sum(axis=0)  # none where a person stood in half of the frames: the median lies between them and the room
    return np.asarray(np.where(count > 0, (frames * near).sum(axis=0) / np.maximum(count, 1), median), np.float32)


def find_edges(room: Picture, person: Mask) -> FloatArray:
    """Straight edges of the room, one for each edge, longest first.

    Parameters
    ----------
    room : (H, W, 3) float32
        Picture of the room, RGB 0..255, steady and without noise.
    person : (H, W) float32
        Everywhere the person and their shadow ever were, 0..1.

    Returns
    -------
    (M, 2, 2) float64
        End points, each known to about half a pixel across the edge (`calibration.directions`).
    """
    ends = _segments(room)
    if not len(ends):
        return np.empty((0, 2, 2))
    run = ends[:, 1] - ends[:, 0]
    length = np.hypot(*run.T)
    grown = cv2.dilate((person > 0.3).astype(np.float32), np.ones((11, 11), np.uint8))
    along = ends[:, :1] + np.linspace(0, 1, 9)[None, :, None] * run[:, None, :]
    on_person = sample(grown[..., None], along).reshape(len(ends), 9).max(axis=1) > 0.5
    keep = (length > _SHORTEST_EDGE * room.shape[0]) & ~on_person
    kept = _one_each(ends[keep], length[keep])
    return np.asarray(ends[keep][kept[:_MOST_EDGES]])


def _segments(room: Picture) -> FloatArray:
    """Straight edges (M, 2, 2) of lightness and of both colour axes: a wall corner often shows in one of them only, joints of tiles but faintly."""
    lab = to_lab(room)
    found = []
    faint = lab[..., 0] - _smooth_between_steps(np.ascontiguousarray(lab[..., 0]))
    for channel, gain in ((lab[..., 0], 2.55), (lab[..., 1], 4.0), (lab[..., 2], 4.0), (faint, _FAINT_GAIN)):
        stretched = np.clip((channel - np.median(channel)) * gain + 128.0, 0, 255).astype(np.uint8)
        lines = cv2.createLineSegmentDetector(cv2.LSD_REFINE_ADV).detect(stretched)[0]
        if lines is not None:
            found.append(np.asarray(lines, np.float64).reshape(-1, 2, 2))
    return np.concatenate(found) if found else np.empty((0, 2, 2))


def _smooth_between_steps(light: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Lightness (H, W) without what is faint and fine; steps stay (guided filter, He et al. 2013, doi 10.1109/TPAMI.2012.213)."""
    window = (2 * _SLOW_PX + 1, 2 * _SLOW_PX + 1)
    mean = cv2.blur(light, window)
    variance = np.maximum(cv2.blur(light * light, window) - mean * mean, 0)
    keep = variance / (variance + _CLEAR_STEP**2)
    return np.asarray(cv2.blur(keep, window) * light + cv2.blur((1 - keep) * mean, window), np.float32)


def _one_each(ends: FloatArray, length: FloatArray) -> npt.NDArray[np.intp]:
    """Keep the longest of segments that lie on one edge (within 4 px beside each other and overlapping), longest first: one edge is one witness."""
    kept: list[int] = []
    directions = (ends[:, 1] - ends[:, 0]) / length[:, None]
    for i in np.argsort(-length):
        middle = ends[i].mean(axis=0)
        for j in kept:
            run = ends[j, 1] - ends[j, 0]
            along = run / np.hypot(*run)
            offset = middle - ends[j, 0]
            beside = abs(float(offset @ np.array([-along[1], along[0]]))) < 4 and -5 < float(offset @ along) < float(np.hypot(*run)) + 5
            if beside and abs(float(directions[i] @ along)) > _SAME_DIRECTION:
                break
        else:
            kept.append(int(i))
    return np.array(kept, dtype=np.intp)


def find_corner_lines(lab: npt.NDArray[np.float32], person: Mask, toe_px: FloatArray, foot_px: float, *, most: int = 16) -> tuple[FloatArray, FloatArray]:
    """Lines that may be where floor and wall meet, in front of the toe of a person who faces right.

    Parameters
    ----------
    lab : (H, W, 3) float32
        Picture of the room, steady (median over time).
    person : (H, W) float32
        Everywhere the person ever was.
    toe_px : (2,) float64
    foot_px : float
        Length of the foot in pixels: the line crosses the toe's height within 1.3 of it.

    Returns
    -------
    lines_px : (K, 2, 2) float64
        Lower and upper point of each candidate, best first.
    score : (K,) float64
        Median colour step across it, Lab units, times the share of its length that shows one.

    Notes
    -----
    The line runs in depth: it points to a vanishing point near the middle of the picture, and colours differ on its two sides over many pixels, which
    joints between tiles and boards do not do.
    """
    height, width = lab.shape[:2]
    long_side = max(height, width)
    y_low, y_high = min(height - 4.0, toe_px[1] + _FAR_DOWN * foot_px), max(4.0, toe_px[1] - 0.9 * foot_px)
    rows = np.linspace(y_low, y_high, 80)
    vanish = np.array(
        [(x, y) for x in (width - 1) / 2 + long_side * np.linspace(-0.30, 0.30, 25) for y in (height - 1) / 2 + long_side * np.linspace(-0.18, 0.14, 9)]
    )
    vanish = vanish[vanish[:, 1] < toe_px[1] - 0.5 * foot_px]
    crossing = np.arange(toe_px[0] - 0.15 * foot_px, min(width - 3.0, toe_px[0] + 1.3 * foot_px), max(1.0, foot_px / 80))
    if not len(vanish) or not len(crossing):
        return np.empty((0, 2, 2)), np.empty(0)
    slopes = np.unique(np.round(((vanish[None, :, 0] - crossing[:, None]) / (toe_px[1] - vanish[None, :, 1])).ravel(), 2))
    grown = cv2.dilate((person > 0.3).astype(np.float32), np.ones((9, 9), np.uint8))
    grown = cv2.GaussianBlur(grown, (0, 0), 1.0)
    scores = _score_lines(lab, grown, crossing, slopes, toe_px[1], rows, max(2.0, foot_px / 40))
    return _best_lines(lab, grown, scores, crossing, slopes, toe_px[1], rows, foot_px, most)


def _score_lines(lab: npt.NDArray[np.float32], grown: Mask, crossing: FloatArray, slopes: FloatArray, y0: float, rows: FloatArray, reach: float) -> FloatArray:
    """Score (C, S) of each line x = crossing + slope (y0 - y): colour step over a few pixels on either side, where the person is not."""
    out = np.zeros((len(crossing), len(slopes)))
    blurred = cv2.GaussianBlur(lab, (0, 0), reach / 2)
    for j, slope in enumerate(slopes):
        x = crossing[:, None] + slope * (y0 - rows)[None, :]
        at = np.stack([x, np.broadcast_to(rows, x.shape)], axis=-1)
        shift = np.array([reach / np.sqrt(1 + slope * slope), 0.0]) * 1.3
        step = sample(blurred, at + shift) - sample(blurred, at - shift)
        free = (sample(grown[..., None], at).reshape(x.shape) < 0.3) & (x > 3) & (x < lab.shape[1] - 4)
        n = free.sum(axis=1)
        mean = np.einsum("crk,cr->ck", step, free) / np.maximum(n, 1)[:, None]
        size = np.linalg.norm(mean, axis=1)
        along = np.einsum("crk,ck->cr", step, mean / np.maximum(size, 1e-6)[:, None])
        share = ((along > 0.4 * size[:, None]) & free).sum(axis=1) / np.maximum(n, 1)
        out[:, j] = np.where(n > 0.25 * len(rows), size * np.square(share), 0.0)
    return out


def _best_lines(
    lab: npt.NDArray[np.float32],
    grown: Mask,
    scores: FloatArray,
    crossing: FloatArray,
    slopes: FloatArray,
    y0: float,
    rows: FloatArray,
    foot_px: float,
    most: int,
) -> tuple[FloatArray, FloatArray]:
    lines, marks = [], []
    left = scores.copy()
    for _ in range(most):
        i, j = np.unravel_index(int(np.argmax(left)), left.shape)
        if left[i, j] < _FAINTEST_LINE:
            break
        line = _refine(lab, grown, crossing[i], slopes[j], y0, rows, foot_px)
        if line is not None:
            lines.append(line)
            marks.append(float(scores[i, j]))
        near = (np.abs(crossing - crossing[i]) < 0.04 * foot_px)[:, None] & (np.abs(slopes - slopes[j]) < 0.2)[None, :]
        left[near] = 0.0
    return np.array(lines).reshape(-1, 2, 2), np.array(marks)


def _refine(lab: npt.NDArray[np.float32], grown: Mask, crossing: float, slope: float, y0: float, rows: FloatArray, foot_px: float) -> FloatArray | None:
    """Pull a candidate onto the edge and fit a straight line to where the person is not."""
    rough = np.column_stack([crossing + slope * (y0 - rows), rows])
    along = np.array([slope, -1.0]) / np.hypot(slope, 1.0)
    across = np.array([-along[1], along[0]])
    params = SnapParams(half_width_px=max(3.0, foot_px / 25), step_px=0.5, blur_px=max(1.0, foot_px / 100), stray_cost=0.3)
    contour = snap(lab, rough, np.tile(across, (len(rough), 1)), params)
    free = sample(grown[..., None], contour.xy_px[None]).ravel() < 0.3
    if free.sum() < 0.25 * len(rows):
        return None
    s, d = rough[free] @ along, contour.offset_px[free]
    weights = np.ones_like(d)
    for _ in range(15):
        a, b = np.polyfit(s, d, 1, w=np.sqrt(weights + 1e-9))
        residual = d - (a * s + b)
        spread = max(1.4826 * float(np.median(np.abs(residual))), 0.3)
        weights = np.square(np.clip(1 - np.square(residual / (4.685 * spread)), 0, None))
    ends_s = np.array([(rough[free] @ along).min(), (rough[free] @ along).max()])
    base = rough[0] - (rough[0] @ along) * along
    return np.asarray(base + ends_s[:, None] * along + (a * ends_s + b)[:, None] * across)
