"""Accounts, grants, squads, consent and looks; more about an athlete; what is said about a day; what was erased; headline numbers as columns."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply."""
    said: dict[str, Any] = {"height_cm": sa.Float, "dominant_leg": sa.String(8), "injuries": sa.String(500), "under_18": sa.Boolean(create_constraint=False)}
    for name, kind in {**said, "year_of_birth": sa.Integer, "sex": sa.String(8), "baseline_from": sa.DateTime(timezone=True)}.items():
        op.add_column("athletes", sa.Column(name, kind))
    op.add_column("screenings", sa.Column("circumstances", sa.JSON(none_as_null=True)))
    _create_accounts()
    _create_squads()
    _create_notes()
    _add_numbers()
    _add_differences()


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("athlete_id", sa.String(64)),
        sa.PrimaryKeyConstraint("account_id", name="pk_accounts"),
        sa.UniqueConstraint("email", name="uq_accounts_email"),
        sa.UniqueConstraint("athlete_id", name="uq_accounts_athlete_id"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athletes.athlete_id"], name="fk_accounts_athlete_id_athletes", ondelete="CASCADE"),
    )


def _create_squads() -> None:
    op.create_table(
        "squads",
        sa.Column("squad_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("squad_id", name="pk_squads"),
    )
    for table, member, owner in (("squad_athletes", "athlete_id", "athletes"), ("squad_coaches", "account_id", "accounts")):
        op.create_table(
            table,
            sa.Column("squad_id", sa.String(64), nullable=False),
            sa.Column(member, sa.String(64), nullable=False),
            sa.PrimaryKeyConstraint("squad_id", member, name=f"pk_{table}"),
            sa.ForeignKeyConstraint(["squad_id"], ["squads.squad_id"], name=f"fk_{table}_squad_id_squads", ondelete="CASCADE"),
            sa.ForeignKeyConstraint([member], [f"{owner}.{member}"], name=f"fk_{table}_{member}_{owner}", ondelete="CASCADE"),
        )
        op.create_index(f"ix_{table}_{member}", table, [member])
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.String(64)),
        sa.Column("athlete_id", sa.String(64)),
        sa.Column("squad_id", sa.String(64)),
        sa.Column("made_by", sa.String(64)),
        sa.Column("role", sa.String(16)),
        sa.Column("label", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("grant_id", name="pk_grants"),
        sa.UniqueConstraint("secret_sha256", name="uq_grants_secret_sha256"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name="fk_grants_account_id_accounts", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athletes.athlete_id"], name="fk_grants_athlete_id_athletes", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.account_id"], name="fk_grants_made_by_accounts", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["squad_id"], ["squads.squad_id"], name="fk_grants_squad_id_squads", ondelete="CASCADE"),
    )
    for column in ("account_id", "athlete_id"):
        op.create_index(f"ix_grants_{column}", "grants", [column])


def _create_notes() -> None:
    op.create_table(
        "consents",
        sa.Column("athlete_id", sa.String(64), nullable=False),
        sa.Column("given_by", sa.String(16), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64)),
        sa.PrimaryKeyConstraint("athlete_id", name="pk_consents"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athletes.athlete_id"], name="fk_consents_athlete_id_athletes", ondelete="CASCADE"),
    )
    op.create_table(
        "looks",
        sa.Column("athlete_id", sa.String(64), nullable=False),
        sa.Column("looker", sa.String(64), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("athlete_id", "looker", "what", "day", name="pk_looks"),
        sa.ForeignKeyConstraint(["athlete_id"], ["athletes.athlete_id"], name="fk_looks_athlete_id_athletes", ondelete="CASCADE"),
    )
    op.create_table("erasures", sa.Column("erased_id", sa.String(64), nullable=False), sa.PrimaryKeyConstraint("erased_id", name="pk_erasures"))


_NUMBERS = (("toe_to_wall_cm", "toe_to_wall_std_cm"), ("shin_angle_deg", "shin_angle_std_deg"))


def _add_numbers() -> None:
    for name in (name for pair in _NUMBERS for name in pair):
        op.add_column("attempts", sa.Column(name, sa.Float))
    op.add_column("attempts", sa.Column("limit_found", sa.String(16)))
    op.add_column("attempts", sa.Column("setting", sa.String(200)))
    op.create_index("ix_attempts_sha256", "attempts", ["sha256"])
    attempts = sa.table("attempts", *(sa.column(name) for name in ("screening_id", "side", "limit_found", "setting", *(n for pair in _NUMBERS for n in pair))))
    attempts.append_column(sa.column("measurement", sa.JSON))
    connection = op.get_bind()
    keys = connection.execute(sa.select(attempts.c.screening_id, attempts.c.side).where(attempts.c.measurement.is_not(None))).all()
    for screening_id, side in keys:
        here = (attempts.c.screening_id == screening_id, attempts.c.side == side)
        document = connection.execute(sa.select(attempts.c.measurement).where(*here)).scalar_one()
        if document is not None and document.get("status") == "measured":
            connection.execute(attempts.update().where(*here).values(**_read_numbers(document)))


def _add_differences() -> None:
    op.add_column("reports", sa.Column("difference_cm", sa.Float))
    op.add_column("reports", sa.Column("difference_std_cm", sa.Float))
    op.add_column("reports", sa.Column("scope", sa.String(32)))
    names = ("screening_id", "difference_cm", "difference_std_cm", "scope")
    reports = sa.table("reports", *(sa.column(name) for name in names), sa.column("document", sa.JSON))
    connection = op.get_bind()
    for screening_id in connection.execute(sa.select(reports.c.screening_id)).scalars().all():
        here = reports.c.screening_id == screening_id
        document = connection.execute(sa.select(reports.c.document).where(here)).scalar_one()
        compared = document.get("comparison") or {}
        found = compared.get("difference", {}).get("toe_to_wall_cm")
        if found is not None:
            values = {"difference_cm": found["value"], "difference_std_cm": found["std"], "scope": compared.get("scope")}
            connection.execute(reports.update().where(here).values(**values))


def _read_numbers(document: dict[str, Any]) -> dict[str, Any]:
    """Return what the code of this version would have written beside the document."""
    values: dict[str, Any] = {"limit_found": document.get("limit")}
    values["setting"] = f"{document['schema']}, scale {document['scale']['source']}, model {document['provenance']['model']}"
    for value, std in _NUMBERS:
        found = document.get(value)
        values |= {value: None, std: None} if found is None else {value: found["value"], std: found["std"]}
    return values


def downgrade() -> None:
    """Take back."""
    for column in ("scope", "difference_std_cm", "difference_cm"):
        op.drop_column("reports", column)
    op.drop_index("ix_attempts_sha256", "attempts")
    for column in ("setting", "limit_found", "shin_angle_std_deg", "shin_angle_deg", "toe_to_wall_std_cm", "toe_to_wall_cm"):
        op.drop_column("attempts", column)
    for table in ("erasures", "looks", "consents", "grants", "squad_coaches", "squad_athletes", "squads", "accounts"):
        op.drop_table(table)
    op.drop_column("screenings", "circumstances")
    for column in ("baseline_from", "sex", "year_of_birth", "under_18", "injuries", "dominant_leg", "height_cm"):
        op.drop_column("athletes", column)
