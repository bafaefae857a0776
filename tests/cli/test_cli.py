from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from app.assessment.measurement import AttemptOptions, Contribution
from app.usecases import attempts
from calibration.quantity import Quantity
from tests.cli.conftest import FakeEngine, make_clip, run
from tests.synthetic_measurements import make_measurement


def test_json_alone_on_standard_output(engine: FakeEngine, tmp_path: Path) -> None:
    """With --json - standard output is one strict JSON document, and native noise reaches nobody."""
    result = run("measure", make_clip(tmp_path, "a.mp4"), "--side", "left", "--foot-length-cm", "26.9", "--furthest", "--json", "-")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["schema"] == "kneewall.measurement/1"
    assert "noise" not in result.stderr
    assert engine.options == [AttemptOptions(side="left", foot_length_cm=26.9, furthest=True)]


def test_table_is_the_default(engine: FakeEngine, tmp_path: Path) -> None:  # noqa: ARG001 - patched
    """A person gets numbers with their plus-minus, repetitions and their verdicts."""
    out = run("measure", make_clip(tmp_path, "a.mp4")).stdout
    for expected in ("a.mp4", "12.4 ± 0.8", "41.0 ± 2.0", "valid"):
        assert expected in out.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("word", "code", "exit_code"), [("unreadable", "unreadable_file", 3), ("rejected", "no_person", 4)])
def test_refusals_still_write_json(engine: FakeEngine, tmp_path: Path, word: str, code: str, exit_code: int) -> None:  # noqa: ARG001 - patched
    """Unreadable and rejected input end with 3 and 4, and the JSON says why and what to do."""
    out = tmp_path / "out.json"
    result = run("measure", make_clip(tmp_path, "a.mp4", word), "--json", out, "--overlay", tmp_path / "o.mp4", "--stills", tmp_path / "s")
    assert result.exit_code == exit_code
    d = json.loads(out.read_text(encoding="utf-8"))
    assert (d["status"], d["code"], bool(d["advice"])) == ("rejected", code, True)
    assert not (tmp_path / "o.mp4").exists()


def test_two_legs_become_two_attempts(engine: FakeEngine, tmp_path: Path) -> None:  # noqa: ARG001 - patched
    """A clip with both legs is written as kneewall.measurements/1, its pictures named by side."""
    out = tmp_path / "out.json"
    result = run("measure", make_clip(tmp_path, "a.mp4", "both"), "--json", out, "--overlay", tmp_path / "o.mp4", "--stills", tmp_path / "s")
    assert result.exit_code == 0
    assert [a["side"] for a in json.loads(out.read_text(encoding="utf-8"))["attempts"]] == ["left", "right"]
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == ["a_left.jpg", "a_right.jpg"]
    assert sorted(path.name for path in tmp_path.glob("o*.mp4")) == ["o_left.mp4", "o_right.mp4"]


def test_folder_measures_all_its_clips(engine: FakeEngine, tmp_path: Path) -> None:  # noqa: ARG001 - patched
    """Every clip of a folder is a row and an attempt, in order of name; one refusal does not stop the others."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name, word in (("b.MOV", "one"), ("a.mp4", "rejected"), ("notes.txt", "one")):
        make_clip(folder, name, word)
    result = run("measure", folder, "--json", tmp_path / "all.json")
    assert result.exit_code == 0
    d = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert [(a["clip"], a["status"]) for a in d["attempts"]] == [("a.mp4", "rejected"), ("b.MOV", "measured")]
    assert "rejected: no_person" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scale", "foot"],
        ["--scale", "height"],
        ["--side", "middle"],
        ["--foot-length-cm", "nan"],
        ["--foot-length-cm", "260"],
        ["--skirting-cm", "-1"],
        ["--sheet-ruler-mm", "10"],
        ["--sheet-margin-mm", "nan"],
        ["--json", "no/such/folder/out.json"],
        ["--overlay", "no/such/folder/out.mp4"],
        ["--frames-csv", "no/such/folder/out.csv"],
        ["--colour"],
    ],
)
def test_wrong_usage_ends_with_2_before_any_work(engine: FakeEngine, tmp_path: Path, arguments: list[str]) -> None:
    """A mistake in the command is told at once."""
    result = run("measure", make_clip(tmp_path, "a.mp4"), *arguments)
    assert result.exit_code == 2
    assert engine.options == []


def test_missing_clip_and_empty_folder_are_wrong_usage(tmp_path: Path) -> None:
    """A path that leads nowhere, or to no clip, ends with 2."""
    assert run("measure", tmp_path / "none.mp4").exit_code == 2
    assert run("measure", tmp_path).exit_code == 2


@pytest.mark.parametrize(("word", "expected"), [("weights", "make setup"), ("fault", "fault of the program (ZeroDivisionError")])
def test_fault_of_the_installation_is_one_sentence(engine: FakeEngine, tmp_path: Path, word: str, expected: str) -> None:  # noqa: ARG001 - patched
    """What is not the clip's fault ends with 1, without a traceback, and is not written down as a result."""
    result = run("measure", make_clip(tmp_path, "a.mp4", word), "--json", tmp_path / "out.json")
    assert result.exit_code == 1
    assert expected in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out.json").exists()


def test_every_frame_is_written_as_a_table(engine: FakeEngine, tmp_path: Path) -> None:  # noqa: ARG001 - patched
    """One row a frame, both legs of a clip in one file; a refused clip leaves a table without rows, a folder is wrong usage."""
    table = tmp_path / "frames.csv"
    assert run("measure", make_clip(tmp_path, "a.mp4", "both"), "--frames-csv", table).exit_code == 0
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    series = make_measurement("left").series
    assert series is not None
    assert Counter(row["side"] for row in rows) == dict.fromkeys(("left", "right"), len(series.t_s))
    assert run("measure", make_clip(tmp_path, "b.mp4", "rejected"), "--frames-csv", table).exit_code == 4
    assert table.read_text(encoding="utf-8").count("\n") == 1
    assert run("measure", tmp_path, "--frames-csv", table).exit_code == 2


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_sheet_is_written_where_asked(tmp_path: Path, paper: str) -> None:
    """A PDF, the same bytes each time, and a word about what to check."""
    first, again = tmp_path / "sheet.pdf", tmp_path / "again.pdf"
    result = run("sheet", "--paper", paper, "--out", first)
    assert result.exit_code == 0
    assert "100 %" in result.stdout
    assert run("sheet", "--paper", paper, "--out", again).exit_code == 0
    assert first.read_bytes().startswith(b"%PDF-")
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("arguments", [["--paper", "a3", "--out", "sheet.pdf"], ["--paper", "a4"], ["--out", "no/such/folder/sheet.pdf"]])
def test_sheet_for_no_paper_or_nowhere_is_wrong_usage(arguments: list[str]) -> None:
    """An unknown paper, no file, a folder that is not there: 2, and nothing is written."""
    assert run("sheet", *arguments).exit_code == 2


def test_table_shows_the_foot_that_was_seen(engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - patched
    """With the sheet the foot's length is a result too."""
    learnt = Quantity(26.4, 0.41, "cm")
    monkeypatch.setattr(attempts, "measure_attempt", lambda name, *_: (make_measurement("left", clip=name, learnt_foot_length_cm=learnt),))
    out = run("measure", make_clip(tmp_path, "a.mp4")).stdout.replace("\N{NO-BREAK SPACE}", " ")
    assert "Foot length seen" in out
    assert "26.4 ± 0.8 cm; can be used for clips without the sheet" in out


def test_explain_shows_what_the_plus_minus_is_made_of(engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - patched
    """Only when asked for, of one clip and of each clip of a folder, and never between JSON."""
    budget = {"toe_to_wall_cm": (Contribution("toe", 1.1, "px", -0.4),)}
    monkeypatch.setattr(attempts, "measure_attempt", lambda name, *_: (make_measurement("left", clip=name, budget=budget),))
    folder = tmp_path / "clips"
    folder.mkdir()
    clip = make_clip(folder, "a.mp4")
    make_clip(folder, "b.mp4")
    assert "where the toe ends on the picture" not in run("measure", clip).stdout
    assert run("measure", clip, "--explain").stdout.count("where the toe ends on the picture") == 2
    assert run("measure", folder, "--explain").stdout.count("what each plus-minus is made of") == 2
    document = json.loads(run("measure", clip, "--explain", "--json", "-").stdout)
    assert document["budget"]["toe_to_wall_cm"][0]["source"] == "toe"


def test_help_is_light() -> None:
    """Asking for help imports neither numbers nor doors."""
    code = "import sys, app.cli; print([m for m in ('numpy', 'cv2', 'av', 'mediapipe', 'rich.progress', 'sqlalchemy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_version_names_the_program() -> None:
    """--version prints name and number."""
    assert run("--version").stdout.startswith("kneewall 0.")


@pytest.mark.parametrize(
    ("command", "reached"),
    [
        (["measure"], "no"),
        (["report"], "no"),
        (["validate"], "no"),
        (["validate", "--export", "x.csv"], "yes"),
        (["validate", "--export=x.csv"], "yes"),
        (["doctor"], "yes"),
    ],
)
def test_measuring_reaches_nobody(command: list[str], reached: str) -> None:
    """MediaPipe's library asks for an address of its maker; whoever measures their own files opens no socket. An export may have to ask a database."""
    code = f"""
import socket, sys
from app.cli import main
sys.argv = ["kneewall", *{command!r}, "--help"]
try:
    main()
except SystemExit:
    pass
try:
    socket.socket().close()
except PermissionError:
    print("reached no")
else:
    print("reached yes")
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()[-1] == f"reached {reached}"
