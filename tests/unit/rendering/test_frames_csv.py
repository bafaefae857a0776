from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from app.assessment.measurement import Measurement
from app.rendering.frames_csv import COLUMNS, KNOWN_TO, SEEN, write_frames_csv
from app.rendering.measurement_dict import build_measurement_dict
from tests.synthetic_measurements import make_measurement, make_rejected, make_repetition, make_series, make_without_scale


def read_frames(*measurements: Measurement) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """Rows of the table, read as any program would, and the JSON of the same measurements."""
    dicts = [build_measurement_dict(m) for m in measurements]
    return list(csv.DictReader(io.StringIO(write_frames_csv(dicts), newline=""))), dicts


def test_table_is_plain() -> None:
    """As RFC 4180 has it: one header, lines that end with CR LF, as many cells in each; numbers with a point, nothing quoted."""
    text = write_frames_csv([build_measurement_dict(make_measurement("left"))])
    lines = text.split("\r\n")
    assert lines[0] == ",".join(COLUMNS)
    assert lines[-1] == ""
    assert {line.count(",") for line in lines[:-1]} == {len(COLUMNS) - 1}
    assert not set(text) & set('";#')
    assert "\n" not in text.replace("\r\n", "")


def test_rows_are_the_curves_of_the_measurement() -> None:
    """Each watched frame is a row, with the numbers of the JSON; what was not seen is left empty."""
    rows, (m,) = read_frames(make_measurement("left"))
    assert [float(row["time_s"]) for row in rows] == m["series"]["t_s"]
    for key in SEEN:
        assert [float(row[key]) if row[key] else None for row in rows] == m["series"][key]
    assert {row["shin_angle_deg"] for row in rows[10:14]} == {""}


def test_row_of_the_score_agrees_with_the_measurement() -> None:
    """The frame that the picture shows is marked, lies in a valid repetition, and reads what that repetition says, within what it is known to."""
    rows, (m,) = read_frames(make_measurement("left"))
    (row,) = (row for row in rows if row["key_frame"] == "1")
    assert float(row["time_s"]) == pytest.approx(m["evidence"]["key_frame_s"])
    repetition = m["repetitions"][int(row["repetition"]) - 1]
    assert row["verdict"] == "valid"
    for column, key in KNOWN_TO.items():
        assert float(row[column]) == repetition[key]["std"]
        assert float(row[key]) == pytest.approx(repetition[key]["value"], abs=2 * repetition[key]["std"])


def test_repetitions_hold_their_frames() -> None:
    """From its start up to, not including, its end, forward until the greatest lean and back after it; between repetitions the cells are empty."""
    lunges = (make_repetition(1), make_repetition(2, verdict="no_contact"))
    rows, (m,) = read_frames(make_measurement(repetitions=lunges, series=make_series(lunges)))
    for number, repetition in enumerate(m["repetitions"], start=1):
        inside = [row for row in rows if repetition["start_s"] <= float(row["time_s"]) < repetition["end_s"]]
        assert {(row["repetition"], row["verdict"]) for row in inside} == {(str(number), repetition["verdict"])}
        assert all((row["phase"] == "forward") == (float(row["time_s"]) < repetition["peak_s"]) for row in inside)
    outside = [row for row in rows if not row["repetition"]]
    assert outside
    assert {row[key] for row in outside for key in ("phase", "verdict", *KNOWN_TO)} == {""}


def test_without_a_scale_no_centimetre_is_written() -> None:
    """Angles stay, distances are empty."""
    bare = make_without_scale("left")
    assert bare.series is not None
    unknown = bare.series.t_s * float("nan")
    rows, _ = read_frames(replace(bare, series=replace(bare.series, knee_gap_cm=unknown, heel_lift_cm=unknown)))
    assert {row[key] for row in rows for key in COLUMNS if key.endswith("_cm")} == {""}
    assert any(row["shin_angle_deg"] for row in rows)


def test_legs_follow_each_other_and_a_refused_one_has_no_rows() -> None:
    """Both legs fit into one table, told apart by their side."""
    rows, _ = read_frames(make_measurement("left"), make_rejected("right"), make_measurement("right"))
    sides = [row["side"] for row in rows]
    assert sides == sorted(sides)
    assert set(sides) == {"left", "right"}
    assert read_frames(make_rejected("right"))[0] == []
