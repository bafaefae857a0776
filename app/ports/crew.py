"""Workers that live side by side, and in which turn they take what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Turn:
    """Place of an unfinished screening in the order of analysis: smaller comes first. `sender` is who handed it in, as far as that is known."""

    screening_id: str
    sender: str | None
    running: bool
    number: int | None


class CrewRecords(Protocol):
    """Who works, and what for next, in a unit of work."""

    def sign_on(self, worker: str, at: datetime) -> None:
        """Note that a worker begins."""

    def beat(self, worker: str, at: datetime) -> bool:
        """Note that a worker is alive; False when it was signed off, because others took it for dead."""

    def list_beats(self) -> Mapping[str, datetime]:
        """When each worker was last known to be alive."""

    def sign_off(self, worker: str, *, beat_at: datetime | None = None) -> bool:
        """Note that a worker is gone; with a time only if nothing was heard of it since. False when nothing changed."""

    def list_turns(self) -> Sequence[Turn]:
        """Return the turns of what is queued or running."""

    def set_turn(self, screening_id: str, number: int) -> None:
        """Keep the turn of a screening."""
