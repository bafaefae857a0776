"""Athletes and squads: who is in them, who agreed to the filming, what was read by hand on other days, and who looked."""

from __future__ import annotations

import sqlalchemy as sa

from app.adapters.sql.tables.metadata import metadata
from app.adapters.sql.utc import UtcDateTime

athletes = sa.Table(
    "athletes",
    metadata,
    sa.Column("athlete_id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("foot_length_cm", sa.Float),
    sa.Column("foot_length_std_cm", sa.Float),
    sa.Column("foot_length_origin", sa.String(8)),
    sa.Column("foot_length_since", UtcDateTime),
    sa.Column("height_cm", sa.Float),
    sa.Column("dominant_leg", sa.String(8)),
    sa.Column("injuries", sa.String(500)),
    sa.Column("under_18", sa.Boolean(create_constraint=False)),
    sa.Column("year_of_birth", sa.Integer),
    sa.Column("sex", sa.String(8)),
    sa.Column("baseline_from", UtcDateTime),
)

squads = sa.Table(
    "squads",
    metadata,
    sa.Column("squad_id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

squad_athletes = sa.Table(
    "squad_athletes",
    metadata,
    sa.Column("squad_id", sa.ForeignKey("squads.squad_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("note", sa.String(500)),
    sa.Column("noted_at", UtcDateTime),
    sa.Column("noted_by", sa.String(64)),
)

squad_coaches = sa.Table(
    "squad_coaches",
    metadata,
    sa.Column("squad_id", sa.ForeignKey("squads.squad_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True, index=True),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("given_by", sa.String(16), nullable=False),
    sa.Column("given_at", UtcDateTime, nullable=False),
    sa.Column("recorded_by", sa.String(64)),
)

typed_values = sa.Table(
    "typed_values",
    metadata,
    sa.Column("value_id", sa.String(64), primary_key=True),
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("measured_on", sa.Date, nullable=False),
    sa.Column("side", sa.String(8), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("value", sa.Float, nullable=False),
)

looks = sa.Table(
    "looks",
    metadata,
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("looker", sa.String(64), primary_key=True),
    sa.Column("what", sa.String(32), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
)
