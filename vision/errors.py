"""Errors of vision: why a clip cannot be read or measured, and what to do about it.

ClipError                      root; `code` is stable, `advice` is what the person can do next
├── UnreadableClipError        code "unreadable_file"; `reason` says which way
├── RejectedClipError          the clip plays but cannot be measured; code from the list of refusals
├── LostClipError              the program that read the clip ended; code "reader_crashed", "takes_too_long" or "asks_too_much"
└── WeightsError               the pose weights are missing or not the pinned ones
"""

from __future__ import annotations


class ClipError(Exception):
    """Root of all errors raised by `vision`.

    Parameters
    ----------
    message : str
        What was found and what was expected, in one sentence.
    code : str
        Stable identifier.
    advice : str
        What the person who filmed can do next, in one sentence.
    """

    def __init__(self, message: str, *, code: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.advice = advice


class UnreadableClipError(ClipError):
    """The file cannot be decoded to the end as a video.

    `reason` is one of: empty, not_a_video, still_picture, no_video, truncated, encrypted, unsupported_codec, damaged,
    too_large, too_many_frames.
    """

    def __init__(self, message: str, *, reason: str, advice: str) -> None:
        super().__init__(message, code="unreadable_file", advice=advice)
        self.reason = reason


class RejectedClipError(ClipError):
    """The clip plays, but what it shows cannot be measured."""


class LostClipError(ClipError):
    """The clip was given up: whatever read it crashed, found no end, or asked for more than a clip may."""


class WeightsError(ClipError):
    """The pose weights are missing, or their bytes are not the pinned ones."""

    def __init__(self, message: str, *, advice: str) -> None:
        super().__init__(message, code="weights", advice=advice)
