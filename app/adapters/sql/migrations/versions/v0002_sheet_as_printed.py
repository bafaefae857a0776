"""What a person measured on the printed sheet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COLUMNS = ("sheet_ruler_mm", "sheet_margin_mm")


def upgrade() -> None:
    """Apply."""
    for name in _COLUMNS:
        op.add_column("screenings", sa.Column(name, sa.Float))


def downgrade() -> None:
    """Take back."""
    for name in _COLUMNS:
        op.drop_column("screenings", name)
