"""Door to av's muxer: a clip copied without its sound and without anything that is said about it; its pictures are not encoded anew."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np

from vision.decode import open_container
from vision.errors import ClipError, UnreadableClipError
from vision.video_track import choose_track

if TYPE_CHECKING:
    from av.video.stream import VideoStream

    from vision.protocols import ClipReader

_FORMATS = ("mp4", "mov", "matroska")
"""The first that takes the codec and gives back the same pictures."""


class RemuxStripper:
    """The `ClipStripper` of the protocols.

    Parameters
    ----------
    reader : ClipReader
        Reads both files, to see that the copy shows the same.

    Notes
    -----
    Only the packets of the picture's track are copied, with its codec parameters, among them the display matrix. Place, device, time of filming, names of
    tracks, chapters, covers, sound, and tracks of timed metadata (where a phone notes its path and its movements) are not. What an encoder writes between
    the packets' slices - usually its own name and settings - is part of the pictures, and stays.
    """

    def __init__(self, reader: ClipReader) -> None:
        self._reader = reader

    def strip(self, clip: Path, out: Path) -> None:
        """Write the copy, or raise `ClipError` and leave nothing."""
        for name in _FORMATS:
            try:
                _copy_packets(clip, out, name)
                # nothing is written where every packet is hidden
                if out.is_file() and self._show_the_same(clip, out):
                    return
            except (av.error.FFmpegError, ValueError, ClipError):
                pass
            out.unlink(missing_ok=True)
        raise UnreadableClipError(
            f"found no way to copy the clip without its metadata (tried {', '.join(_FORMATS)}); expected the same pictures at the same times",
            reason="damaged",
            advice="Keep the clip elsewhere if it is needed.",
        )

    def _show_the_same(self, clip: Path, copy: Path) -> bool:
        pairs = zip_longest(self._reader.frames(clip), self._reader.frames(copy))
        return all(a is not None and b is not None and abs(a.t_s - b.t_s) < 1e-6 and np.array_equal(a.rgb, b.rgb) for a, b in pairs)


def _copy_packets(clip: Path, out: Path, name: str) -> None:
    with open_container(clip) as source, av.open(out, "w", format=name, options={"fflags": "+bitexact"}) as target:
        track = choose_track(source)
        copied = target.add_stream_from_template(track, opaque=True)  # no encoder is asked for; AV1 has another name as one
        copied.metadata.clear()
        target.metadata.clear()
        hidden: list[av.Packet[VideoStream]] = []
        for packet in source.demux(track):
            if packet.dts is None:
                continue  # the empty packet that ends the file
            hidden.append(packet)
            # what a trimmed clip hides is needed where something shown is decoded from it, so not at its end
            if packet.is_discard:
                continue
            for needed in hidden:
                needed.stream = copied
                target.mux(needed)
            hidden = []
