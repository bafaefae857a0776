"""The newest finished screening of each athlete is found by one look, without statistics of the states."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply."""
    done = sa.text("state = 'done' AND repeat_of IS NULL")
    op.create_index("ix_screenings_newest", "screenings", ["athlete_id", "created_at", "screening_id"], sqlite_where=done, postgresql_where=done)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_screenings_newest", "screenings")
