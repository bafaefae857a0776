"""What is written into the pictures of an attempt: English or another language, handed in by whoever knows the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWords:
    """Names and captions.

    Attributes
    ----------
    names : mapping of str to str
        What ``toe``, ``heel``, ``knee``, ``wall`` and ``floor`` are called.
    verdicts : mapping of str to str
        What became of a lunge, by its verdict.
    between : str
        That no lunge is going on.
    shin, toe_to_wall, lunge : str
        Captions with the places ``{angle}``, ``{distance}`` and ``{number}``.
    shin_not_seen : str
        In place of the angle.
    decimal_mark : str
        A point or a comma.
    """

    names: Mapping[str, str]
    verdicts: Mapping[str, str]
    between: str
    shin: str
    shin_not_seen: str
    toe_to_wall: str
    lunge: str
    decimal_mark: str

    def write_number(self, value: float, decimals: int) -> str:
        """Write a number with the reader's decimal mark."""
        return f"{value:.{decimals}f}".replace(".", self.decimal_mark)
