"""Opening the database and bringing its tables up to date."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from alembic import command
from alembic.config import Config

from app.adapters.sql.tables import metadata
from app.ports.clips import StorageFullError
from app.ports.outage import OutageError

log = structlog.get_logger()
_UPGRADE_LOCK = 0x6B6E6565
_PREPARE_LOCK = _UPGRADE_LOCK + 1
_ASK_EVERY_S = 0.2
"""Number under which PostgreSQL keeps two upgrades of one database apart: "knee"."""


def open_engine(url: str) -> sa.Engine:
    """Return an engine; SQLite's connections wait for each other, keep foreign keys and overwrite what is deleted, PostgreSQL's are tried before use.

    What was to be written never shows in an error, which ends up in the log: there are names among it.
    """
    # PostgreSQL answers in the zone of its session, and the ends of the calendar are in no other zone than this.
    given = {"connect_args": {"options": "-c timezone=UTC"}} if sa.make_url(url).get_backend_name() == "postgresql" else {}
    engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, **given)
    sa.event.listen(engine, "handle_error", _translate)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
    if engine.dialect.name == "postgresql":
        sa.event.listen(engine, "connect", _accept_every_word)
    return engine


def _translate(context: sa.ExceptionContext) -> None:
    """Tell what passes from what is wrong: the server is away or the file is somebody's for long, or there is no room."""
    error = context.original_exception
    if context.is_pre_ping or not isinstance(context.sqlalchemy_exception, sa.exc.DBAPIError):
        return
    if "disk is full" in str(error) or "No space left on device" in str(error):
        raise StorageFullError from None
    is_refused = context.connection is None and isinstance(context.sqlalchemy_exception, sa.exc.OperationalError)
    if context.is_disconnect or (is_refused and context.dialect.name == "postgresql") or "database is locked" in str(error):
        raise OutageError("the database cannot be reached; expected it to be there again soon") from None


def _set_pragmas(connection: Any, record: object) -> None:  # noqa: ANN401 - the vendor's connection
    del record
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _accept_every_word(connection: Any, record: object) -> None:  # noqa: ANN401 - the vendor's connection
    """PostgreSQL takes no word with a NUL in it; asked for one in an address, it shall find nothing rather than fail."""
    from psycopg.types.string import StrDumper  # noqa: PLC0415 - SQLite does without this driver

    class WordDumper(StrDumper):
        def dump(self, obj: str) -> Any:  # noqa: ANN401 - the vendor's buffer
            return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    del record
    connection.adapters.register_dumper(str, WordDumper)


def sweep_erased(connection: sa.Connection) -> None:
    """Sweep out what has been deleted and is still in a file: SQLite's journal, PostgreSQL's dead rows; where a reader needs it, the next call does."""
    if connection.dialect.name == "sqlite":
        sweep_sqlite(connection)
    if connection.dialect.name == "postgresql":
        # Left to itself PostgreSQL sweeps after some 50 deleted rows, which is years of a small squad.
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED) {tables}")
        connection.rollback()
        connection.execution_options(isolation_level=connection.default_isolation_level)


def sweep_sqlite(connection: sa.Connection) -> None:
    """Write an SQLite file anew and empty its journal.

    Deleted rows are overwritten in their place, but copies are left where the database once rearranged a page; only a file written anew has none.
    """
    try:
        connection.exec_driver_sql("VACUUM")
    except (sa.exc.OperationalError, StorageFullError, OutageError) as error:
        # The rows are deleted in any case: somebody writes for long, or there is no room beside the database or where SQLite puts what it needs meanwhile.
        log.warning("database.not_written_anew", reason=str(getattr(error, "orig", None) or type(error).__name__))
    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.rollback()


def keep_out_of_statistics(connection: sa.Connection, schema: str | None = None) -> None:
    """Tell PostgreSQL to take no samples of words: its planner keeps names and addresses that it has seen, those of an emptied table for good."""
    if connection.dialect.name != "postgresql":
        return
    query = sa.text("""
        SELECT s.nspname, t.relname, c.attname FROM pg_attribute c JOIN pg_class t ON t.oid = c.attrelid JOIN pg_namespace s ON s.oid = t.relnamespace
        WHERE s.nspname = coalesce(:schema, current_schema()) AND t.relkind = 'r' AND c.attnum > 0 AND NOT c.attisdropped AND coalesce(c.attstattarget, -1) <> 0
        AND c.atttypid IN ('text'::regtype, 'varchar'::regtype)
    """)
    for own, table, column in connection.execute(query, {"schema": schema}).all():
        connection.exec_driver_sql(f'ALTER TABLE "{own}"."{table}" ALTER COLUMN "{column}" SET STATISTICS 0')


def build_config(connection: sa.Connection) -> Config:
    """Return alembic's configuration for one connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def hold_server(engine: sa.Engine) -> Iterator[None]:
    """Have one process at a time, of all on a PostgreSQL server, do what follows; a killed one lets go by itself."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # asked again and again: who waits inside a statement would keep an index from being made beside what goes on
        while not connection.execute(sa.select(sa.func.pg_try_advisory_lock(_PREPARE_LOCK))).scalar_one():
            time.sleep(_ASK_EVERY_S)
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_PREPARE_LOCK)))


def upgrade_tables(engine: sa.Engine, revision: str = "head") -> None:
    """Apply the migrations that are missing, all or none; who comes second waits and finds nothing to do."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.detach()
            # SQLite changes a table by copying and dropping it, which would take along by cascade what refers to it.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            # Python's driver begins by itself only before rows are changed, not before tables are.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
        command.upgrade(build_config(connection), revision)
        keep_out_of_statistics(connection)
        connection.commit()
