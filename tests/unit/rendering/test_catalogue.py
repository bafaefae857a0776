"""The German catalogue: every sentence of the sources has its translation, with the same places in it, and none that is gone is kept."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app.rendering.language import retell, use_language, write_day, write_number
from app.rendering.numbers import format_quantity
from app.rendering.problems import tell_problem
from app.rendering.told import ACTIVITIES
from scripts.messages import LOCALE, ROOT, TOLD, build_template, list_told

NAMED = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}|(<[^>]+>|%%)")


@cache
def read_german() -> Catalog:
    """Read it as it is kept, obsolete sentences too."""
    with (LOCALE / "de.po").open("rb") as file:
        return read_po(file, locale="de", ignore_obsolete=False)


@cache
def find_template() -> Catalog:
    """Find the sentences once."""
    return build_template()


def list_forms(message: Message) -> list[tuple[str, str]]:
    """Pair each English form with its German one."""
    english = message.id if isinstance(message.id, tuple) else (message.id,)
    german = message.string if isinstance(message.string, tuple) else (message.string,)
    return list(zip(english, german, strict=True))


def list_places(sentence: str) -> list[str]:
    """Return the places of a sentence, its tags and its literal per cent signs."""
    return sorted(name or place or other for name, place, other in NAMED.findall(sentence))


def test_every_sentence_has_a_german_one() -> None:
    """None is missing, empty or fuzzy."""
    german = read_german()
    lacking = [
        message.id
        for message in find_template()
        if message.id and ((known := german.get(message.id)) is None or known.fuzzy or not all(form for _, form in list_forms(known)))
    ]
    assert lacking == []


def test_no_sentence_that_is_gone_is_kept() -> None:
    """What `make messages` takes out is not there."""
    template = find_template()
    assert [message.id for message in read_german() if message.id and template.get(message.id) is None] == []
    assert not read_german().obsolete


def test_places_are_the_same() -> None:
    """A value that English names, German names too; of what is told anew it may leave one out, but never name another."""
    told = {text for name in TOLD for _, text in list_told(ROOT / name)}
    wrong = [
        (english, german)
        for message in read_german()
        if message.id
        for english, german in list_forms(message)
        if (set(list_places(german)) - set(list_places(english)) if english in told else list_places(english) != list_places(german))
    ]
    assert wrong == []


def test_english_and_german_begin_and_end_alike() -> None:
    """Where English ends a sentence or begins after a space, so does German: they are set into the same places."""
    for message in read_german():
        for english, german in list_forms(message) if message.id else ():
            assert english[:1].isspace() == german[:1].isspace(), english
            assert english.endswith(".") == german.endswith("."), english


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("the heel rose 1.2 cm", "die Ferse hob sich 1,2 cm"),
        ("The left clip is larger than 500 MB, the most that is accepted.", "Das Video (links) ist größer als 500 MB, mehr wird nicht angenommen."),
        (
            "2 of 3 lunges were without a heel in sight: whether it stayed down is not known.",
            "2 von 3 Ausfallschritten ohne sichtbare Ferse: Ob sie am Boden blieb, ist nicht bekannt.",
        ),
        (
            (
                "The printed sheet does not seem flush with the wall: its edge lies 0.8 cm short of the line where floor and wall meet. "
                "Distances are less certain."
            ),
            (
                "Das gedruckte Blatt scheint nicht bündig an der Wand zu liegen: seine Kante liegt 0,8 cm vor der Linie, wo sich Boden und Wand treffen. "
                "Abstände sind weniger sicher."
            ),
        ),
        ("There is no left and no right clip, so there is nothing to compare.", "Es fehlt ein Video (links und rechts), darum gibt es nichts zu vergleichen."),
        ("A sentence that nobody wrote.", "A sentence that nobody wrote."),
        ("", ""),
    ],
)
def test_what_was_written_in_english_is_told_anew(english: str, german: str) -> None:
    """With the values in it, their decimal marks changed; what no sentence of ours made stays as it is."""
    assert retell(english) == english
    with use_language("de"):
        assert retell(english) == german


def test_problems_name_fields_as_pages_do() -> None:
    """Also behind a row, and the innermost of several; what is no field keeps its name."""
    problem = "row 3, foot_length_cm: found '99'; expected at most 40"
    assert str(tell_problem(problem)) == "row 3, Foot length in cm: found '99'; expected at most 40"
    assert str(tell_problem("legs.left.felt.0: found 'x'; expected 'front'")) == "Where was it felt? found 'x'; expected 'front'"
    assert str(tell_problem("colour: found nothing; expected a value")) == "colour: found nothing; expected a value"
    with use_language("de"):
        assert str(tell_problem(problem)) == "Zeile 3, Fußlänge in cm: '99' gefunden; erwartet höchstens 40"
        found = str(tell_problem("email: found 'x'; expected an address like name@example.org"))
        assert found == "E-Mail-Adresse: 'x' gefunden; erwartet eine Adresse wie name@example.org"


def test_numbers_and_days_are_written_as_the_reader_does() -> None:
    """A decimal comma, and the day before the month; in English as before."""
    assert (format_quantity({"value": 12.44, "std": 0.4}, "cm"), write_day("2026-11-27T10:00:00+00:00")) == (
        "12.4 ±\N{NO-BREAK SPACE}0.8\N{NO-BREAK SPACE}cm",
        "2026-11-27",
    )
    with use_language("de"):
        assert format_quantity({"value": 12.44, "std": 0.4}, "cm") == "12,4 ±\N{NO-BREAK SPACE}0,8\N{NO-BREAK SPACE}cm"
        assert (write_day("2026-11-27T10:00:00+00:00"), write_number("0.5")) == ("27.11.2026", "0,5")


def test_every_activity_of_the_sources_is_known() -> None:
    """What a clip's progress says is shown in the reader's language."""
    said = set()
    for name in ("vision/locate.py", "vision/look.py", "app/usecases/processing.py"):
        said |= set(re.findall(r'\.(?:report|note)\([^"\n]*"([a-z ]+)"|activity="([a-z ]+)"', Path(ROOT / name).read_text(encoding="utf-8")))
    assert {first or second for first, second in said} <= set(ACTIVITIES)
