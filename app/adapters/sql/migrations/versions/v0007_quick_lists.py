"""Lists and trends are read off indexes: an athlete's newest screenings, and the numbers without the documents beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBERS = ("limit_found", "toe_to_wall_cm", "toe_to_wall_std_cm", "shin_angle_deg", "shin_angle_std_deg", "setting")


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_screenings_athlete_id", "screenings")
    op.create_index("ix_screenings_of_athlete", "screenings", ["athlete_id", "created_at", "screening_id"])
    op.drop_index("ix_screenings_repeat_of", "screenings")
    is_repeat = sa.text("repeat_of IS NOT NULL")
    op.create_index("ix_screenings_repeat_of", "screenings", ["repeat_of"], sqlite_where=is_repeat, postgresql_where=is_repeat)
    op.create_index("ix_attempts_numbers", "attempts", ["screening_id", "side", *_NUMBERS])
    op.create_index("ix_reports_difference", "reports", ["screening_id", "difference_cm", "difference_std_cm", "scope"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_reports_difference", "reports")
    op.drop_index("ix_attempts_numbers", "attempts")
    op.drop_index("ix_screenings_repeat_of", "screenings")
    op.create_index("ix_screenings_repeat_of", "screenings", ["repeat_of"])
    op.drop_index("ix_screenings_of_athlete", "screenings")
    op.create_index("ix_screenings_athlete_id", "screenings", ["athlete_id"])
