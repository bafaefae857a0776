"""The door to video files: a path goes in, upright frames with their times come out, or one clear error.

Nothing is read ahead: one frame is in Python's hands at a time, and the decoder holds its reference frames. Times come from the presentation
stamps alone. What is dropped keeps its reason, and a clip of which more than a little is missing is refused at its end: never a silent half.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import av
import av.error

from vision import clip_faults as faults
from vision.containers import compute_matroska_shortfall, is_locked_matroska, name_picture, read_head, read_iso_layout
from vision.frame_order import Tally, compute_key_gap_s, compute_missing_s, read_frames
from vision.tracks import ClipInfo, Frame
from vision.upright import compute_square_size, fit_size
from vision.video_track import choose_track, declared_duration_s, read_focal_35mm_mm, read_uprighter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream

    from vision.errors import UnreadableClipError
    from vision.upright import Rgb, Uprighter

# Named, so that a file cannot be taken for a playlist or a picture series, which would open other files and addresses.
_ALLOWED_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts"
# By the names of FFmpeg's decoders: what phones and cameras film with, and nothing of the hundreds of others, least of all for sound.
_ALLOWED_CODECS = "h264,hevc,libdav1d,av1,vp9,libvpx-vp9,vp8,libvpx,mpeg4,h263,mjpeg,prores"
_OPEN_OPTIONS = {"format_whitelist": _ALLOWED_FORMATS, "codec_whitelist": _ALLOWED_CODECS, "protocol_whitelist": "file"}
_HEADER_ONLY_RATE_HZ = 999.0
_NEARLY = 1.05
"""A phone's second between such frames is not exactly one."""
_EDGES_PX = 1_000_000  # what decoders lay about the largest picture; one that grows in mid-clip is refused before memory is set aside


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What a clip may ask of the machine.

    Attributes
    ----------
    max_duration_s : float
        Longest clip.
    max_pixels : int
        Largest picture, stored pixels; the default is a little over 4K.
    max_rate_hz : float
        Most frames a second over any clip of a second or longer; 240 frames a second and the jitter of real clocks.
    max_lost_share : float
        Share of frames that may be undecodable or without a usable time before the clip counts as damaged.
    max_missing_share : float
        Share of the declared length that may be missing at the end before the clip counts as truncated.
    max_tracks : int
        Most tracks of any kind; phones write up to a dozen (sound, path, movements, depth, covers).
    max_unshown : int
        Most frames that are decoded and not shown, as many as the longest clip may show: a file of nothing else would hardly end.
    """

    max_duration_s: float = 180.0
    max_pixels: int = 4096 * 2304
    max_rate_hz: float = 260.0
    max_lost_share: float = 0.05
    max_missing_share: float = 0.05
    max_tracks: int = 32
    max_unshown: int = 46_800


class DecodedFrame(Frame):
    """A frame that is brought upright and into RGB when it is looked at: most are only counted."""

    __slots__ = ("_convert", "_rgb")

    _convert: Callable[[], Rgb]
    _rgb: Rgb | None

    def __init__(self, t_s: float, convert: Callable[[], Rgb]) -> None:
        object.__setattr__(self, "t_s", t_s)
        object.__setattr__(self, "_convert", convert)
        object.__setattr__(self, "_rgb", None)

    @property
    def rgb(self) -> Rgb:
        """Return the picture, (H, W, 3) uint8."""
        rgb = self._convert() if self._rgb is None else self._rgb
        object.__setattr__(self, "_rgb", rgb)
        return rgb


class PyAvReader:
    """Reads clips with FFmpeg's libraries through PyAV.

    Parameters
    ----------
    limits : DecodeLimits
        What a clip may ask for.
    on_drop : callable | None
        Called with the reason and the clip's own time in seconds (NaN where unknown) for each frame that is not shown:
        ``undecodable``, ``no_time``, ``before_start``, ``time_not_increasing``.
    long_side_px : int | None
        Shrink larger pictures to this while their colours are converted, which costs nothing and bounds the memory of who reads; None: as filmed.
    threads : int
        At most so many decode; a clip whose pictures are in one piece, as phones write them, keeps one busy.

    Notes
    -----
    A display matrix is applied whole, reflection included: the frames are what every player shows. Whether the recording itself is mirrored is
    for the markers to say.
    """

    def __init__(
        self,
        limits: DecodeLimits | None = None,
        *,
        on_drop: Callable[[str, float], None] | None = None,
        long_side_px: int | None = None,
        threads: int = 2,
    ) -> None:
        self.limits = limits or DecodeLimits()
        self.on_drop = on_drop
        self.long_side_px = long_side_px
        self.threads = threads

    def probe(self, path: Path) -> ClipInfo:
        """Read the headers and the first frame; raise `UnreadableClipError` for what is not a video, `RejectedClipError` for what is too long."""
        with self._opened(path) as (container, stream):
            frame, _ = next(read_frames(container, stream, Tally(), _say_nothing, self.limits.max_unshown), (None, 0.0))
            if frame is None:
                raise faults.damaged("no frame that can be decoded")
            uprighter = read_uprighter(stream, frame)
            width, height = uprighter.upright_size(frame.width, frame.height)
            rate_hz = float(stream.average_rate) if stream.average_rate else None
            return ClipInfo(
                width_px=width,
                height_px=height,
                duration_s=declared_duration_s(container, stream),
                # Matroska files without a frame duration declare their clock instead of a rate.
                rate_hz=rate_hz if rate_hz is not None and rate_hz < _HEADER_ONLY_RATE_HZ else None,
                codec=stream.codec_context.name,
                container=container.format.name,
                rotation_deg=uprighter.orientation.rotation_deg,
                focal_35mm_mm=read_focal_35mm_mm(container, stream),
            )

    def frames(self, path: Path) -> Iterator[Frame]:
        """Yield upright square-pixel RGB frames in order of time, from 0 s; raise `ClipError` where the clip breaks or at its end."""
        tally = Tally()
        with self._opened(path) as (container, stream):
            yield from self._show(container, stream, tally, self.on_drop or _say_nothing)
            self._check_whole(path, container, stream, tally)

    def glimpses(self, path: Path, *, every_s: float) -> Iterator[Frame]:
        """Yield a frame at least every `every_s`, and not more often than twice in that, as cheaply as the clip allows; raise nothing about its end.

        Notes
        -----
        Phones write a frame that needs no other about once a second: a tenth of the work shows as much. Where they are rarer, every frame is decoded.
        """
        next_s = 0.0
        with self._opened(path) as (container, stream):
            if compute_key_gap_s(container, stream) <= _NEARLY * every_s:
                stream.codec_context.skip_frame = "NONKEY"
            container.seek(0)
            for frame in self._show(container, stream, Tally(), _say_nothing):
                if frame.t_s + 1e-6 >= next_s:
                    next_s = frame.t_s + 0.5 * every_s
                    yield frame

    def _show(self, container: InputContainer, stream: VideoStream, tally: Tally, on_drop: Callable[[str, float], None]) -> Iterator[Frame]:
        uprighter: Uprighter | None = None
        size = (0, 0)
        for frame, time_s in read_frames(container, stream, tally, on_drop, self.limits.max_unshown):
            if uprighter is None:
                uprighter = read_uprighter(stream, frame)
                size = uprighter.upright_size(frame.width, frame.height)
                tally.first_s = time_s
            faults.check_same_shape(size, uprighter.upright_size(frame.width, frame.height))
            elapsed_s = time_s - tally.first_s
            tally.shown += 1
            faults.check_pace(elapsed_s, tally.shown, max_duration_s=self.limits.max_duration_s, max_rate_hz=self.limits.max_rate_hz)
            yield DecodedFrame(elapsed_s, partial(uprighter.to_rgb, frame, size=self._shown_size(size)))

    def _shown_size(self, size: tuple[int, int]) -> tuple[int, int]:
        if self.long_side_px is None or max(size) <= self.long_side_px:
            return size
        return fit_size(*size, long_side_px=self.long_side_px)

    @contextlib.contextmanager
    def _opened(self, path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
        _check_first_bytes(path, max_missing_share=self.limits.max_missing_share)
        try:
            container = open_container(path)
        except (av.error.FFmpegError, ValueError) as error:
            raise _why_not_opened(path) from error
        with container:
            faults.check_tracks(len(container.streams), max_tracks=self.limits.max_tracks)
            stream = choose_track(container)
            if stream.codec_context.codec.name not in _ALLOWED_CODECS.split(","):
                raise faults.unsupported_codec()
            stored = (stream.codec_context.width, stream.codec_context.height)
            if 0 in stored:
                raise faults.damaged("a video track without a picture size")
            for width, height in (stored, compute_square_size(*stored, stream.sample_aspect_ratio)):
                faults.check_size(width, height, max_pixels=self.limits.max_pixels)
            faults.check_duration(declared_duration_s(container, stream), max_duration_s=self.limits.max_duration_s)
            # frame threads lose the frames around a broken one; slice threads do not
            stream.thread_type = "SLICE"
            stream.codec_context.thread_count = self.threads
            stream.codec_context.options = {"max_pixels": str(self.limits.max_pixels + _EDGES_PX)}
            yield container, stream

    def _check_whole(self, path: Path, container: InputContainer, stream: VideoStream, tally: Tally) -> None:
        """Raise when what was shown is not the clip that the headers promised."""
        missing_s, declared_s = compute_missing_s(container, stream, tally)
        allowed_s = max(self.limits.max_missing_share * declared_s, 3 * tally.longest_gap_s, 0.1)
        if tally.shown and missing_s > allowed_s:
            raise faults.truncated(f"{declared_s - missing_s:.1f} s of {declared_s:.1f} s")
        layout = read_iso_layout(path)
        if layout is not None and not layout.fragmented and declared_s and missing_s < -max(allowed_s, declared_s):
            raise faults.damaged(f"frames over {declared_s - missing_s:.1f} s in a clip of {declared_s:.1f} s")
        if tally.shown and layout is not None and layout.fragmented and layout.cut_off:
            # Nobody knows how many fragments were to follow.
            raise faults.truncated(f"{tally.last_s - tally.first_s:.1f} s and then half a fragment")
        if not tally.shown:
            cut_off = layout is not None and layout.cut_off
            raise faults.truncated("no whole frame") if cut_off else faults.damaged("no frame that can be decoded")
        if tally.lost > max(1, self.limits.max_lost_share * (tally.shown + tally.lost)):
            spelled = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(tally.reasons.items()))
            raise faults.damaged(f"{tally.lost} of {tally.shown + tally.lost} frames lost ({spelled})")


def open_container(path: Path) -> InputContainer:
    """Open a file as one of the formats that are known to hold films; broken text in a tag is no reason to refuse it."""
    return av.open(path, metadata_errors="replace", options=_OPEN_OPTIONS)


def _check_first_bytes(path: Path, *, max_missing_share: float) -> None:
    head = read_head(path)
    if not head:
        raise faults.empty()
    picture = name_picture(head)
    if picture is not None:
        raise faults.still_picture(picture)
    layout = read_iso_layout(path)
    if is_locked_matroska(head) or (layout is not None and layout.locked):
        raise faults.encrypted()
    if layout is not None and layout.cut_off and not layout.has_index:
        raise faults.truncated("a recording without its index")
    shortfall = compute_matroska_shortfall(head, path.stat().st_size)
    if shortfall > max_missing_share:
        raise faults.truncated(f"{1 - shortfall:.0%} of the declared bytes")


def _why_not_opened(path: Path) -> UnreadableClipError:
    layout = read_iso_layout(path)
    if layout is None:
        return faults.not_a_video()
    if not layout.has_index and not layout.malformed:
        return faults.truncated("a recording without its index")
    return faults.damaged("a broken header")


def _say_nothing(_reason: str, _time_s: float) -> None:
    pass
