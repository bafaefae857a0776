"""Small clips to begin from: a second of a sample in every container and codec that phones film with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from tests.priority import usual_priority

SAMPLE = Path(__file__).parents[2] / "sample_videos/a_left.mp4"
_LONG_SIDE_PX = 256
_COUNT = 8
_RATE_HZ = 8


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    codec: str
    pixel_format: str = "yuv420p"
    container: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    turned: bool = False
    sound: bool = False


_KINDS = (
    _Kind("plain.mp4", "libx264"),
    _Kind("index_first.mp4", "libx264", container={"movflags": "faststart"}, options={"bf": "2", "g": "4"}),
    _Kind("fragments.mp4", "libx264", container={"movflags": "frag_keyframe+empty_moov"}, options={"g": "3"}),
    _Kind("turned_with_sound.mov", "libx264", turned=True, sound=True),
    _Kind("hevc.mov", "libx265", pixel_format="yuv420p10le", options={"x265-params": "bframes=0:log-level=none"}),
    _Kind("av1.mp4", "libsvtav1"),
    _Kind("vp8.webm", "libvpx"),
    _Kind("vp9.webm", "libvpx-vp9"),
    _Kind("live.webm", "libvpx", container={"live": "1"}),
    _Kind("h264.mkv", "libx264", options={"bf": "0"}, sound=True),
    _Kind("mpeg4.3gp", "mpeg4"),
)


def make_seeds(folder: Path) -> list[Path]:
    """Write the clips that mutations begin from."""
    pictures = _read_sample()
    return [_write(folder / kind.name, kind, pictures) for kind in _KINDS]


def _read_sample() -> list[npt.NDArray[np.uint8]]:
    """Pictures of somebody who lunges, small."""
    with av.open(SAMPLE) as container:
        track = container.streams.video[0]
        share = _LONG_SIDE_PX / max(track.width, track.height)
        size = {"width": round(track.width * share / 2) * 2, "height": round(track.height * share / 2) * 2}
        frames = [frame for number, frame in enumerate(container.decode(track)) if number % 16 == 0]
        return [frame.reformat(**size, format="rgb24").to_ndarray() for frame in frames[:_COUNT]]


def _write(path: Path, kind: _Kind, pictures: list[npt.NDArray[np.uint8]]) -> Path:
    with usual_priority(), av.open(path, "w", options=dict(kind.container)) as container:
        container.metadata["title"] = "a title"
        stream = container.add_stream(kind.codec, rate=_RATE_HZ, options=dict(kind.options))
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = kind.pixel_format
        stream.codec_context.time_base = Fraction(1, 1200)
        if kind.turned:
            stream.set_display_rotation(-90)
        sound = container.add_stream("aac", rate=48000) if kind.sound else None
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number * 1200 // _RATE_HZ, Fraction(1, 1200)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound is not None:
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="fltp", layout="mono")
            silence.sample_rate = 48000
            container.mux(sound.encode(silence))
            container.mux(sound.encode())
    return path
