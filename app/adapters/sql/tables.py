"""Tables of the application's database."""

from __future__ import annotations

import sqlalchemy as sa

from app.adapters.sql.utc import UtcDateTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
)

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

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)

tries = sa.Table(
    "tries",
    metadata,
    sa.Column("try_id", sa.String(64), primary_key=True),
    sa.Column("key_sha256", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_tries_key_sha256", "key_sha256", "at"),
    sa.Index("ix_tries_at", "at"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account_id", sa.String(64), primary_key=True),
    sa.Column("email", sa.String(254), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.String(255), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), unique=True),
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

waiting_clips = sa.Table(
    "waiting_clips",
    metadata,
    sa.Column("clip_id", sa.String(64), primary_key=True),
    sa.Column("squad_id", sa.ForeignKey("squads.squad_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("clip_name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("problem", sa.String(500), nullable=False),
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("handed_in_by", sa.String(64)),
)

squad_coaches = sa.Table(
    "squad_coaches",
    metadata,
    sa.Column("squad_id", sa.ForeignKey("squads.squad_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True, index=True),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("grant_id", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("secret_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True),
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), index=True),
    sa.Column("squad_id", sa.ForeignKey("squads.squad_id", ondelete="CASCADE")),
    sa.Column("made_by", sa.ForeignKey("accounts.account_id", ondelete="CASCADE")),
    sa.Column("role", sa.String(16)),
    sa.Column("label", sa.String(80), nullable=False),
)

passkeys = sa.Table(
    "passkeys",
    metadata,
    sa.Column("passkey_id", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("credential_id", sa.LargeBinary(1023), nullable=False, unique=True),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_used_at", UtcDateTime),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("identity_id", sa.String(64), primary_key=True),
    sa.Column("issuer", sa.String(500), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("issuer", "subject"),
    sa.UniqueConstraint("account_id", "issuer"),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("webhook_id", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True),
    sa.Column("url", sa.String(500), nullable=False),
    sa.Column("secret", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_outcome", sa.String(16)),
    sa.Column("last_answer", sa.String(32)),
    sa.Column("last_tried_at", UtcDateTime),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("webhook_id", sa.ForeignKey("webhooks.webhook_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("screening_id", sa.ForeignKey("screenings.screening_id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("analysis", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("event", sa.String(32), primary_key=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
)

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("upload_id", sa.String(64), primary_key=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("length_bytes", sa.BigInteger, nullable=False),
    sa.Column("offset_bytes", sa.BigInteger, nullable=False),
    sa.Column("parts", sa.JSON, nullable=False),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True),
    sa.Column("grant_id", sa.ForeignKey("grants.grant_id", ondelete="CASCADE"), index=True),
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), index=True),
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

looks = sa.Table(
    "looks",
    metadata,
    sa.Column("athlete_id", sa.ForeignKey("athletes.athlete_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("looker", sa.String(64), primary_key=True),
    sa.Column("what", sa.String(32), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("erased_id", sa.String(64), primary_key=True),
)
