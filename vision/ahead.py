"""Work done ahead in a thread of its own: decoding, inference and edges of one clip overlap, and what comes out is the same."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")

_WAITING: Final = 2
"""Items that may lie ready: enough that neither side waits for the other, few enough that memory stays that of a few pictures."""


@dataclass(frozen=True, slots=True)
class _End:
    """Comes after the last item, with what went wrong, if anything did."""

    error: BaseException | None = None


def work_ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield the same items in the same order, taken from `items` in another thread; an error is raised where it would have been without it.

    Whoever stops listening stops the thread too, after the item at hand.
    """
    ready: queue.Queue[T | _End] = queue.Queue(_WAITING)
    given_up = threading.Event()
    thread = threading.Thread(target=_fill, args=(ready, items, given_up), name="ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        given_up.set()
        thread.join()


def _fill(ready: queue.Queue[T | _End], items: Iterator[T], given_up: threading.Event) -> None:
    try:
        for item in items:
            _put(ready, item, given_up)
            if given_up.is_set():
                return
    except BaseException as error:  # noqa: BLE001 - raised again on the other side
        _put(ready, _End(error), given_up)
    else:
        _put(ready, _End(), given_up)


def _put(ready: queue.Queue[T | _End], item: T | _End, given_up: threading.Event) -> None:
    while not given_up.is_set():
        with suppress(queue.Full):
            ready.put(item, timeout=0.1)
            return


def work_here(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield the same items in the same order, in this thread."""
    yield from items
