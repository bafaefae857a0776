"""Clips that come in piece by piece."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "uploads",
        sa.Column("upload_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("length_bytes", sa.BigInteger, nullable=False),
        sa.Column("offset_bytes", sa.BigInteger, nullable=False),
        sa.Column("parts", sa.JSON, nullable=False),
        sa.Column("account_id", sa.String(64)),
        sa.Column("grant_id", sa.String(64)),
        sa.Column("athlete_id", sa.String(64)),
        sa.PrimaryKeyConstraint("upload_id", name="pk_uploads"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name="fk_uploads_account_id_accounts", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.grant_id"], name="fk_uploads_grant_id_grants", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athletes.athlete_id"], name="fk_uploads_athlete_id_athletes", ondelete="CASCADE"),
    )
    for column in ("expires_at", "account_id", "grant_id", "athlete_id"):
        op.create_index(f"ix_uploads_{column}", "uploads", [column])


def downgrade() -> None:
    """Take back."""
    op.drop_table("uploads")
