"""Small clips made with PyAV, each with one defect or peculiarity, named by it.

The scene is grey with a red square in its upper left corner and a green one in its upper right corner, so that every wrong turn and every
reflection shows; the grey grows brighter from frame to frame, so that a lost or swapped frame shows.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np

from tests.priority import usual_priority

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

WIDTH_PX, HEIGHT_PX = 176, 144
SQUARE_PX = 32
RATE_HZ = 30
COUNT = 12
CLOCK_HZ = 90000
DARKEST, STEP = 50, 8


def draw_scene(index: int, *, width: int = WIDTH_PX, height: int = HEIGHT_PX) -> npt.NDArray[np.uint8]:
    """One upright picture."""
    rgb = np.full((height, width, 3), DARKEST + STEP * index, np.uint8)
    square_x, square_y = SQUARE_PX * width // WIDTH_PX, SQUARE_PX * height // HEIGHT_PX
    rgb[:square_y, :square_x] = (200, 30, 30)
    rgb[:square_y, -square_x:] = (30, 200, 30)
    return rgb


def read_index(rgb: npt.NDArray[np.uint8]) -> int:
    """Which frame of the scene this is, read off its grey."""
    height, width, _ = rgb.shape
    return round((float(rgb[height // 2 : -8, width // 3 : 2 * width // 3].mean()) - DARKEST) / STEP)


def corner_colours(rgb: npt.NDArray[np.uint8]) -> dict[str, str]:
    """Name what is seen in each corner: red, green or grey."""
    height, width, _ = rgb.shape
    places = {"upper left": (10, 10), "upper right": (10, width - 10), "lower left": (height - 10, 10), "lower right": (height - 10, width - 10)}

    def name(pixel: npt.NDArray[np.uint8]) -> str:
        red, green, _ = (int(value) for value in pixel)
        return "red" if red - green > 60 else "green" if green - red > 60 else "grey"

    return {place: name(rgb[where]) for place, where in places.items()}


UPRIGHT = {"upper left": "red", "upper right": "green", "lower left": "grey", "lower right": "grey"}


def write_clip(
    path: Path,
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    pictures: Sequence[npt.NDArray[np.uint8]] | None = None,
    times_s: Sequence[float] | None = None,
    codec_options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
    rotation_deg: int = 0,
    matrix: Sequence[int] | None = None,
    aspect: Fraction | None = None,
    tags: Mapping[str, str] | None = None,
    colour: Mapping[str, int] | None = None,
    clock_hz: int = CLOCK_HZ,
) -> Path:
    """Encode pictures at given times; the picture is stored as given, `rotation_deg` only declares how far it is to be turned clockwise."""
    pictures = [draw_scene(index) for index in range(COUNT)] if pictures is None else pictures
    times_s = [index / RATE_HZ for index in range(len(pictures))] if times_s is None else times_s
    # Without B-frames unless asked for: x265 gives the second of two frames a time stamp that no container takes.
    defaults = {"libx264": {"g": "6", "bf": "0"}, "libx265": {"x265-params": "bframes=0:log-level=none"}}.get(codec, {})
    with usual_priority(), av.open(path, "w", options=dict(container_options or {})) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=RATE_HZ, options={**defaults, **(codec_options or {})})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixel_format
        context = stream.codec_context
        context.time_base = Fraction(1, clock_hz)
        if aspect is not None:
            context.sample_aspect_ratio = aspect
        for name, value in (colour or {}).items():
            setattr(context, name, value)
        if rotation_deg:
            stream.set_display_rotation(-rotation_deg)
        if matrix is not None:
            stream.set_display_matrix(list(matrix))
        for picture, time_s in zip(pictures, times_s, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            if colour:
                frame = frame.reformat(format=pixel_format, dst_colorspace=colour.get("colorspace"), dst_color_range=colour.get("color_range"))
            frame.pts, frame.time_base = round(time_s * clock_hz), Fraction(1, clock_hz)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_audio(path: Path) -> Path:
    """Half a second of silence."""
    with av.open(path, "w") as container:
        stream = container.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 24000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_picture(path: Path, *, codec: str, pixel_format: str) -> Path:
    """One picture file, by the codec of its kind."""
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt, context.time_base = WIDTH_PX, HEIGHT_PX, pixel_format, Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(draw_scene(3), format="rgb24").reformat(format=pixel_format)
    packets = [*context.encode(frame), *context.encode(None)]
    path.write_bytes(b"".join(bytes(packet) for packet in packets))
    return path


def keep_share(path: Path, share: float) -> Path:
    """Cut a file off."""
    content = path.read_bytes()
    path.write_bytes(content[: round(len(content) * share)])
    return path


def overwrite_media(path: Path, *, start: float, stop: float) -> Path:
    """Put zeros over a part of the media box, given as shares of it."""
    content = bytearray(path.read_bytes())
    body = content.index(b"mdat") + 4
    length = int.from_bytes(content[body - 8 : body - 4], "big") - 8
    first, last = body + round(start * length), body + round(stop * length)
    content[first:last] = bytes(last - first)
    path.write_bytes(content)
    return path


def set_edit(path: Path, *, start_s: float, length_s: float, movie_clock_hz: int = 1000) -> Path:
    """Write the one entry of the edit list anew: which part of the film a player shows."""
    content = bytearray(path.read_bytes())
    entry = content.index(b"elst") + 12
    content[entry : entry + 4] = round(length_s * movie_clock_hz).to_bytes(4, "big")
    content[entry + 4 : entry + 8] = round(start_s * CLOCK_HZ).to_bytes(4, "big")
    path.write_bytes(content)
    return path
