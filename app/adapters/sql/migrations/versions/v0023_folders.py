"""A leg says in which folder its files lie; those of before lie in one that is named like the side."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_LISTED = (
    *("screening_id", "side", "limit_found", "toe_to_wall_cm", "toe_to_wall_std_cm", "shin_angle_deg", "shin_angle_std_deg", "setting"),
    *("seen_foot_cm", "seen_foot_std_cm", "seen_foot_print_std_cm", "set_by_hand", "sha256"),
    *("status", "clip_name", "share_done", "activity"),
)


def upgrade() -> None:
    """Apply."""
    op.add_column("attempts", sa.Column("folder", sa.String(64)))
    op.drop_index("ix_attempts_listed", "attempts")
    op.create_index("ix_attempts_listed", "attempts", [*_LISTED, "folder"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_attempts_listed", "attempts")
    op.create_index("ix_attempts_listed", "attempts", list(_LISTED))
    op.drop_column("attempts", "folder")
