"""What the service keeps of itself: its workers, whom it tells when something is finished, and what was erased."""

from __future__ import annotations

import sqlalchemy as sa

from app.adapters.sql.tables.metadata import metadata
from app.adapters.sql.utc import UtcDateTime

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("webhook_id", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True),
    sa.Column("url", sa.String(500), nullable=False),
    sa.Column("secret", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_outcome", sa.String(16)),
    sa.Column("last_answer", sa.String(32)),
    sa.Column("last_tried_at", UtcDateTime),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("webhook_id", sa.ForeignKey("webhooks.webhook_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("screening_id", sa.ForeignKey("screenings.screening_id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("analysis", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("event", sa.String(32), primary_key=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("erased_id", sa.String(64), primary_key=True),
)
