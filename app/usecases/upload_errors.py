"""Errors of uploads that can be resumed; their place in the tree is in `app.usecases.errors`."""

from __future__ import annotations

import math

from app.usecases.errors import UsecaseError


class UnknownUploadError(UsecaseError):
    """There is no such upload for whoever asks."""

    code = "unknown_upload"

    def __init__(self) -> None:
        super().__init__(
            "There is no such upload: it was used already, given up, is too old, or is somebody else's.",
            advice="Choose the clip and send it again from its beginning.",
        )


class UploadOffsetError(UsecaseError):
    """Bytes were sent that do not follow those that are here."""

    code = "offset_conflict"

    def __init__(self, *, found: int, expected: int | None = None) -> None:
        there = "another request was quicker" if expected is None else f"expected {expected}, as many as are here"
        super().__init__(f"Found the offset {found}; {there}.", advice="Ask with HEAD how many bytes are here, and go on from there.")


class UploadOverrunError(UsecaseError):
    """More bytes came than the upload was said to have."""

    code = "upload_overrun"

    def __init__(self, *, length_bytes: int) -> None:
        super().__init__(f"More bytes came than the {length_bytes} that Upload-Length said.", advice="Begin a new upload and say its true length.")


class UploadUnfinishedError(UsecaseError):
    """An upload was to be used of which not all is here."""

    code = "upload_unfinished"

    def __init__(self, side: str, *, found: int, expected: int) -> None:
        super().__init__(f"Of the {side} clip {found} of {expected} bytes are here.", advice="Finish the upload, then hand it in.")


class UploadQuotaError(UsecaseError):
    """Somebody has begun as much as they may."""

    code = "upload_quota"

    def __init__(self, *, most: int, most_bytes: int) -> None:
        super().__init__(
            f"Too much is on its way in: at most {most} uploads, {most_bytes / 1e9:.1f} GB together, may wait to be finished and handed in.",
            advice="Hand in or cancel what was begun before, or wait until it expires.",
        )


class TooManyWaitingError(UsecaseError):
    """Somebody has as many clips in the queue as they may."""

    code = "too_many_waiting"

    def __init__(self, *, found: int, most: int, wait_s: float) -> None:
        super().__init__(
            f"Screenings of yours that are still to be measured: {found}; at most {most} may wait at a time. Nothing of this one was kept.",
            advice=f"Send it again in {math.ceil(wait_s / 60)} min, when some of them are done.",
        )
        self.wait_s = wait_s


class ServiceBusyError(UsecaseError):
    """The queue is as long as it may be."""

    code = "service_busy"

    def __init__(self, *, found: int, most: int, wait_s: float) -> None:
        super().__init__(
            f"The service is busy. Screenings that are still to be measured: {found}; at most {most} may wait at a time. Nothing of this one was kept.",
            advice=f"Send it again in {math.ceil(wait_s / 60)} min.",
        )
        self.wait_s = wait_s


class ServiceStoppingError(UsecaseError):
    """The service is being stopped, and an upload was not through in time."""

    code = "service_stopping"
    wait_s = 30.0

    def __init__(self) -> None:
        super().__init__(
            "The service is being stopped or brought up to date, and this upload did not end in time.",
            advice="Send it again in a minute; what is sent piece by piece goes on.",
        )


class ChecksumError(UsecaseError):
    """The bytes are not those that were sent."""

    code = "checksum_mismatch"

    def __init__(self) -> None:
        super().__init__("The bytes do not have the checksum that Upload-Checksum says; none of them were kept.", advice="Send them again.")


class NoRoomError(UsecaseError):
    """The disk is full."""

    code = "no_room"
    wait_s = 600.0

    def __init__(self) -> None:
        super().__init__(
            "There is no room left on the machine for this clip; nothing of it was kept.", advice="Tell whoever runs the service, and send it again later."
        )


class ProtocolVersionError(UsecaseError):
    """Another version of the protocol is spoken, or none is named."""

    code = "tus_version"

    def __init__(self, *, found: str | None) -> None:
        named = "no version of tus" if found is None else f"tus {found[:20]!r}"
        super().__init__(f"Found {named}; expected Tus-Resumable: 1.0.0.", advice="Use a client of tus 1.0.0.")


class ProtocolHeaderError(UsecaseError):
    """A header of the protocol is missing or cannot be read."""

    code = "tus_header"

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}.", advice="See https://tus.io/protocols/resumable-upload.")


class NotAStreamError(UsecaseError):
    """Bytes came under another content type than the protocol's."""

    code = "not_a_stream"

    def __init__(self, *, found: str) -> None:
        super().__init__(f"Found the content type {found[:60]!r}; expected application/offset+octet-stream.", advice="Use a client of tus 1.0.0.")
