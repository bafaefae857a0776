"""Screenings, attempts, reports and the heartbeat of workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "screenings",
        sa.Column("screening_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("analysis", sa.Integer, nullable=False),
        sa.Column("footwear", sa.String(16), nullable=False),
        sa.Column("foot_length_cm", sa.Float),
        sa.Column("height_cm", sa.Float),
        sa.Column("skirting_cm", sa.Float, nullable=False),
        sa.Column("scale", sa.String(16), nullable=False),
        sa.Column("failure_code", sa.String(64)),
        sa.Column("failure_message", sa.Text),
        sa.Column("failure_advice", sa.Text),
        sa.PrimaryKeyConstraint("screening_id", name="pk_screenings"),
    )
    op.create_index("ix_screenings_state", "screenings", ["state"])
    op.create_table(
        "attempts",
        sa.Column("screening_id", sa.String(64), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("clip_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("furthest", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("clip_key", sa.String(200)),
        sa.Column("share_done", sa.Float, nullable=False),
        sa.Column("activity", sa.String(200), nullable=False),
        sa.Column("measurement", sa.JSON),
        sa.PrimaryKeyConstraint("screening_id", "side", name="pk_attempts"),
        sa.ForeignKeyConstraint(["screening_id"], ["screenings.screening_id"], name="fk_attempts_screening_id_screenings", ondelete="CASCADE"),
    )
    op.create_table(
        "reports",
        sa.Column("screening_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("screening_id", name="pk_reports"),
        sa.ForeignKeyConstraint(["screening_id"], ["screenings.screening_id"], name="fk_reports_screening_id_screenings", ondelete="CASCADE"),
    )
    op.create_table(
        "workers",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("workers", "reports", "attempts", "screenings"):
        op.drop_table(table)
