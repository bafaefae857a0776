"""The fake WaitingRecords."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.ports.waiting import WaitingClip

if TYPE_CHECKING:
    from tests.fakes.records import FakeRecords


class FakeWaiting:
    """WaitingRecords over a dict."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def add(self, clip: WaitingClip) -> None:
        if clip.squad_id in self._own.squads:
            self._own.waiting[clip.clip_id] = clip

    def find(self, clip_id: str) -> WaitingClip | None:
        return self._own.waiting.get(clip_id)

    def list_of(self, squad_id: str) -> Sequence[WaitingClip]:
        return [clip for clip in self.list_all() if clip.squad_id == squad_id]

    def list_all(self) -> Sequence[WaitingClip]:
        return sorted(self._own.waiting.values(), key=lambda clip: (clip.clip_name, clip.clip_id))

    def erase(self, clip_id: str) -> bool:
        return self._own.waiting.pop(clip_id, None) is not None
