"""A camera that shows a clip, over and over."""

from __future__ import annotations

from pathlib import Path

import av
import cv2

_QUALITY = 92
"""Of JPEG, 0 to 100: about what a phone's camera loses. What the browser's own encoder loses comes on top."""

_SLOWER = 2
"""Each frame is shown so often: the samples' knees are at the wall for half a second, people are told to hold, and a busy machine films unevenly."""


def write_camera_film(clip: Path, film: Path) -> None:
    """Write a clip as what Chromium takes for a camera: one JPEG after the other, at half the speed."""
    with av.open(str(clip)) as source, film.open("wb") as out:
        for frame in source.decode(video=0):
            _, jpeg = cv2.imencode(".jpg", frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
            out.write(jpeg.tobytes() * _SLOWER)


def camera_flags(film: Path) -> tuple[str, ...]:
    """Return what makes Chromium use it, and allow it to every page without asking."""
    return "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}"
