"""When the next test is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from app.usecases.reminding import NextTest, find_next_test
from tests.unit.usecases.test_following import START, make_result


def test_the_next_test_is_a_week_after_the_last() -> None:
    """That was measured: what was refused or waits is none, and before the first there is no day."""
    first = make_result(0, "left", 9.0)
    waiting = replace(make_result(1, "left", 9.0), numbers=None, state="queued")
    assert find_next_test([first, waiting]) == NextTest(START.date() + timedelta(days=7)) == NextTest(date(2026, 1, 12))
    assert find_next_test([]) == find_next_test([waiting]) == NextTest(None)


def test_pain_above_three_pauses_it() -> None:
    """Until less is said: saying nothing is no word that it is gone."""
    hurt, silent, well = (make_result(week, "left", 9.0, pain=pain) for week, pain in enumerate((4, None, 3)))
    assert find_next_test([hurt]) == find_next_test([hurt, silent]) == NextTest(None, 4)
    assert find_next_test([hurt, silent, well]).due == START.date() + timedelta(days=21)
