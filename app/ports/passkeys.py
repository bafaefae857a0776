"""Passkeys: keys that stay in somebody's device, of which only the public half is kept, and the rules by which what they sign is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """The public half of a key, whose it is and what they call it; `sign_count` is how often the device says that it was used, 0 where it does not count."""

    passkey_id: str
    account_id: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """Where a passkey is good: the host name that it is bound to, and the origin of the pages that may ask for it."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePasskey:
    """What a browser hands over when a device has made a key."""

    credential_id: bytes
    client_data: bytes
    attestation: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPasskey:
    """What a browser hands over when a device has signed; `user_handle` is whose key the device takes it for."""

    credential_id: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes


@dataclass(frozen=True, slots=True)
class NewKey:
    """The public half of a key that was just made."""

    public_key: bytes
    sign_count: int


class PasskeyFaultError(Exception):
    """What a browser handed over is not what it should be; the message is for whoever looks for the fault, not for the person."""


class PasskeyRules(Protocol):
    """Says what a browser is to ask a device for, and checks what comes back: challenge, site, that the person was verified, signature, counter."""

    def ask_for_new(self, site: Site, *, account_id: str, email: str, challenge: str, known: Sequence[bytes]) -> Mapping[str, Any]:
        """Return what a browser needs to have a key made."""

    def ask_for_known(self, site: Site, *, challenge: str) -> Mapping[str, Any]:
        """Return what a browser needs to have one of the device's keys sign."""

    def read_challenge(self, client_data: bytes) -> str:
        """Return the challenge that was answered; raise `PasskeyFaultError` where there is none."""

    def check_new(self, made: MadePasskey, site: Site, *, challenge: str) -> NewKey:
        """Return the key that was made; raise `PasskeyFaultError` when anything is wrong."""

    def check_known(self, shown: ShownPasskey, site: Site, *, challenge: str, passkey: Passkey) -> int:
        """Return how often the key was used by now; raise `PasskeyFaultError` when anything is wrong."""


class PasskeyTakenError(Exception):
    """There is a passkey with this credential already."""


class PasskeyRecords(Protocol):
    """Passkeys in a unit of work; they go with their account."""

    def add(self, passkey: Passkey) -> None:
        """Remember a passkey; raise `PasskeyTakenError` when there is one with its credential. Without its account it is dropped."""

    def find_by_credential(self, credential_id: bytes) -> Passkey | None:
        """Return the passkey with this credential."""

    def list_of(self, account_id: str) -> Sequence[Passkey]:
        """Passkeys of an account, oldest first."""

    def list_all(self) -> Sequence[Passkey]:
        """All passkeys, oldest first."""

    def note_use(self, passkey_id: str, *, sign_count: int, at: datetime) -> bool:
        """Keep that it was used; False when it is gone, or was used as often already by somebody who came first."""

    def erase(self, passkey_id: str) -> bool:
        """Forget a passkey; False when it was unknown."""
