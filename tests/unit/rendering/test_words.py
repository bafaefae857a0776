from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.rendering.numbers import format_quantity, format_value
from tests.unit.rendering.test_report_html import CASES, Page, render

ROOT = Path(__file__).parents[3]
NEVER = (
    "restricted",
    "stiff",
    "imbalance",
    "abnormal",
    "at risk",
    "cleared",
    "safe to play",
    "validated",
    "clinical grade",
    "clinical-grade",
    "more accurate than",
)
SOURCES = sorted(
    path
    for folder in ("app/rendering", "app/web", "app/assessment", "app/usecases", "app/cli")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".html", ".css", ".js"} and "vendor" not in path.parts
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_source_never_says_what_must_not_be_said(path: Path) -> None:
    """No template, message or page of ours says a forbidden word about a person or the product."""
    text = " ".join(path.read_text(encoding="utf-8").lower().split())
    assert [word for word in NEVER if re.search(rf"\b{re.escape(word)}", text)] == []


@pytest.mark.parametrize("case", CASES)
def test_page_never_says_what_must_not_be_said(case: str) -> None:
    """No report, whatever its numbers, says one either."""
    text = " ".join(Page(render(case)).text.lower().split())
    assert [word for word in NEVER if re.search(rf"\b{re.escape(word)}", text)] == []


def test_plus_minus_is_the_half_width() -> None:
    """A std of 0.4 cm is written as ± 0.8 cm, a lower bound with its sign, nothing as a dash."""
    assert format_quantity({"value": 12.44, "std": 0.4}, "cm").replace("\N{NO-BREAK SPACE}", " ") == "12.4 ± 0.8 cm"
    assert format_quantity({"value": 12.44, "std": 0.4}, "cm", at_least=True).startswith("≥")
    assert format_quantity(None, "cm") == "\N{EN DASH}"


def test_minus_is_a_minus_and_zero_has_no_sign() -> None:
    """-2.04 is written with a true minus sign, -0.04 as 0.0."""
    assert format_value(-2.04, signed=True) == "\N{MINUS SIGN}2.0"
    assert format_value(-0.04, signed=True) == "0.0"
    assert format_value(0.06, signed=True) == "+0.1"


def test_plus_minus_is_never_zero() -> None:
    """An uncertainty below the last decimal is written as one of it."""
    assert "± 0.1" in format_quantity({"value": 1.0, "std": 0.001}, "cm").replace("\N{NO-BREAK SPACE}", " ")
