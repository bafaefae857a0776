"""Lists of screenings are read off an index: whether a clip was measured or rejected stands beside the document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_NUMBERS = (
    *("screening_id", "side", "limit_found", "toe_to_wall_cm", "toe_to_wall_std_cm", "shin_angle_deg", "shin_angle_std_deg", "setting"),
    *("seen_foot_cm", "seen_foot_std_cm", "seen_foot_print_std_cm", "set_by_hand", "sha256"),
)


def upgrade() -> None:
    """Apply."""
    op.add_column("attempts", sa.Column("status", sa.String(16)))
    # Every measured document has its setting beside it, and no rejected one has: a year of documents need not be read for that.
    op.execute("UPDATE attempts SET status = CASE WHEN setting IS NULL THEN 'rejected' ELSE 'measured' END WHERE measurement IS NOT NULL")
    op.drop_index("ix_attempts_numbers", "attempts")
    op.create_index("ix_attempts_listed", "attempts", [*_NUMBERS, "status", "clip_name", "share_done", "activity"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_attempts_listed", "attempts")
    op.create_index("ix_attempts_numbers", "attempts", list(_NUMBERS))
    op.drop_column("attempts", "status")
