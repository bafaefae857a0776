"""The language in which somebody reads: chosen once per request, and used by whatever writes a sentence.

English sentences stand in the source and in the templates; `locale/LANGUAGE.po` holds them in another language. A sentence without a
translation stays English. What is stored and what the API answers is English: codes are what programs go by. What was written in English below
the pages (an error, a finding, what a lunge lacked) is told anew by `retell`, from the sentence it was made of and the values in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO
from typing import Literal, cast, get_args

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment
from markupsafe import Markup

Language = Literal["en", "de"]
LANGUAGES: Mapping[Language, str] = {"en": "English", "de": "Deutsch"}
"""Each under the name by which its own readers know it."""
_PLACE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"(?<=\d)\.(?=\d)")
_MEASURED = re.compile(r"[+\N{MINUS SIGN}-]?\d+\.\d+(?:\s?(?:%|cm|mm|s|\N{DEGREE SIGN}))?")
_LEAST_LETTERS = 4
"""A sentence with fewer letters of its own would be seen in every other."""
_current: ContextVar[Language] = ContextVar("language", default="en")


def get_language() -> Language:
    """Return the language of whoever reads now."""
    return _current.get()


@contextmanager
def use_language(language: Language) -> Iterator[None]:
    """Write in this language within."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(sentence: str) -> str:
    """Return a sentence in the language of the reader."""
    return _read_catalogue(get_language()).gettext(sentence) if sentence else ""  # the empty sentence is the catalogue's own head


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of a sentence that goes with a number."""
    return _read_catalogue(get_language()).ngettext(one, many, number)


def mark(sentence: str) -> str:
    """Return a sentence as it is, and let the catalogue have it: for what is translated where it is shown."""
    return sentence


def write_number(text: str | float) -> str:
    """Write the decimal mark of whoever reads."""
    return _NUMBER.sub(",", str(text)) if get_language() == "de" else str(text)


def write_day(day: date | str) -> str:
    """Write a day as whoever reads writes it; `day` may be a time, or either as ISO 8601."""
    known = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    return f"{known:%d.%m.%Y}" if get_language() == "de" else f"{known:%Y-%m-%d}"


def retell(sentence: str) -> str:
    """Return an English sentence with values in it in the language of the reader; as it is where no sentence of the catalogue made it."""
    translated = gettext(sentence)
    if translated != sentence or get_language() == "en":
        return translated
    for pattern in _read_patterns(get_language()):
        if found := pattern.shape.fullmatch(sentence):
            return _fill(pattern.translated, {name: _retell_value(value) for name, value in found.groupdict().items()})
    return sentence


def _fill(sentence: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values[place[1]], sentence)


def _retell_value(value: str) -> str:
    """Write a value: it may be a word or a clause of the catalogue itself; of a number the decimal mark is changed."""
    return write_number(value) if _MEASURED.fullmatch(value) else retell(value)


def choose_language(kept: str | None, accepted: str) -> Language:
    """Return the language that somebody chose before, else the one their browser likes best, English when it likes none of ours."""
    if kept in LANGUAGES:
        return cast("Language", kept)
    liked = sorted((_read_choice(choice) for choice in accepted.split(",")), reverse=True, key=lambda choice: choice[0])
    return next((cast("Language", name) for weight, name in liked if weight > 0 and name in get_args(Language)), "en")


def _read_choice(text: str) -> tuple[float, str]:
    name, _, weight = text.strip().lower().partition(";q=")
    try:
        return float(weight or 1), name.partition("-")[0]
    except ValueError:
        return 0.0, ""


def teach(environment: Environment) -> None:
    """Give the templates of an environment the sentences, and the language itself for ``lang=``."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {"day": write_day, "number": write_number, "told": _show_told}
    environment.globals["language"] = get_language
    environment.globals["languages"] = LANGUAGES


def _show_told(sentence: str) -> str | Markup:
    """Return a sentence from below the pages; what stays English says so to a screen reader."""
    told = retell(sentence)
    return Markup('<span lang="en">{}</span>').format(told) if told == sentence and get_language() != "en" and " " in sentence else told


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A sentence with places for values: what it looks like in English, and its translation."""

    shape: re.Pattern[str]
    translated: str
    letters: int


@cache
def _read_patterns(language: Language) -> tuple[_Pattern, ...]:
    """Return every sentence with places in it, the most telling first."""
    patterns = []
    for message in _read_po(language):
        if isinstance(message.id, str) and message.string and _PLACE.search(message.id):
            pieces = _PLACE.split(message.id)
            seen: set[str] = set()
            shape = "".join(re.escape(piece) if number % 2 == 0 else _write_group(piece, seen) for number, piece in enumerate(pieces))
            letters = sum(map(str.isalpha, "".join(pieces[::2])))
            if letters >= _LEAST_LETTERS:
                patterns.append(_Pattern(re.compile(shape, re.DOTALL), str(message.string), letters))
    return tuple(sorted(patterns, key=lambda pattern: -pattern.letters))


def _write_group(name: str, seen: set[str]) -> str:
    if name in seen:
        return f"(?P={name})"
    seen.add(name)
    return f"(?P<{name}>.*?)"


@cache
def _read_catalogue(language: Language) -> NullTranslations:
    """Return the sentences of a language, compiled here in a few milliseconds: nothing built lies beside the catalogue that could be older than it."""
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, _read_po(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _read_po(language: Language) -> Catalog:
    with resources.files("app.rendering").joinpath("locale", f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)
