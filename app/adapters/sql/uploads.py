"""Uploads that can be resumed, in an SQL database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from app.adapters.sql.tables import accounts, athletes, grants, uploads
from app.adapters.sql.writing import hold_row
from app.ports.uploads import Upload


class SqlUploads:
    """UploadRecords on the connection of a unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, upload: Upload) -> bool:
        """Insert an upload; the athlete is held first, as whoever erases them holds them first."""
        belongs = ((athletes.c.athlete_id, upload.athlete_id), (accounts.c.account_id, upload.account_id), (grants.c.grant_id, upload.grant_id))
        if not all(hold_row(self._connection, column.table, column == value) for column, value in belongs if value is not None):
            return False
        self._connection.execute(uploads.insert().values(**asdict(upload) | {"parts": list(upload.parts)}))
        return True

    def find(self, upload_id: str) -> Upload | None:
        """Select one upload."""
        return next(iter(self._select(uploads.c.upload_id == upload_id)), None)

    def list_of(self, account_id: str | None, grant_id: str | None) -> Sequence[Upload]:
        """Select the uploads of one owner."""
        return self._select(uploads.c.account_id.is_not_distinct_from(account_id) & uploads.c.grant_id.is_not_distinct_from(grant_id))

    def list_about(self, athlete_id: str) -> Sequence[Upload]:
        """Select what goes with an athlete."""
        own = sa.select(accounts.c.account_id).where(accounts.c.athlete_id == athlete_id)
        links = sa.select(grants.c.grant_id).where(grants.c.athlete_id == athlete_id)
        return self._select((uploads.c.athlete_id == athlete_id) | uploads.c.account_id.in_(own) | uploads.c.grant_id.in_(links))

    def list_expired(self, now: datetime) -> Sequence[Upload]:
        """Select what is too old."""
        return self._select(uploads.c.expires_at <= now)

    def upload_ids(self) -> frozenset[str]:
        """Select all ids."""
        return frozenset(self._connection.execute(sa.select(uploads.c.upload_id)).scalars())

    def grow(self, upload: Upload, *, since_bytes: int) -> bool:
        """Update offset and parts where the offset is the one they follow."""
        here = (uploads.c.upload_id == upload.upload_id, uploads.c.offset_bytes == since_bytes)
        values = {"offset_bytes": upload.offset_bytes, "parts": list(upload.parts)}
        return self._connection.execute(uploads.update().where(*here).values(**values)).rowcount > 0

    def erase(self, upload_id: str) -> bool:
        """Delete the upload."""
        return self._connection.execute(uploads.delete().where(uploads.c.upload_id == upload_id)).rowcount > 0

    def _select(self, condition: sa.ColumnElement[bool]) -> list[Upload]:
        query = sa.select(uploads).where(condition).order_by(uploads.c.created_at, uploads.c.upload_id)
        return [Upload(**dict(row) | {"parts": tuple(row["parts"])}) for row in self._connection.execute(query).mappings().all()]
