"""Writing an SQLite file anew after erasing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from app.adapters.sql.engine import open_engine, sweep_sqlite


def test_a_database_that_could_not_be_written_anew_is_in_the_log(tmp_path: Path) -> None:
    """The rows are gone from every table, and may be left in the file: whoever runs the service can make room. Nobody is named."""
    file = tmp_path / "records.sqlite3"
    engine = open_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE athletes (name TEXT)")
        connection.exec_driver_sql("INSERT INTO athletes VALUES ('Zebulon Findme')")
        connection.commit()
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
        with closing(sqlite3.connect(file, isolation_level=None)) as other, structlog.testing.capture_logs() as lines:
            other.execute("BEGIN IMMEDIATE")
            sweep_sqlite(connection)
            other.execute("ROLLBACK")
        with structlog.testing.capture_logs() as quiet:
            sweep_sqlite(connection)
    engine.dispose()
    assert [(line["event"], line["log_level"], bool(line["reason"])) for line in lines] == [("database.not_written_anew", "warning", True)]
    assert "Findme" not in str(lines)
    assert quiet == []


@pytest.mark.parametrize("fault", ["database or disk is full", "unable to open database file"])
def test_the_reason_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str) -> None:
    """Whether there is no room, or no folder for what SQLite writes meanwhile."""
    engine = open_engine(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    with engine.connect() as connection:
        execute = engine.dialect.do_execute_no_params

        def refuse(cursor: object, statement: str, context: object = None) -> None:
            if statement == "VACUUM":
                raise sqlite3.OperationalError(fault)
            execute(cursor, statement, context)

        monkeypatch.setattr(engine.dialect, "do_execute", lambda cursor, statement, _parameters, context=None: refuse(cursor, statement, context))
        with structlog.testing.capture_logs() as lines:
            sweep_sqlite(connection)
    engine.dispose()
    assert [line["reason"] for line in lines] == ["StorageFullError" if "full" in fault else fault]
