"""Clips on their way in: piece by piece, and those that wait to be told whose leg they show."""

from __future__ import annotations

import sqlalchemy as sa

from app.adapters.sql.tables.metadata import metadata
from app.adapters.sql.utc import UtcDateTime

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("upload_id", sa.String(64), primary_key=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("length_bytes", sa.BigInteger, nullable=False),
    sa.Column("offset_bytes", sa.BigInteger, nullable=False),
    sa.Column("parts", sa.JSON, nullable=False),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True),
    sa.Column("grant_id", sa.ForeignKey("grants.grant_id", ondelete="CASCADE"), index=True),
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), index=True),
)

waiting_clips = sa.Table(
    "waiting_clips",
    metadata,
    sa.Column("clip_id", sa.String(64), primary_key=True),
    sa.Column("squad_id", sa.ForeignKey("squads.squad_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("clip_name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("problem", sa.String(500), nullable=False),
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("handed_in_by", sa.String(64)),
)
