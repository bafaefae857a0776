"""Values that were read by hand on some day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "typed_values",
        sa.Column("value_id", sa.String(64), nullable=False),
        sa.Column("athlete_id", sa.String(64), nullable=False),
        sa.Column("measured_on", sa.Date, nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("value_id", name="pk_typed_values"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athletes.athlete_id"], name="fk_typed_values_athlete_id_athletes", ondelete="CASCADE"),
    )
    op.create_index("ix_typed_values_athlete_id", "typed_values", ["athlete_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("typed_values")
