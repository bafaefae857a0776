"""Points that somebody set on the key frame of a leg."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply."""
    op.add_column("attempts", sa.Column("by_hand", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    """Take back."""
    op.drop_column("attempts", "by_hand")
