"""Writing what others may be writing at the same time: SQLite lets one in after the other, PostgreSQL all at once."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def hold_row(connection: sa.Connection, table: sa.Table, *condition: sa.ColumnElement[bool]) -> bool:
    """Keep others off a row until the end, so that what belongs to it is written once and not after it; False when there is none."""
    column = next(column for column in table.c if not column.primary_key)
    return connection.execute(table.update().where(*condition).values({column: column})).rowcount > 0


def insert_once(connection: sa.Connection, table: sa.Table, **values: object) -> None:
    """Insert a row, unless it is there or just being inserted by somebody else."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(table).values(values).on_conflict_do_nothing())
