from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.rendering.advice import ADVICE

ROOT = Path(__file__).parents[3]
ASSESSMENT = sorted((ROOT / "app" / "assessment").glob("*.py"))
REFUSING = [*ASSESSMENT, *sorted((ROOT / "vision").glob("*.py"))]
METHOD = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")


def find_codes(paths: list[Path], pattern: str) -> set[str]:
    """Return every code that the sources name in such a place."""
    return {code for path in paths for code in re.findall(pattern, path.read_text(encoding="utf-8"))}


FINDINGS = find_codes(ASSESSMENT, r'Finding\(\s*"([a-z_]+)"')
REFUSALS = find_codes(REFUSING, r'code="([a-z_]+)"') - {"weights"}


def test_the_sources_were_read() -> None:
    """What is searched for is found: two codes that are surely there, and a good number of others."""
    assert {"lower_bound", "skirting_suspected"} <= FINDINGS
    assert {"blurred", "far_leg"} <= REFUSALS
    assert len(FINDINGS) + len(REFUSALS) > 30


@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_every_finding_has_advice_that_a_person_can_follow(code: str) -> None:
    """One sentence that says what to do."""
    assert ADVICE[code].endswith(".")
    assert len(ADVICE[code].split()) >= 5


@pytest.mark.parametrize("code", sorted(FINDINGS | REFUSALS))
def test_every_code_is_explained_in_the_method(code: str) -> None:
    """docs/method.md says when it is given."""
    assert f"`{code}`" in METHOD.split("## What is refused")[1].split("## What the method does not model")[0]
