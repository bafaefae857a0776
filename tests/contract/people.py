"""Athletes, squads and accounts in records of every kind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.ports.accounts import Account, Grant
from app.ports.people import Squad
from tests.contract.records import ANNA, AT, BEN, Open
from tests.contract.records import open_records as open_records  # noqa: PLC0414 - the fixture

FIRST = Squad(squad_id="f", name="First", created_at=AT)
SECOND = Squad(squad_id="s", name="Second", created_at=AT)
COACH = Account(account_id="c", email="coach@example.org", role="coach", password_hash="h", created_at=AT)
OWN = Account(account_id="o", email="anna@example.org", role="athlete", password_hash="h", created_at=AT, athlete_id="x")
SESSION = Grant(grant_id="g", kind="session", secret_sha256="1" * 64, created_at=AT, expires_at=AT + timedelta(days=1), account_id="c")
LINK = Grant(grant_id="l", kind="share", secret_sha256="2" * 64, created_at=AT, expires_at=AT + timedelta(days=2), athlete_id="x", label="x")


@pytest.fixture
def filled(open_records: Open) -> Open:
    """Anna in both squads, Ben in the second; a coach of the first; Anna's own account."""
    with open_records() as records:
        for athlete in (ANNA, BEN):
            records.athletes.add(athlete)
        for squad in (SECOND, FIRST):
            records.squads.add(squad)
        for account in (COACH, OWN):
            records.accounts.add(account)
        for squad, athlete in (("f", "x"), ("s", "x"), ("s", "w"), ("s", "w")):
            records.squads.join(squad, athlete)
        records.squads.put_coach("f", "c")
        records.squads.put_coach("f", "c")
        records.accounts.add_grant(SESSION)
        records.accounts.add_grant(LINK)
        records.commit()
    return open_records
