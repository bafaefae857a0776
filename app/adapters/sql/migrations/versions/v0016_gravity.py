"""Which way was down while a clip was filmed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Apply."""
    op.add_column("attempts", sa.Column("gravity", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    """Take back."""
    op.drop_column("attempts", "gravity")
