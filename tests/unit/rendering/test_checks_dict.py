"""Readings and repeats in words."""

from __future__ import annotations

import re

import pytest

from app.assessment.repeatability import compute_repeatability
from app.rendering.checks_dict import build_repeatability_dict, describe_repeatability

JUDGING = re.compile(r"\b(restricted|stiff|imbalance|abnormal|at risk|cleared|safe|validated|clinical|reliable|excellent|poor|good)\b")


def test_few_repeats_promise_nothing() -> None:
    """The differences are told, a standard error is not."""
    words = describe_repeatability("toe_to_wall_cm", compute_repeatability([[10.0, 10.7, 10.2]]))
    assert words == (
        "Toe to wall: the takes of one leg lie at most 0.7\N{NO-BREAK SPACE}cm apart. 2 repeats say little about the next one: "
        "from 6 on a standard error is stated."
    )


def test_six_repeats_are_said_with_their_interval() -> None:
    """Pairs 1 degree apart: standard error 0.71, interval 0.46 to 1.56 (chi-squared of 6: 14.449 and 1.2373), detectable change 1.96."""
    words = describe_repeatability("shin_angle_deg", compute_repeatability([[40.0, 41.0]] * 6))
    assert "standard error of 0.7° (95 % interval 0.5 to 1.6°)" in words
    assert "exceeds 2.0°" in words


@pytest.mark.parametrize("repeats", [0, 1, 5, 6, 20])
def test_no_word_judges(repeats: int) -> None:
    """Neither the person nor the product is praised or blamed."""
    assert not JUDGING.search(describe_repeatability("toe_to_wall_cm", compute_repeatability([[10.0, 10.7]] * repeats)).lower())


def test_what_is_not_known_is_null() -> None:
    """Strict JSON has no NaN."""
    figures = build_repeatability_dict("toe_to_wall_cm", compute_repeatability([]))
    assert {name: figures[name] for name in ("largest", "sem", "sem_low", "sem_high", "mdc95")} == dict.fromkeys(
        ("largest", "sem", "sem_low", "sem_high", "mdc95")
    )
