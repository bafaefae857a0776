"""Work done ahead in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from vision.ahead import work_ahead


def test_items_come_in_order() -> None:
    """All of them, and the end."""
    assert list(work_ahead(iter(range(50)))) == list(range(50))


def test_an_error_comes_where_it_would_have_come() -> None:
    """After the items before it."""

    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("third")

    seen = []
    with pytest.raises(ValueError, match="third"):  # noqa: PT012 - what came before it is the point
        for item in work_ahead(broken()):
            seen.append(item)  # noqa: PERF402
    assert seen == [1, 2]


def test_whoever_stops_listening_ends_the_thread() -> None:
    """No thread is left, and only what was at hand was worked on."""
    made = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield len(made)

    before = set(threading.enumerate())
    with closing(work_ahead(endless())) as items:
        next(items)
        time.sleep(0.05)
    assert set(threading.enumerate()) <= before  # threads that other tests left may end meanwhile
    assert len(made) < 8
