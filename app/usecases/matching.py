"""Whose leg a file shows, by its name: `marchetti_left.mp4`, `Cleo Marchetti R.MOV`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from app.assessment.measurement import Side
from app.ports.people import Athlete

_SIDE_WORDS: dict[str, Side] = {"left": "left", "l": "left", "links": "left", "right": "right", "r": "right", "rechts": "right"}


@dataclass(frozen=True, slots=True)
class Match:
    """Whose leg, and which."""

    athlete: Athlete
    side: Side


class NoMatchError(Exception):
    """The name of a file does not say whose leg it shows; the message is for a person."""


def match_clip(file_name: str, athletes: Sequence[Athlete]) -> Match:
    """Return whose leg a file shows; raise `NoMatchError` unless its name says one side and fits one athlete.

    Every word of the name but the side has to be a word of the athlete's name; case, accents and numbers alone are passed over.
    """
    words = _split(PurePosixPath(PureWindowsPath(file_name).name).stem)
    sides = {_SIDE_WORDS[word] for word in words if word in _SIDE_WORDS}
    own = [word for word in words if word not in _SIDE_WORDS and not word.isdigit()]
    if len(sides) != 1:
        raise NoMatchError(f"found {'no side' if not sides else 'both sides'} in the name; expected left or right in it, as in marchetti_left.mp4")
    fitting = [athlete for athlete in athletes if own and set(own) <= set(_split(athlete.name))]
    if not fitting:
        raise NoMatchError("found nobody of this squad in the name; expected words of one athlete's name")
    if len(fitting) > 1:
        raise NoMatchError(f"found {' and '.join(athlete.name for athlete in fitting[:3])} in the name; expected words that only one of them has")
    return Match(fitting[0], sides.pop())


def _split(text: str) -> list[str]:
    """Return the words of a text in small letters without accents."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    return re.findall(r"[^\W\d_]+|\d+", plain)
