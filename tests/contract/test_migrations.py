"""Every migration, on a database of each kind that is full of rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.adapters.sql.engine import build_config, open_engine, upgrade_tables
from app.adapters.sql.records import SqlUnitOfWork
from app.adapters.sql.tables import metadata
from app.ports.screenings import Wanted

AT = datetime(2026, 3, 4, 5, 6, 7, 890, tzinfo=UTC)
Row = dict[str, Any]


@pytest.fixture
def engine(empty_url: str) -> Iterator[sa.Engine]:
    """Return an empty database of each kind in turn."""
    made = open_engine(empty_url)
    yield made
    made.dispose()


def revisions(engine: sa.Engine) -> list[str]:
    """Return the versions of the tables, oldest first."""
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(build_config(connection))
    return [version.revision for version in script.walk_revisions()][::-1]


def tables_of(connection: sa.Connection) -> list[sa.Table]:
    """Return the tables as they are, those that others refer to first."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def invent(column: sa.Column[Any], number: int) -> object:
    """Return a value that fits the column and no other row; what refers to another table refers to the row of the same number."""
    for key in column.foreign_keys:
        return invent(key.column, number)
    kind = column.type.python_type
    if kind is str:
        return f"{number} {column.name}"[: getattr(column.type, "length", None)]
    made = {
        int: number,
        float: number + 0.25,
        bool: number % 2 == 0,
        datetime: AT + timedelta(minutes=number),
        date: (AT + timedelta(days=number)).date(),
        bytes: bytes([number]),
        object: {"number": number, "text": "Ärmel", "list": [1, 2.5, None]},
    }
    return made[kind]


def fill(engine: sa.Engine, number: int) -> None:
    """Insert two rows into every table: one with everything, and one with no more than has to be there."""
    with engine.begin() as connection:
        for table in tables_of(connection):
            connection.execute(table.insert().values({column.name: invent(column, number) for column in table.columns}))
            connection.execute(table.insert().values({column.name: invent(column, number + 1) for column in table.columns if not column.nullable}))


def read(engine: sa.Engine) -> dict[str, list[Row]]:
    """Return all rows, times in UTC."""
    with engine.connect() as connection:
        return {table.name: [_plain(row) for row in connection.execute(sa.select(table)).mappings()] for table in tables_of(connection)}


def _plain(row: sa.RowMapping) -> Row:
    times = {name: value.astimezone(UTC).replace(tzinfo=None) for name, value in row.items() if isinstance(value, datetime) and value.tzinfo}
    return dict(row) | times


def test_every_migration_keeps_every_row(engine: sa.Engine) -> None:
    """Step by step over tables that are filled anew before each step: what was in a column is still in it, and nobody is lost."""
    for step, revision in enumerate(revisions(engine)):
        before = read(engine)
        upgrade_tables(engine, revision)
        after = read(engine)
        for table, rows in before.items():
            kept = [{name: row[name] for name in rows[0]} for row in after[table]]
            assert sorted(kept, key=repr) == sorted(rows, key=repr), f"{revision} changes what is in {table}"
        fill(engine, 2 * step + 1)
    assert all(len(rows) >= 2 for rows in read(engine).values())


def test_migrations_make_the_tables_that_the_code_knows(engine: sa.Engine) -> None:
    """No column, index or key is only in the code or only in the migrations; a second run finds nothing to do."""
    upgrade_tables(engine)
    upgrade_tables(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert {table.name for table in tables_of(connection)} == set(metadata.tables)


def test_upgrade_that_breaks_off_is_begun_anew(engine: sa.Engine) -> None:
    """Whatever ends it in the middle, the tables are those of before, and the next start brings them up to date."""
    upgrade_tables(engine, "0001")
    fill(engine, 1)

    def break_off(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE alembic_version"):
            raise InterruptedError

    sa.event.listen(engine, "before_cursor_execute", break_off)
    before = read(engine)
    with pytest.raises(InterruptedError):
        upgrade_tables(engine)
    sa.event.remove(engine, "before_cursor_execute", break_off)
    assert read(engine) == before
    upgrade_tables(engine)
    assert set(read(engine)) == set(metadata.tables)


def test_times_know_their_zone_where_the_database_does(engine: sa.Engine) -> None:
    """On PostgreSQL every time is a moment, whatever the server calls local; SQLite has no such type."""
    upgrade_tables(engine)
    with engine.connect() as connection:
        columns = [column for table in tables_of(connection) for column in table.columns if column.type.python_type is datetime]
    zoned = {column.name for column in columns if isinstance(column.type, sa.DateTime) and column.type.timezone}
    assert zoned == ({column.name for column in columns} if engine.dialect.name == "postgresql" else set())


def test_screening_of_the_first_tables_can_still_be_read(engine: sa.Engine) -> None:
    """After the last migration it is there for the code of today, with its attempts, and without readings."""
    upgrade_tables(engine, "0001")
    with engine.begin() as connection:
        tables = {table.name: table for table in tables_of(connection)}
        screening = {"screening_id": "a", "created_at": AT, "state": "done", "analysis": 1, "footwear": "shod", "skirting_cm": 0.0, "scale": "auto"}
        attempt = {"clip_name": "l.mp4", "sha256": "0", "size_bytes": 10, "furthest": False, "share_done": 1.0, "activity": "done"}
        connection.execute(tables["screenings"].insert().values(screening))
        connection.execute(tables["attempts"].insert().values(screening_id="a", side="left", **attempt))
    upgrade_tables(engine)
    with SqlUnitOfWork(engine) as records:
        found = records.find_screening("a")
    assert found is not None
    assert (found.created_at, found.repeat_of) == (AT, None)
    assert [(attempt.side, attempt.readings) for attempt in found.attempts] == [("left", ())]


def test_what_the_sheet_showed_before_is_learnt_from_too(engine: sa.Engine) -> None:
    """The length in a stored document stands beside it afterwards; who typed a length did so, and everything was filmed by version 1 of the protocol."""
    upgrade_tables(engine, "0010")
    document = {"learnt_foot_length_cm": {"value": 26.8, "std": 0.4}, "scale": {"source": "sheet", "relative_std": 0.01}}
    with engine.begin() as connection:
        tables = {table.name: table for table in tables_of(connection)}
        connection.execute(tables["athletes"].insert().values(athlete_id="x", name="Anna", created_at=AT, foot_length_cm=27.0))
        screening = {"created_at": AT, "state": "done", "analysis": 1, "footwear": "barefoot", "skirting_cm": 0.0, "scale": "auto"}
        connection.execute(tables["screenings"].insert().values(screening_id="a", athlete_id="x", foot_length_cm=27.0, **screening))
        attempt = {"clip_name": "l.mp4", "sha256": "0", "size_bytes": 10, "furthest": False, "share_done": 1.0, "activity": "done", "setting": "s"}
        for side, measurement in (("left", document), ("right", {"learnt_foot_length_cm": None})):
            connection.execute(tables["attempts"].insert().values(screening_id="a", side=side, measurement=measurement, **attempt))
    upgrade_tables(engine)
    with SqlUnitOfWork(engine) as records:
        left, right = (result.numbers for result in records.results_of(["x"]))
        athlete, found = records.athletes.find("x"), records.find_screening("a")
    assert left is not None
    assert right is not None
    assert (left.seen_foot_cm, left.seen_foot_std_cm, left.seen_foot_print_std_cm) == (26.8, 0.4, pytest.approx(0.268))
    assert right.seen_foot_cm is None
    assert athlete is not None
    assert (athlete.foot_length_origin, athlete.foot_length_std_cm, athlete.foot_length_since) == ("typed", None, AT)
    assert found is not None
    assert (found.foot_length_origin, found.protocol_version) == ("typed", 1)


def test_lists_know_what_was_measured_before(engine: sa.Engine) -> None:
    """A measured, a rejected and a waiting leg of a database of yesterday are listed as such."""
    upgrade_tables(engine, "0020")
    with engine.begin() as connection:
        tables = {table.name: table for table in tables_of(connection)}
        screening = {"created_at": AT, "state": "done", "analysis": 1, "footwear": "barefoot", "skirting_cm": 0.0, "scale": "auto"}
        attempt = {"clip_name": "l.mp4", "sha256": "0", "size_bytes": 10, "furthest": False, "share_done": 1.0, "activity": "done"}
        for name, found in (("a", {"setting": "s", "measurement": {"status": "measured"}}), ("b", {"measurement": {"status": "rejected"}}), ("c", {})):
            connection.execute(tables["screenings"].insert().values(screening_id=name, **screening))
            connection.execute(tables["attempts"].insert().values(screening_id=name, side="left", **attempt, **found))
    upgrade_tables(engine)
    with SqlUnitOfWork(engine) as records:
        assert {each.screening_id: each.attempts[0].status for each in records.page_summaries(Wanted(most=9))} == {"a": "measured", "b": "rejected", "c": None}
