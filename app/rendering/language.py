"""The language in which somebody reads: chosen once per request, and used by whatever writes a sentence.

English sentences stand in the source and in the templates; `locale/LANGUAGE.po` holds them in another language. A sentence without a
translation stays English. What is stored and what the API answers is English: codes are what programs go by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO
from typing import Literal, cast, get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment

Language = Literal["en", "de"]
LANGUAGES: Mapping[Language, str] = {"en": "English", "de": "Deutsch"}
"""Each under the name by which its own readers know it."""
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
    return _read_catalogue(get_language()).gettext(sentence)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of a sentence that goes with a number."""
    return _read_catalogue(get_language()).ngettext(one, many, number)


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
    environment.globals["language"] = get_language
    environment.globals["languages"] = LANGUAGES


@cache
def _read_catalogue(language: Language) -> NullTranslations:
    """Return the sentences of a language, compiled here in a few milliseconds: nothing built lies beside the catalogue that could be older than it."""
    if language == "en":
        return NullTranslations()
    with resources.files("app.rendering").joinpath("locale", f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
