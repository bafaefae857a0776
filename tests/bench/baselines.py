"""What one clip costs others: decoding it once, and the obvious way of asking MediaPipe about every frame."""

from __future__ import annotations

import time
from pathlib import Path

import av

from vision.weights import default_cache, weights_path


def time_decoding(path: Path, *, threads: int) -> float:
    """Seconds from the file to every frame in RGB, and nothing done with it."""
    began = time.perf_counter()
    with av.open(str(path)) as clip:
        stream = clip.streams.video[0]
        stream.thread_type = "SLICE"
        stream.codec_context.thread_count = threads
        for frame in clip.decode(stream):
            frame.to_ndarray(format="rgb24")
    return time.perf_counter() - began


def time_every_frame(path: Path) -> float:
    """Seconds of the middle network on every frame, landmarks alone, with decoding; the network is loaded before."""
    from mediapipe import Image, ImageFormat  # noqa: PLC0415 - heavy
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

    weights = weights_path("full", source=None, cache=default_cache())
    options = vision.PoseLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(weights)), running_mode=vision.RunningMode.VIDEO)
    with vision.PoseLandmarker.create_from_options(options) as network, av.open(str(path)) as clip:
        began = time.perf_counter()
        for frame in clip.decode(video=0):
            network.detect_for_video(Image(image_format=ImageFormat.SRGB, data=frame.to_ndarray(format="rgb24")), round(1000 * float(frame.time or 0)))
        return time.perf_counter() - began
