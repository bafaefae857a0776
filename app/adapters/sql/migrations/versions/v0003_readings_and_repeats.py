"""Readings by hand, and screenings that repeat a leg of another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "readings",
        sa.Column("screening_id", sa.String(64), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blind", sa.Boolean(create_constraint=False), nullable=False),
        sa.PrimaryKeyConstraint("screening_id", "side", "kind", name="pk_readings"),
        sa.ForeignKeyConstraint(
            ["screening_id", "side"], ["attempts.screening_id", "attempts.side"], name="fk_readings_screening_id_attempts", ondelete="CASCADE"
        ),
    )
    op.add_column("screenings", sa.Column("repeat_of", sa.String(64)))
    op.create_index("ix_screenings_repeat_of", "screenings", ["repeat_of"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("readings")
    op.drop_index("ix_screenings_repeat_of", "screenings")
    op.drop_column("screenings", "repeat_of")
