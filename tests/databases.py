"""SQLite databases of today's shape, made once for a process and copied: to bring an empty one up to date takes longer than most tests.

That an empty one can be brought up to date is what `tests/contract/test_migrations.py` holds, and every test that starts the service as people do.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.settings import Settings
from app.wiring import prepare_data

_RECORDS, _JOBS = "kneewall.sqlite3", "jobs.sqlite3"


def prepare_copied(settings: Settings) -> None:
    """Prepare a data folder as the service does, on databases that are up to date already."""
    settings.data_dir.mkdir(exist_ok=True)
    for name in (_RECORDS, _JOBS):
        shutil.copyfile(Path(_make().name) / "whole" / name, settings.data_dir / name)
    prepare_data(settings)


def copy_records(to: Path) -> None:
    """Put a database with our tables and no rows in this place."""
    shutil.copyfile(Path(_make().name) / "whole" / _RECORDS, to)


@cache
def _make() -> TemporaryDirectory[str]:
    """Return the folder; it goes with the process."""
    folder = TemporaryDirectory(prefix="kneewall-databases-")
    prepare_data(Settings(data_dir=Path(folder.name)))
    whole = Path(folder.name) / "whole"
    whole.mkdir()
    for name in (_RECORDS, _JOBS):
        with closing(sqlite3.connect(Path(folder.name) / name)) as made:
            made.execute("VACUUM INTO ?", (str(whole / name),))
    return folder
