"""Clips that come in piece by piece, and go on where they were when the connection was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A clip on its way in: how long it will be, how much of it is here and in which parts, and until when it waits to be used.

    It belongs to the account that began it, without one to the grant (a link, a device of the room), without either to the owner. `athlete_id` is
    whose leg it shows, where that was said. Its file's name is not kept.
    """

    upload_id: str
    created_at: datetime
    expires_at: datetime
    length_bytes: int
    offset_bytes: int = 0
    parts: tuple[str, ...] = ()
    account_id: str | None = None
    grant_id: str | None = None
    athlete_id: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every byte is here."""
        return self.offset_bytes == self.length_bytes


class UploadRecords(Protocol):
    """Uploads in a unit of work; one goes with its account, its grant and its athlete."""

    def add(self, upload: Upload) -> bool:
        """Remember a new upload, and keep others of its account or grant waiting until the end; False when one of the three is gone."""

    def find(self, upload_id: str) -> Upload | None:
        """Return the upload, or None when it is unknown, used or erased."""

    def list_of(self, account_id: str | None, grant_id: str | None) -> Sequence[Upload]:
        """Return uploads of one account or grant, oldest first; of the owner for None and None."""

    def list_about(self, athlete_id: str) -> Sequence[Upload]:
        """Return uploads that show an athlete, or that came from their account or over a link to hand in clips of them."""

    def list_expired(self, now: datetime) -> Sequence[Upload]:
        """Return uploads whose time is over."""

    def upload_ids(self) -> frozenset[str]:
        """Ids of all uploads."""

    def grow(self, upload: Upload, *, since_bytes: int) -> bool:
        """Keep offset and parts, if the offset is still `since_bytes`; False when somebody was quicker, or the upload is gone."""

    def erase(self, upload_id: str) -> bool:
        """Forget an upload; False when it was unknown, so that of two who use it at once one finds nothing."""
