"""Backing up a service that runs, and putting the backup back: nothing is lost, and nobody who was erased comes back."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import Result
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app import cli
from app.adapters.backup_sqlite import BackupError
from app.adapters.sql.engine import open_engine, upgrade_tables
from app.safekeeping import make_backup, restore_backup
from app.settings import Settings
from app.usecases.access import identify
from app.web.factory import create_app
from app.wiring import build_web, prepare_data
from tests.postgres import run_tool
from tests.traces import search_database, search_folder
from tests.web.conftest import Service
from tests.web.people import people
from tests.web.serving import Served, serving
from tests.web.test_athletes import add, measure

if TYPE_CHECKING:
    from tests.postgres import PostgresServer


@contextmanager
def opened(folder: Path) -> Iterator[Service]:
    """Return a service on a data folder, in this process."""
    settings = Settings(data_dir=folder)
    prepare_data(settings)
    services = build_web(settings)
    with TestClient(create_app(services), base_url="http://127.0.0.1") as client:
        yield Service(client, services, folder)


def fill(folder: Path) -> dict[str, str]:
    """Add two athletes, each with a report; return their ids."""
    with opened(folder) as service:
        ids = {name: add(service, f"{name} Findme") for name in ("Zebulon", "Ben")}
        return ids | {f"{name} report": measure(service, ids[name], name) for name in ("Zebulon", "Ben")}


def run(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def keep_writing(served: Served, stop: threading.Event) -> None:
    """Add athletes as quickly as they are taken."""
    while not stop.is_set():
        served.client.post("/api/athletes", json={"name": "Filler"})


def names(folder: Path) -> list[str]:
    """Return who is in a data folder, as the service says after it has started on it."""
    with opened(folder) as service:
        return [athlete["name"] for athlete in service.client.get("/api/athletes").json()]


def test_who_is_erased_after_the_backup_stays_erased(tmp_path: Path) -> None:
    """A service is backed up while it runs and is written to, then somebody is erased, then the backup is put back: the others and their reports are there."""
    data, kept = tmp_path / "data", tmp_path / "backups"
    kept.mkdir()
    ids = fill(data)
    with serving(tmp_path) as served:
        served.wait_ready()
        stop = threading.Event()
        writer = threading.Thread(target=keep_writing, args=(served, stop))
        writer.start()
        made = run("backup", "--out", kept, "--data-dir", data)
        stop.set()
        writer.join()
        assert made.exit_code == 0, made.output
        assert "2 screenings" in made.output
        file = next(kept.glob("kneewall-*.zip"))
        refused = run("restore", file, "--data-dir", data, "--replace")
        assert (refused.exit_code, "Stop it first" in refused.output) == (1, True)
        assert served.client.delete(f"/api/athletes/{ids['Zebulon']}").status_code == 204
    refused = run("restore", file, "--data-dir", data)
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    restored = run("restore", file, "--data-dir", data, "--replace")
    assert restored.exit_code == 0, restored.output
    with serving(tmp_path) as served:
        assert served.client.get(f"/api/athletes/{ids['Zebulon']}").status_code == 404
        assert served.client.get(f"/api/screenings/{ids['Zebulon report']}").status_code == 404
        assert "Ben Findme" in {athlete["name"] for athlete in served.client.get("/api/athletes").json()}
        assert "12.4" in served.client.get(f"/api/screenings/{ids['Ben report']}/report?format=html").text
        assert served.client.get(f"/api/screenings/{ids['Ben report']}/stills/left.jpg").status_code == 200
        served.wait_ready()
    assert search_folder(data, ["Zebulon"]) == []
    assert list(data.glob("restoring-*")) == []


def test_an_old_backup_on_a_new_machine_loses_who_was_erased_since(tmp_path: Path) -> None:
    """The list beside the backups, which the latest one brought up to date, is what tells; without it nobody can know."""
    kept = tmp_path / "backups"
    kept.mkdir()
    ids = fill(tmp_path / "old")
    old, _ = make_backup(Settings(data_dir=tmp_path / "old"), kept / "monday.zip")
    with opened(tmp_path / "old") as service:
        assert service.client.delete(f"/api/athletes/{ids['Zebulon']}").status_code == 204
    make_backup(Settings(data_dir=tmp_path / "old"), kept / "tuesday.zip")
    restore_backup(Settings(data_dir=tmp_path / "new"), old, replace=False)
    assert names(tmp_path / "new") == ["Ben Findme"]
    assert search_folder(tmp_path / "new", ["Zebulon"]) == []
    with opened(tmp_path / "new") as service:
        assert service.client.get(f"/api/screenings/{ids['Ben report']}/report").status_code == 200
        assert service.client.get(f"/api/screenings/{ids['Ben report']}/stills/left.jpg").status_code == 404
    alone = (tmp_path / "alone" / "monday.zip").absolute()
    alone.parent.mkdir()
    alone.write_bytes(old.read_bytes())
    restore_backup(Settings(data_dir=tmp_path / "third"), alone, replace=False)
    assert names(tmp_path / "third") == ["Ben Findme", "Zebulon Findme"]


def test_a_broken_database_is_replaced_and_the_erased_stay_away(tmp_path: Path) -> None:
    """The list is no part of the database that broke."""
    data = tmp_path / "data"
    ids = fill(data)
    file, _ = make_backup(Settings(data_dir=data), tmp_path)
    (tmp_path / "erased.txt").unlink(missing_ok=True)
    with opened(data) as service:
        assert service.client.delete(f"/api/athletes/{ids['Zebulon']}").status_code == 204
    (data / "kneewall.sqlite3").write_bytes(b"no database any more" * 500)
    restore_backup(Settings(data_dir=data), file, replace=True)
    assert names(data) == ["Ben Findme"]


def test_a_database_that_is_copied_back_by_hand_is_erased_again(tmp_path: Path) -> None:
    """Nobody has to know of the command: the list lies beside the database, and the next start reads it."""
    data = tmp_path / "data"
    ids = fill(data)
    copy = {path: path.read_bytes() for path in data.glob("kneewall.sqlite3*")}
    with opened(data) as service:
        assert service.client.delete(f"/api/athletes/{ids['Zebulon']}").status_code == 204
    for path in data.glob("kneewall.sqlite3*"):
        path.unlink()
    for path, content in copy.items():
        path.write_bytes(content)
    assert names(data) == ["Ben Findme"]
    assert search_folder(data, ["Zebulon"]) == []


def test_a_postgresql_database_that_is_put_back_is_erased_again(postgres: PostgresServer, tmp_path: Path) -> None:
    """Copied and put back word for word as `kneewall backup` says; whom the list in the data folder names stays erased, and the queue begins anew."""
    with postgres.database("living") as url:
        settings = Settings(data_dir=tmp_path, database_url=url, auth="on")
        name, dump = url.replace("+psycopg", ""), str(tmp_path / "kneewall.dump")
        with people(tmp_path, url) as world:
            ids, link = dict(world.ids), world.ids["link_secret"]
            run_tool("pg_dump", "--format=custom", "--schema=public", f"--file={dump}", name)
            assert world.admin.delete(f"/api/athletes/{ids['anna']}").status_code == 204
        run_tool("pg_restore", "--clean", "--if-exists", f"--dbname={name}", dump)
        assert search_database(url, ["anna@example.org"]) != []
        run_tool("psql", name, "--command=DELETE FROM grants", "--command=DROP SCHEMA IF EXISTS dbos CASCADE")
        prepare_data(settings)
        assert search_database(url, ["anna@example.org", ids["anna_screening"]], but=["erasures"]) == []
        services = build_web(settings)
        assert identify(link, services) is None
        with services.open_records() as records:
            assert [athlete.name for athlete in records.athletes.list_all()] == ["Ben"]
        assert services.jobs.status("never", 1) == "unknown"
        with pytest.raises(BackupError) as refused:
            make_backup(settings, tmp_path)
        said = str(refused.value)
        assert all(words in said for words in ("pg_dump --format=custom --schema=public", "pg_restore --clean --if-exists", "DELETE FROM grants"))


def test_nobody_is_signed_in_after_a_restore(tmp_path: Path) -> None:
    """A session, a token or a link that was taken back after the backup must not come to life again, so all end."""
    data = tmp_path / "data"
    with people(data) as world:
        secret = world.coach.cookies["kneewall"]
        assert identify(secret, world.services) is not None
        file, _ = make_backup(Settings(data_dir=data), tmp_path)
    settings = Settings(data_dir=tmp_path / "new", auth="on")
    restore_backup(settings, file, replace=False)
    services = build_web(settings)
    assert [identify(each, services) for each in (secret, world.ids["link_secret"])] == [None, None]
    with services.open_records() as records:
        assert len(records.accounts.list_all()) == 4


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """A database of the first version ever is backed up as it is, and put back with the tables of today."""
    old = Settings(data_dir=tmp_path / "old")
    old.data_dir.mkdir()
    engine = open_engine(old.records_url)
    upgrade_tables(engine, "0001")
    engine.dispose()
    file, manifest = make_backup(old, tmp_path)
    assert manifest.revision == "0001"
    restore_backup(Settings(data_dir=tmp_path / "new"), file, replace=False)
    assert names(tmp_path / "new") == []


@pytest.mark.parametrize("fault", ["cut", "changed", "other zip", "no zip", "newer"])
def test_a_backup_that_is_not_whole_changes_nothing(tmp_path: Path, fault: str) -> None:
    """What is there stays, and the message says what is wrong."""
    data = tmp_path / "data"
    fill(data)
    file, _ = make_backup(Settings(data_dir=data), tmp_path)
    spoil(file, fault)
    refused = run("restore", file, "--data-dir", data, "--replace")
    assert (refused.exit_code, "Traceback" in refused.output) == (1, False)
    assert {"newer": "Update first"}.get(fault, "othing was changed") in refused.output
    assert names(data) == ["Ben Findme", "Zebulon Findme"]


def spoil(file: Path, fault: str) -> None:
    """Damage a backup."""
    content = file.read_bytes()
    if fault == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif fault == "no zip":
        file.write_bytes(b"not a backup at all")
    elif fault == "other zip":
        with zipfile.ZipFile(file, "w") as other:
            other.writestr("holiday.txt", "sun")
    else:
        with zipfile.ZipFile(file) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        if fault == "changed":
            parts["manifest.json"] = parts["manifest.json"].replace(b'"screenings": 2', b'"screenings": 3')
        else:
            parts = make_newer(parts, file.parent)
        with zipfile.ZipFile(file, "w") as packed:
            for name, part in parts.items():
                packed.writestr(name, part)


def make_newer(parts: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """Return the parts of a backup as a version to come would make it."""
    import hashlib  # noqa: PLC0415 - only here
    import sqlite3  # noqa: PLC0415
    from contextlib import closing  # noqa: PLC0415

    path = folder / "newer.sqlite3"
    path.write_bytes(parts["kneewall.sqlite3"])
    before = hashlib.sha256(parts["kneewall.sqlite3"]).hexdigest()
    with closing(sqlite3.connect(path)) as database:
        revision = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    newer = path.read_bytes()
    manifest = parts["manifest.json"].replace(before.encode(), hashlib.sha256(newer).hexdigest().encode())
    return {"kneewall.sqlite3": newer, "manifest.json": manifest.replace(f'"{revision}"'.encode(), b'"9999"')}


def test_a_backup_writes_over_nothing(tmp_path: Path) -> None:
    """Neither over a file that is there, nor into a folder that is not; and it names a data folder without a database."""
    fill(tmp_path / "data")
    there = tmp_path / "there.zip"
    there.write_bytes(b"precious")
    for out, words in ((there, "expected the name of a new file"), (tmp_path / "no" / "file.zip", "Found no folder")):
        refused = run("backup", "--out", out, "--data-dir", tmp_path / "data")
        assert (refused.exit_code, words in refused.output) == (1, True), refused.output
    assert there.read_bytes() == b"precious"
    assert "Found no database" in run("backup", "--out", tmp_path, "--data-dir", tmp_path / "nothing").output
    assert (tmp_path / "nothing").exists() is False


def test_a_backup_holds_no_clip_and_no_picture(tmp_path: Path) -> None:
    """The database and the manifest, for nobody else to read."""
    fill(tmp_path / "data")
    file, _ = make_backup(Settings(data_dir=tmp_path / "data"), tmp_path)
    with zipfile.ZipFile(file) as packed:
        assert sorted(packed.namelist()) == ["kneewall.sqlite3", "manifest.json"]
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob(".kneewall-backup-*")] == []


@pytest.mark.parametrize("name", ["a#b", "a?b", "a%20b"])
def test_a_data_folder_of_any_name_is_backed_up_and_put_back(tmp_path: Path, name: str) -> None:
    """Its name is no address: nothing lies beside it, the backup is full, and whom the database alone knows to be erased stays erased."""
    data, kept = tmp_path / name, tmp_path / f"kept {name}"
    kept.mkdir()
    ids = fill(data)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, kept.name])
    file, manifest = make_backup(Settings(data_dir=data), kept)
    assert manifest.rows["athletes"] == 2
    with opened(data) as service:
        assert service.client.delete(f"/api/athletes/{ids['Zebulon']}").status_code == 204
    (data / "erased.txt").unlink()
    restore_backup(Settings(data_dir=data), file, replace=True)
    assert names(data) == ["Ben Findme"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, kept.name])


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    """In one sentence, with its name."""
    fill(tmp_path / "data")
    refused = run("backup", "--out", "/proc/x.zip", "--data-dir", tmp_path / "data")
    assert (refused.exit_code, isinstance(refused.exception, SystemExit)) == (1, True)
    assert refused.output.startswith("kneewall: Cannot write into /proc: ")
