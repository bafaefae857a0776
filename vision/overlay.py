"""Door to av's encoder: what was measured, drawn on the pictures it was measured in, as JPEG and MP4 without metadata."""

from __future__ import annotations

import bisect
import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Colorspace

from vision.ahead import work_ahead, work_here
from vision.blur import Veil
from vision.drawing import draw_marks
from vision.errors import UnreadableClipError
from vision.marks import FrameMarks, PictureWindow
from vision.protocols import ClipReader
from vision.sharp_area import SharpArea
from vision.tracks import FloatArray, Frame
from vision.upright import fit_size

Rgb = npt.NDArray[np.uint8]
TIME_BASE = Fraction(1, 90_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayParams:
    """How overlays are made.

    Attributes
    ----------
    clip_long_side_px, still_long_side_px : int
        Size of what is written; a clip is never enlarged, a still at most `still_zoom` times.
    still_margin : float
        Room around the marks of a still, as a share of their extent.
    still_share : float
        Smallest share of the picture's short side that a still shows.
    still_aspect : float
        Width over height of a still.
    """

    clip_long_side_px: int = 1280
    still_long_side_px: int = 1280
    still_zoom: float = 3.0
    still_margin: float = 0.35
    still_share: float = 0.45
    still_aspect: float = 4 / 3
    max_rate_hz: float = 30.0
    marks_tolerance_s: float = 0.12
    jpeg_quality: int = 88
    crf: int = 23


class DrawnOverlay:
    """The `Overlay` of the protocols.

    Parameters
    ----------
    reader : ClipReader
        Shows pictures as large as the marks are given for.
    params : OverlayParams | None
    shrinking : ClipReader | None
        Shows the same pictures for a clip, perhaps smaller, down to `clip_long_side_px`: shrunk while their colours are converted they cost half.
    overlap : bool
        Draw and encode at the same time, in two threads; the result is the same.
    """

    def __init__(self, reader: ClipReader, params: OverlayParams | None = None, *, shrinking: ClipReader | None = None, overlap: bool = False) -> None:
        self._reader = reader
        self._params = params or OverlayParams()
        self._shrinking = shrinking or reader
        self._ahead = work_ahead if overlap else work_here

    def write_still(self, clip: Path, marks: FrameMarks, out: Path, *, sharp: SharpArea | None, plain: Path | None = None) -> PictureWindow:
        """Write the part of one frame that was measured, of the frame nearest `marks.t_s`, with its marks as JPEG, and where asked for without them too."""
        frame = self._find_frame(clip, marks.t_s)
        height, width = frame.rgb.shape[:2]
        shown = frame.rgb if sharp is None else Veil(sharp, width, height).apply(frame.rgb, frame.t_s)
        rgb, window = _cut_out(shown, compute_window(marks, width, height, params=self._params), params=self._params)
        if plain is not None:
            self._write_jpeg(rgb, plain)
        self._write_jpeg(draw_marks(rgb, _place(marks, window)), out)
        return window

    def draw_still(self, plain: Path, window: PictureWindow, marks: FrameMarks, out: Path) -> None:
        """Draw marks on a picture that was written without them."""
        bgr = cv2.imdecode(np.frombuffer(plain.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        if bgr is None:
            raise UnreadableClipError(f"found no picture in {plain.name}; expected a JPEG", reason="damaged", advice="Measure the clip again.")
        self._write_jpeg(draw_marks(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8), _place(marks, window)), out)

    def _write_jpeg(self, rgb: Rgb, out: Path) -> None:
        _, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, self._params.jpeg_quality])
        out.write_bytes(data.tobytes())

    def write_clip(self, clip: Path, marks: Sequence[FrameMarks], out: Path, *, sharp: SharpArea | None) -> None:
        """Write the clip as H.264 MP4 (faststart) with the marks of each frame drawn, at the times of its own frames; all of it or nothing.

        What was at `out` stays until the last frame is written: it may be the very clip that is read.
        """
        part = out.with_name(f".kneewall-{uuid.uuid4().hex}.part")
        try:
            with closing(self._ahead(self._draw(clip, sorted(marks, key=lambda item: item.t_s), sharp))) as drawn:
                self._encode(drawn, part)
            part.replace(out)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _draw(self, clip: Path, ordered: Sequence[FrameMarks], sharp: SharpArea | None) -> Iterator[Frame]:
        """Yield the frames of the clip at the size at which they are written, blurred first and drawn on afterwards."""
        times = [item.t_s for item in ordered]
        places: dict[str, int] = {}
        veil: Veil | None = None
        filmed = self._reader.probe(clip)
        for frame in self._thin(self._shrinking.frames(clip)):
            known = find_marks(ordered, times, frame.t_s, tolerance_s=self._params.marks_tolerance_s)
            rgb = _shrink(frame.rgb, long_side_px=self._params.clip_long_side_px)
            height, width = rgb.shape[:2]
            if sharp is not None:
                veil = veil or Veil(sharp.scale(width / filmed.width_px), width, height)
                rgb = veil.apply(rgb, frame.t_s)
            yield Frame(frame.t_s, draw_marks(rgb, _move(known, np.zeros(2), np.array([width / filmed.width_px, height / filmed.height_px])), places=places))

    def _encode(self, frames: Iterator[Frame], out: Path) -> None:
        # bit-exact: the muxer does not sign what it writes
        with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as container:
            stream = container.add_stream("libx264", rate=30)
            stream.pix_fmt = "yuv420p"
            stream.time_base = stream.codec_context.time_base = TIME_BASE
            colours = "colorprim=bt709:transfer=bt709:colormatrix=bt709"
            stream.options = {"crf": str(self._params.crf), "preset": "veryfast", "threads": "2", "x264-params": colours}
            sized = False
            for frame in frames:
                if not sized:
                    stream.height, stream.width = frame.rgb.shape[:2]
                    sized = True
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame.rgb), format="rgb24")
                picture = picture.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
                picture.pts, picture.time_base = round(frame.t_s / TIME_BASE), TIME_BASE
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))

    def _find_frame(self, clip: Path, t_s: float) -> Frame:
        best: Frame | None = None
        for frame in self._reader.frames(clip):
            if best is None or abs(frame.t_s - t_s) < abs(best.t_s - t_s):
                best = frame
            if frame.t_s > t_s:
                break
        if best is None:
            raise UnreadableClipError(f"found no frame in {clip.name}; expected at least one", reason="no_video", advice="Choose a clip that plays.")
        return best

    def _thin(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """Pass on no more frames a second than the eye needs, so that slow motion does not swell the file."""
        last_s = -math.inf
        for frame in frames:
            if frame.t_s - last_s >= 0.9 / self._params.max_rate_hz:
                yield frame
                last_s = frame.t_s


def find_marks(marks: Sequence[FrameMarks], times: Sequence[float], t_s: float, *, tolerance_s: float) -> FrameMarks:
    """Return the marks for a time between those that were measured: points between two are placed in between, words are the nearest's.

    `marks` are in order of `times`. Further than `tolerance_s` from any there are no marks.
    """
    position = bisect.bisect_left(times, t_s)
    near = [index for index in (position - 1, position) if 0 <= index < len(times) and abs(times[index] - t_s) <= tolerance_s]
    if not near:
        return FrameMarks(t_s)
    nearest = marks[min(near, key=lambda index: abs(times[index] - t_s))]
    if len(near) == 1:
        return nearest
    before, after = marks[near[0]], marks[near[1]]
    share = (t_s - before.t_s) / (after.t_s - before.t_s)
    lines = _blend(before.lines, after.lines, share) or nearest.lines
    points = _blend(before.points, after.points, share) or nearest.points
    return replace(nearest, t_s=t_s, lines=lines, points=points)


def _blend(before: Mapping[str, FloatArray], after: Mapping[str, FloatArray], share: float) -> dict[str, FloatArray]:
    """Place what both have in between; empty when they do not have the same."""
    if before.keys() != after.keys() or any(np.shape(before[role]) != np.shape(after[role]) for role in before):
        return {}
    return {role: (1 - share) * np.asarray(before[role], dtype=np.float64) + share * np.asarray(after[role], dtype=np.float64) for role in before}


def compute_window(marks: FrameMarks, width_px: int, height_px: int, *, params: OverlayParams) -> tuple[int, int, int, int]:
    """Left, top, width and height of the part of the picture that shows all points; the whole picture when there are none."""
    points = [
        np.asarray(xy, dtype=np.float64).reshape(-1, 2) for xy in (*marks.points.values(), *(marks.lines[role] for role in ("outline",) if role in marks.lines))
    ]
    known = np.concatenate(points) if points else np.empty((0, 2))
    known = known[np.isfinite(known).all(axis=1)]
    if not len(known):
        return 0, 0, width_px, height_px
    low, high = known.min(axis=0), known.max(axis=0)
    extent = (high - low) * (1 + 2 * params.still_margin)
    height = max(extent[1], extent[0] / params.still_aspect, params.still_share * min(width_px, height_px))
    height = min(height, height_px, width_px / params.still_aspect)
    width = height * params.still_aspect
    left, top = (low + high) / 2 - (width / 2, height / 2)
    return round(min(max(left, 0), width_px - width)), round(min(max(top, 0), height_px - height)), int(width), int(height)


def _cut_out(rgb: Rgb, part_px: tuple[int, int, int, int], *, params: OverlayParams) -> tuple[Rgb, PictureWindow]:
    """Cut a part out and bring it to the size of a still."""
    left, top, width, height = part_px
    part = rgb[top : top + height, left : left + width]
    factor = min(params.still_zoom, params.still_long_side_px / max(part.shape[:2]))
    size = (round(part.shape[1] * factor / 2) * 2, round(part.shape[0] * factor / 2) * 2)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    window = PictureWindow(left, top, size[0] / part.shape[1], size[1] / part.shape[0])
    return np.asarray(cv2.resize(part, size, interpolation=way), dtype=np.uint8), window


def _place(marks: FrameMarks, window: PictureWindow) -> FrameMarks:
    """Express marks in pixels of a cut-out picture."""
    return _move(marks, np.array([window.left_px, window.top_px]), np.array([window.zoom_x, window.zoom_y]))


def _shrink(rgb: Rgb, *, long_side_px: int) -> Rgb:
    height, width = rgb.shape[:2]
    size = fit_size(width, height, long_side_px=long_side_px)
    return rgb if size == (width, height) else np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _move(marks: FrameMarks, origin: FloatArray, factor: FloatArray) -> FrameMarks:
    """Express marks in pixels of a part of the picture, enlarged or shrunk (pixel centres at whole numbers)."""
    lines = {role: (np.asarray(line, dtype=np.float64) - origin + 0.5) * factor - 0.5 for role, line in marks.lines.items()}
    points = {role: (np.asarray(point, dtype=np.float64) - origin + 0.5) * factor - 0.5 for role, point in marks.points.items()}
    return replace(marks, lines=lines, points=points)
