"""`kneewall validate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import FakeEngine, make_clip, run
from tests.web.conftest import Service, service
from tests.web.test_checks import hand_in, measured

__all__ = ["service"]  # a fixture


def write(folder: Path, text: str) -> Path:
    """Write a CSV file."""
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_clips_beside_the_file_are_measured_and_held_against_readings(engine: FakeEngine, tmp_path: Path) -> None:
    """Each with its side and foot length; the reading itself never reaches the engine."""
    (tmp_path / "sub").mkdir()
    make_clip(tmp_path / "sub", "a.mp4")
    make_clip(tmp_path, "b.mp4")
    text = "clip,side,tape_cm,foot_length_cm,furthest\nsub/a.mp4,left,12.0,26.5,yes\nb.mp4,right,12.8,,\n"
    result = run("validate", write(tmp_path, text), "--foot-length-cm", "25", "--scale", "foot", "--json", "-")
    assert result.exit_code == 0
    d = json.loads(result.stdout)
    assert d["schema"] == "kneewall.validation/1"
    assert [row["difference"]["tape_cm"] for row in d["rows"]] == [0.4, -0.4]
    assert (d["agreement"]["tape_cm"]["n"], d["agreement"]["tape_cm"]["bias"]) == (2, 0.0)
    told = [(o.side, o.foot_length_cm, o.scale, o.furthest) for o in engine.options]
    assert told == [("left", 26.5, "foot", True), ("right", 25.0, "foot", False)]
    assert not any("12.8" in str(o) or "tape" in str(o) for o in engine.options)


def test_table_says_what_the_numbers_say(engine: FakeEngine, tmp_path: Path) -> None:
    """Rows, figures, and sentences about how little few people show."""
    lines = [f"c{n},left,p{n},{12 + n / 10},,{12.3 + n / 8},0.4,no,\n" for n in range(4)]
    head = "clip,side,person,tape_cm,inclinometer_deg,camera_cm,camera_cm_std,furthest,repeat_of\n"
    result = run("validate", write(tmp_path, head + "".join(lines)))
    assert result.exit_code == 0
    assert engine.options == []
    shown = result.stdout.replace("\N{NO-BREAK SPACE}", " ")
    for expected in (
        "Camera (toe to wall) against tape",
        "bias",
        "limits of agreement",
        "4 of 4, allowing for the reading's own error",
        "4 people are few",
        "slope",
    ):
        assert expected in shown
    assert "ICC" not in shown
    assert "no statement about any person" in shown


def test_mistakes_are_told_line_by_line_before_any_work(engine: FakeEngine, tmp_path: Path) -> None:
    """Exit code 2; each line of the file that is wrong has its sentence."""
    make_clip(tmp_path, "a.mp4")
    result = run("validate", write(tmp_path, "clip,side,tape_cm\na.mp4,left,x\nb.mp4,right,12\n"))
    assert result.exit_code == 2
    assert engine.options == []
    assert "rows.csv: line 2: tape_cm: found 'x'; expected a number from 0 to 40" in result.stderr
    assert "rows.csv: line 3: clip: found no file 'b.mp4'" in result.stderr


def test_refused_clips_do_not_stop_the_others(engine: FakeEngine, tmp_path: Path) -> None:  # noqa: ARG001 - patched
    """They are listed with their code, and counted."""
    make_clip(tmp_path, "a.mp4")
    make_clip(tmp_path, "b.mp4", "rejected")
    result = run("validate", write(tmp_path, "clip,side,tape_cm\na.mp4,left,12\nb.mp4,right,12\n"))
    assert result.exit_code == 0
    assert "no number: no_person" in result.stdout
    assert "1 of 2 readings have no number" in result.stdout


def test_nothing_to_compare_ends_with_4(engine: FakeEngine, tmp_path: Path) -> None:  # noqa: ARG001 - patched
    """The clip was measured, and there is no reading beside it; or there is one and no number."""
    make_clip(tmp_path, "a.mp4")
    make_clip(tmp_path, "b.mp4", "rejected")
    assert run("validate", write(tmp_path, "clip,side\na.mp4,left\n")).exit_code == 4
    assert run("validate", write(tmp_path, "clip,side,tape_cm\nb.mp4,left,12\n")).exit_code == 4


@pytest.mark.parametrize("arguments", [[], ["none.csv"], ["--export", "no/such/folder/out.csv"], ["--scale", "height"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    """Either a file or an export, and a place to write to."""
    assert run("validate", *arguments).exit_code == 2


def test_file_in_another_encoding_is_one_sentence(tmp_path: Path) -> None:
    """Not a traceback."""
    path = tmp_path / "rows.csv"
    path.write_bytes("clip,side\nM\xfcller.mp4,left\n".encode("latin-1"))
    result = run("validate", path)
    assert result.exit_code == 1
    assert "UTF-8" in result.stderr


def test_collected_readings_become_a_file_that_validates(service: Service, tmp_path: Path) -> None:
    """From the service's database to the agreement, without a name of a person or of a clip."""
    original = measured(service, tape_left_cm="11.6", inclinometer_left_deg="38")
    service.work(str(hand_in(service, "again", repeat_of=original).json()["id"]))
    out = tmp_path / "collected.csv"
    exported = run("validate", "--export", out, "--data-dir", service.folder)
    assert exported.exit_code == 0, exported.output
    assert "2 rows" in exported.stdout
    assert "l.mp4" not in out.read_text(encoding="utf-8")
    result = run("validate", out, "--json", "-")
    assert result.exit_code == 0
    d = json.loads(result.stdout)
    assert (d["agreement"]["tape_cm"]["bias"], d["agreement"]["inclinometer_deg"]["bias"]) == (0.8, 3.0)
    assert d["repeatability"]["toe_to_wall_cm"]["repeats"] == 1


def test_no_service_here_is_told(tmp_path: Path) -> None:
    """Nothing is made where there was nothing."""
    folder = tmp_path / "nothing"
    result = run("validate", "--export", tmp_path / "out.csv", "--data-dir", folder)
    assert result.exit_code == 1
    assert "--data-dir" in result.stderr
    assert not folder.exists()
