"""Keeping people out of the log: whatever a line or an error says, ids and addresses in it are not written down."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

_HIDDEN = (
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"), "ID"),
    (re.compile(r"[^\s@\"'=(]+@[^\s@\"']+\.[^\s@\"'),;]+"), "ADDRESS"),
)


def hide_people(line: str) -> str:
    """Return a line without ids of screenings or people, and without e-mail addresses."""
    for pattern, word in _HIDDEN:
        line = pattern.sub(word, line)
    return line


def hide_in_event(logger: object, method: str, line: str | bytes | MutableMapping[str, Any]) -> str:
    """Hide people in a rendered line: the last of structlog's processors."""
    del logger, method
    return hide_people(str(line))


def make_record(*arguments: Any, **named: Any) -> logging.LogRecord:  # noqa: ANN401 - what the standard library passes on
    """Make a record of the standard library's logging, whoever logs and handles it, with people hidden in its text and in its traceback."""
    record = logging.LogRecord(*arguments, **named)
    with suppress(TypeError, ValueError):  # words that do not fit their arguments: a fault for the handler to tell, not for the caller to die of
        record.msg, record.args = hide_people(record.getMessage()), ()
    if record.exc_info:
        record.exc_text = hide_people(logging.Formatter().formatException(record.exc_info))
    return record
