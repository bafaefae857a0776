"""Pictures are drawn in the language of whoever handed the clips in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Apply."""
    op.add_column("screenings", sa.Column("language", sa.String(8), nullable=False, server_default="en"))


def downgrade() -> None:
    """Take back."""
    op.drop_column("screenings", "language")
