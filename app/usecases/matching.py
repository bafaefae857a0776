"""Whose leg a file shows, by its name: `marchetti_left.mp4`, `Cleo Marchetti R.MOV`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from app.assessment.measurement import Side
from app.ports.people import Athlete

SIDE_WORDS: dict[str, Side] = {"left": "left", "l": "left", "links": "left", "right": "right", "r": "right", "rechts": "right"}
_LONGEST_STEM = 120


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
    words = split_words(cut_stem(file_name))
    sides = {SIDE_WORDS[word] for word in words if word in SIDE_WORDS}
    own = [word for word in words if word not in SIDE_WORDS and not word.isdigit()]
    if len(sides) != 1:
        raise NoMatchError(f"found {'no side' if not sides else 'both sides'} in the name; expected left or right in it, as in marchetti_left.mp4")
    fitting = [athlete for athlete in athletes if own and set(own) <= set(split_words(athlete.name))]
    if not fitting:
        raise NoMatchError("found nobody of this squad in the name; expected words of one athlete's name")
    if len(fitting) > 1:
        raise NoMatchError(f"found {' and '.join(athlete.name for athlete in fitting[:3])} in the name; expected words that only one of them has")
    return Match(fitting[0], sides.pop())


def guess_clip(file_name: str, athletes: Sequence[Athlete]) -> tuple[Athlete | None, Side | None]:
    """Return the half that a name does say: the athlete, if it fits one alone, and the side, if it names one; for a person to complete."""
    words = split_words(cut_stem(file_name))
    sides = {SIDE_WORDS[word] for word in words if word in SIDE_WORDS}
    fitting = [athlete for athlete in athletes if set(words) & set(split_words(athlete.name)) - set(SIDE_WORDS)]
    return fitting[0] if len(fitting) == 1 else None, sides.pop() if len(sides) == 1 else None


def cut_stem(file_name: str) -> str:
    """Return the name of a file without folder and ending, in plain small letters, as long as a name may be."""
    return plain_letters(PurePosixPath(PureWindowsPath(file_name).name).stem)[:_LONGEST_STEM]


def plain_letters(text: str) -> str:
    """Return a text in small letters without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))


def split_words(text: str) -> list[str]:
    """Return the words and numbers of a text in plain small letters."""
    return re.findall(r"[^\W\d_]+|\d+", plain_letters(text))
