"""Passkeys and identities in an SQL database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from app.adapters.sql.tables import accounts, identities, passkeys
from app.adapters.sql.writing import hold_row
from app.ports.passkeys import Passkey, PasskeyTakenError
from app.ports.provider import Identity, IdentityTakenError


class SqlPasskeys:
    """PasskeyRecords on the connection of a unit of work, which is told what was erased."""

    def __init__(self, connection: sa.Connection, note_erased: Callable[[Sequence[str]], None]) -> None:
        self._connection = connection
        self._note_erased = note_erased

    def add(self, passkey: Passkey) -> None:
        """Insert a passkey; two who bring the same credential at once are one too many."""
        if not hold_row(self._connection, accounts, accounts.c.account_id == passkey.account_id):
            return
        try:
            self._connection.execute(passkeys.insert().values(**asdict(passkey)))
        except sa.exc.IntegrityError:
            self._connection.rollback()
            raise PasskeyTakenError from None

    def find_by_credential(self, credential_id: bytes) -> Passkey | None:
        """Select the passkey of a credential."""
        return next(iter(self._select(passkeys.c.credential_id == credential_id)), None)

    def list_of(self, account_id: str) -> Sequence[Passkey]:
        """Select the passkeys of an account."""
        return self._select(passkeys.c.account_id == account_id)

    def list_all(self) -> Sequence[Passkey]:
        """Select all passkeys."""
        return self._select(sa.true())

    def note_use(self, passkey_id: str, *, sign_count: int, at: datetime) -> bool:
        """Update the passkey, unless somebody with the same counter was quicker."""
        fresh = sa.or_(passkeys.c.sign_count < sign_count, sa.and_(passkeys.c.sign_count == 0, sa.literal(sign_count) == 0))
        update = passkeys.update().where(passkeys.c.passkey_id == passkey_id, fresh).values(sign_count=sign_count, last_used_at=at)
        return self._connection.execute(update).rowcount > 0

    def erase(self, passkey_id: str) -> bool:
        """Delete the passkey."""
        gone = self._connection.execute(passkeys.delete().where(passkeys.c.passkey_id == passkey_id)).rowcount > 0
        if gone:
            self._note_erased([passkey_id])
        return gone

    def _select(self, condition: sa.ColumnElement[bool]) -> list[Passkey]:
        query = sa.select(passkeys).where(condition).order_by(passkeys.c.created_at, passkeys.c.passkey_id)
        return [Passkey(**row) for row in self._connection.execute(query).mappings().all()]


class SqlIdentities:
    """IdentityRecords on the connection of a unit of work, which is told what was erased."""

    def __init__(self, connection: sa.Connection, note_erased: Callable[[Sequence[str]], None]) -> None:
        self._connection = connection
        self._note_erased = note_erased

    def add(self, identity: Identity) -> None:
        """Insert an identity; two who come at once are one too many."""
        if not hold_row(self._connection, accounts, accounts.c.account_id == identity.account_id):
            return
        try:
            self._connection.execute(identities.insert().values(**asdict(identity)))
        except sa.exc.IntegrityError:
            self._connection.rollback()
            raise IdentityTakenError from None

    def find(self, issuer: str, subject: str) -> Identity | None:
        """Select the identity of a person."""
        return next(iter(self._select(sa.and_(identities.c.issuer == issuer, identities.c.subject == subject))), None)

    def list_of(self, account_id: str) -> Sequence[Identity]:
        """Select the identities of an account."""
        return self._select(identities.c.account_id == account_id)

    def list_all(self) -> Sequence[Identity]:
        """Select all identities."""
        return self._select(sa.true())

    def erase(self, identity_id: str) -> bool:
        """Delete the identity."""
        gone = self._connection.execute(identities.delete().where(identities.c.identity_id == identity_id)).rowcount > 0
        if gone:
            self._note_erased([identity_id])
        return gone

    def _select(self, condition: sa.ColumnElement[bool]) -> list[Identity]:
        query = sa.select(identities).where(condition).order_by(identities.c.created_at, identities.c.identity_id)
        return [Identity(**row) for row in self._connection.execute(query).mappings().all()]
