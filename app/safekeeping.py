"""`kneewall backup` and `kneewall restore`: a copy of the records, and putting it back without bringing back whoever was erased meanwhile."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import sqlalchemy as sa
from alembic.util import CommandError

from app.adapters.backup_sqlite import BackupError, Manifest, copy_database, describe_database, pack, read_erased, unpack
from app.adapters.clock_system import SystemClock
from app.adapters.erase_list import EraseListFile
from app.adapters.file_lock import LockHeldError, try_lock
from app.adapters.sql.engine import open_engine, upgrade_tables
from app.adapters.sql.records import SqlUnitOfWork
from app.settings import Settings, name_database
from app.wiring import build_erase_list, prepare_data

_RESTORING = "restoring-"
"""How the folder begins in which a backup is unpacked; one that was killed leaves it to the next."""
_POSTGRESQL = """Found the records on PostgreSQL; expected SQLite. Its own tools copy them, also while the service runs:
  pg_dump --format=custom --schema=public --file=kneewall.dump '{name}'
Keep erased.txt of the data folder beside it. To put it back, stop the service, and
  pg_restore --clean --if-exists --dbname='{name}' kneewall.dump
  psql '{name}' --command='DELETE FROM grants' --command='DROP SCHEMA IF EXISTS dbos CASCADE'
which ends every session and drops the queue, which is of another moment. The next start erases again what erased.txt of the data folder names."""
_BESIDE = ("-wal", "-shm")
_HARMLESS = frozenset({"erased.txt", "prepare.lock", "worker.lock", "service.lock", "lan.crt", "lan.key"})
"""What may lie in a data folder that counts as empty: nothing of it is overwritten."""


def make_backup(settings: Settings, out: Path) -> tuple[Path, Manifest]:
    """Copy the records into a file, or into a new file of a folder, while the service goes on; keep the list of what was erased beside it."""
    source = _find_database(settings.records_url)
    if not source.is_file():
        raise BackupError(f"Found no database at {source}; expected the data folder of a service: name it with --data-dir.")
    now = SystemClock().now()
    file = out / f"kneewall-{now:%Y-%m-%d-%H%M%S}.zip" if out.is_dir() else out
    if file.exists() or not file.parent.is_dir():
        raise BackupError(f"Found {'a file' if file.exists() else 'no folder'} at {file if file.exists() else file.parent}; expected the name of a new file.")
    try:
        return file, _write_backup(settings, source, file, now)
    except OSError as error:
        raise BackupError(
            f"Cannot write into {file.parent}: {error.strerror or error}; expected a folder that this user may write to. Name another."
        ) from error


def _write_backup(settings: Settings, source: Path, file: Path, now: datetime) -> Manifest:
    # Beside the file that is made: the copy is personal, and the user chose where such things may lie.
    with tempfile.TemporaryDirectory(prefix=".kneewall-backup-", dir=file.parent) as folder:
        copy, packed = Path(folder) / "copy.sqlite3", Path(folder) / "packed.zip"
        copy_database(source, copy)
        pack(copy, describe_database(copy, made_at=now.isoformat(timespec="seconds"), version=version("kneewall")), packed)
        manifest = unpack(packed, Path(folder) / "check.sqlite3")
        erased = EraseListFile(file.parent / "erased.txt")
        erased.merge(build_erase_list(settings))
        erased.add(read_erased(copy))
        packed.rename(file)
    return manifest


def restore_backup(settings: Settings, file: Path, *, replace: bool) -> Manifest:
    """Put the records of a backup in place of those that are there; nobody is signed in afterwards, and what was erased since is erased again."""
    target = _find_database(settings.records_url)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not replace and (target.exists() or any(path.name not in _HARMLESS for path in settings.data_dir.iterdir())):
        raise BackupError(f"Found data in {settings.data_dir}; expected an empty folder. Name another with --data-dir, or write over it with --replace.")
    try:
        with try_lock(settings.data_dir / "service.lock"):
            for remains in target.parent.glob(f"{_RESTORING}*"):
                shutil.rmtree(remains, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=_RESTORING, dir=target.parent) as folder:
                new = Path(folder) / target.name
                manifest = unpack(file, new)
                _bring_up_to_date(new, file)
                _keep_erase_list(settings, target, file)
                _put_in_place(new, target, settings)
            prepare_data(settings)  # erases again what the list names
    except LockHeldError:
        raise BackupError(f"The service runs on {settings.data_dir}. Stop it first; nothing was changed.") from None
    return manifest


def _bring_up_to_date(database: Path, file: Path) -> None:
    """Apply the migrations that the backup lacks, and end every session, token and link: some of them were taken back since."""
    engine = open_engine(name_database(database))
    try:
        upgrade_tables(engine)
    except CommandError as error:
        raise BackupError(f"{file.name} was made by a newer version of Kneewall. Update first; nothing was changed.") from error
    with SqlUnitOfWork(engine) as records:
        records.accounts.revoke_everything()
        records.commit()
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _keep_erase_list(settings: Settings, replaced: Path, file: Path) -> None:
    """Bring together what is known to be erased, before the database that knows it is gone: it, and the list beside the backup."""
    erased = build_erase_list(settings)
    erased.merge(EraseListFile(file.parent / "erased.txt"))
    erased.add(read_erased(replaced) if replaced.is_file() else [])


def _put_in_place(new: Path, target: Path, settings: Settings) -> None:
    """Replace the database and drop the queue, which the worker fills again with what is not finished."""
    jobs = sa.make_url(settings.jobs_url)
    old = [target] if jobs.get_backend_name() != "sqlite" else [target, Path(str(jobs.database))]
    for path in old:
        for ending in _BESIDE:
            path.with_name(path.name + ending).unlink(missing_ok=True)
    for path in old[1:]:
        with suppress(FileNotFoundError):
            path.unlink()
    new.replace(target)


def _find_database(url: str) -> Path:
    """Return the file of the records; those on PostgreSQL are its own tools' to copy."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return Path(parsed.database).absolute()
    name = parsed.set(drivername="postgresql").render_as_string(hide_password=True)
    raise BackupError(_POSTGRESQL.format(name=name))
