"""How often somebody tried and failed to sign in, counted where every web process sees it."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

import sqlalchemy as sa

from app.adapters.sql.tables import tries
from app.ports.clock import Clock

_WINDOW = timedelta(minutes=15)


class SqlTries:
    """Tries in a moving window of a quarter of an hour; of an address or a place only the hash is kept, and no longer than that."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def count(self, key: str, most: int) -> None:
        """Insert a try, and delete whatever has left the window."""
        del most
        now = self._clock.now()
        with self._engine.begin() as connection:
            connection.execute(tries.delete().where(tries.c.at <= now - _WINDOW))
            connection.execute(tries.insert().values(try_id=uuid.uuid4().hex, key_sha256=_hash(key), at=now))

    def wait_s(self, key: str, most: int) -> float:
        """Select the try that has to leave the window before another may be made."""
        now = self._clock.now()
        own = sa.select(tries.c.at).where(tries.c.key_sha256 == _hash(key), tries.c.at > now - _WINDOW)
        with self._engine.connect() as connection:
            oldest = connection.execute(own.order_by(tries.c.at.desc()).offset(most - 1).limit(1)).scalar_one_or_none()
        return 0.0 if oldest is None else max(1.0, (oldest + _WINDOW - now).total_seconds())


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
