"""Home programmes: every version of a plan, what was logged, and templates of squads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "programmes",
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("athlete_id", sa.String(64), nullable=False),
        sa.Column("began", sa.Date, nullable=False),
        sa.Column("letters", sa.String(8)),
        sa.Column("lettered_on", sa.Date),
        sa.PrimaryKeyConstraint("programme_id", name="pk_programmes"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athletes.athlete_id"], name="fk_programmes_athlete_id_athletes", ondelete="CASCADE"),
        sa.UniqueConstraint("athlete_id", name="uq_programmes_athlete_id"),
    )
    op.create_table(
        "plan_versions",
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intake", sa.JSON, nullable=False),
        sa.Column("progress", sa.JSON, nullable=False),
        sa.Column("overrides", sa.JSON, nullable=False),
        sa.Column("plan", sa.JSON(none_as_null=True)),
        sa.Column("made_by", sa.String(64)),
        sa.PrimaryKeyConstraint("programme_id", "number", name="pk_plan_versions"),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.programme_id"], name="fk_plan_versions_programme_id_programmes", ondelete="CASCADE"),
    )
    op.create_table(
        "plan_entries",
        sa.Column("programme_id", sa.String(64), nullable=False),
        sa.Column("entry_key", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "entry_key", name="pk_plan_entries"),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.programme_id"], name="fk_plan_entries_programme_id_programmes", ondelete="CASCADE"),
    )
    op.create_table(
        "plan_templates",
        sa.Column("template_id", sa.String(64), nullable=False),
        sa.Column("squad_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes_a_day", sa.Integer, nullable=False),
        sa.Column("sport", sa.String(16), nullable=False),
        sa.Column("goal", sa.String(16), nullable=False),
        sa.Column("equipment", sa.JSON, nullable=False),
        sa.Column("overrides", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("template_id", name="pk_plan_templates"),
        sa.ForeignKeyConstraint(["squad_id"], ["squads.squad_id"], name="fk_plan_templates_squad_id_squads", ondelete="CASCADE"),
    )
    op.create_index("ix_plan_templates_squad_id", "plan_templates", ["squad_id"])


def downgrade() -> None:
    """Take back."""
    for name in ("plan_templates", "plan_entries", "plan_versions", "programmes"):
        op.drop_table(name)
