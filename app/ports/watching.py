"""Whoever is told what the service does, to count it, time it, and pass it on: never for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

Stage = Literal["upload", "analysis"]
Outcome = Literal["done", "failed", "abandoned"]
"""`abandoned`: the screening was erased meanwhile."""


class Watcher(Protocol):
    """Is told of what has ended, just after it has; raises nothing."""

    def note_request(self, method: str, route: str, status: int, seconds: float, *, parent: str | None = None) -> None:
        """Take down an answered request, by the pattern of its route; `parent` is the caller's `traceparent`."""

    def note_refusal(self, stage: Stage, code: str) -> None:
        """Take down that a clip was refused, at the door or after it was looked at."""

    def note_step(self, key: str, step: str, seconds: float) -> None:
        """Take down that a step of an analysis has ended. The key only says which steps belong together: it is not passed on."""

    def note_analysis(self, key: str, outcome: Outcome, seconds: float) -> None:
        """Take down that an analysis has ended, its first step having begun so long ago."""

    def close(self) -> None:
        """Pass on what is left: the process ends."""


class Watchers:
    """Several watchers as one; none of them is one that takes nothing down."""

    def __init__(self, watchers: Sequence[Watcher] = ()) -> None:
        self._watchers = tuple(watchers)

    def note_request(self, method: str, route: str, status: int, seconds: float, *, parent: str | None = None) -> None:
        """Tell each."""
        for watcher in self._watchers:
            watcher.note_request(method, route, status, seconds, parent=parent)

    def note_refusal(self, stage: Stage, code: str) -> None:
        """Tell each."""
        for watcher in self._watchers:
            watcher.note_refusal(stage, code)

    def note_step(self, key: str, step: str, seconds: float) -> None:
        """Tell each."""
        for watcher in self._watchers:
            watcher.note_step(key, step, seconds)

    def note_analysis(self, key: str, outcome: Outcome, seconds: float) -> None:
        """Tell each."""
        for watcher in self._watchers:
            watcher.note_analysis(key, outcome, seconds)

    def close(self) -> None:
        """Tell each."""
        for watcher in self._watchers:
            watcher.close()
