"""Whether points were set by hand, and which clip it was, are read off the index of the numbers like the numbers themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_LISTED = (
    *("screening_id", "side", "limit_found", "toe_to_wall_cm", "toe_to_wall_std_cm", "shin_angle_deg", "shin_angle_std_deg", "setting"),
    *("seen_foot_cm", "seen_foot_std_cm", "seen_foot_print_std_cm"),
)


def upgrade() -> None:
    """Apply."""
    op.add_column("attempts", sa.Column("set_by_hand", sa.Boolean(create_constraint=False)))
    attempts = sa.table("attempts", *(sa.column(name) for name in ("setting", "by_hand", "set_by_hand")))
    measured = attempts.update().where(attempts.c.setting.is_not(None))
    op.execute(measured.values(set_by_hand=attempts.c.by_hand.is_not(None)))
    op.drop_index("ix_attempts_numbers", "attempts")
    op.create_index("ix_attempts_numbers", "attempts", [*_LISTED, "set_by_hand", "sha256"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_attempts_numbers", "attempts")
    op.create_index("ix_attempts_numbers", "attempts", list(_LISTED))
    op.drop_column("attempts", "set_by_hand")
