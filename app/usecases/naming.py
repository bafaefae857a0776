"""A coach's own way of naming files: `{surname}_{side}` and the like, tried on names before they are asked for one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.ports.people import Athlete
from app.usecases.errors import MalformedSubmissionError
from app.usecases.matching import SIDE_WORDS, Match, NoMatchError, cut_stem, plain_letters, split_words

MAX_PATTERN_LENGTH = 100
_WORDS = r"[^\W\d_].*?"
_PARTS = {
    "name": rf"(?P<name>{_WORDS})",
    "firstname": rf"(?P<firstname>{_WORDS})",
    "surname": rf"(?P<surname>{_WORDS})",
    "side": f"(?P<side>{'|'.join(sorted(SIDE_WORDS, key=len, reverse=True))})",
    "date": r"(?P<date>\d{4}[-_.]?\d{2}[-_.]?\d{2}|\d{1,2}[-_.]\d{1,2}[-_.]\d{2,4})",
    "number": r"(?P<number>\d+)",
    "any": r"(?P<any>.*?)",
}
_NAMES = ("name", "firstname", "surname")


@dataclass(frozen=True, slots=True)
class NamePattern:
    """How file names are built, as it was typed, and the expression that takes them apart."""

    typed: str
    expression: re.Pattern[str]


def parse_pattern(typed: str) -> NamePattern:
    """Return a typed pattern; raise `MalformedSubmissionError` that names everything that is wrong with it."""
    pieces = re.split(r"\{(.*?)\}", re.sub(r"\.\w{2,4}$", "", plain_letters(typed.strip())))
    literals, parts = pieces[::2], pieces[1::2]
    problems = list(_find_problems(typed, literals, parts))
    if problems:
        raise MalformedSubmissionError(tuple(f"pattern: {problem}" for problem in problems))
    whole = re.escape(literals[0]) + "".join(_PARTS[part] + re.escape(literal) for part, literal in zip(parts, literals[1:], strict=True))
    return NamePattern(typed.strip(), re.compile(whole))


def match_by_pattern(file_name: str, pattern: NamePattern, athletes: Sequence[Athlete]) -> Match:
    """Return whose leg a file shows; raise `NoMatchError` unless its name is built as the pattern says and fits one athlete."""
    found = pattern.expression.fullmatch(cut_stem(file_name))
    if found is None:
        raise NoMatchError(f"found a name that is not built as {pattern.typed}; expected one that is")
    said = {part: split_words(text) for part, text in found.groupdict().items() if part in _NAMES}
    fitting = [athlete for athlete in athletes if all(_fits(part, words, split_words(athlete.name)) for part, words in said.items())]
    if len(fitting) != 1:
        whom = " and ".join(athlete.name for athlete in fitting[:3]) or "nobody of this squad"
        raise NoMatchError(f"found {whom} by {pattern.typed}; expected one athlete")
    return Match(fitting[0], SIDE_WORDS[found["side"]])


def _find_problems(typed: str, literals: Sequence[str], parts: Sequence[str]) -> list[str]:
    known = ", ".join(f"{{{name}}}" for name in _PARTS)
    problems = [f"found {{{part[:20]}}}; expected one of {known}" for part in parts if part not in _PARTS]
    if len(typed) > MAX_PATTERN_LENGTH:
        problems.append(f"found {len(typed)} characters; expected at most {MAX_PATTERN_LENGTH}")
    if "side" not in parts or not set(parts) & set(_NAMES):
        problems.append("found too little; expected {side} and one of {name}, {firstname} and {surname}")
    if len(set(parts)) < len(parts):
        problems.append("found the same part twice; expected each once")
    if "" in literals[1:-1]:
        problems.append("found two parts without anything between them; expected a sign that keeps them apart, as in {surname}_{side}")
    return problems


def _fits(part: str, words: Sequence[str], own: Sequence[str]) -> bool:
    if part == "name":
        return set(words) <= set(own)
    count = len(words)
    return list(own[:count] if part == "firstname" else own[-count:]) == list(words)
