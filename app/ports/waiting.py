"""What is remembered about clips that wait to be told whose leg they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingClip:
    """A clip of somebody of a squad whose name does not say of whom; `problem` says what it lacks, `said` is what was typed beside all clips of its batch."""

    clip_id: str
    squad_id: str
    clip_name: str
    sha256: str
    size_bytes: int
    received_at: datetime
    problem: str
    said: Mapping[str, Any]
    handed_in_by: str | None = None


class WaitingRecords(Protocol):
    """Waiting clips in a unit of work."""

    def add(self, clip: WaitingClip) -> None:
        """Remember a clip."""

    def find(self, clip_id: str) -> WaitingClip | None:
        """Return the clip, or None when it waits no longer."""

    def list_of(self, squad_id: str) -> Sequence[WaitingClip]:
        """Clips of a squad, in the order of their names."""

    def list_all(self) -> Sequence[WaitingClip]:
        """Clips of every squad, in the order of their names."""

    def erase(self, clip_id: str) -> bool:
        """Forget a clip; False when it was unknown: somebody else has just said whose it is."""
