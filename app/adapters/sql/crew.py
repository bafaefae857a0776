"""Workers and turns, in an SQL database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from app.adapters.sql.tables import screenings, workers
from app.ports.crew import Turn


class SqlCrew:
    """CrewRecords on the connection of a unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def sign_on(self, worker: str, at: datetime) -> None:
        """Insert the worker, or update what is left of it."""
        if not self.beat(worker, at):
            self._connection.execute(workers.insert().values(name=worker, seen_at=at))

    def beat(self, worker: str, at: datetime) -> bool:
        """Update the heartbeat."""
        return self._connection.execute(workers.update().where(workers.c.name == worker).values(seen_at=at)).rowcount > 0

    def list_beats(self) -> Mapping[str, datetime]:
        """Select every heartbeat."""
        rows = self._connection.execute(sa.select(workers.c.name, workers.c.seen_at)).all()
        return {name: at for name, at in rows}  # noqa: C416 - rows are no pairs to the type checker

    def sign_off(self, worker: str, *, beat_at: datetime | None = None) -> bool:
        """Delete the worker, if its heartbeat is still the one that was seen."""
        seen = sa.true() if beat_at is None else workers.c.seen_at == beat_at
        return self._connection.execute(workers.delete().where(workers.c.name == worker, seen)).rowcount > 0

    def list_turns(self) -> Sequence[Turn]:
        """Select what is unfinished, without its documents."""
        sender = sa.func.coalesce(screenings.c.handed_in_by, screenings.c.athlete_id)
        query = sa.select(screenings.c.screening_id, sender, screenings.c.state, screenings.c.turn).where(screenings.c.state.in_(("queued", "running")))
        return [Turn(screening_id, sent_by, state == "running", number) for screening_id, sent_by, state, number in self._connection.execute(query)]

    def set_turn(self, screening_id: str, number: int) -> None:
        """Update the turn."""
        self._connection.execute(screenings.update().where(screenings.c.screening_id == screening_id).values(turn=number))
