"""A camera that shows a clip, over and over."""

from __future__ import annotations

from pathlib import Path

import av


def write_camera_film(clip: Path, film: Path) -> None:
    """Write a clip as what Chromium takes for a camera: one JPEG after the other."""
    with av.open(str(clip)) as source, film.open("wb") as out:
        video = source.streams.video[0]
        encoder = av.CodecContext.create("mjpeg", "w")
        encoder.width, encoder.height, encoder.pix_fmt = video.width, video.height, "yuvj420p"
        encoder.time_base = video.time_base
        encoder.options = {"q:v": "4"}
        for frame in source.decode(video):
            for packet in encoder.encode(frame.reformat(format="yuvj420p")):
                out.write(bytes(packet))
        for packet in encoder.encode(None):
            out.write(bytes(packet))


def camera_flags(film: Path) -> tuple[str, ...]:
    """Return what makes Chromium use it, and allow it to every page without asking."""
    return "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}"
