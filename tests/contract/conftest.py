"""Databases of every kind, empty for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from app.adapters.sql.engine import open_engine, upgrade_tables
from app.adapters.sql.tables import metadata
from tests.databases import copy_records

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

DATABASES = ("sqlite", "postgresql")


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Return the address of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'empty.sqlite3'}"


@pytest.fixture
def empty_postgresql_url(postgres: PostgresServer) -> Iterator[str]:
    """Return the address of an empty PostgreSQL database."""
    with postgres.database("empty") as url:
        yield url


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty database, of each kind in turn."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> Iterator[sa.Engine]:
    """Return a PostgreSQL database with our tables, for every test that asks."""
    with postgres.database("records") as url:
        engine = open_engine(url)
        upgrade_tables(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """Return an SQLite file with our tables and no rows."""
    copy_records(tmp_path / "records.sqlite3")
    engine = open_engine(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql_engine(migrated_postgres: sa.Engine) -> Iterator[sa.Engine]:
    """Return the PostgreSQL database with our tables and no rows; a database of its own would cost each test up to a second."""
    yield migrated_postgres
    with migrated_postgres.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
