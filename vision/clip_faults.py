"""Every way a file can fail to be a readable clip: what was found, what was expected, what to do."""

from __future__ import annotations

from vision.errors import LostClipError, RejectedClipError, UnreadableClipError

_FILM_AGAIN = "Film again, and send the clip as the phone saved it."
_SEND_AGAIN = "Send the file again from the phone that filmed it; if it stops early there too, film again."
_SAME_ASPECT = 0.01


def empty() -> UnreadableClipError:
    """Say that nothing is in it."""
    return UnreadableClipError(
        "Found a file of 0 bytes, expected a video.", reason="empty", advice="The copy failed: send the clip again from the phone that filmed it."
    )


def not_a_video() -> UnreadableClipError:
    """Say that no video container begins like this."""
    return UnreadableClipError(
        "Found a file of another kind, expected a video.", reason="not_a_video", advice="Choose a clip from the phone's camera: MP4, MOV or WebM."
    )


def still_picture(kind: str) -> UnreadableClipError:
    """Say that it is a photo."""
    return UnreadableClipError(
        f"Found a picture ({kind}), expected a video.",
        reason="still_picture",
        advice="Film the lunges as a video; a photo does not show the knee reach the wall.",
    )


def no_video() -> UnreadableClipError:
    """Say that it is sound alone, or sound with a cover picture."""
    return UnreadableClipError("Found a file without a picture track, expected a video.", reason="no_video", advice="Choose the video, not a sound recording.")


def truncated(found: str) -> UnreadableClipError:
    """Say that less is there than the headers promise."""
    return UnreadableClipError(f"Found {found}: the file was cut off, expected the whole clip.", reason="truncated", advice=_SEND_AGAIN)


def encrypted() -> UnreadableClipError:
    """Say that the video track is locked."""
    return UnreadableClipError(
        "Found an encrypted video track, expected one that can be read.",
        reason="encrypted",
        advice="Send the clip as the phone's camera saved it, without copy protection.",
    )


def unsupported_codec() -> UnreadableClipError:
    """Say that no decoder is there for it."""
    return UnreadableClipError(
        "Found a video track that no decoder here can read, expected H.264, HEVC, VP9 or AV1.",
        reason="unsupported_codec",
        advice="Film with the phone's own camera, or convert the clip to MP4 (H.264).",
    )


def damaged(found: str) -> UnreadableClipError:
    """Say what contradicts what in the file."""
    return UnreadableClipError(f"Found {found}, expected a clip that plays from end to end.", reason="damaged", advice=_FILM_AGAIN)


def crashed() -> LostClipError:
    """Say that the program which read it ended."""
    return LostClipError("Found a clip on which the program that reads it ended, expected one that plays.", code="reader_crashed", advice=_FILM_AGAIN)


def too_slow() -> LostClipError:
    """Say that there was no end to it."""
    return LostClipError(
        "Found a clip that took longer to read than any clip should, expected one that plays.",
        code="takes_too_long",
        advice="Film at 1080p with 30 or 60 frames a second, no longer than the lunges last, and send the clip as the phone saved it.",
    )


def too_demanding() -> LostClipError:
    """Say that it would have filled the memory or the disk."""
    return LostClipError(
        "Found a clip that needs more memory or room than any clip should, expected one that plays.",
        code="asks_too_much",
        advice="Film at 1080p with 30 or 60 frames a second, and send the clip as the phone saved it.",
    )


def check_tracks(count: int, *, max_tracks: int) -> None:
    """Refuse a file that is a heap of tracks."""
    if count > max_tracks:
        raise damaged(f"{count} tracks in a file that may have {max_tracks}")


def check_size(width_px: int, height_px: int, *, max_pixels: int) -> None:
    """Refuse a picture that would fill the memory."""
    if width_px * height_px > max_pixels:
        raise UnreadableClipError(
            f"Found a picture of {width_px} x {height_px} pixels, expected {max_pixels} pixels or fewer.",
            reason="too_large",
            advice="Film at 1080p or 4K.",
        )


def check_duration(duration_s: float | None, *, max_duration_s: float) -> None:
    """Refuse a clip that is too long by its own account."""
    if duration_s is not None and duration_s > max_duration_s:
        raise RejectedClipError(
            f"Found a clip of {duration_s:.0f} s, expected {max_duration_s:.0f} s or less.",
            code="too_long",
            advice="Film one leg's lunges in one clip, or cut the clip to them.",
        )


def check_pace(elapsed_s: float, shown: int, *, max_duration_s: float, max_rate_hz: float) -> None:
    """Refuse a clip that turns out longer, or richer in frames, than its headers said."""
    check_duration(elapsed_s, max_duration_s=max_duration_s)
    if shown > max_rate_hz * (elapsed_s + 1):
        raise UnreadableClipError(
            f"Found {shown} frames in the first {elapsed_s:.1f} s, expected {max_rate_hz:.0f} a second or fewer.",
            reason="too_many_frames",
            advice="Film at 30 to 240 frames a second.",
        )


def check_same_shape(expected: tuple[int, int], found: tuple[int, int]) -> None:
    """Refuse a picture that changes its shape: the camera was turned, and nothing before compares with what comes after."""
    if abs(found[0] * expected[1] / (found[1] * expected[0]) - 1) > _SAME_ASPECT:
        raise damaged(f"a picture that changes from {expected[0]} x {expected[1]} to {found[0]} x {found[1]} pixels")
