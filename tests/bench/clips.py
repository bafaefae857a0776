"""Clips as phones film them, made from a sample: 1080p, 30 frames a second, one frame a second that needs no other, as long as is asked for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

SAMPLE = Path("sample_videos/a_left.mp4")
SIZE_PX = (1920, 1080)
RATE_HZ = 30
BITS_A_SECOND = 12_000_000
"""What phones spend on 1080p at 30 frames a second: 10 to 17 Mbit/s."""


def make_clip(path: Path, seconds: float) -> Path:
    """Play the sample forwards and backwards until the time is over; lunges go on where they turned back."""
    with av.open(str(SAMPLE)) as sample:
        frames = [frame.reformat(*SIZE_PX, format="yuv420p") for frame in sample.decode(video=0)]
    there_and_back = frames + frames[-2:0:-1]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE_HZ, options={"preset": "veryfast", "g": str(RATE_HZ), "threads": "2"})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *SIZE_PX, "yuv420p", BITS_A_SECOND
        stream.time_base = stream.codec_context.time_base = Fraction(1, RATE_HZ)
        for number in range(round(seconds * RATE_HZ)):
            frame = there_and_back[number % len(there_and_back)]
            frame.pts, frame.time_base = number, Fraction(1, RATE_HZ)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path
