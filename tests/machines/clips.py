"""Clips of three seconds, cut from the samples without coding them anew; no two have the same bytes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av

SAMPLES = Path(__file__).parents[2] / "sample_videos"
_SIDES = {"a_left": "left", "a_right": "right", "b_left": "left", "b_right": "right", "heel_lift_L": "left", "no_contact_R": "right", "progressive_L": "left"}
_FRAMES = (84, 96)


@dataclass(frozen=True, slots=True)
class ShortClip:
    """A clip and what is said about it."""

    name: str
    side: str
    content: bytes


def cut_clips(folder: Path, count: int, *, seed: int) -> list[ShortClip]:
    """Cut clips, each sample in its turn; in some of them nobody reaches the wall, which is a true reason to refuse them."""
    drawn, made = random.Random(seed), []  # noqa: S311 - repeatable
    for number in range(count):
        sample, side = list(_SIDES.items())[number % len(_SIDES)]
        path = folder / f"{number:04d}-{sample}.mp4"
        _cut(SAMPLES / f"{sample}.mp4", path, frames=drawn.randint(*_FRAMES), mark=f"{seed}/{number}")
        made.append(ShortClip(path.name, side, path.read_bytes()))
        path.unlink()
    return made


def _cut(source: Path, target: Path, *, frames: int, mark: str) -> None:
    with av.open(str(source)) as whole, av.open(str(target), "w", options={"movflags": "faststart"}) as short:
        video = whole.streams.video[0]
        out = short.add_stream_from_template(video)
        short.metadata["comment"] = mark
        packets = (packet for packet in whole.demux(video) if packet.pts is not None)
        for packet in islice(packets, frames):
            packet.stream = out
            short.mux(packet)
