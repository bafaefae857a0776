"""The fake PasswordHasher."""

# ruff: noqa: D102 - the port says what each method does

from __future__ import annotations


class FakeHasher:
    """Turns passwords around, which takes no time."""

    def hash(self, password: str) -> str:
        return f"turned:{password[::-1]}"

    def verify(self, password: str, password_hash: str | None) -> bool:
        return self.hash(password) == password_hash
