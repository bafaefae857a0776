"""What the sessions of an athlete say, and when a professional is suggested."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.assessment.measurement import Side
from app.ports.screenings import LegNumbers, LegResult
from app.usecases.comparability import Change
from app.usecases.following import Courses, build_courses

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def make_result(
    week: int, side: Side, toe_cm: float | None, *, clip: str = "", pain: int | None = None, warmed_up: bool | None = None, limit: str = "bracketed"
) -> LegResult:
    """Return one leg of one weekly session."""
    numbers = LegNumbers(toe_to_wall_cm=toe_cm, toe_to_wall_std_cm=0.2, shin_angle_deg=None, shin_angle_std_deg=None, limit=limit, setting="x")
    return LegResult(
        screening_id=f"s{week}",
        athlete_id="x",
        created_at=START + timedelta(weeks=week),
        side=side,
        sha256=clip or f"{week} {side}",
        footwear="barefoot",
        state="done",
        numbers=numbers,
        pain=pain,
        warmed_up=warmed_up,
    )


def suggest(courses: Courses) -> list[tuple[str, Side | None]]:
    """Return what is suggested."""
    return [(each.code, each.side) for each in courses.suggestions]


def test_twelve_weeks_without_change_suggest_a_look() -> None:
    """Of the leg that did not change; not a week earlier, and not of the one that did."""
    left = [make_result(week, "left", 9.0) for week in range(16)]
    right = [make_result(week, "right", 9.0 if week < 6 else 12.0) for week in range(16)]
    weekly = [result for pair in zip(left, right, strict=True) for result in pair]
    assert suggest(build_courses(weekly, None)) == [("no_change_for_weeks", "left")]
    assert suggest(build_courses(left[:12], None)) == []


def test_new_pain_suggests_a_look() -> None:
    """Above three of ten and not before; who always said so is not told every week."""
    assert suggest(build_courses([make_result(0, "left", 9.0, pain=1), make_result(1, "left", 9.0, pain=4)], None)) == [("new_pain", None)]
    assert suggest(build_courses([make_result(0, "left", 9.0, pain=4), make_result(1, "left", 9.0, pain=5)], None)) == []
    assert suggest(build_courses([make_result(0, "left", 9.0, pain=3)], None)) == []


def test_a_large_difference_twice_in_a_row_suggests_a_look() -> None:
    """Once is chance, and what was only reached is no difference."""
    far = [make_result(week, side, toe) for week in range(2) for side, toe in (("left", 12.0), ("right", 8.0))]
    near = [make_result(0, "left", 12.0), make_result(0, "right", 11.5)]
    reached = [make_result(week, side, toe, limit="lower_bound") for week in range(2) for side, toe in (("left", 12.0), ("right", 8.0))]
    assert suggest(build_courses(far, None)) == [("difference", None)]
    assert suggest(build_courses([*near, *far[2:]], None)) == []
    assert suggest(build_courses(reached, None)) == []


def test_another_state_begins_a_new_series() -> None:
    """Warmed up and not are never compared; where nothing is said it is as before."""
    said = (True, None, None, False, None)
    courses = build_courses([make_result(week, "left", 9.0, warmed_up=warm) for week, warm in enumerate(said)], None)
    assert courses.legs["left"]["toe_to_wall_cm"].trend.breaks == (3,)


def test_a_chosen_baseline_leaves_earlier_sessions_out() -> None:
    """What came before does not count, and the change is against what was chosen."""
    results = [make_result(week, "left", 8.0 if week < 5 else 11.0) for week in range(12)]
    usual = build_courses(results, None).legs["left"]["toe_to_wall_cm"].trend
    chosen = build_courses(results, START + timedelta(weeks=5)).legs["left"]["toe_to_wall_cm"].trend
    assert usual.verdict == "improved"
    assert (chosen.verdict, chosen.counted[0]) == ("no_change", 5)


def test_another_version_of_the_protocol_breaks_the_series() -> None:
    """As other footwear does; each break says what changed, from what to what."""
    results = [replace(make_result(week, "left", 9.0), protocol_version=1 if week < 2 else 2, footwear="barefoot" if week < 4 else "shod") for week in range(6)]
    course = build_courses(results, None).legs["left"]["toe_to_wall_cm"]
    assert course.trend.breaks == (2, 4)
    assert [session.changes for session in course.sessions if session.changes] == [
        (Change("protocol", "protocol 1", "protocol 2"),),
        (Change("footwear", "barefoot", "shod"),),
    ]


def test_whatever_else_is_in_a_stored_setting_breaks_the_series() -> None:
    """Nothing of it is lost on the way into parts."""
    results = [make_result(week, "left", 9.0) for week in range(2)]
    named = []
    for result, setting in zip(results, ("a, b, scale sheet", "c, b, scale sheet"), strict=True):
        assert result.numbers is not None
        named.append(replace(result, numbers=replace(result.numbers, setting=setting)))
    course = build_courses(named, None).legs["left"]["toe_to_wall_cm"]
    assert course.trend.breaks == (1,)
    assert course.sessions[1].changes == (Change("definition", "a, b", "c, b"),)


def test_of_a_stored_setting_each_part_is_told_apart() -> None:
    """Definition, where centimetres come from, and model; of both legs together each is told once."""
    old, new = "kneewall.measurement/1, scale foot_length, model full", "kneewall.measurement/1, scale sheet, model heavy"
    results = []
    for week, setting in enumerate((old, new)):
        for side in ("left", "right"):
            result = make_result(week, side, 9.0)
            assert result.numbers is not None
            results.append(replace(result, numbers=replace(result.numbers, setting=setting)))
    courses = build_courses(results, None)
    told = (Change("scale", "scale foot_length", "scale sheet"), Change("model", "model full", "model heavy"))
    assert courses.legs["right"]["toe_to_wall_cm"].sessions[1].changes == told
    assert courses.difference.sessions[1].changes == told


def read_sessions(courses: Courses, side: Side = "left") -> list[str]:
    """Return which screenings are sessions of a leg."""
    return [session.screening_id for session in courses.legs[side]["toe_to_wall_cm"].sessions]


def test_a_clip_that_was_sent_again_is_one_session() -> None:
    """With the first screening that measured it, or measured its distance; the day of the next test and the foot are not learnt of it twice either."""
    again = make_result(3, "left", 9.0, clip="0 left")
    once = [make_result(0, "left", 9.0), make_result(1, "left", 9.2)]
    assert read_sessions(build_courses([*once, again], None)) == ["s0", "s1"]
    assert build_courses([*once, again], None).next_test == build_courses(once, None).next_test
    assert read_sessions(build_courses([replace(once[0], numbers=None), once[1], again], None)) == ["s1", "s3"]
    assert read_sessions(build_courses([make_result(0, "left", None), once[1], again], None)) == ["s1", "s3"]
    assert read_sessions(build_courses([*once, replace(again, side="right")], None), "right") == []
    assert read_sessions(build_courses([*once, replace(again, athlete_id="y")], None)) == ["s0", "s1", "s3"]


def test_pain_that_was_said_beside_an_old_clip_was_said() -> None:
    """It pauses the test and is suggested to be looked at, whatever the clip shows."""
    courses = build_courses([make_result(0, "left", 9.0, pain=0), make_result(1, "left", 9.0, clip="0 left", pain=6)], None)
    assert courses.next_test.pain == 6
    assert suggest(courses) == [("new_pain", None)]
