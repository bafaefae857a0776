"""Reports are versions: which number, by whom and why; earlier ones are kept. What is handed in twice under one key is one screening."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    op.add_column("screenings", sa.Column("changed_by", sa.String(64)))
    op.add_column("screenings", sa.Column("change_reason", sa.String(200)))
    op.add_column("reports", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.add_column("reports", sa.Column("changed_by", sa.String(64)))
    op.add_column("reports", sa.Column("change_reason", sa.String(200)))
    op.add_column("screenings", sa.Column("handed_in_by", sa.String(64)))
    op.add_column("screenings", sa.Column("idempotency_key", sa.String(64)))
    op.create_index("ix_screenings_idempotency_key", "screenings", ["idempotency_key"], unique=True)
    op.create_table(
        "earlier_reports",
        sa.Column("screening_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(64)),
        sa.Column("change_reason", sa.String(200)),
        sa.Column("document", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("screening_id", "version", name="pk_earlier_reports"),
        sa.ForeignKeyConstraint(["screening_id"], ["screenings.screening_id"], name="fk_earlier_reports_screening_id_screenings", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("earlier_reports")
    op.drop_index("ix_screenings_idempotency_key", "screenings")
    op.drop_column("screenings", "idempotency_key")
    op.drop_column("screenings", "handed_in_by")
    for table, columns in (("reports", ("change_reason", "changed_by", "version")), ("screenings", ("change_reason", "changed_by"))):
        for column in columns:
            op.drop_column(table, column)
