"""A sighting as bytes: arrays and numbers only, readable without running code."""

from __future__ import annotations

import io
import zipfile
from dataclasses import fields

import numpy as np

from vision.heads import NO_HEADS
from vision.tracks import ClipFacts, ClipSighting, LegTrack, RoomMarks

_LARGEST_BYTES = 32 * 1024**2
"""Ten times what the longest clip gives: a sighting comes from a process that has read a stranger's file."""


def pack_sighting(seen: ClipSighting) -> bytes:
    """Write a sighting as a compressed .npz."""
    arrays = {f"leg.{f.name}": getattr(seen.leg, f.name) for f in fields(LegTrack)}
    for field in fields(RoomMarks):
        value = getattr(seen.room, field.name)
        if field.name == "markers":
            arrays |= {f"marker.{marker_id}": corners for marker_id, corners in value.items()}
        else:
            arrays[f"room.{field.name}"] = np.asarray(value)
    arrays |= {f"facts.{f.name}": np.asarray(getattr(seen.facts, f.name)) for f in fields(ClipFacts) if getattr(seen.facts, f.name) is not None}
    arrays["heads"] = seen.heads
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def unpack_sighting(packed: bytes) -> ClipSighting:
    """Read what `pack_sighting` wrote; raise `RuntimeError` for what would swell beyond any sighting."""
    with zipfile.ZipFile(io.BytesIO(packed)) as listed:
        size = sum(member.file_size for member in listed.infolist())
    if size > _LARGEST_BYTES:
        raise RuntimeError(f"found {size} bytes of arrays; expected {_LARGEST_BYTES} or fewer")
    with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
        arrays = dict(stored)
    leg = LegTrack(**{f.name: arrays[f"leg.{f.name}"] for f in fields(LegTrack)})
    room = RoomMarks(
        size_px=(int(arrays["room.size_px"][0]), int(arrays["room.size_px"][1])),
        markers={int(name.removeprefix("marker.")): value for name, value in arrays.items() if name.startswith("marker.")},
        marker_sigma_px=float(arrays["room.marker_sigma_px"]),
        edges_px=arrays["room.edges_px"],
        corner_lines_px=arrays["room.corner_lines_px"],
        corner_scores=arrays["room.corner_scores"],
    )
    facts = {f.name: arrays[f"facts.{f.name}"].item() for f in fields(ClipFacts) if f"facts.{f.name}" in arrays and f.name != "picture_px"}
    picture = arrays["facts.picture_px"]
    heads = arrays.get("heads", NO_HEADS)  # sightings of earlier versions have none: their pictures are blurred all over
    return ClipSighting(leg, room, ClipFacts(**({"focal_35mm_mm": None} | facts), picture_px=(int(picture[0]), int(picture[1]))), heads)
