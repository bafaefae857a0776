"""How the library says it: easy to read in both languages, complete, and never a diagnosis."""

import re
from collections.abc import Iterator

import pytest
import textstat

from app.assessment.programme.content import LABELS
from app.assessment.programme.library import Told
from tests.unit.assessment.programme.answering import find_library

GRADE = 8.0
LEAST_WORDS = 6
"""Grades of fewer words are those of single words."""
NEVER = re.compile(r"\b(you have|diagnos\w*|impingement|tendin\w*|arthr\w*|du hast (?!gesagt)|thrombos\w*|entzünd\w*|patient\w*)", re.IGNORECASE)


def list_passages() -> Iterator[tuple[str, Told]]:
    """Yield everything that advises: rules, and of each exercise what it is for, what to do and what to mind."""
    for (kind, code), rule in find_library().rules.items():
        if kind not in LABELS:
            yield f"{kind}.{code}", rule.told
            if rule.asked is not None:
                yield f"{kind}.{code} asked", rule.asked
    for exercise in find_library().exercises.values():
        parts = [exercise.purpose, *exercise.steps, *([exercise.caution] if exercise.caution else [])]
        yield exercise.id, Told(" ".join(part.en for part in parts), " ".join(part.de for part in parts))


PASSAGES = dict(list_passages())


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_advice_reads_at_grade_8_at_most(language: str) -> None:
    """English by Flesch and Kincaid, German by the first Vienna formula: each passage for itself, and all together much lower."""
    textstat.set_lang(language)
    grade = textstat.flesch_kincaid_grade if language == "en" else lambda text: textstat.wiener_sachtextformel(text, 1)
    texts = {name: getattr(told, language) for name, told in PASSAGES.items()}
    grades = {name: grade(text) for name, text in texts.items() if len(text.split()) >= LEAST_WORDS}
    assert len(grades) > len(PASSAGES) * 0.9
    assert {name: found for name, found in grades.items() if found > GRADE} == {}
    assert grade(" ".join(texts.values())) < GRADE / 2


def test_reading_level_is_one_that_hard_sentences_fail() -> None:
    """The measure tells: a sentence as it stands in papers is far beyond."""
    textstat.set_lang("en")
    assert (
        textstat.flesch_kincaid_grade("Anterior impingement symptomatology necessitates individualised non-provocative arthrokinematic mobilisation.")
        > 2 * GRADE
    )
    textstat.set_lang("de")
    assert textstat.wiener_sachtextformel("Bewegungseinschränkungen des Sprunggelenks erfordern individualisierte Mobilisationsbehandlungen.", 1) > GRADE


def test_both_languages_say_as_much() -> None:
    """No passage is left in the other language, and none is cut short."""
    names = [exercise.name for exercise in find_library().exercises.values()]
    for told in [*PASSAGES.values(), *names]:
        assert told.en != told.de
        assert 0.5 < len(told.de) / len(told.en) <= 2.0, told
        assert told.en.endswith(".") == told.de.endswith("."), told


def test_wording_informs_and_names_no_illness() -> None:
    """It says what was answered and what to do."""
    assert [(name, found[0]) for name, told in PASSAGES.items() for text in (told.en, told.de) if (found := NEVER.search(text))] == []


def test_names_are_told_apart() -> None:
    """No two exercises have one name, in either language."""
    exercises = find_library().exercises.values()
    assert len({exercise.name.en for exercise in exercises}) == len({exercise.name.de for exercise in exercises}) == len(exercises)
