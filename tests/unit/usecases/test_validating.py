"""Rows of clips and readings, and what they say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.assessment.measurement import Finding
from app.ports.screenings import Screening
from app.usecases.checks import type_reading
from app.usecases.errors import MalformedSubmissionError
from app.usecases.intake import Declaration
from app.usecases.validating import Validation, build_validation, collect_rows, read_camera
from app.usecases.validation_rows import COLUMNS, Row, read_rows, write_rows
from tests.fakes.bundle import FakeBundle, make_clip
from tests.synthetic_measurements import make_measurement, make_rejected, make_without_distance
from tests.unit.usecases.test_checks import work
from tests.unit.usecases.test_intake import submit

HEAD = "clip,side,person,tape_cm,camera_cm,camera_cm_std,furthest,repeat_of\n"


def read(text: str, clips: tuple[str, ...] = ()) -> tuple[Row, ...]:
    """Read rows; only the named clips are there."""
    return read_rows(text, is_clip=lambda clip: clip in clips)


def judge(text: str) -> Validation:
    """Read rows that bring the camera's numbers along."""
    rows = read(text)
    return build_validation([(row, row.camera) for row in rows if row.camera is not None])


def complain(text: str, clips: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return everything that is wrong with rows."""
    with pytest.raises(MalformedSubmissionError) as caught:
        read(text, clips)
    return caught.value.problems


def test_rows_are_read_as_written() -> None:
    """Names, numbers, empty cells; empty lines are passed over and the line is that of the file."""
    first, second = read("clip,side,tape_cm,foot_length_cm,furthest\n\nsub/a.mp4,Left,12.5,26,yes\nb.mp4,right,,,\n", ("sub/a.mp4", "b.mp4"))
    assert (first.line, first.clip, first.side, first.references, first.foot_length_cm, first.furthest) == (3, "sub/a.mp4", "left", {"tape_cm": 12.5}, 26, True)
    assert (second.line, second.references, second.camera, second.furthest) == (4, {}, None, False)


def test_semicolons_and_decimal_commas_are_what_spreadsheets_write() -> None:
    """Also the mark that some programs put before the first letter, and quotes around a decimal comma."""
    assert read("\ufeffclip;side;tape_cm\na.mp4;left;12,5\n", ("a.mp4",))[0].references == {"tape_cm": 12.5}
    assert read('clip,side,tape_cm\na.mp4,left,"12,5"\n', ("a.mp4",))[0].references == {"tape_cm": 12.5}


def test_everything_wrong_is_named_with_its_line() -> None:
    """All at once: line, column, what was found, what was expected."""
    text = "clip,side,tape_cm,furthest,repeat_of\na.mp4,l,twelve,maybe,\na.mp4,left,120,,\nnone.mp4,right,,,\n,left,,,\n"
    assert complain(text, ("a.mp4",)) == (
        "line 2: tape_cm: found 'twelve'; expected a number from 0 to 40",
        "line 2: side: found 'l'; expected left or right",
        "line 2: furthest: found 'maybe'; expected yes or no",
        "line 3: tape_cm: found '120'; expected a number from 0 to 40",
        "line 4: clip: found no file 'none.mp4'; expected a clip beside the CSV file, or its numbers in camera_cm or camera_deg",
        "line 5: clip: found nothing; expected the name of the clip",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: found no column clip and none side"),
        ("clip,side,tape\na.mp4,left,12\n", "line 1: found the column 'tape'; expected columns among clip, side"),
        ("clip,side,side\n", "line 1: found a column twice"),
        ("clip,side\n", "line 2: found no row"),
        ("clip,side,tape_cm\na.mp4,left,12,5\n", "line 2: found 4 cells; expected 3, as many as columns (a decimal comma"),
        ('clip,side\n"a.mp4,left\n', "line 2: found text that is no CSV"),
        ("clip,side,tape_cm\na.mp4,left,nan\n", "line 2: tape_cm: found 'nan'"),
        ("clip,side\na.mp4,left\na.mp4,left\n", "line 3: clip: found 'a.mp4' again, as in line 2"),
        ("clip,side,repeat_of\na.mp4,left,b.mp4\n", "line 2: repeat_of: found 'b.mp4'; expected the clip of another row"),
        ("clip,side,repeat_of\na.mp4,left,a.mp4\n", "line 2: repeat_of: found 'a.mp4'; expected the clip of another row"),
        ("clip,side,repeat_of\na.mp4,left,\nb.mp4,right,a.mp4\n", "line 3: repeat_of: found a clip of the left leg; expected one of the right leg"),
        ("clip,side,repeat_of\na.mp4,left,\nb.mp4,left,a.mp4\nc.mp4,left,b.mp4\n", "line 4: repeat_of: found 'b.mp4', a repeat itself"),
        ("clip,side,inclinometer_deg,board_deg\na.mp4,left,30,30\n", "line 2: found both inclinometer_deg and board_deg"),
    ],
)
def test_each_mistake_has_its_sentence(text: str, problem: str) -> None:
    """One mistake, one sentence."""
    (said,) = complain(text, ("a.mp4", "b.mp4", "c.mp4"))
    assert said.startswith(problem)


def test_agreement_is_of_camera_minus_reading() -> None:
    """Camera 12.5, 11, 10.5 against tape 12, 11, 9: +0.5, 0, +1.5, mean 2/3; the last is out of reach of hypot(0.4, 0.5) x 1.96 = 1.26."""
    validation = judge(HEAD + "a,left,p,12,12.5,0.4,,\nb,right,p,11,11,0.4,,\nc,left,q,9,10.5,0.4,,\n")
    agreement = validation.kinds["tape_cm"].agreement
    assert (agreement.n, agreement.independent, agreement.told) == (3, 2, 3)
    assert agreement.bias == pytest.approx(2 / 3)
    assert agreement.coverage == pytest.approx(2 / 3)
    assert set(validation.kinds) == {"tape_cm"}
    assert validation.repeatability == {}


def test_refused_clips_are_counted_and_in_no_figure() -> None:
    """Leaving them out in silence would flatter the camera."""
    validation = judge("clip,side,tape_cm,camera_cm,refused\na,left,12,12.5,\nb,left,3,,no_lunge\n")
    assert (validation.kinds["tape_cm"].agreement.n, validation.kinds["tape_cm"].without_number) == (1, 1)


def test_repeats_are_pooled_by_leg_and_only_those_that_count() -> None:
    """10 and 11 with nothing farther possible; 8 and 12 as lower bounds say where the foot was put."""
    validation = judge(HEAD + "a,left,,,10,,yes,\nb,left,,,11,,yes,a\nc,right,,,8,,no,\nd,right,,,12,,no,c\n")
    assert validation.repeatability["toe_to_wall_cm"].sem == pytest.approx(0.5**0.5)
    assert (validation.repeatability["toe_to_wall_cm"].repeats, validation.uncounted) == (1, 2)


def test_repeats_with_readings_are_of_one_person() -> None:
    """A repeat without a name belongs to whom it repeats."""
    validation = judge(HEAD + "a,left,p,12,12.5,,,\nb,left,,12,12.4,,,a\n")
    assert validation.kinds["tape_cm"].agreement.independent == 1


def test_measured_clip_brings_its_numbers() -> None:
    """Value and standard uncertainty of both headline numbers, and whether it shows the limit."""
    camera = read_camera(make_measurement(toe_cm=12.4, shin=41.0))
    assert camera.numbers == {"toe_to_wall_cm": (12.4, 0.4), "shin_angle_deg": (41.0, 1.0)}
    assert (camera.counts, camera.refused) == (True, None)
    assert not read_camera(make_measurement(limit="lower_bound")).counts
    assert read_camera(make_rejected(code="no_person")).refused == "no_person"


def test_board_needs_no_wall() -> None:
    """Its swings touch nothing, so there is no headline number; the mean over them is held against the known angle."""
    board = read_camera(make_without_distance())
    assert board.numbers == {}
    assert board.board == (41.0, 1.0)
    (row,) = read("clip,side,board_deg\na.mp4,left,40\n", ("a.mp4",))
    validation = build_validation([(row, board)])
    assert validation.kinds["board_deg"].agreement.bias == pytest.approx(1.0)


def test_clip_without_any_number_says_why() -> None:
    """The finding that took the number away."""
    nothing = make_without_distance()
    without = replace(nothing, repetitions=(), findings=(Finding("no_valid_repetition", "error", "x"),))
    assert read_camera(without).refused == "no_valid_repetition"


def test_collected_rows_hold_blind_readings_and_repeats_alone(tmp_path: Path) -> None:
    """They are read back as rows; what was typed after the result, and screenings without either, are not in them."""
    bundle = FakeBundle(tmp_path)
    blind = submit(bundle, Declaration(tape_left_cm=11.6), left=make_clip("a"), right=make_clip("b"))
    repeat = repeat_after(bundle, blind)
    late = submit(bundle, left=make_clip("c"))
    refused = submit(bundle, Declaration(inclinometer_left_deg=35), left=make_clip("NOBODY"))
    for screening_id in (late, refused):
        work(bundle, screening_id)
    type_reading(late, "left", "tape_cm", 12.0, bundle.services)
    waiting = submit(bundle, Declaration(tape_left_cm=11.0), left=make_clip("d"))
    with bundle.services.open_records() as records:
        screenings: list[Screening] = list(records.list_screenings())
    rows = read(write_rows(collect_rows(screenings)))
    assert [row.clip for row in rows] == [f"{blind}/left", f"{repeat}/left", f"{refused}/left"]
    assert waiting not in {row.person for row in rows}
    first, second, third = rows
    assert (first.references, second.references, third.references) == ({"tape_cm": 11.6}, {}, {"inclinometer_deg": 35})
    assert (first.person, second.person, second.repeat_of) == (blind, blind, f"{blind}/left")
    assert first.camera is not None
    assert (first.camera.numbers, first.camera.counts) == ({"toe_to_wall_cm": (12.4, 0.4), "shin_angle_deg": (41.0, 1.0)}, True)
    assert third.camera is not None
    assert third.camera.refused == "no_person"


def test_clips_that_were_sent_again_are_collected_once(tmp_path: Path) -> None:
    """With the take that they repeat: the same pair of takes does not count twice in the scatter, and a new take of it joins the first."""
    bundle = FakeBundle(tmp_path)
    first = submit(bundle, Declaration(tape_left_cm=11.6), left=make_clip("a"))
    repeat = repeat_after(bundle, first)
    again = submit(bundle, left=make_clip("a"))
    third = repeat_after(bundle, again)
    other = submit(bundle, Declaration(repeat_of=again), left=make_clip("new"))
    work(bundle, other)
    with bundle.services.open_records() as records:
        rows = read(write_rows(collect_rows(list(records.list_screenings()))))
    assert [(row.clip, row.repeat_of) for row in rows] == [(f"{each}/left", f"{first}/left" if each != first else None) for each in (first, repeat, other)]
    assert {row.person for row in rows} == {first}
    assert third not in {row.clip.partition("/")[0] for row in rows}


def test_document_describes_every_column_and_its_example_is_read() -> None:
    """No column is only in the code or only in docs/validation.md."""
    text = (Path(__file__).parents[3] / "docs" / "validation.md").read_text(encoding="utf-8")
    table = text.split("| Column | Meaning |", 1)[1].split("\n\n", 1)[0]
    described = {name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert described == set(COLUMNS)
    example = text.split("```\n", 1)[1].split("```", 1)[0]
    rows = read_rows(example, is_clip=lambda _: True)
    assert [(row.side, row.references) for row in rows] == [("left", {"tape_cm": 11.2, "inclinometer_deg": 38}), ("left", {}), ("right", {"tape_cm": 8.4})]


def repeat_after(bundle: FakeBundle, original: str) -> str:
    """Measure the original, then repeat its left leg."""
    work(bundle, original)
    repeat = submit(bundle, Declaration(repeat_of=original), left=make_clip("again"))
    work(bundle, repeat)
    return repeat
