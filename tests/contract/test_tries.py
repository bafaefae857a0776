"""Every Tries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.adapters.sql.tries import SqlTries
from tests.fakes.clock import FakeClock
from tests.fakes.tries import MemoryTries

if TYPE_CHECKING:
    import sqlalchemy as sa

    from app.ports.accounts import Tries

_MOST = 3


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
def tries(request: pytest.FixtureRequest) -> Tries:
    """Each in turn."""
    return MemoryTries() if request.param == "fake" else SqlTries(request.getfixturevalue(f"{request.param}_engine"), FakeClock())


def test_as_many_as_may_be_are_let_through(tries: Tries) -> None:
    """Then there is a wait of at most the window; another key is not affected."""
    for _ in range(_MOST):
        assert tries.wait_s("anna", _MOST) == 0
        tries.count("anna", _MOST)
    assert 0 < tries.wait_s("anna", _MOST) <= 900
    assert tries.wait_s("ben", _MOST) == 0
    assert tries.wait_s("anna", _MOST + 1) == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_count_together_and_the_window_moves(kind: str, request: pytest.FixtureRequest) -> None:
    """Two web processes on one database are one; a try counts for a quarter of an hour, and nothing is kept of it afterwards."""
    engine: sa.Engine = request.getfixturevalue(f"{kind}_engine")
    clock = FakeClock()
    one, other = SqlTries(engine, clock), SqlTries(engine, clock)
    one.count("anna@example.org", 2)
    clock.advance(600)
    other.count("anna@example.org", 2)
    assert one.wait_s("anna@example.org", 2) == pytest.approx(300)
    clock.advance(301)
    assert one.wait_s("anna@example.org", 2) == 0
    clock.advance(900)
    one.count("ben@example.org", 2)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT key_sha256 FROM tries").scalars().all()
    assert len(rows) == 1
    assert "ben" not in rows[0]
