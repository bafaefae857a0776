"""Foot lengths know where they come from; what the sheet showed of a foot stands beside the document; screenings name their version of the protocol."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_LISTED = ("screening_id", "side", "limit_found", "toe_to_wall_cm", "toe_to_wall_std_cm", "shin_angle_deg", "shin_angle_std_deg", "setting")
_SEEN = ("seen_foot_cm", "seen_foot_std_cm", "seen_foot_print_std_cm")


def upgrade() -> None:
    """Apply."""
    for table in ("athletes", "screenings"):
        op.add_column(table, sa.Column("foot_length_std_cm", sa.Float))
        op.add_column(table, sa.Column("foot_length_origin", sa.String(8)))
    op.add_column("athletes", sa.Column("foot_length_since", sa.DateTime(timezone=True)))
    op.execute("UPDATE athletes SET foot_length_origin = 'typed', foot_length_since = created_at WHERE foot_length_cm IS NOT NULL")
    op.execute("UPDATE screenings SET foot_length_origin = 'typed' WHERE foot_length_cm IS NOT NULL")
    op.add_column("screenings", sa.Column("protocol_version", sa.Integer, nullable=False, server_default="1"))
    for name in _SEEN:
        op.add_column("attempts", sa.Column(name, sa.Float))
    _read_seen()
    op.drop_index("ix_attempts_numbers", "attempts")
    op.create_index("ix_attempts_numbers", "attempts", [*_LISTED, *_SEEN])


def _read_seen() -> None:
    """Take the length of the foot out of the documents that have one."""
    attempts = sa.table("attempts", *(sa.column(name) for name in ("screening_id", "side", *_SEEN)), sa.column("measurement", sa.JSON))
    connection = op.get_bind()
    for screening_id, side in connection.execute(sa.select(attempts.c.screening_id, attempts.c.side).where(attempts.c.measurement.is_not(None))).all():
        here = (attempts.c.screening_id == screening_id, attempts.c.side == side)
        document: dict[str, Any] = connection.execute(sa.select(attempts.c.measurement).where(*here)).scalar_one() or {}
        seen = document.get("learnt_foot_length_cm")
        if seen is not None:
            print_std = seen["value"] * (document["scale"]["relative_std"] or 0.0)
            connection.execute(attempts.update().where(*here).values(dict(zip(_SEEN, (seen["value"], seen["std"], print_std), strict=True))))


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_attempts_numbers", "attempts")
    op.create_index("ix_attempts_numbers", "attempts", list(_LISTED))
    for name in _SEEN:
        op.drop_column("attempts", name)
    op.drop_column("screenings", "protocol_version")
    op.drop_column("athletes", "foot_length_since")
    for table in ("screenings", "athletes"):
        for column in ("foot_length_origin", "foot_length_std_cm"):
            op.drop_column(table, column)
