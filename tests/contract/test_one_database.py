"""PostgreSQL by one setting: records and job queue in one database."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.adapters.sql.records import SqlUnitOfWork
from app.adapters.sql.tables import metadata
from app.ports.people import Athlete
from app.settings import Settings
from app.wiring import build_web, prepare_data
from tests.contract.records import ANNA, AT

CHECKOUT = Path(__file__).parents[2]


def test_postgresql_keeps_records_and_jobs(empty_postgresql_url: str, tmp_path: Path) -> None:
    """The tables of the service and DBOS's own schema, and no database in the data folder."""
    settings = Settings(data_dir=tmp_path, database_url=empty_postgresql_url)
    prepare_data(settings)
    services = build_web(settings)
    with services.open_records() as records:
        records.athletes.add(ANNA)
        records.commit()
    services.jobs.enqueue("a", 1)
    assert services.jobs.status("a", 1) == "waiting"
    inspector = sa.inspect(sa.create_engine(empty_postgresql_url, poolclass=sa.NullPool))
    assert set(inspector.get_table_names()) == {*metadata.tables, "alembic_version"}
    assert "workflow_status" in inspector.get_table_names(schema="dbos")
    assert list(tmp_path.rglob("*.sqlite3*")) == []


def test_web_and_worker_of_two_machines_may_start_together(empty_postgresql_url: str, tmp_path: Path) -> None:
    """Two processes that share nothing but the database bring it up to date at once, and none fails."""
    program = "from app.settings import Settings; from app.wiring import prepare_data; prepare_data(Settings())"
    environments = [os.environ | {"KNEEWALL_DATA_DIR": str(tmp_path / name), "KNEEWALL_DATABASE_URL": empty_postgresql_url} for name in "ab"]
    processes = [subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=CHECKOUT) for environment in environments]
    assert [process.wait(120) for process in processes] == [0, 0]


@pytest.mark.parametrize(
    ("records", "jobs", "expected"),
    [
        (None, None, "sqlite:////data/jobs.sqlite3"),
        ("", "", "sqlite:////data/jobs.sqlite3"),
        ("sqlite:////elsewhere/own.sqlite3", None, "sqlite:////data/jobs.sqlite3"),
        ("postgresql+psycopg://kneewall@db/kneewall", None, "postgresql+psycopg://kneewall@db/kneewall"),
        ("postgresql+psycopg://kneewall@db/kneewall", "postgresql://kneewall@db/jobs", "postgresql://kneewall@db/jobs"),
    ],
)
def test_jobs_go_where_the_records_are_on_postgresql(records: str | None, jobs: str | None, expected: str) -> None:
    """One setting is enough; a second one parts them."""
    assert Settings(data_dir=Path("/data"), database_url=records, jobs_database_url=jobs).jobs_url == expected


@pytest.mark.parametrize("setting", ["database_url", "jobs_database_url"])
def test_other_databases_are_refused(setting: str, tmp_path: Path) -> None:
    """At the start, with what is expected, and without repeating a password."""
    with pytest.raises(ValueError, match=r"begins with mysql; expected sqlite or postgresql") as refused:
        Settings(data_dir=tmp_path, **{setting: "mysql://kneewall:secret@db/kneewall"})
    assert "secret" not in str(refused.value)


def test_erased_rows_are_swept_out_of_postgresql_at_once(empty_postgresql_url: str, tmp_path: Path) -> None:
    """Nobody waits until the database finds it worth its while, and the others stay; the unit of work can go on afterwards."""
    settings = Settings(data_dir=tmp_path, database_url=empty_postgresql_url)
    prepare_data(settings)
    services = build_web(settings)
    ben = Athlete(athlete_id="w", name="Ben", created_at=AT)
    with services.open_records() as records:
        records.athletes.add(ANNA)
        records.athletes.add(ben)
        records.commit()
        records.athletes.erase(ANNA.athlete_id)
        records.commit()
        records.athletes.erase(ben.athlete_id)
    query = sa.text("SELECT n_live_tup, n_dead_tup, vacuum_count FROM pg_stat_user_tables WHERE relname = 'athletes'")
    with sa.create_engine(empty_postgresql_url, poolclass=sa.NullPool).connect() as connection:
        assert tuple(connection.execute(query).one()) == (1, 0, 1)
    with services.open_records() as records:
        assert list(records.athletes.list_all()) == [ben]


def test_an_erased_row_leaves_no_free_page_in_sqlite(sqlite_engine: sa.Engine) -> None:
    """The file is written anew: a freed page, or a page that was rearranged, can hold copies that are not overwritten."""
    with SqlUnitOfWork(sqlite_engine) as records:
        records.athletes.add(ANNA)
        for number in range(200):
            records.athletes.add(replace(ANNA, athlete_id=f"{number}", injuries="x" * 500))
        records.commit()
        for number in range(200):
            records.athletes.erase(f"{number}")
        records.commit()
    with sqlite_engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0
        assert connection.exec_driver_sql("PRAGMA page_count").scalar() < 100


def test_postgresql_takes_no_samples_of_words(empty_postgresql_url: str, tmp_path: Path) -> None:
    """Its statistics would keep names, addresses and ids after they were erased."""
    settings = Settings(data_dir=tmp_path, database_url=empty_postgresql_url)
    prepare_data(settings)
    services = build_web(settings)
    with services.open_records() as records:
        for number in range(50):
            records.athletes.add(replace(ANNA, athlete_id=f"{number:032x}", name="Anna Findme"))
        records.commit()
    services.jobs.enqueue("f" * 32, 1)
    with sa.create_engine(empty_postgresql_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        sampled = connection.execute(sa.text("SELECT whole::text FROM pg_stats AS whole")).scalars().all()
    assert any("athletes" in row for row in sampled)
    assert [row for row in sampled if "Findme" in row or "f" * 32 in row] == []
