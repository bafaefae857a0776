"""Accounts, and what opens them: sessions and links, passkeys, identities elsewhere, tries that failed."""

from __future__ import annotations

import sqlalchemy as sa

from app.adapters.sql.tables.metadata import metadata
from app.adapters.sql.utc import UtcDateTime

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account_id", sa.String(64), primary_key=True),
    sa.Column("email", sa.String(254), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.String(255), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), unique=True),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("grant_id", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("secret_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True),
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), index=True),
    sa.Column("squad_id", sa.ForeignKey("squads.squad_id", ondelete="CASCADE")),
    sa.Column("made_by", sa.ForeignKey("accounts.account_id", ondelete="CASCADE")),
    sa.Column("role", sa.String(16)),
    sa.Column("label", sa.String(80), nullable=False),
)

passkeys = sa.Table(
    "passkeys",
    metadata,
    sa.Column("passkey_id", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("credential_id", sa.LargeBinary(1023), nullable=False, unique=True),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_used_at", UtcDateTime),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("identity_id", sa.String(64), primary_key=True),
    sa.Column("issuer", sa.String(500), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("issuer", "subject"),
    sa.UniqueConstraint("account_id", "issuer"),
)

tries = sa.Table(
    "tries",
    metadata,
    sa.Column("try_id", sa.String(64), primary_key=True),
    sa.Column("key_sha256", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_tries_key_sha256", "key_sha256", "at"),
    sa.Index("ix_tries_at", "at"),
)
