"""The frames of one track in order of time, what was dropped and why, and how much of what the headers declared is missing at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import av
import av.error
import numpy as np

from vision import clip_faults as faults
from vision.video_track import declared_duration_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.container import InputContainer
    from av.video.stream import VideoStream

_ISO_FORMAT = "mov,mp4,m4a,3gp,3g2,mj2"


@dataclass(slots=True)
class Tally:
    """What has been seen of the clip so far, in seconds of its own clock and in frames."""

    shown: int = 0
    lost: int = 0
    unshown: int = 0
    first_s: float = 0.0
    last_s: float = float("-inf")
    longest_gap_s: float = 0.0
    shown_until_s: float = float("-inf")
    anything_until_s: float = float("-inf")
    broke_off: bool = False
    reasons: dict[str, int] = field(default_factory=dict)


def read_frames(
    container: InputContainer, stream: VideoStream, tally: Tally, on_drop: Callable[[str, float], None], max_unshown: int
) -> Iterator[tuple[av.VideoFrame, float]]:
    """Yield frames with their time on the clip's own clock, strictly increasing; count what is dropped."""

    def drop(reason: str, time_s: float, *, lost: bool = True) -> None:
        tally.lost += lost
        tally.unshown += 1
        tally.reasons[reason] = tally.reasons.get(reason, 0) + lost
        if tally.unshown > max_unshown:
            raise faults.damaged(f"more than {max_unshown} frames that cannot be shown")
        on_drop(reason, time_s)

    starts_at_zero = container.format.name == _ISO_FORMAT
    for packet in _packets(container, stream, tally):
        try:
            decoded = packet.decode()
        except av.error.FFmpegError:
            drop("undecodable", float("nan") if packet.pts is None else float(packet.pts * packet.time_base))
            continue
        for frame in decoded:
            stamp, unit = frame.pts if frame.pts is not None else frame.dts, frame.time_base
            if stamp is None or unit is None:
                drop("no_time", float("nan"))
                continue
            time_s = float(stamp * unit)
            if time_s < 0 and starts_at_zero:
                # An edit list starts the film at 0; what lies before is only there to decode the rest.
                drop("before_start", time_s, lost=False)
            elif time_s <= tally.last_s:
                drop("time_not_increasing", time_s)
            else:
                if tally.shown:
                    tally.longest_gap_s = max(tally.longest_gap_s, time_s - tally.last_s)
                tally.last_s = time_s
                tally.shown_until_s = time_s + float((frame.duration or 0) * unit)
                yield frame, time_s


def _packets(container: InputContainer, stream: VideoStream, tally: Tally) -> Iterator[av.Packet[VideoStream]]:
    """Yield the packets of one track, and note how far the other tracks reach."""
    packets = container.demux()
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:
            tally.broke_off = True
            break
        if packet is None:
            break
        if packet.pts is not None:
            tally.anything_until_s = max(tally.anything_until_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        # The packet that flushes the decoder carries its stream, but not the stream's index.
        if packet.stream is stream:
            yield cast("av.Packet[VideoStream]", packet)


def compute_key_gap_s(container: InputContainer, stream: VideoStream) -> float:
    """Longest time without a frame that can be decoded by itself, seconds."""
    times = [float(p.pts * p.time_base) for p in _packets(container, stream, Tally()) if p.is_keyframe and p.pts is not None]
    end_s = declared_duration_s(container, stream) or 0.0
    marks = np.array(sorted({*times, end_s}))
    return float(np.diff(marks).max()) if len(marks) > 1 else float("inf")


def compute_missing_s(container: InputContainer, stream: VideoStream, tally: Tally) -> tuple[float, float]:
    """How much less was found than declared, and how much was declared, seconds."""
    declared_s = declared_duration_s(container, stream)
    if declared_s is None:
        return 0.0, 0.0
    if stream.duration and stream.time_base:
        starts_s = float((stream.start_time or 0) * stream.time_base)
        return starts_s + declared_s - tally.shown_until_s, declared_s
    # The length of the whole file may be that of a longer sound track.
    return declared_s - max(tally.anything_until_s, tally.shown_until_s), declared_s
