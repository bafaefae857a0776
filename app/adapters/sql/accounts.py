"""Accounts and grants in an SQL database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from app.adapters.sql.ordering import by_code_point
from app.adapters.sql.tables import accounts, consents, earlier_reports, grants, looks, plan_versions, reports, screenings, squad_athletes, waiting_clips
from app.ports.accounts import Account, AccountTakenError, Grant, GrantKind


def forget_doings(connection: sa.Connection, account_ids: Sequence[str]) -> None:
    """Delete what accounts looked at, and take their ids from what they wrote down, put right, handed in and planned."""
    connection.execute(looks.delete().where(looks.c.looker.in_(account_ids)))
    connection.execute(consents.update().where(consents.c.recorded_by.in_(account_ids)).values(recorded_by=None))
    for table in (screenings, reports, earlier_reports):
        connection.execute(table.update().where(table.c.changed_by.in_(account_ids)).values(changed_by=None))
    for table in (screenings, waiting_clips):
        connection.execute(table.update().where(table.c.handed_in_by.in_(account_ids)).values(handed_in_by=None))
    connection.execute(squad_athletes.update().where(squad_athletes.c.noted_by.in_(account_ids)).values(noted_by=None))
    connection.execute(plan_versions.update().where(plan_versions.c.made_by.in_(account_ids)).values(made_by=None))


class SqlAccounts:
    """AccountRecords on the connection of a unit of work, which is told what was erased."""

    def __init__(self, connection: sa.Connection, note_erased: Callable[[Sequence[str]], None]) -> None:
        self._connection = connection
        self._note_erased = note_erased

    def add(self, account: Account) -> None:
        """Insert an account."""
        try:
            self._connection.execute(accounts.insert().values(**asdict(account)))
        except sa.exc.IntegrityError:
            self._connection.rollback()
            raise AccountTakenError from None

    def hold_admins(self) -> int:
        """Update every admin to what they are, which waits for whoever is erasing one, and count."""
        return self._connection.execute(accounts.update().where(accounts.c.role == "admin").values(role="admin")).rowcount

    def find(self, account_id: str) -> Account | None:
        """Select one account."""
        return self._select_one(accounts.c.account_id == account_id)

    def find_by_email(self, email: str) -> Account | None:
        """Select the account of an address."""
        return self._select_one(accounts.c.email == email.lower())

    def find_of_athlete(self, athlete_id: str) -> Account | None:
        """Select the account of an athlete."""
        return self._select_one(accounts.c.athlete_id == athlete_id)

    def list_all(self) -> Sequence[Account]:
        """Select all accounts."""
        return [Account(**row) for row in self._connection.execute(sa.select(accounts).order_by(by_code_point(accounts.c.email))).mappings().all()]

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Update the password."""
        self._connection.execute(accounts.update().where(accounts.c.account_id == account_id).values(password_hash=password_hash))

    def erase(self, account_id: str) -> bool:
        """Delete the account; grants and squads go with it, and so do its looks."""
        self._note_erased([account_id])
        forget_doings(self._connection, [account_id])
        return self._connection.execute(accounts.delete().where(accounts.c.account_id == account_id)).rowcount > 0

    def add_grant(self, grant: Grant) -> None:
        """Insert a grant."""
        self._connection.execute(grants.insert().values(**asdict(grant)))

    def find_grant(self, secret_sha256: str) -> Grant | None:
        """Select the grant of a secret."""
        row = self._connection.execute(sa.select(grants).where(grants.c.secret_sha256 == secret_sha256)).mappings().one_or_none()
        return None if row is None else Grant(**row)

    def grants_of_account(self, account_id: str | None) -> Sequence[Grant]:
        """Select the grants of an account."""
        return self._select_grants(grants.c.account_id == account_id)

    def grants_for_athlete(self, athlete_id: str) -> Sequence[Grant]:
        """Select the links that were made for an athlete."""
        return self._select_grants(grants.c.athlete_id == athlete_id)

    def revoke(self, grant_id: str) -> bool:
        """Delete a grant."""
        return self._connection.execute(grants.delete().where(grants.c.grant_id == grant_id)).rowcount > 0

    def revoke_all(self, account_id: str, kinds: Sequence[GrantKind]) -> None:
        """Delete grants of an account."""
        self._connection.execute(grants.delete().where(grants.c.account_id == account_id, grants.c.kind.in_(kinds)))

    def revoke_everything(self) -> None:
        """Delete all grants."""
        self._connection.execute(grants.delete())

    def forget_expired(self, now: datetime) -> None:
        """Delete what has expired."""
        self._connection.execute(grants.delete().where(grants.c.expires_at <= now))

    def _select_one(self, condition: sa.ColumnElement[bool]) -> Account | None:
        row = self._connection.execute(sa.select(accounts).where(condition)).mappings().one_or_none()
        return None if row is None else Account(**row)

    def _select_grants(self, condition: sa.ColumnElement[bool]) -> list[Grant]:
        query = sa.select(grants).where(condition).order_by(grants.c.created_at.desc(), grants.c.grant_id)
        return [Grant(**row) for row in self._connection.execute(query).mappings().all()]
