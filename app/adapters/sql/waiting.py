"""Waiting clips in an SQL database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from app.adapters.sql.ordering import by_code_point
from app.adapters.sql.tables import squads, waiting_clips
from app.adapters.sql.writing import hold_row
from app.ports.waiting import WaitingClip


class SqlWaiting:
    """WaitingRecords on the connection of a unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, clip: WaitingClip) -> None:
        """Insert a clip; without its squad it is dropped."""
        if hold_row(self._connection, squads, squads.c.squad_id == clip.squad_id):
            self._connection.execute(waiting_clips.insert().values(**asdict(clip)))

    def find(self, clip_id: str) -> WaitingClip | None:
        """Select one clip."""
        return next(iter(self._select(waiting_clips.c.clip_id == clip_id)), None)

    def list_of(self, squad_id: str) -> Sequence[WaitingClip]:
        """Select the clips of a squad."""
        return self._select(waiting_clips.c.squad_id == squad_id)

    def list_all(self) -> Sequence[WaitingClip]:
        """Select all clips."""
        return self._select(sa.true())

    def erase(self, clip_id: str) -> bool:
        """Delete the row; who comes second waits for who came first, and finds none."""
        return self._connection.execute(waiting_clips.delete().where(waiting_clips.c.clip_id == clip_id)).rowcount > 0

    def _select(self, condition: sa.ColumnElement[bool]) -> list[WaitingClip]:
        query = sa.select(waiting_clips).where(condition).order_by(by_code_point(waiting_clips.c.clip_name), waiting_clips.c.clip_id)
        return [WaitingClip(**row) for row in self._connection.execute(query).mappings()]
