"""File names taken apart as a coach says that they are built."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.ports.people import Athlete
from app.usecases.errors import MalformedSubmissionError
from app.usecases.matching import NoMatchError, guess_clip
from app.usecases.naming import match_by_pattern, parse_pattern

AT = datetime(2026, 3, 4, tzinfo=UTC)
CLEO, BEN, DORA = (Athlete(athlete_id=name[0], name=name, created_at=AT) for name in ("Cleo Märchetti", "Ben van Dyk", "Dora Li"))
SQUAD = (CLEO, BEN, DORA)


@pytest.mark.parametrize(
    ("pattern", "file_name", "athlete", "side"),
    [
        ("{surname}_{side}", "MARCHETTI_left.mp4", CLEO, "left"),
        ("{surname}_{side}", "van Dyk_R.MOV", BEN, "right"),
        ("{surname}_{side}", "dyk_l.MOV", BEN, "left"),
        ("{name}-{side}", "cleo marchetti-rechts.mp4", CLEO, "right"),
        ("{firstname}.{surname} {side}", "Ben.Van Dyk links.mp4", BEN, "left"),
        ("{side}_{surname}_{date}", "right_li_2026-11-27.mp4", DORA, "right"),
        ("{date} {name} {side}", "27.11.2026 Dora l.webm", DORA, "left"),
        ("IMG{number}-{surname}-{side}.mp4", "img0042-Li-left.mp4", DORA, "left"),
        ("{any}~{surname}~{side}", "team (a) [x]~li~r.mp4", DORA, "right"),
    ],
)
def test_name_is_taken_apart(pattern: str, file_name: str, athlete: Athlete, side: str) -> None:
    """Whatever case and accents; the ending of the file is no part of it."""
    match = match_by_pattern(file_name, parse_pattern(pattern), SQUAD)
    assert (match.athlete, match.side) == (athlete, side)


@pytest.mark.parametrize("file_name", ["li.mp4", "left_li.mp4", "nobody_left.mp4", "van_left.mp4", "_left.mp4", "li_left_2.mp4"])
def test_name_that_is_built_otherwise_is_nobodys(file_name: str) -> None:
    """Rather asked than guessed: the first word of a surname of two is not the surname."""
    with pytest.raises(NoMatchError, match="expected"):
        match_by_pattern(file_name, parse_pattern("{surname}_{side}"), SQUAD)


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("{surname}", "expected {side}"),
        ("{side}", "expected {side} and one of"),
        ("{surname}_{leg}", "found {leg}; expected one of {name}"),
        ("{side}_{surname}_{side}", "the same part twice"),
        ("{surname}{side}", "without anything between"),
        ("{surname}_{side}" + "x" * 100, "116 characters"),
    ],
)
def test_pattern_that_says_too_little_is_refused(pattern: str, part: str) -> None:
    """With what was found and what was expected."""
    with pytest.raises(MalformedSubmissionError) as refused:
        parse_pattern(pattern)
    assert part in refused.value.message


def test_signs_of_a_pattern_mean_themselves() -> None:
    """A dot is a dot, a bracket a bracket."""
    pattern = parse_pattern("({surname}).*{side}")
    assert match_by_pattern("(li).*left.mp4", pattern, SQUAD).athlete == DORA
    with pytest.raises(NoMatchError):
        match_by_pattern("li-and-left.mp4", pattern, SQUAD)


@pytest.mark.parametrize(
    ("file_name", "athlete", "side"),
    [
        ("cleo.mp4", CLEO, None),
        ("left.mp4", None, "left"),
        ("cleo ben left right.mp4", None, None),
        ("IMG_01.mp4", None, None),
        ("li_x_right.mp4", DORA, "right"),
    ],
)
def test_half_a_name_is_a_guess(file_name: str, athlete: Athlete | None, side: str | None) -> None:
    """What fits one alone is offered to whoever decides."""
    assert guess_clip(file_name, SQUAD) == (athlete, side)
