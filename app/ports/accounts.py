"""Who may call the service: accounts with a password, and grants that open a door to whoever shows their secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Role = Literal["admin", "coach", "athlete"]
GrantKind = Literal["session", "token", "share", "invite", "reset", "pairing", "passkey", "provider"]
"""`session`: a browser that has signed in; `token`: a program; `share`: clips of one athlete may be handed in; `invite`: an account may be made;
`reset`: a new password may be chosen; `pairing`: a device in the room may sign in to a service without accounts; `passkey`: a challenge that a passkey may
answer; `provider`: a way to the identity provider and back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who signs in; an athlete's account says which athlete they are."""

    account_id: str
    email: str
    role: Role
    password_hash: str
    created_at: datetime
    athlete_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A secret, of which only the hash is kept, and what it opens until it expires or is revoked; it goes with the account that made it."""

    grant_id: str
    kind: GrantKind
    secret_sha256: str
    created_at: datetime
    expires_at: datetime
    account_id: str | None = None
    athlete_id: str | None = None
    squad_id: str | None = None
    made_by: str | None = None
    role: Role | None = None
    label: str = ""


class PasswordHasher(Protocol):
    """Turns passwords into what may be kept of them."""

    def hash(self, password: str) -> str:
        """Return a salted hash."""

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one that was hashed; without a hash it takes as long to say no."""


class Tries(Protocol):
    """Counts what was tried lately under a key."""

    def count(self, key: str, most: int) -> None:
        """Count a try."""

    def wait_s(self, key: str, most: int) -> float:
        """Return the seconds until there are fewer than `most`; 0 when there are."""


class AccountTakenError(Exception):
    """There is an account with this address, or of this athlete, already."""


class AccountRecords(Protocol):
    """Accounts and grants in a unit of work."""

    def add(self, account: Account) -> None:
        """Remember a new account; raise `AccountTakenError` when address or athlete have one already."""

    def hold_admins(self) -> int:
        """Keep others from erasing an admin until the end of this unit of work, and count who is left."""

    def find(self, account_id: str) -> Account | None:
        """Return the account, or None when it is unknown or erased."""

    def find_by_email(self, email: str) -> Account | None:
        """Return the account with this address, written in small letters."""

    def find_of_athlete(self, athlete_id: str) -> Account | None:
        """Return the account that an athlete holds, if they hold one."""

    def list_all(self) -> Sequence[Account]:
        """All accounts, by address."""

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Keep a new password."""

    def erase(self, account_id: str) -> bool:
        """Forget an account with its grants and squads; False when it was unknown."""

    def add_grant(self, grant: Grant) -> None:
        """Remember a grant."""

    def find_grant(self, secret_sha256: str) -> Grant | None:
        """Return the grant of a secret, expired or not."""

    def grants_of_account(self, account_id: str | None) -> Sequence[Grant]:
        """Grants that belong to an account, newest first; with None those that belong to nobody yet: invitations, links, devices of a room."""

    def grants_for_athlete(self, athlete_id: str) -> Sequence[Grant]:
        """Links that were made for an athlete, newest first."""

    def revoke(self, grant_id: str) -> bool:
        """Forget a grant; False when it was unknown."""

    def revoke_all(self, account_id: str, kinds: Sequence[GrantKind]) -> None:
        """Forget an account's grants of some kinds."""

    def revoke_everything(self) -> None:
        """Forget every grant there is."""

    def forget_expired(self, now: datetime) -> None:
        """Forget every grant that has expired."""
