"""Who sends letters to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of plain text to one address."""

    to: str
    subject: str
    text: str


class MailFailedError(Exception):
    """The letter could not be handed over."""


class Mailer(Protocol):
    """Hands letters over to a mail server."""

    def send(self, letter: Letter) -> None:
        """Hand a letter over; raise `MailFailedError` when that cannot be done."""
