"""What the headers say about the tracks of an open file: which one to show, how long it is, how it lies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import av
from av.sidedata.sidedata import Type as SideData
from av.stream import Disposition

from vision import clip_faults as faults
from vision.upright import Orientation, Uprighter

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_NOT_THE_SCENE = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.dependent | Disposition.still_image | Disposition.metadata
_FOCAL_TAG = re.compile(r"focal_?length(?:\.|_|in)?35mm", re.IGNORECASE)
_TURN_IN_NAME = re.compile(r"htc_video_rotA-(\d{3})")


def choose_track(container: InputContainer) -> VideoStream:
    """Take the track a player would show: no cover picture or depth map; enabled before disabled, large before small, full before empty."""
    tracks = [stream for stream in container.streams.video if not stream.disposition & _NOT_THE_SCENE]
    if not tracks:
        raise faults.no_video()
    readable = [stream for stream in tracks if stream.codec_context is not None]
    if not readable:
        raise faults.unsupported_codec()

    def rank(stream: VideoStream) -> tuple[bool, int, int, int]:
        context = stream.codec_context
        return bool(stream.disposition & Disposition.default), context.width * context.height, stream.frames, -stream.index

    return max(readable, key=rank)


def declared_duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    """Length of the track as declared, else that of the file, seconds."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


def read_uprighter(stream: VideoStream, frame: av.VideoFrame) -> Uprighter:
    """Take the orientation of the first frame for the whole clip."""
    return Uprighter(_orientation(stream, frame), stream.sample_aspect_ratio)


def _orientation(stream: VideoStream, frame: av.VideoFrame) -> Orientation:
    named = _TURN_IN_NAME.search(stream.metadata.get("title", ""))
    if named:
        return Orientation.from_turn(int(named.group(1)))
    try:
        matrix = frame.side_data.get(SideData.DISPLAYMATRIX)  # type: ignore[call-overload]  # the vendor's type knows strings only
    except ValueError:
        # Frames of spatial video carry side data that the library has no name for; it still knows their turn, counter-clockwise.
        return Orientation.from_turn(-round(frame.rotation / 90) * 90)
    return Orientation() if matrix is None else Orientation.from_matrix(bytes(matrix))


def read_focal_35mm_mm(container: InputContainer, stream: VideoStream) -> float | None:
    """35 mm equivalent focal length in millimetres, where a tag of the file or of the track has it."""
    for tags in (stream.metadata, container.metadata):
        for name, value in tags.items():
            number = re.search(r"\d+(?:\.\d+)?", value) if _FOCAL_TAG.search(name) else None
            if number and float(number.group()) > 0:
                return float(number.group())
    return None
