"""The fake UploadRecords."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.ports.uploads import Upload

if TYPE_CHECKING:
    from tests.fakes.records import FakeRecords


class FakeUploads:
    """UploadRecords over a dict; what has lost its account, grant or athlete is gone as soon as anybody looks."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def add(self, upload: Upload) -> bool:
        self._own.uploads[upload.upload_id] = upload
        return upload.upload_id in self.upload_ids()

    def find(self, upload_id: str) -> Upload | None:
        return next((upload for upload in self._list() if upload.upload_id == upload_id), None)

    def list_of(self, account_id: str | None, grant_id: str | None) -> Sequence[Upload]:
        return [upload for upload in self._list() if (upload.account_id, upload.grant_id) == (account_id, grant_id)]

    def list_about(self, athlete_id: str) -> Sequence[Upload]:
        accounts = {account.account_id for account in self._own.accounts.values() if account.athlete_id == athlete_id}
        grants = {grant.grant_id for grant in self._own.grants.values() if grant.athlete_id == athlete_id}
        return [each for each in self._list() if each.athlete_id == athlete_id or each.account_id in accounts or each.grant_id in grants]

    def list_expired(self, now: datetime) -> Sequence[Upload]:
        return [upload for upload in self._list() if upload.expires_at <= now]

    def upload_ids(self) -> frozenset[str]:
        return frozenset(upload.upload_id for upload in self._list())

    def grow(self, upload: Upload, *, since_bytes: int) -> bool:
        found = self.find(upload.upload_id)
        if found is None or found.offset_bytes != since_bytes:
            return False
        self._own.uploads[upload.upload_id] = upload
        return True

    def erase(self, upload_id: str) -> bool:
        return upload_id in self.upload_ids() and self._own.uploads.pop(upload_id) is not None

    def _list(self) -> list[Upload]:
        own = self._own
        self._own.uploads = {
            name: each
            for name, each in own.uploads.items()
            if (each.account_id is None or each.account_id in own.accounts)
            and (each.grant_id is None or each.grant_id in own.grants)
            and (each.athlete_id is None or each.athlete_id in own.athletes)
        }
        return sorted(own.uploads.values(), key=lambda upload: (upload.created_at, upload.upload_id))
