"""Keeping people out of the log."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest

from app.adapters.log_lines import hide_people, make_record

ID = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        (f"No such file: '/data/clips/{ID}/left/clip'", "No such file: '/data/clips/ID/left/clip'"),
        (f"Workflow {ID}/1 has exceeded its recoveries", "Workflow ID/1 has exceeded its recoveries"),
        ("Key (email)=(anna.b+c@example.org) already exists", "Key (email)=(ADDRESS) already exists"),
        ("email=anna@example.org status=409", "email=ADDRESS status=409"),
        ("event=worker.ready pid=12345 ms=17", "event=worker.ready pid=12345 ms=17"),
        (f"sha256={ID * 2}", f"sha256={ID * 2}"),
    ],
)
def test_ids_and_addresses_are_hidden(line: str, hidden: str) -> None:
    """And nothing else."""
    assert hide_people(line) == hidden


def test_other_peoples_loggers_are_covered() -> None:
    """Text, arguments and traceback of any library, whatever handler it brings along."""
    try:
        Path(f"/nowhere/{ID}/left/clip").read_bytes()
    except FileNotFoundError as error:
        record = make_record("dbos", logging.WARNING, __file__, 1, "Workflow %s of %s", (ID, "anna@example.org"), (type(error), error, error.__traceback__))
    out = io.StringIO()
    logging.StreamHandler(out).emit(record)
    assert out.getvalue().startswith("Workflow ID of ADDRESS\n")
    assert "'/nowhere/ID/left/clip'" in out.getvalue()
    assert ID not in out.getvalue()
