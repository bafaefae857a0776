"""Errors of clips that are handed in or asked for again; the tree of all is in `app.usecases.errors`."""

from __future__ import annotations

from app.usecases.errors import UsecaseError


class EmptyClipError(UsecaseError):
    """A clip arrived without a single byte."""

    code = "empty_clip"

    def __init__(self, side: str) -> None:
        super().__init__(
            f"The {side} clip is empty: 0 bytes arrived; expected a video.",
            advice="Play the clip on the phone once to see that it was saved, then choose it again.",
        )


class TooLargeError(UsecaseError):
    """More bytes arrived than are accepted."""

    code = "too_large"

    def __init__(self, side: str, *, limit_bytes: int) -> None:
        super().__init__(
            f"The {side} clip is larger than {limit_bytes / 1e6:.0f} MB, the most that is accepted.",
            advice="Film three to five lunges, at most a minute, at 1080p and 30 or 60 frames a second.",
        )


class NotAVideoError(UsecaseError):
    """The first bytes are not those of a video."""

    code = "not_a_video"

    def __init__(self, side: str, *, found: str) -> None:
        super().__init__(
            f"The {side} file is {found}; expected a video (MP4, MOV, WebM or 3GP).",
            advice="Choose the video as the phone recorded it.",
        )


class SameClipTwiceError(UsecaseError):
    """Left and right are the same bytes."""

    code = "same_clip_twice"

    def __init__(self) -> None:
        super().__init__(
            "The left and the right clip are the same file; expected one clip of each leg.",
            advice="Choose the clip of the left leg for left and the clip of the right leg for right.",
        )


class SameClipAgainError(UsecaseError):
    """A repeat is the clip that was measured already."""

    code = "same_clip_again"

    def __init__(self) -> None:
        super().__init__(
            "This clip was measured already; expected a new one: the same file gives the same number and says nothing about repeating it.",
            advice="Put camera, sheet and foot in place anew, film again, and choose that clip.",
        )


class ClipGoneError(UsecaseError):
    """A clip was to be analysed again that is no longer kept."""

    code = "clip_gone"

    def __init__(self, side: str) -> None:
        super().__init__(
            f"The clip of the {side} leg is no longer kept, so it cannot be analysed again.",
            advice="Hand it in again as a new screening. The service can be told to keep clips for some days.",
        )
