"""Workers that look after each other: each says that it is alive, one of them sees who no longer is, and what those had begun is taken over.

Whether somebody is alive is judged by the watcher's own steady clock: a sign of life that has not changed for so long is none, whatever time it names. A
worker that cannot say that it is alive stops, on its own clock and before the others take over, so that two are not at one screening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.usecases.services import Services

BEAT_EVERY_S = 4.0
STOPS_AFTER_S = 20.0
"""A worker that could not say for so long that it is alive must do nothing more."""
SILENT_AFTER_S = 30.0
"""Longer than that by what a step may need until it notices."""


@dataclass(slots=True)
class Watch:
    """What was last heard of everybody, and when by the watcher's own clock."""

    _heard: dict[str, tuple[datetime, float]] = field(default_factory=dict)

    def find_silent(self, beats: Mapping[str, datetime], now_s: float) -> Mapping[str, datetime]:
        """Return those whose sign of life has not changed for long, with the sign."""
        self._heard = {name: self._heard[name] if self._heard.get(name, (None, 0.0))[0] == at else (at, now_s) for name, at in beats.items()}
        return {name: at for name, (at, since_s) in self._heard.items() if now_s - since_s > SILENT_AFTER_S}


class Worker:
    """One of the crew."""

    def __init__(self, name: str, services: Services) -> None:
        self.name = name
        self._services = services
        self._watch = Watch()
        self._beat_s = services.clock.monotonic_s()
        self._leads = False

    @property
    def leads(self) -> bool:
        """Whether this one does what one alone should do: the youngest does, which after an update is one of the new version."""
        return self._leads

    @property
    def must_stop(self) -> bool:
        """Whether others may take this worker for dead."""
        return self._services.clock.monotonic_s() - self._beat_s > STOPS_AFTER_S

    def sign_on(self) -> None:
        """Say that this worker begins, before it takes anything."""
        began_s = self._services.clock.monotonic_s()
        with self._services.open_records() as records:
            records.crew.sign_on(self.name, self._services.clock.now())
            records.commit()
        self._beat_s = began_s

    def beat(self) -> None:
        """Say that this worker is alive; once the others have taken it for dead, it is too late."""
        began_s = self._services.clock.monotonic_s()
        with self._services.open_records() as records:
            known = records.crew.beat(self.name, self._services.clock.now())
            records.commit()
        self._beat_s = began_s if known else float("-inf")

    def sign_off(self) -> None:
        """Say that this worker ends, so that what it leaves is taken over at once."""
        with self._services.open_records() as records:
            records.crew.sign_off(self.name)
            records.commit()

    def look_after_others(self) -> int:
        """Sign off who is silent, find out who leads, and if it is this worker have what nobody works at begun again; say how much that was."""
        begun_by = self._services.jobs.list_busy()  # before the records: a worker signs on before it begins anything
        with self._services.open_records() as records:
            beats = records.crew.list_beats()
            silent = self._watch.find_silent(beats, self._services.clock.monotonic_s())
            gone = {name for name, at in silent.items() if name != self.name and records.crew.sign_off(name, beat_at=at)}
            records.commit()
        alive = beats.keys() - gone
        self._leads = self.name == max(alive, default=None)
        if not self._leads:
            return 0
        return sum(self._services.jobs.release(name) for name in sorted(begun_by - alive))
