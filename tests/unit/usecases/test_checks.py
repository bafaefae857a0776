"""Readings by hand and repeats of a leg."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.assessment.measurement import Side
from app.ports.screenings import Reading
from app.usecases.access import OWNER
from app.usecases.checks import find_checks, type_reading
from app.usecases.clip_errors import SameClipAgainError
from app.usecases.errors import MalformedSubmissionError, NoSuchLegError, ReadingKeptError, UnknownScreeningError
from app.usecases.intake import Declaration
from app.usecases.processing import locate_side, measure_sides, write_report
from app.usecases.screenings import erase_screening
from tests.fakes.bundle import FakeBundle, make_clip
from tests.unit.usecases.test_intake import submit


@pytest.fixture
def bundle(tmp_path: Path) -> FakeBundle:
    """Every part faked."""
    return FakeBundle(tmp_path)


def work(bundle: FakeBundle, screening_id: str) -> None:
    """Measure a screening: the fake engine finds 12.4 cm on the left, 9.1 on the right, 41 degrees, limit bracketed."""
    sides: tuple[Side, ...] = ("left", "right")
    for side in sides:
        locate_side(screening_id, side, bundle.analyst)
    measure_sides(screening_id, bundle.analyst)
    write_report(screening_id, bundle.analyst)


def find_readings(bundle: FakeBundle, screening_id: str, side: Side = "left") -> tuple[Reading, ...]:
    """Look up the readings of one leg."""
    attempt = bundle.records.screenings[screening_id].attempt(side)
    assert attempt is not None
    return attempt.readings


def test_reading_typed_with_the_clips_is_blind_and_changes_no_measurement(bundle: FakeBundle) -> None:
    """It is remembered with its leg; what the engine is told is the same as without it."""
    with_reading = submit(bundle, Declaration(tape_left_cm=11.6, inclinometer_left_deg=38.0), left=make_clip("a"), right=make_clip("b"))
    without = submit(bundle, Declaration(), left=make_clip("a"), right=make_clip("b"))
    work(bundle, with_reading)
    work(bundle, without)
    assert [(r.kind, r.value, r.blind) for r in find_readings(bundle, with_reading)] == [("inclinometer_deg", 38.0, True), ("tape_cm", 11.6, True)]
    assert find_readings(bundle, with_reading, "right") == ()
    assert bundle.engine.options[:2] == bundle.engine.options[2:]
    assert bundle.records.reports[with_reading] == bundle.records.reports[without]


def test_reading_stands_beside_the_camera_s_number(bundle: FakeBundle) -> None:
    """Camera minus tape with both errors; an angle beside the shin angle."""
    screening_id = submit(bundle, Declaration(tape_left_cm=11.6, inclinometer_left_deg=30.0), left=make_clip("a"))
    work(bundle, screening_id)
    slope, tape = find_checks(screening_id, bundle.services).readings
    assert tape.compared is not None
    assert slope.compared is not None
    assert (round(tape.compared.difference.value, 6), tape.compared.within) == (0.8, True)
    assert (round(slope.compared.difference.value, 6), slope.compared.within) == (11.0, False)


def test_refused_clip_keeps_its_reading_without_a_number(bundle: FakeBundle) -> None:
    """The reading is not lost; there is nothing to hold it against."""
    screening_id = submit(bundle, Declaration(tape_left_cm=11.6), left=make_clip("NOBODY"))
    work(bundle, screening_id)
    (checked,) = find_checks(screening_id, bundle.services).readings
    assert (checked.camera, checked.compared) == (None, None)


def test_reading_is_blind_until_its_leg_is_measured(bundle: FakeBundle) -> None:
    """Typed while the clip waits it is blind, and can be corrected; typed after the result it is kept as not blind."""
    screening_id = submit(bundle, left=make_clip("a"))
    type_reading(screening_id, "left", "tape_cm", 99 / 10, bundle.services)
    type_reading(screening_id, "left", "tape_cm", 11.6, bundle.services)
    work(bundle, screening_id)
    type_reading(screening_id, "left", "inclinometer_deg", 38.0, bundle.services)
    type_reading(screening_id, "left", "inclinometer_deg", 39.0, bundle.services)
    assert [(r.kind, r.value, r.blind) for r in find_readings(bundle, screening_id)] == [("inclinometer_deg", 39.0, False), ("tape_cm", 11.6, True)]


def test_blind_reading_is_not_replaced_by_one_that_knows_the_result(bundle: FakeBundle) -> None:
    """What was typed blind stays."""
    screening_id = submit(bundle, Declaration(tape_left_cm=11.6), left=make_clip("a"))
    work(bundle, screening_id)
    with pytest.raises(ReadingKeptError):
        type_reading(screening_id, "left", "tape_cm", 12.4, bundle.services)
    assert [r.value for r in find_readings(bundle, screening_id)] == [11.6]


def test_clip_handed_in_again_brings_no_blind_reading(bundle: FakeBundle) -> None:
    """Its result was there to be seen; a new clip of the other leg stays blind."""
    work(bundle, submit(bundle, left=make_clip("a")))
    again = submit(bundle, Declaration(tape_left_cm=12.4, tape_right_cm=9.0), left=make_clip("a"), right=make_clip("b"))
    assert [r.blind for r in find_readings(bundle, again)] == [False]
    assert [r.blind for r in find_readings(bundle, again, "right")] == [True]
    type_reading(again, "left", "inclinometer_deg", 40.0, bundle.services)
    assert [r.blind for r in find_readings(bundle, again)] == [False, False]


@pytest.mark.parametrize("value", [-0.1, 40.1, float("nan"), float("inf")])
def test_slip_of_the_pen_is_refused(bundle: FakeBundle, value: float) -> None:
    """What no tape reads is not kept."""
    screening_id = submit(bundle, left=make_clip("a"))
    with pytest.raises(MalformedSubmissionError, match="expected 0 to 40"):
        type_reading(screening_id, "left", "tape_cm", value, bundle.services)


def test_reading_of_a_leg_without_clip_is_refused(bundle: FakeBundle) -> None:
    """With the clips, and afterwards."""
    with pytest.raises(MalformedSubmissionError, match="right leg and no clip"):
        submit(bundle, Declaration(tape_right_cm=11.0), left=make_clip("a"))
    screening_id = submit(bundle, left=make_clip("a"))
    with pytest.raises(NoSuchLegError):
        type_reading(screening_id, "right", "tape_cm", 11.0, bundle.services)
    with pytest.raises(UnknownScreeningError):
        type_reading("f", "right", "tape_cm", 11.0, bundle.services)


def test_repeat_takes_what_was_said_from_the_original(bundle: FakeBundle) -> None:
    """Foot length, footwear and the rest; whether it was the furthest is said anew."""
    said = Declaration(foot_length_cm=26.0, footwear="shod", skirting_cm=1.5, scale="foot", furthest_left=True)
    original = submit(bundle, said, left=make_clip("a"), right=make_clip("b"))
    work(bundle, original)
    repeat_id = submit(bundle, Declaration(repeat_of=original), left=make_clip("c"))
    repeat = bundle.records.screenings[repeat_id]
    assert repeat.repeat_of == original
    assert (repeat.foot_length_cm, repeat.footwear, repeat.skirting_cm, repeat.scale) == (26.0, "shod", 1.5, "foot")
    assert [attempt.furthest for attempt in repeat.attempts] == [False]


def test_repeat_of_a_repeat_repeats_the_first(bundle: FakeBundle) -> None:
    """There is one original, and every take of a leg hangs on it."""
    original = submit(bundle, left=make_clip("a"))
    work(bundle, original)
    second = submit(bundle, Declaration(repeat_of=original), left=make_clip("b"))
    work(bundle, second)
    third = submit(bundle, Declaration(repeat_of=second), left=make_clip("c"))
    work(bundle, third)
    checks = find_checks(third, bundle.services)
    assert checks.original_id == original
    assert [take.screening_id for take in checks.takes["left"]] == [original, second, third]
    assert set(checks.takes) == {"left"}
    assert (checks.repeatability["toe_to_wall_cm"].repeats, checks.repeatability["toe_to_wall_cm"].sem) == (2, 0)


def test_same_file_is_no_repeat(bundle: FakeBundle) -> None:
    """It would make everyone perfectly repeatable; neither the original's clip nor another repeat's is taken."""
    original = submit(bundle, left=make_clip("a"), right=make_clip("b"))
    work(bundle, original)
    submit(bundle, Declaration(repeat_of=original), left=make_clip("c"))
    for word in ("a", "c"):
        with pytest.raises(SameClipAgainError):
            submit(bundle, Declaration(repeat_of=original), left=make_clip(word))
    assert len(bundle.records.screenings) == 2
    assert {key.split("/")[0] for key in bundle.clips.contents} == set(bundle.records.screenings)


def test_the_same_clip_is_one_take_however_it_got_there(bundle: FakeBundle) -> None:
    """As by a leg that was filmed again, and was sent as a repeat before: what is the same scatters by nothing and proves nothing."""
    original = submit(bundle, left=make_clip("a"))
    work(bundle, original)
    repeat = submit(bundle, Declaration(repeat_of=original), left=make_clip("b"))
    work(bundle, repeat)
    second = bundle.records.screenings[repeat].attempts[0]
    first = bundle.records.screenings[original]
    bundle.records.screenings[original] = replace(first, attempts=(replace(first.attempts[0], sha256=second.sha256),))
    checks = find_checks(original, bundle.services)
    assert checks.takes == {}
    assert checks.repeatability["toe_to_wall_cm"].repeats == 0


def test_only_a_measured_leg_can_be_repeated(bundle: FakeBundle) -> None:
    """Not one that waits, was refused, or is not there; not two at once; not of a screening that is gone."""
    original = submit(bundle, left=make_clip("NOBODY"))
    with pytest.raises(NoSuchLegError):
        submit(bundle, Declaration(repeat_of=original), left=make_clip("b"))
    work(bundle, original)
    for side in ("left", "right"):
        with pytest.raises(NoSuchLegError):
            submit(bundle, Declaration(repeat_of=original), **{side: make_clip("b")})
    with pytest.raises(MalformedSubmissionError, match="two clips"):
        submit(bundle, Declaration(repeat_of=original), left=make_clip("b"), right=make_clip("c"))
    with pytest.raises(UnknownScreeningError):
        submit(bundle, Declaration(repeat_of="f"), left=make_clip("b"))


def test_take_that_only_shows_where_the_foot_stood_does_not_count(bundle: FakeBundle) -> None:
    """Two lower bounds differ by where the foot was put: listed, not counted."""
    original = submit(bundle, left=make_clip("a"))
    work(bundle, original)
    repeat = submit(bundle, Declaration(repeat_of=original), left=make_clip("b"))
    work(bundle, repeat)
    screening = bundle.records.screenings[repeat]
    bounded = replace(screening.attempts[0], measurement={**(screening.attempts[0].measurement or {}), "limit": "lower_bound"})
    bundle.records.screenings[repeat] = replace(screening, attempts=(bounded,))
    checks = find_checks(original, bundle.services)
    assert [take.counts for take in checks.takes["left"]] == [True, False]
    assert checks.repeatability["toe_to_wall_cm"].repeats == 0


def test_reading_of_a_repeat_is_never_blind(bundle: FakeBundle) -> None:
    """The first result has been seen."""
    original = submit(bundle, left=make_clip("a"))
    work(bundle, original)
    repeat = submit(bundle, Declaration(repeat_of=original), left=make_clip("b"))
    type_reading(repeat, "left", "tape_cm", 11.6, bundle.services)
    assert [r.blind for r in find_readings(bundle, repeat)] == [False]


def test_erasing_takes_the_repeats_files_along(bundle: FakeBundle) -> None:
    """Nothing of the person stays behind."""
    original = submit(bundle, left=make_clip("a"))
    work(bundle, original)
    submit(bundle, Declaration(repeat_of=original), left=make_clip("b"))
    erase_screening(OWNER, original, bundle.services)
    assert (bundle.records.screenings, bundle.clips.contents) == ({}, {})
