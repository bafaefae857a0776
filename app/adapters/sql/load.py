"""How busy the service is, from the database."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.adapters.sql.tables import reports, screenings
from app.ports.load import Queue

_UNFINISHED = screenings.c.state.in_(("queued", "running"))


class SqlLoad:
    """LoadRecords on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def read_queue(self) -> Queue:
        """Count by state; the index of the state finds the few that are unfinished."""
        query = sa.select(screenings.c.state, sa.func.count(), sa.func.min(screenings.c.created_at)).where(_UNFINISHED).group_by(screenings.c.state)
        found = {state: (count, oldest_at) for state, count, oldest_at in self._connection.execute(query)}
        counts = {state: found[state][0] if state in found else 0 for state in ("queued", "running")}
        return Queue(**counts, oldest_at=min((oldest_at for _, oldest_at in found.values()), default=None))

    def count_unfinished(self, handed_in_by: str) -> int:
        """Count what is unfinished of one sender."""
        query = sa.select(sa.func.count()).select_from(screenings).where(_UNFINISHED, screenings.c.handed_in_by == handed_in_by)
        return self._connection.execute(query).scalar_one()

    def count_reports(self, since: datetime) -> int:
        """Count the newest reports by their time."""
        return self._connection.execute(sa.select(sa.func.count()).select_from(reports).where(reports.c.created_at >= since)).scalar_one()
