"""Marks drawn on a picture with cv2: lines, angle, points, names and captions, legible on any picture and at any size."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from vision.marks import FrameMarks
from vision.tracks import FloatArray

Rgb = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

INK: Colour = (10, 16, 16)
PAPER: Colour = (246, 249, 248)
LINE_COLOURS: dict[str, Colour] = {
    "outline": (255, 232, 64),
    "axis": (126, 200, 255),
    "vertical": (255, 255, 255),
    "floor": (96, 226, 178),
    "wall": (255, 170, 72),
}
POINT_COLOURS: dict[str, Colour] = {"toe": (255, 170, 72), "heel": (255, 158, 206), "knee": (126, 200, 255), "ankle": (126, 200, 255)}
VERDICT_COLOURS: dict[str, Colour] = {
    "valid": (95, 224, 205),
    "no_contact": (255, 190, 90),
    "heel_lift": (255, 150, 200),
    "foot_moved": (196, 178, 255),
    "uncertain": (200, 208, 206),
}
"""Bright and apart for every common form of colour blindness (after Okabe and Ito); words always stand beside them."""
DRAWING_ORDER = ("floor", "wall", "axis", "vertical", "outline")
LABELLED_POINTS = ("toe", "heel", "knee")
SUBPIXEL_BITS = 4
STICKINESS = 0.5
"""How much more of itself a name may hide in its usual place before it moves, as a share of its own size."""
NAME_COUNTS = 5.0
"""How much more another name under it counts than the same area of lines: a tenth of a name hidden is as much as may stay."""


def draw_marks(rgb: Rgb, marks: FrameMarks, *, places: dict[str, int] | None = None) -> Rgb:
    """Draw lines, angle, points, labels and captions on a copy of the picture; sizes follow the picture's.

    `places` remembers where names stand, so that they do not jump from frame to frame: hand the same dict to each frame of a clip.
    """
    canvas = _Canvas(rgb.copy(), {} if places is None else places)
    for role in DRAWING_ORDER:
        if role in marks.lines:
            canvas.draw_line(role, marks.lines[role])
    if {"vertical", "outline"} <= marks.lines.keys():
        canvas.draw_angle(marks.lines["vertical"], marks.lines["outline"])
    for role, xy in sorted(marks.points.items()):
        canvas.draw_point(role, xy)
    canvas.draw_captions(marks)
    canvas.draw_labels(marks)
    return canvas.rgb


class _Canvas:
    """One picture being drawn on; `unit` is the width of a thin line, about 1/480 of the short side."""

    def __init__(self, rgb: Rgb, places: dict[str, int]) -> None:
        self.rgb = np.ascontiguousarray(rgb)
        self.height, self.width = rgb.shape[:2]
        self.unit = max(1.0, min(self.height, self.width) / 480)
        self._places = places
        self._taken: list[Box] = []
        self._covered: list[FloatArray] = []
        self._font = cv2.FontFace("sans")

    def draw_line(self, role: str, xy: FloatArray) -> None:
        """Draw a polyline with a dark halo; the vertical is dashed, the outline is thickest."""
        points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        if len(points) < 2 or not np.isfinite(points).all():
            return
        self._covered.append(_sample(points, step=5 * self.unit))
        width = self.unit * {"outline": 1.6, "axis": 1.1}.get(role, 1.1)
        pieces = _cut_dashes(points, dash=9 * self.unit, gap=6 * self.unit) if role == "vertical" else [points]
        for colour, thickness in ((INK, width + 1.4 * self.unit), (LINE_COLOURS[role], width)):
            for piece in pieces:
                self._polyline(piece, colour, thickness)

    def draw_angle(self, vertical: FloatArray, outline: FloatArray) -> None:
        """Draw the arc from the vertical to the outline about the lower end of the vertical."""
        foot, up = _orient(vertical)
        _, lean = _orient(outline)
        radius = 0.42 * min(np.hypot(*up), np.hypot(*lean))
        start, end = math.atan2(up[1], up[0]), math.atan2(lean[1], lean[0])
        if not (math.isfinite(radius) and radius > 4 * self.unit and abs(end - start) < math.pi):
            return
        angles = np.linspace(start, end, 24)
        arc = foot + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        for colour, thickness in ((INK, 2.2 * self.unit), (LINE_COLOURS["outline"], 1.1 * self.unit)):
            self._polyline(arc, colour, thickness)

    def draw_point(self, role: str, xy: FloatArray) -> None:
        """Draw a ring about the point and a dot on it, so that the picture under it stays visible."""
        point = np.asarray(xy, dtype=np.float64)
        if not np.isfinite(point).all():
            return
        self._covered.append(point.reshape(1, 2))
        colour = POINT_COLOURS.get(role, PAPER)
        turn = np.linspace(0.0, 2 * np.pi, 40)
        ring = point + 4.2 * self.unit * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        for shade, thickness in ((INK, 2.6 * self.unit), (colour, 1.2 * self.unit)):
            self._polyline(ring, shade, thickness)
        centre = [int(v) for v in np.round(point * 2**SUBPIXEL_BITS)]
        cv2.circle(self.rgb, centre, round(0.9 * self.unit * 2**SUBPIXEL_BITS), colour, -1, cv2.LINE_AA, SUBPIXEL_BITS)

    def draw_captions(self, marks: FrameMarks) -> None:
        """Write captions into a dark box in the upper corner that covers fewest marks, the last one in the colour of what it says."""
        if not marks.captions:
            return
        *plain, verdict = marks.captions
        rows = [(text, 15.0 if i == 0 else 11.5, 600 if i == 0 else 400, PAPER) for i, text in enumerate(plain)]
        rows.append((verdict, 11.5, 600, VERDICT_COLOURS.get(str(marks.highlight), VERDICT_COLOURS["uncertain"])))
        shrink = min(1.0, 0.9 * self.width / max(self._measure(text, size * self.unit, weight) + 22 * self.unit for text, size, weight, _ in rows))
        unit = self.unit * shrink
        widest = max(self._measure(text, size * unit, weight) for text, size, weight, _ in rows)
        width = math.ceil((widest + 20 * unit) / (16 * unit)) * 16 * unit
        height = sum(size * 1.45 * unit for _, size, _, _ in rows) + 12 * unit
        x, y = self._choose_corner(marks, width)
        self._shade((x, y, x + width, y + height), 5 * unit)
        self._taken.append((x, y, x + width, y + height))
        baseline = y + 5 * unit
        for text, size, weight, colour in rows:
            baseline += size * 1.45 * unit
            self._write(text, (x + 10 * unit, baseline - 0.3 * size * unit), size * unit, weight, colour)

    def draw_labels(self, marks: FrameMarks) -> None:
        """Name points and lines beside them, where the name covers nothing else."""
        named = [
            (marks.names[role], np.asarray(marks.points[role]), POINT_COLOURS[role]) for role in LABELLED_POINTS if role in marks.points and role in marks.names
        ]
        for role in ("wall", "floor"):
            if role in marks.lines and role in marks.names:
                seen = self._find_visible(marks.lines[role])
                away = marks.points.get("heel", seen[-1]) if role == "floor" else seen[np.argmax(seen[:, 1])]
                named.append((marks.names[role], seen[np.argmax(np.hypot(*(seen - away).T))], LINE_COLOURS[role]))
        for text, xy, colour in named:
            if 0 <= xy[0] < self.width and 0 <= xy[1] < self.height:
                self._label(text, xy, colour)

    def _find_visible(self, line: FloatArray) -> FloatArray:
        """Points along a line that lie in the picture; where there are none, its ends."""
        points = np.asarray(line, dtype=np.float64).reshape(-1, 2)
        dense = _sample(points, step=5 * self.unit)
        inside = (dense >= 0).all(axis=1) & (dense[:, 0] < self.width) & (dense[:, 1] < self.height)
        return dense[inside] if inside.any() else points

    def _label(self, text: str, xy: FloatArray, colour: Colour) -> None:
        size = 11.0 * self.unit
        width, height = self._measure(text, size, 600) + 9 * self.unit, 16 * self.unit
        gap = 9 * self.unit
        places = [(-0.5, 0.0, 0, gap), (-0.5, -1.0, 0, -gap), (0.0, -0.5, gap, 0), (-1.0, -0.5, -gap, 0), (0.0, 0.0, gap, gap), (-1.0, 0.0, -gap, gap)]
        boxes = [self._keep_inside(xy[0] + ax * width + dx, xy[1] + ay * height + dy, width, height) for ax, ay, dx, dy in places]
        covers = [self._compute_cover(candidate) for candidate in boxes]
        best = min(range(len(boxes)), key=covers.__getitem__)
        usual = self._places.get(text, best)
        chosen = usual if covers[usual] <= covers[best] + STICKINESS * width * height else best
        self._places[text] = chosen
        box = boxes[chosen]
        self._shade(box, 4 * self.unit)
        self._taken.append(box)
        self._write(text, (box[0] + 4.5 * self.unit, box[3] - 4.6 * self.unit), size, 600, colour)

    def _compute_cover(self, box: Box) -> float:
        """How much a box would hide: other boxes most, marks next."""
        boxes = NAME_COUNTS * sum(_overlap(box, other) for other in self._taken)
        points = np.concatenate(self._covered) if self._covered else np.empty((0, 2))
        inside = (points[:, 0] > box[0]) & (points[:, 0] < box[2]) & (points[:, 1] > box[1]) & (points[:, 1] < box[3])
        return float(boxes + inside.sum() * 20 * self.unit**2)

    def _keep_inside(self, x: float, y: float, width: float, height: float) -> Box:
        x, y = min(max(x, 2.0), self.width - width - 2), min(max(y, 2.0), self.height - height - 2)
        return (x, y, x + width, y + height)

    def _choose_corner(self, marks: FrameMarks, width: float) -> tuple[float, float]:
        edge = 10 * self.unit
        seen = [np.asarray(item, dtype=np.float64).reshape(-1, 2) for item in (*marks.lines.values(), *marks.points.values())]
        points = np.concatenate(seen) if seen else np.empty((0, 2))
        middle = float(np.nanmean(points[:, 0])) if len(points) else self.width
        corners = [(edge, edge), (self.width - width - edge, edge)]
        return max(corners, key=lambda corner: abs(corner[0] + width / 2 - middle))

    def _shade(self, box: Box, radius: float) -> None:
        """Darken a rounded box so that light text is legible on any picture."""
        x0, y0, x1, y1 = (round(v) for v in box)
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, self.width), min(y1, self.height)
        if x1 <= x0 or y1 <= y0:
            return
        mask = np.zeros((y1 - y0, x1 - x0), dtype=np.uint8)
        r = max(1, min(round(radius), (x1 - x0) // 2, (y1 - y0) // 2))
        cv2.rectangle(mask, (r, 0), (x1 - x0 - 1 - r, y1 - y0 - 1), 255, -1)
        cv2.rectangle(mask, (0, r), (x1 - x0 - 1, y1 - y0 - 1 - r), 255, -1)
        for centre in ((r, r), (x1 - x0 - 1 - r, r), (r, y1 - y0 - 1 - r), (x1 - x0 - 1 - r, y1 - y0 - 1 - r)):
            cv2.circle(mask, centre, r, 255, -1, cv2.LINE_AA)
        share = (0.74 * mask[..., None] / 255).astype(np.float64)
        part = self.rgb[y0:y1, x0:x1]
        part[...] = np.round(part * (1 - share) + np.array(INK) * share).astype(np.uint8)

    def _measure(self, text: str, size: float, weight: int) -> float:
        box = cv2.getTextSize((1 << 16, 1 << 10), _plain(text), (0, 512), self._font, round(size), weight)
        return float(box[2])

    def _write(self, text: str, origin: tuple[float, float], size: float, weight: int, colour: Colour) -> None:
        cv2.putText(self.rgb, _plain(text), (round(origin[0]), round(origin[1])), colour, self._font, round(size), weight)

    def _polyline(self, points: FloatArray, colour: Colour, thickness: float) -> None:
        fixed = np.round(points * 2**SUBPIXEL_BITS).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(self.rgb, [fixed], isClosed=False, color=colour, thickness=max(1, round(thickness)), lineType=cv2.LINE_AA, shift=SUBPIXEL_BITS)


def _orient(line: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lower end of a line, and the way from there to its upper end."""
    points = np.asarray(line, dtype=np.float64).reshape(-1, 2)
    low, high = points[np.argmax(points[:, 1])], points[np.argmin(points[:, 1])]
    return low, high - low


def _cut_dashes(points: FloatArray, *, dash: float, gap: float) -> list[FloatArray]:
    """Cut the straight way from the first to the last point into dashes."""
    start, way = points[0], points[-1] - points[0]
    length = float(np.hypot(*way))
    if length < dash:
        return [points]
    offsets = np.arange(0.0, length, dash + gap)
    return [np.stack([start + way * (at / length), start + way * (min(at + dash, length) / length)]) for at in offsets]


def _sample(points: FloatArray, *, step: float) -> FloatArray:
    """Points along a polyline about every `step` pixels."""
    pieces = [np.linspace(a, b, max(2, int(np.hypot(*(b - a)) / step))) for a, b in pairwise(points)]
    return np.concatenate(pieces)


def _overlap(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _plain(text: str) -> str:
    """Spell with the signs that the built-in font has."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")
