"""SQLite databases of today's shape, made once for a process and copied: to bring an empty one up to date takes longer than most tests.

That an empty one can be brought up to date is what `tests/contract/test_migrations.py` holds, and every test that starts the service as people do.
"""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from app.settings import Settings
from app.wiring import prepare_data

_RECORDS, _JOBS = "kneewall.sqlite3", "jobs.sqlite3"


def prepare_copied(settings: Settings) -> None:
    """Prepare a data folder as the service does, on databases that are up to date already."""
    settings.data_dir.mkdir(exist_ok=True)
    for name in (_RECORDS, _JOBS):
        shutil.copyfile(_make() / name, settings.data_dir / name)
    prepare_data(settings)


def copy_records(to: Path) -> None:
    """Put a database with our tables and no rows in this place."""
    shutil.copyfile(_make() / _RECORDS, to)


@cache
def _make() -> Path:
    """Return the folder with both; it goes with the process."""
    made = Path(tempfile.mkdtemp(prefix="kneewall-databases-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    with tempfile.TemporaryDirectory() as used:
        prepare_data(Settings(data_dir=Path(used)))
        for name in (_RECORDS, _JOBS):
            with closing(sqlite3.connect(Path(used) / name)) as database:
                database.execute("VACUUM INTO ?", (str(made / name),))
    return made
