"""Writing what others may be writing at the same time: SQLite lets one in after the other, PostgreSQL all at once."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def hold_row(connection: sa.Connection, table: sa.Table, *condition: sa.ColumnElement[bool]) -> bool:
    """Keep others off a row until the end, so that what belongs to it is written once and not after it; False when there is none."""
    column = next(column for column in table.c if not column.primary_key)
    return connection.execute(table.update().where(*condition).values({column: column})).rowcount > 0


def insert_once(connection: sa.Connection, table: sa.Table, **values: object) -> None:
    """Insert a row, unless it is there or just being inserted by somebody else."""
    connection.execute(_insert(connection, table).values(values).on_conflict_do_nothing())


def insert_rows_once(connection: sa.Connection, table: sa.Table, columns: Sequence[str], query: sa.Select[tuple[object, ...]]) -> None:
    """Insert what a query with a condition finds, without the rows that are there."""
    connection.execute(_insert(connection, table).from_select(columns, query).on_conflict_do_nothing())


def _insert(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
