"""What is said about single sessions and weeks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.assessment.trend import TrendPoint
from app.rendering.trend_words import describe_events, describe_next_test, describe_slope
from app.usecases.comparability import Change
from app.usecases.following import Session
from app.usecases.reminding import NextTest
from calibration.quantity import Quantity

POINT = TrendPoint(week=0.0, value=Quantity(9.0, 0.3, "cm"))
AT = datetime(2026, 3, 4, tzinfo=UTC)


def test_the_slope_is_told_with_its_interval() -> None:
    """0.2 give or take 0.15 (one standard uncertainty): from -0.09 to 0.49, and it judges nothing."""
    words = describe_slope(Quantity(0.2, 0.15, "cm"), "cm")
    assert words is not None
    assert words.startswith("+0.20\N{NO-BREAK SPACE}cm a week (\N{MINUS SIGN}0.09 to +0.49)")
    assert words.endswith("shown, it does not judge.")
    assert str(describe_slope(Quantity(-1.0, 0.5, "deg"), "deg")).startswith("\N{MINUS SIGN}1.00\N{DEGREE SIGN} a week")
    assert describe_slope(None, "cm") is None


@pytest.mark.parametrize(
    ("following", "words"),
    [
        (NextTest(date(2026, 3, 11)), "due on 2026-03-11"),
        (NextTest(None), "can be on any day"),
        (NextTest(None, 5), "is 5 of 10, and above 3 the test is left"),
    ],
)
def test_the_next_test_is_told_and_why_there_is_none(following: NextTest, words: str) -> None:
    """The day; the first; pain."""
    assert words in describe_next_test(following)


def test_what_is_to_be_known_about_a_session() -> None:
    """Each break with its reason, pain above three, a report that was put right, the baseline; of an ordinary session nothing."""
    changes = (Change("footwear", "barefoot", "shod"), Change("scale", "scale sheet", "scale foot_length"), Change("state", "warmed up", ""))
    session = Session("s", AT, POINT, pain=4, version=2, changes=changes)
    assert describe_events(session, begins_baseline=True) == [
        "New series: other footwear (shod); centimetres from elsewhere (foot length); another state",
        "Pain 4 of 10",
        "Put right: version 2 of its report",
        "The baseline begins here",
    ]
    assert describe_events(Session("s", AT, POINT, pain=3), begins_baseline=False) == []
