"""What is kept cannot be reached for a while."""

from __future__ import annotations


class OutageError(Exception):
    """A database or a store cannot be reached just now; nothing is known of what was asked last, and it may be asked again."""
