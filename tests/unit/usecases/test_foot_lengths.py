"""What is learnt of a foot, when it is offered, and for which clips it is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.assessment.foot_length import FEET_DIFFER_STD_CM
from app.assessment.measurement import Footwear, Side
from app.ports.people import Athlete
from app.ports.screenings import LegNumbers, LegResult, Screening
from app.usecases.foot_lengths import find_known, is_offered, learn_foot, note_typed, use_known_length

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ANNA = Athlete(athlete_id="x", name="Anna", created_at=START)
LEARNT = replace(ANNA, foot_length_cm=26.8, foot_length_std_cm=0.3, foot_length_origin="learnt", foot_length_since=START)
TYPED = replace(ANNA, foot_length_cm=27.0, foot_length_origin="typed", foot_length_since=START)


def make_result(week: int, side: Side, foot_cm: float | None, *, std_cm: float = 0.4, footwear: Footwear = "barefoot") -> LegResult:
    """Return a leg of a weekly session, filmed beside a sheet where a length is given."""
    said = {"toe_to_wall_cm": 9.0, "toe_to_wall_std_cm": 0.3, "shin_angle_deg": None, "shin_angle_std_deg": None, "limit": "bracketed", "setting": "x"}
    seen = {} if foot_cm is None else {"seen_foot_cm": foot_cm, "seen_foot_std_cm": std_cm, "seen_foot_print_std_cm": 0.2}
    at = START + timedelta(weeks=week)
    numbers = LegNumbers(**said, **seen)  # type: ignore[arg-type]
    clip = f"{week} {side}"
    return LegResult(screening_id=f"s{week}", athlete_id="x", created_at=at, side=side, sha256=clip, footwear=footwear, state="done", numbers=numbers)


def make_screening(**said: object) -> Screening:
    """Return a screening in which nothing is said but what is named."""
    plain = {"screening_id": "a", "created_at": START, "footwear": "barefoot", "foot_length_cm": None, "height_cm": None, "skirting_cm": 0.0, "scale": "auto"}
    return Screening(**(plain | {"attempts": ()} | said))  # type: ignore[arg-type]


def test_nothing_is_learnt_without_a_sheet() -> None:
    """Nor from shoes alone, nor from nobody."""
    assert learn_foot([]) is None
    assert learn_foot([make_result(0, "left", None)]) is None
    assert learn_foot([make_result(0, "left", 29.5, footwear="shod")]) is None


def test_both_feet_have_the_same_say() -> None:
    """Three clips of the left foot and one of the right: the mean of the feet, from four clips, dated by the newest."""
    clips = [*(make_result(week, "left", 27.0) for week in range(3)), make_result(1, "right", 26.4)]
    learnt = learn_foot(clips)
    assert learnt is not None
    assert learnt.length.value == pytest.approx(26.7)
    assert (learnt.clips, learnt.newest_at) == (4, START + timedelta(weeks=2))
    assert 0.2 < learnt.length.std < 0.45


def test_shoes_are_not_mixed_in() -> None:
    """A shoe beside a bare foot changes nothing."""
    bare = [make_result(0, "left", 26.8)]
    assert learn_foot([*bare, make_result(1, "left", 29.5, footwear="shod")]) == learn_foot(bare)


def test_a_foot_of_two_years_ago_is_another() -> None:
    """Feet of the young grow: only what a year before the newest clip saw has a say."""
    learnt = learn_foot([make_result(0, "left", 24.0), make_result(100, "left", 26.0), make_result(104, "left", 26.0)])
    assert learnt is not None
    assert (learnt.length.value, learnt.clips) == (pytest.approx(26.0), 2)


def test_clips_that_disagree_say_less() -> None:
    """Two centimetres apart, each sure to 0.4: the scatter is in the result."""
    far, near = (learn_foot([make_result(0, "left", 26.0 - off), make_result(1, "left", 26.0 + off)]) for off in (1.0, 0.0))
    assert far is not None
    assert near is not None
    assert far.length.std > 2 * near.length.std > 2 * FEET_DIFFER_STD_CM


def test_only_what_says_something_new_is_offered() -> None:
    """In place of nothing and of what was typed; in place of what was learnt only when it is another length, or surer by a tenth."""
    clips = [make_result(week, side, 26.8) for week in range(4) for side in ("left", "right")]
    learnt = learn_foot(clips)
    assert learnt is not None
    stored = replace(LEARNT, foot_length_std_cm=learnt.length.std)
    assert not is_offered(TYPED, None)
    assert [is_offered(athlete, learnt) for athlete in (ANNA, TYPED, stored)] == [True, True, False]
    assert is_offered(replace(stored, foot_length_cm=26.7), learnt)
    assert is_offered(replace(stored, foot_length_std_cm=2 * learnt.length.std), learnt)


def test_the_known_length_stands_in_for_none() -> None:
    """With where it comes from; not where one is typed, not in shoes, and not for a repeat, which has what its original had."""
    used = use_known_length(make_screening(), LEARNT)
    assert (used.foot_length_cm, used.foot_length_std_cm, used.foot_length_origin) == (26.8, 0.3, "learnt")
    assert use_known_length(make_screening(), TYPED).foot_length_origin == "typed"
    for screening in (make_screening(foot_length_cm=25.0), make_screening(footwear="shod"), make_screening(repeat_of="b")):
        assert use_known_length(screening, LEARNT) == screening
    assert use_known_length(make_screening(), None) == make_screening()


def test_what_is_typed_is_dated() -> None:
    """A new length is typed now, the same one stays what it was, and none has no origin."""
    later = START + timedelta(days=1)
    assert note_typed(replace(LEARNT, name="Anna B"), LEARNT, later).foot_length_origin == "learnt"
    changed = note_typed(replace(LEARNT, foot_length_cm=27.5), LEARNT, later)
    assert (changed.foot_length_origin, changed.foot_length_std_cm, changed.foot_length_since) == ("typed", None, later)
    gone = note_typed(replace(LEARNT, foot_length_cm=None), LEARNT, later)
    assert (gone.foot_length_origin, gone.foot_length_std_cm, gone.foot_length_since) == (None, None, None)


def test_a_typed_length_has_its_own_uncertainty() -> None:
    """What people measure themselves within, 0.4 cm; a learnt one what it was learnt to."""
    typed, learnt = find_known(TYPED), find_known(LEARNT)
    assert typed is not None
    assert learnt is not None
    assert (typed.std, learnt.std, find_known(ANNA)) == (0.4, 0.3, None)
