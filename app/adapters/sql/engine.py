"""Opening the database and bringing its tables up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config


def open_engine(url: str) -> sa.Engine:
    """Return an engine whose SQLite connections wait for each other, keep foreign keys, and overwrite what is deleted."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: Any, record: object) -> None:  # noqa: ANN401 - the vendor's connection
    del record
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def forget_journal(connection: sa.Connection) -> None:
    """Empty SQLite's journal, which still holds what has been deleted; where a reader needs it, the next call does."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.rollback()


def build_config(connection: sa.Connection) -> Config:
    """Return alembic's configuration for one connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade_tables(engine: sa.Engine) -> None:
    """Apply the migrations that are missing."""
    with engine.begin() as connection:
        command.upgrade(build_config(connection), "head")
