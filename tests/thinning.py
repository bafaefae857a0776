"""Glimpses of clips that have no frames that need no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from vision.tracks import Frame

F = TypeVar("F", bound=Frame)


def thin(frames: Iterable[F], every_s: float) -> Iterator[F]:
    """Take a frame twice in `every_s`, as `vision.protocols.ClipReader.glimpses` asks."""
    next_s = 0.0
    for frame in frames:
        if frame.t_s + 1e-6 >= next_s:
            next_s = frame.t_s + 0.5 * every_s
            yield frame
