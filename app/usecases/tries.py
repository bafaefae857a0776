"""Slowing down whoever tries again and again: what was tried is counted under keys, and too many of one key have to wait."""

from __future__ import annotations

from collections.abc import Sequence

from app.usecases.account_errors import TooManyTriesError
from app.usecases.services import Services

Key = tuple[str, int]
"""What is counted under, and how many there may be in a quarter of an hour."""
TRIES, TRIES_OF_MANY = 10, 100
"""NIST SP 800-63B-4, section 3.2.2, allows at most 100 failures in a row; a person who mistypes needs a handful."""


def refuse_too_many(keys: Sequence[Key], services: Services) -> None:
    """Raise `TooManyTriesError` when any of the keys was counted as often as it may be."""
    wait_s = max(services.tries.wait_s(key, most) for key, most in keys)
    if wait_s > 0:
        raise TooManyTriesError(wait_s=wait_s)


def count_try(keys: Sequence[Key], services: Services) -> None:
    """Count once under each key."""
    for key, most in keys:
        services.tries.count(key, most)


def list_place_keys(place: str) -> tuple[Key, ...]:
    """Return what failures from one place are counted under, whatever was tried."""
    return ((f"from {place}", TRIES_OF_MANY),)


def count_beginning(what: str, place: str, services: Services) -> None:
    """Let one place begin something only so often: what is begun is remembered for a while."""
    keys = ((f"{what} from {place}", TRIES_OF_MANY),)
    refuse_too_many(keys, services)
    count_try(keys, services)
