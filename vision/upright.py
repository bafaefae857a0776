"""A decoded frame to upright, square-pixel, 8-bit RGB: orientation, pixel aspect, colour matrix, range and transfer curve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    import av
    import av.filter
    import numpy.typing as npt

    Rgb = npt.NDArray[np.uint8]

_FIXED_POINT = 65536
_UNSPECIFIED = 2
_BT709 = 1
_BT601 = 5
_HD_HEIGHT_PX = 720
_FULL_RANGE = 2
_LIMITED_RANGE = 1
_PQ = 16
_FLIPS = {(False, False): (), (True, False): ("hflip",), (False, True): ("vflip",), (True, True): ("hflip", "vflip")}
# Keys: whether the stored x, then the stored y, runs backwards on the display.
_TRANSPOSES = {(False, False): "cclock_flip", (False, True): "clock", (True, False): "cclock", (True, True): "clock_flip"}


@dataclass(frozen=True, slots=True)
class Orientation:
    """How the stored picture lies on the display, in quarter turns and reflections.

    Attributes
    ----------
    swapped : bool
        Stored rows are columns on the display.
    x_backwards, y_backwards : bool
        The stored x (y) axis runs right to left or bottom to top on the display.
    """

    swapped: bool = False
    x_backwards: bool = False
    y_backwards: bool = False

    @classmethod
    def from_matrix(cls, matrix: bytes) -> Orientation:
        """Read a display matrix of nine 32-bit numbers; turns that are not quarters go to the nearest."""
        a, b, _, c, d = (value / _FIXED_POINT for value in np.frombuffer(matrix, np.int32)[:5].tolist())
        if abs(b) > abs(a):
            return cls(swapped=True, x_backwards=b < 0, y_backwards=c < 0)
        return cls(x_backwards=a < 0, y_backwards=d < 0)

    @classmethod
    def from_turn(cls, clockwise_deg: int) -> Orientation:
        """Orientation of a picture that must be turned clockwise by a multiple of 90 degrees."""
        return {
            90: cls(swapped=True, y_backwards=True),
            180: cls(x_backwards=True, y_backwards=True),
            270: cls(swapped=True, x_backwards=True),
        }.get(clockwise_deg % 360, cls())

    @property
    def rotation_deg(self) -> int:
        """Clockwise turn to the display: 0, 90, 180 or 270; a reflection that remains after it is left to right."""
        if self.swapped:
            return 270 if self.x_backwards else 90
        return 180 if self.y_backwards else 0

    @property
    def filters(self) -> tuple[tuple[str, str | None], ...]:
        """Names and arguments of the library's filters that turn a frame upright."""
        if self.swapped:
            return (("transpose", _TRANSPOSES[self.x_backwards, self.y_backwards]),)
        return tuple((name, None) for name in _FLIPS[self.x_backwards, self.y_backwards])


def fit_size(width_px: int, height_px: int, *, long_side_px: int) -> tuple[int, int]:
    """Size of a picture that is to be no longer than this, even in both directions (yuv420p), never enlarged."""
    ratio = min(1.0, long_side_px / max(width_px, height_px))
    return max(2, round(width_px * ratio / 2) * 2), max(2, round(height_px * ratio / 2) * 2)


def compute_square_size(width: int, height: int, aspect: Fraction | None) -> tuple[int, int]:
    """Size with square pixels, in pixels: the short direction is stretched, so that nothing measured is thrown away."""
    if not aspect or aspect == 1:
        return width, height
    if aspect > 1:
        return round(width * aspect), height
    return width, round(height / aspect)


class Uprighter:
    """Turns the frames of one clip upright; keeps the library's filters between frames.

    Turning before the colour conversion, in the library, is six times faster on a 4K frame than turning the RGB array afterwards.

    Parameters
    ----------
    orientation : Orientation
    aspect : Fraction | None
        Width of a stored pixel over its height.
    """

    def __init__(self, orientation: Orientation, aspect: Fraction | None) -> None:
        self.orientation = orientation
        self.aspect = aspect
        self._graph: av.filter.Graph | None = None
        self._graph_for: tuple[int, int, str] | None = None

    def upright_size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in pixels of a stored picture once it is upright and its pixels are square."""
        wide, high = compute_square_size(width, height, self.aspect)
        return (high, wide) if self.orientation.swapped else (wide, high)

    def to_rgb(self, frame: av.VideoFrame, *, size: tuple[int, int]) -> Rgb:
        """Return the upright frame.

        Parameters
        ----------
        frame : av.VideoFrame
            As decoded.
        size : (int, int)
            Width and height of the result, in pixels.

        Returns
        -------
        (H, W, 3) uint8
        """
        matrix = _colour_matrix(frame)
        full_range = _is_full_range(frame)
        is_pq = frame.color_trc == _PQ
        turned = self._turn(frame)
        rgb: Rgb = turned.reformat(
            width=size[0],
            height=size[1],
            format="rgb24",
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range=_FULL_RANGE if full_range else _LIMITED_RANGE,
            dst_color_range=_FULL_RANGE,
        ).to_ndarray()  # type: ignore[assignment]  # rgb24 is uint8; the vendor's type names every depth
        return _PQ_TO_SDR[rgb] if is_pq else rgb

    def _turn(self, frame: av.VideoFrame) -> av.VideoFrame:
        filters = self.orientation.filters
        if not filters:
            return frame
        shape = (frame.width, frame.height, frame.format.name)
        if self._graph is None or self._graph_for != shape:
            self._graph, self._graph_for = _build_graph(frame, filters), shape
        self._graph.push(frame)
        return cast("av.VideoFrame", self._graph.pull())


def _build_graph(frame: av.VideoFrame, filters: tuple[tuple[str, str | None], ...]) -> av.filter.Graph:
    from av.filter import Graph  # noqa: PLC0415 - this module is imported by those who only need its sizes

    graph = Graph()
    nodes = [
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or Fraction(1, 1000)),
        *(graph.add(name, argument) for name, argument in filters),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    return graph


def _colour_matrix(frame: av.VideoFrame) -> int:
    """Matrix the file names; where it is silent, what cameras of that picture height use."""
    named = int(frame.colorspace)
    if named in (0, _UNSPECIFIED):
        return _BT709 if frame.height >= _HD_HEIGHT_PX else _BT601
    return named


def _is_full_range(frame: av.VideoFrame) -> bool:
    return frame.color_range == _FULL_RANGE or frame.format.name.startswith("yuvj")


def _tone_curve() -> Rgb:
    """Table from 8-bit PQ codes to 8-bit codes for an ordinary display.

    Notes
    -----
    Luminance up to three quarters of reference white (203 cd/m2) is kept, what is brighter is rolled off towards 1000 cd/m2. Colours keep their
    BT.2020 primaries and look a little pale: the pose network and the edge finder do not mind. HLG needs no table, it was made to be shown as it is.

    References
    ----------
    SMPTE ST 2084 (the PQ constants); ITU-R BT.2408 (reference white).
    """
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    root = (np.arange(256) / 255) ** (1 / m2)
    white = 10000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1) / 203
    knee, peak = 0.75, 1000 / 203
    rolled = knee + (1 - knee) * np.log1p(np.maximum(white - knee, 0)) / math.log1p(peak - knee)
    shown = np.clip(np.where(white < knee, white, rolled), 0, 1) ** (1 / 2.2)
    table: Rgb = np.round(255 * shown).astype(np.uint8)
    return table


_PQ_TO_SDR = _tone_curve()
