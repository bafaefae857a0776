"""One order of words on every database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles


class by_code_point(sa.sql.functions.FunctionElement[str]):  # noqa: N801 - reads as a function in a query, like SQLAlchemy's own
    """A word in the order of its code points, as SQLite and Python sort; PostgreSQL's own order depends on how the database was created."""

    inherit_cache = True


@compiles(by_code_point)
def _write_plain(element: by_code_point, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - the vendor's compiler
    return str(compiler.process(element.clauses, **options))


@compiles(by_code_point, "postgresql")
def _write_collated(element: by_code_point, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - the vendor's compiler
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'
