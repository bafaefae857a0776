"""How many reports the last hour brought is counted without reading them: it is asked when the service is busiest."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_reports_created_at", "reports", ["created_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_reports_created_at", "reports")
