"""Under which key bytes are kept: the group is the screening, the upload, or the clip that waits to be part of a screening.

The files of a leg lie together in a folder that its row names. A clip that takes the place of another comes into a folder of its own, so that the row alone
says which files are those of the leg: there is no moment at which pictures of one clip stand beside the numbers of another.
"""

from __future__ import annotations

from app.ports.screenings import Attempt


def clip_key(screening_id: str, folder: str) -> str:
    """Return the clip as it was uploaded; the folder of a leg that came in with its screening is named like its side."""
    return f"{screening_id}/{folder}/clip"


def kept_clip_key(screening_id: str, attempt: Attempt) -> str:
    """Return the copy of a clip without metadata, which takes its place where clips are kept."""
    return f"{screening_id}/{attempt.folder}/clip.kept"


def part_key(upload_id: str, part_id: str) -> str:
    """Return a part of a clip that comes in piece by piece; here the group is the upload."""
    return f"{upload_id}/part/{part_id}"


def sighting_key(screening_id: str, attempt: Attempt) -> str:
    """Where everything is in the clip, as the engine packed it."""
    return f"{screening_id}/{attempt.folder}/sighting.npz"


def still_key(screening_id: str, attempt: Attempt) -> str:
    """Return the key frame of a leg."""
    return f"{screening_id}/{attempt.folder}/still.jpg"


def plain_still_key(screening_id: str, attempt: Attempt) -> str:
    """Return the key frame of a leg without marks, on which points are set by hand."""
    return f"{screening_id}/{attempt.folder}/plain.jpg"


def window_key(screening_id: str, attempt: Attempt) -> str:
    """Return which part of the frame the key frame's pictures show (JSON)."""
    return f"{screening_id}/{attempt.folder}/window.json"


def overlay_key(screening_id: str, attempt: Attempt) -> str:
    """Return the overlay clip of a leg."""
    return f"{screening_id}/{attempt.folder}/overlay.mp4"


def waiting_key(clip_id: str) -> str:
    """Return a clip that waits to be told whose leg it shows."""
    return f"{clip_id}/waiting/clip"
