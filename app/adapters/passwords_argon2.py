"""Passwords hashed with argon2id, by pwdlib's recommended costs."""

from __future__ import annotations

from functools import cached_property

from pwdlib import PasswordHash


class Argon2Hasher:
    """PasswordHasher on argon2id."""

    def __init__(self) -> None:
        self._hasher = PasswordHash.recommended()

    def hash(self, password: str) -> str:
        """Return a salted hash."""
        return self._hasher.hash(password)

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one that was hashed."""
        matches = self._hasher.verify(password, password_hash or self._decoy)
        return matches and password_hash is not None

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("nobody has this password")
