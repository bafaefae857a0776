"""A backup: one zip file with a copy of the SQLite database, and a manifest to check it against."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

SCHEMA = "kneewall.backup/1"
DATABASE = "kneewall.sqlite3"
MANIFEST = "manifest.json"
_CHUNK_BYTES = 1 << 20


class BackupError(Exception):
    """A backup cannot be made or put back; the message says what was found, expected, and to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds: when and by which version it was made, and of its database the revision, the hash and how many rows each table has."""

    made_at: str
    version: str
    revision: str
    sha256: str
    rows: dict[str, int]
    schema: str = SCHEMA


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, also while others write to it; what was deleted from it is not in the copy."""
    with closing(_open_existing(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("VACUUM")


def _open_existing(path: Path) -> sqlite3.Connection:
    """Open a database that must be there; quoted, because # and ? end a path in an address and % begins a letter."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)


def describe_database(path: Path, *, made_at: str, version: str) -> Manifest:
    """Check a database from end to end and count its rows."""
    try:
        with closing(sqlite3.connect(path)) as database:
            faults = [str(row) for check in ("integrity_check", "foreign_key_check") for row in database.execute(f"PRAGMA {check}") if row != ("ok",)]
            if faults:
                raise BackupError(f"The copy of the database is damaged: {'; '.join(faults[:3])}. Nothing was changed.")
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            rows = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 - names from the file itself
            revision = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The database cannot be read: {error}. Nothing was changed.") from error
    return Manifest(made_at=made_at, version=version, revision=revision, sha256=_hash_file(path), rows=rows)


def read_erased(path: Path) -> list[str]:
    """Return the ids that a database knows to be erased; of one that cannot be read, none."""
    try:
        with closing(_open_existing(path)) as database:
            return [erased_id for (erased_id,) in database.execute("SELECT erased_id FROM erasures")]
    except sqlite3.Error:
        return []


def pack(database: Path, manifest: Manifest, out: Path) -> None:
    """Write the file; nobody else may read it."""
    out.touch(mode=0o600)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(database, DATABASE)
        file.writestr(MANIFEST, json.dumps(asdict(manifest), indent=2) + "\n")


def unpack(file: Path, target: Path) -> Manifest:
    """Write the database of a backup to a file, checked against its manifest."""
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = _parse_manifest(packed.read(MANIFEST))
            with packed.open(DATABASE) as database, target.open("wb") as out:
                shutil.copyfileobj(database, out, _CHUNK_BYTES)
    except (zipfile.BadZipFile, KeyError, OSError, zlib.error) as error:
        raise BackupError(f"{file.name} is no whole backup of Kneewall: {error}. Nothing was changed.") from error
    found = describe_database(target, made_at=manifest.made_at, version=manifest.version)
    if found != manifest:
        raise BackupError(f"{file.name} does not hold what its manifest says: it was changed or damaged. Nothing was changed here.")
    return manifest


def _parse_manifest(content: bytes) -> Manifest:
    try:
        manifest = Manifest(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise BackupError("The manifest of the backup cannot be read. Nothing was changed.") from error
    if manifest.schema != SCHEMA:
        raise BackupError(f"Found a backup of the kind {manifest.schema}; expected {SCHEMA}. Restore it with the version that made it, then update.")
    return manifest


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
