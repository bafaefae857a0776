"""The fake PasskeyRecords and IdentityRecords."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.ports.passkeys import Passkey, PasskeyTakenError
from app.ports.provider import Identity, IdentityTakenError

if TYPE_CHECKING:
    from tests.fakes.records import FakeRecords


class FakePasskeys:
    """PasskeyRecords over a dict."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def add(self, passkey: Passkey) -> None:
        if passkey.account_id not in self._own.accounts:
            return
        if self.find_by_credential(passkey.credential_id) is not None:
            raise PasskeyTakenError
        self._own.passkeys[passkey.passkey_id] = passkey

    def find_by_credential(self, credential_id: bytes) -> Passkey | None:
        return next((passkey for passkey in self._own.passkeys.values() if passkey.credential_id == credential_id), None)

    def list_of(self, account_id: str) -> Sequence[Passkey]:
        return [passkey for passkey in self.list_all() if passkey.account_id == account_id]

    def list_all(self) -> Sequence[Passkey]:
        return sorted(self._own.passkeys.values(), key=lambda passkey: (passkey.created_at, passkey.passkey_id))

    def note_use(self, passkey_id: str, *, sign_count: int, at: datetime) -> bool:
        passkey = self._own.passkeys.get(passkey_id)
        if passkey is None or not (passkey.sign_count < sign_count or passkey.sign_count == sign_count == 0):
            return False
        self._own.passkeys[passkey_id] = replace(passkey, sign_count=sign_count, last_used_at=at)
        return True

    def erase(self, passkey_id: str) -> bool:
        gone = self._own.passkeys.pop(passkey_id, None) is not None
        if gone:
            self._own.erased.add(passkey_id)
        return gone


class FakeIdentities:
    """IdentityRecords over a dict."""

    def __init__(self, own: FakeRecords) -> None:
        self._own = own

    def add(self, identity: Identity) -> None:
        if identity.account_id not in self._own.accounts:
            return
        others = [each for each in self.list_all() if each.issuer == identity.issuer]
        if any(each.subject == identity.subject or each.account_id == identity.account_id for each in others):
            raise IdentityTakenError
        self._own.identities[identity.identity_id] = identity

    def find(self, issuer: str, subject: str) -> Identity | None:
        return next((each for each in self._own.identities.values() if (each.issuer, each.subject) == (issuer, subject)), None)

    def list_of(self, account_id: str) -> Sequence[Identity]:
        return [each for each in self.list_all() if each.account_id == account_id]

    def list_all(self) -> Sequence[Identity]:
        return sorted(self._own.identities.values(), key=lambda each: (each.created_at, each.identity_id))

    def erase(self, identity_id: str) -> bool:
        gone = self._own.identities.pop(identity_id, None) is not None
        if gone:
            self._own.erased.add(identity_id)
        return gone
