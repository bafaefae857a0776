"""The list of what was erased: it outlives the records, of which an older copy may be put back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class EraseList(Protocol):
    """Names what was erased, without saying what it was; nothing is ever taken off it."""

    def add(self, ids: Iterable[str]) -> None:
        """Put ids on the list; those that are on it already change nothing."""

    def pick(self, ids: Iterable[str]) -> Sequence[str]:
        """Those of some ids that are on the list."""
