"""Where the scenes that the project draws itself are told of beside the clips: `python -m tests.drawn --json FILE` writes what is read here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.accuracy.sections import Table


def read_drawn(path: Path) -> Table:
    """Read the summary of drawn scenes as a table, one row a quantity.

    The file is a JSON object with `rows` (one a scene) and `summary`: quantity to a flat object of names and numbers, or names and numbers at once.

    Raises
    ------
    ValueError
        When the file holds something else.
    """
    told = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, dict) or not isinstance(told.get("rows"), list) or not isinstance(told.get("summary"), dict):
        message = f"Found no object with a list `rows` and an object `summary` in {path}. Write it with `python -m tests.drawn --json {path}`."
        raise ValueError(message)  # noqa: TRY004 - the file has the wrong content, whatever its type
    summary: dict[str, Any] = told["summary"]
    nested = {key: value for key, value in summary.items() if isinstance(value, dict)}
    flat = {key: value for key, value in summary.items() if key not in nested}
    title = f"Drawn scenes: {len(told['rows'])}"
    if not nested:
        return Table(title, ("what", "value"), tuple((key, _write(value)) for key, value in flat.items()))
    names = list(dict.fromkeys(name for values in nested.values() for name in values))
    rows = [(key, *(_write(values.get(name)) for name in names)) for key, values in nested.items()]
    rows += [(key, _write(value), *([""] * (len(names) - 1))) for key, value in flat.items()]
    return Table(title, ("what", *names), tuple(rows))


def _write(value: object) -> str:
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
