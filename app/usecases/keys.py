"""Under which key bytes are kept: the group is the screening, the upload, or the clip that waits to be part of a screening."""

from __future__ import annotations

from app.assessment.measurement import Side


def clip_key(screening_id: str, side: Side) -> str:
    """Return the clip as it was uploaded."""
    return f"{screening_id}/{side}/clip"


def kept_clip_key(screening_id: str, side: Side) -> str:
    """Return the copy of a clip without metadata, which takes its place where clips are kept."""
    return f"{screening_id}/{side}/clip.kept"


def part_key(upload_id: str, part_id: str) -> str:
    """Return a part of a clip that comes in piece by piece; here the group is the upload."""
    return f"{upload_id}/part/{part_id}"


def sighting_key(screening_id: str, side: Side) -> str:
    """Where everything is in the clip, as the engine packed it."""
    return f"{screening_id}/{side}/sighting.npz"


def still_key(screening_id: str, side: Side) -> str:
    """Return the key frame of a side."""
    return f"{screening_id}/{side}/still.jpg"


def plain_still_key(screening_id: str, side: Side) -> str:
    """Return the key frame of a side without marks, on which points are set by hand."""
    return f"{screening_id}/{side}/plain.jpg"


def window_key(screening_id: str, side: Side) -> str:
    """Return which part of the frame the key frame's pictures show (JSON)."""
    return f"{screening_id}/{side}/window.json"


def overlay_key(screening_id: str, side: Side) -> str:
    """Return the overlay clip of a side."""
    return f"{screening_id}/{side}/overlay.mp4"


def waiting_key(clip_id: str) -> str:
    """Return a clip that waits to be told whose leg it shows."""
    return f"{clip_id}/waiting/clip"
