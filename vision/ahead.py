"""Work done ahead in a thread of its own: decoding, inference and edges of one clip overlap, and what comes out is the same."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")

_WAITING: Final = 2
"""Items that may lie ready: enough that neither side waits for the other, few enough that memory stays that of a few pictures."""


@dataclass(frozen=True, slots=True)
class _End:
    """Comes after the last item, with what went wrong, if anything did."""

    error: BaseException | None = None


def work_ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the same items in the same order, taken from `items` in another thread; an error is raised where it would have been without it.

    Whoever stops listening stops the thread too, after the item at hand.
    """
    ready: queue.Queue[T | _End] = queue.Queue(_WAITING)
    given_up = threading.Event()

    def put(item: T | _End) -> None:
        while not given_up.is_set():
            try:
                return ready.put(item, timeout=0.1)
            except queue.Full:
                continue

    def fill() -> None:
        try:
            for item in items:
                put(item)
                if given_up.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 - raised again on the other side
            put(_End(error))
        else:
            put(_End())

    thread = threading.Thread(target=fill, name="ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        given_up.set()
        thread.join()
