"""Notes about the athletes of a squad, and clips that wait to be told whose leg they show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Apply."""
    op.add_column("squad_athletes", sa.Column("note", sa.String(500)))
    op.add_column("squad_athletes", sa.Column("noted_at", sa.DateTime(timezone=True)))
    op.add_column("squad_athletes", sa.Column("noted_by", sa.String(64)))
    op.create_table(
        "waiting_clips",
        sa.Column("clip_id", sa.String(64), nullable=False),
        sa.Column("squad_id", sa.String(64), nullable=False),
        sa.Column("clip_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(500), nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
        sa.Column("handed_in_by", sa.String(64)),
        sa.PrimaryKeyConstraint("clip_id", name="pk_waiting_clips"),
        sa.ForeignKeyConstraint(["squad_id"], ["squads.squad_id"], name="fk_waiting_clips_squad_id_squads", ondelete="CASCADE"),
    )
    op.create_index("ix_waiting_clips_squad_id", "waiting_clips", ["squad_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("waiting_clips")
    for name in ("noted_by", "noted_at", "note"):
        op.drop_column("squad_athletes", name)
