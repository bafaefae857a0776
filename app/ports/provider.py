"""Signing in over an organisation's own sign-in: the provider that says who somebody is, and which account is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


def is_private_way(address: str) -> bool:
    """Whether nobody on the way can read or change what is said there: over TLS, or inside this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """That a person whom a provider knows by a subject holds an account here; a subject lasts where an address may pass to somebody else."""

    identity_id: str
    issuer: str
    subject: str
    account_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody is by the word of a provider."""

    issuer: str
    subject: str
    email: str | None = field(repr=False)
    is_email_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What ties one way to the provider and back together: where it answers, and three secrets of this one round."""

    callback: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class ProviderFaultError(Exception):
    """The provider cannot be reached, or its answer cannot be believed; `reason` is a word for the log, without anything of the answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IdentityProvider(Protocol):
    """Where people are sent to say who they are."""

    name: str
    """What people call it."""

    def build_address(self, way: Round) -> str:
        """Return where the browser is sent; raise `ProviderFaultError` when the provider does not say."""

    def redeem(self, code: str, way: Round) -> Person:
        """Return who came back with this code; raise `ProviderFaultError` when nobody can be believed to."""


class IdentityTakenError(Exception):
    """Person or account have one of this provider already."""


class IdentityRecords(Protocol):
    """Who holds which account, in a unit of work; an identity goes with its account."""

    def add(self, identity: Identity) -> None:
        """Remember an identity; raise `IdentityTakenError` when person or account have one of this provider. Without its account it is dropped."""

    def find(self, issuer: str, subject: str) -> Identity | None:
        """Return the identity of a person."""

    def list_of(self, account_id: str) -> Sequence[Identity]:
        """Identities of an account, oldest first."""

    def list_all(self) -> Sequence[Identity]:
        """All identities, oldest first."""

    def erase(self, identity_id: str) -> bool:
        """Forget an identity; False when it was unknown."""
