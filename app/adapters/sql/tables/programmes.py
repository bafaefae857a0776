"""Home programmes: every version of a plan, what was logged of each day, and templates of squads."""

from __future__ import annotations

import sqlalchemy as sa

from app.adapters.sql.tables.metadata import metadata
from app.adapters.sql.utc import UtcDateTime

programmes = sa.Table(
    "programmes",
    metadata,
    sa.Column("programme_id", sa.String(64), primary_key=True),
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), nullable=False, unique=True),
    sa.Column("began", sa.Date, nullable=False),
    sa.Column("letters", sa.String(8)),
    sa.Column("lettered_on", sa.Date),
)

plan_versions = sa.Table(
    "plan_versions",
    metadata,
    sa.Column("programme_id", sa.ForeignKey("programmes.programme_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("cause", sa.String(16), nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("answered_at", UtcDateTime, nullable=False),
    sa.Column("intake", sa.JSON, nullable=False),
    sa.Column("progress", sa.JSON, nullable=False),
    sa.Column("overrides", sa.JSON, nullable=False),
    sa.Column("plan", sa.JSON(none_as_null=True)),
    sa.Column("made_by", sa.String(64)),
)

plan_entries = sa.Table(
    "plan_entries",
    metadata,
    sa.Column("programme_id", sa.ForeignKey("programmes.programme_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("entry_key", sa.String(64), primary_key=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("said_at", UtcDateTime, nullable=False),
    sa.Column("said", sa.JSON, nullable=False),
)

plan_templates = sa.Table(
    "plan_templates",
    metadata,
    sa.Column("template_id", sa.String(64), primary_key=True),
    sa.Column("squad_id", sa.ForeignKey("squads.squad_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("minutes_a_day", sa.Integer, nullable=False),
    sa.Column("sport", sa.String(16), nullable=False),
    sa.Column("goal", sa.String(16), nullable=False),
    sa.Column("equipment", sa.JSON, nullable=False),
    sa.Column("overrides", sa.JSON, nullable=False),
)
