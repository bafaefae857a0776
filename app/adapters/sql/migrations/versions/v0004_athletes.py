"""Athletes, and whose legs a screening shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "athletes",
        sa.Column("athlete_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("foot_length_cm", sa.Float),
        sa.PrimaryKeyConstraint("athlete_id", name="pk_athletes"),
    )
    op.add_column("screenings", sa.Column("athlete_id", sa.String(64)))
    op.create_index("ix_screenings_athlete_id", "screenings", ["athlete_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_screenings_athlete_id", "screenings")
    op.drop_column("screenings", "athlete_id")
    op.drop_table("athletes")
