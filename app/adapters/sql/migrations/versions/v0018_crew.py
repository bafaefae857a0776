"""Turns in which clips are analysed, and tries that every web process counts together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Apply."""
    op.add_column("screenings", sa.Column("turn", sa.Integer))
    op.create_table(
        "tries",
        sa.Column("try_id", sa.String(64), nullable=False),
        sa.Column("key_sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("try_id", name="pk_tries"),
    )
    op.create_index("ix_tries_key_sha256", "tries", ["key_sha256", "at"])
    op.create_index("ix_tries_at", "tries", ["at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("tries")
    op.drop_column("screenings", "turn")
