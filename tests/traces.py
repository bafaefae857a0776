"""Looking for what should be gone: in every byte of a folder, and in every row of every table of a database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa


def search_folder(folder: Path, words: Sequence[str], *, but: Sequence[str] = ()) -> list[str]:
    """Return where any of the words is found: names of files and folders, and all bytes of files, whatever the size of the letters."""
    found = []
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder).as_posix()
        content = path.read_bytes().lower() if path.is_file() and path.name not in but else b""
        found += [f"{shown}: {word}" for word in words if word.lower() in shown.lower() or word.lower().encode() in content]
    return found


def search_database(url: str, words: Sequence[str], *, but: Sequence[str] = ()) -> list[str]:
    """Return in which tables any of the words is found: all that the role may read on PostgreSQL, every row as text; of SQLite the bytes of its files."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        file = Path(str(parsed.database))
        contents = [part.read_bytes().lower() for part in file.parent.glob(f"{file.name}*")]
        return [f"{file.name}: {word}" for word in words if any(word.lower().encode() in content for content in contents)]
    found = []
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        readable = "has_table_privilege(quote_ident(table_schema) || '.' || quote_ident(table_name), 'SELECT')"
        tables = "SELECT table_schema, table_name FROM information_schema.tables WHERE (table_type = 'BASE TABLE' OR table_name = 'pg_stats')"
        for schema, name in connection.execute(sa.text(f"{tables} AND {readable}")).all():
            if name not in but:
                whole = sa.text(f'SELECT lower(whole::text) FROM "{schema}"."{name}" AS whole')  # noqa: S608 - names from the database itself
                texts = connection.execute(whole).scalars().all()
                found += [f"{schema}.{name}: {word}" for word in words if any(word.lower() in text for text in texts if text)]
    return found
