"""What is remembered of screenings: clips of legs, what was read by hand, reports and those before them."""

from __future__ import annotations

import sqlalchemy as sa

from app.adapters.sql.tables.metadata import metadata
from app.adapters.sql.utc import UtcDateTime

screenings = sa.Table(
    "screenings",
    metadata,
    sa.Column("screening_id", sa.String(64), primary_key=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("analysis", sa.Integer, nullable=False),
    sa.Column("footwear", sa.String(16), nullable=False),
    sa.Column("foot_length_cm", sa.Float),
    sa.Column("height_cm", sa.Float),
    sa.Column("skirting_cm", sa.Float, nullable=False),
    sa.Column("scale", sa.String(16), nullable=False),
    sa.Column("sheet_ruler_mm", sa.Float),
    sa.Column("sheet_margin_mm", sa.Float),
    sa.Column("foot_length_std_cm", sa.Float),
    sa.Column("foot_length_origin", sa.String(8)),
    sa.Column("protocol_version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("failure_code", sa.String(64)),
    sa.Column("failure_message", sa.Text),
    sa.Column("failure_advice", sa.Text),
    sa.Column("repeat_of", sa.String(64)),
    sa.Column("athlete_id", sa.String(64)),
    sa.Column("circumstances", sa.JSON(none_as_null=True)),
    sa.Column("changed_by", sa.String(64)),
    sa.Column("change_reason", sa.String(200)),
    sa.Column("handed_in_by", sa.String(64)),
    sa.Column("language", sa.String(8), nullable=False, server_default="en"),
    sa.Column("turn", sa.Integer),
    sa.Column("idempotency_key", sa.String(64), index=True, unique=True),
)

sa.Index("ix_screenings_of_athlete", screenings.c.athlete_id, screenings.c.created_at, screenings.c.screening_id)
# PostgreSQL takes no samples of words (see `keep_out_of_statistics`), so it would take "done" for a rare state and look it up for every athlete.
_IS_DONE = sa.text("state = 'done' AND repeat_of IS NULL")
sa.Index("ix_screenings_newest", screenings.c.athlete_id, screenings.c.created_at, screenings.c.screening_id, sqlite_where=_IS_DONE, postgresql_where=_IS_DONE)
# Hardly any screening is a repeat: were the others in the index too, SQLite would look there for them and find nearly all.
_IS_REPEAT = screenings.c.repeat_of.is_not(None)
sa.Index("ix_screenings_repeat_of", screenings.c.repeat_of, sqlite_where=_IS_REPEAT, postgresql_where=_IS_REPEAT)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("screening_id", sa.ForeignKey("screenings.screening_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("side", sa.String(8), primary_key=True),
    sa.Column("clip_name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("furthest", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("clip_key", sa.String(200)),
    sa.Column("share_done", sa.Float, nullable=False),
    sa.Column("activity", sa.String(200), nullable=False),
    sa.Column("measurement", sa.JSON(none_as_null=True)),
    sa.Column("toe_to_wall_cm", sa.Float),
    sa.Column("toe_to_wall_std_cm", sa.Float),
    sa.Column("shin_angle_deg", sa.Float),
    sa.Column("shin_angle_std_deg", sa.Float),
    sa.Column("limit_found", sa.String(16)),
    sa.Column("setting", sa.String(200)),
    sa.Column("by_hand", sa.JSON(none_as_null=True)),
    sa.Column("seen_foot_cm", sa.Float),
    sa.Column("seen_foot_std_cm", sa.Float),
    sa.Column("seen_foot_print_std_cm", sa.Float),
    sa.Column("gravity", sa.JSON(none_as_null=True)),
    sa.Column("set_by_hand", sa.Boolean(create_constraint=False)),
    sa.Column("status", sa.String(16)),
    sa.Column("folder", sa.String(64)),
)

# SQLite keeps the columns after a document behind all of its pages, so that lists and trends are read off an index that has all they show.
_LISTED = (
    *("screening_id", "side", "limit_found", "toe_to_wall_cm", "toe_to_wall_std_cm", "shin_angle_deg", "shin_angle_std_deg", "setting"),
    *("seen_foot_cm", "seen_foot_std_cm", "seen_foot_print_std_cm", "set_by_hand", "sha256"),
    *("status", "clip_name", "share_done", "activity", "folder"),
)
sa.Index("ix_attempts_listed", *(attempts.c[name] for name in _LISTED))

readings = sa.Table(
    "readings",
    metadata,
    sa.Column("screening_id", sa.String(64), primary_key=True),
    sa.Column("side", sa.String(8), primary_key=True),
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("value", sa.Float, nullable=False),
    sa.Column("typed_at", UtcDateTime, nullable=False),
    sa.Column("blind", sa.Boolean(create_constraint=False), nullable=False),
    sa.ForeignKeyConstraint(["screening_id", "side"], ["attempts.screening_id", "attempts.side"], ondelete="CASCADE"),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("screening_id", sa.ForeignKey("screenings.screening_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("difference_cm", sa.Float),
    sa.Column("difference_std_cm", sa.Float),
    sa.Column("scope", sa.String(32)),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("changed_by", sa.String(64)),
    sa.Column("change_reason", sa.String(200)),
)

earlier_reports = sa.Table(
    "earlier_reports",
    metadata,
    sa.Column("screening_id", sa.ForeignKey("screenings.screening_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_by", sa.String(64)),
    sa.Column("change_reason", sa.String(200)),
    sa.Column("document", sa.JSON, nullable=False),
)

sa.Index("ix_reports_created_at", reports.c.created_at)
sa.Index("ix_reports_difference", reports.c.screening_id, reports.c.difference_cm, reports.c.difference_std_cm, reports.c.scope)
