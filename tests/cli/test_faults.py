"""What is wrong with an installation is told in one sentence, whichever command meets it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from app.cli.faults import describe_fault
from tests.cli.conftest import FakeEngine, make_clip, run

AWAY = "postgresql+psycopg://nobody:hidden-thing@127.0.0.1:1/nothing"


def assert_one_sentence(result: Result, *words: str) -> None:
    """Exit code 1, without a trace, and with what to look at."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("kneewall: ")
    assert "hidden-thing" not in result.output
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize("command", [("worker",), ("admin", "reset", "a@example.org"), ("backup", "--out", "."), ("validate", "--export", "out.csv")])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KNEEWALL_CLIP_MEMORY_MB", "1"),
        ("KNEEWALL_SMTP_URL", "smtp://mail:abc"),
        ("KNEEWALL_DATABASE_URL", "postgresql:nonsense"),
        ("KNEEWALL_ALLOWED_HOSTS", "[]"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], name: str, value: str) -> None:
    """By every command that reads the settings, the worker among them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KNEEWALL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv(name, value)
    assert_one_sentence(run(*command), name)


def test_the_worker_as_it_is_started_says_so_too(tmp_path: Path) -> None:
    """By the installed command itself."""
    environment = os.environ | {"KNEEWALL_DATA_DIR": str(tmp_path), "KNEEWALL_CLIP_MEMORY_MB": "1"}
    command = [sys.executable, "-c", "import sys; from app.cli import main; sys.argv = ['kneewall', 'worker']; main()"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "KNEEWALL_CLIP_MEMORY_MB" in done.stderr


@pytest.mark.parametrize("module", ["app.main", "app.worker"])
def test_modules_that_are_started_themselves_say_so_too(tmp_path: Path, module: str) -> None:
    """A service manager may start them without the command: a database that is away is a sentence there as well."""
    environment = os.environ | {"KNEEWALL_DATA_DIR": str(tmp_path), "KNEEWALL_DATABASE_URL": AWAY}
    done = subprocess.run([sys.executable, "-m", module], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "database cannot be reached" in done.stderr
    assert "hidden-thing" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"KNEEWALL_DATABASE_URL": AWAY}, "KNEEWALL_"),
        ({"KNEEWALL_JOBS_DATABASE_URL": AWAY}, "KNEEWALL_"),
        ({"KNEEWALL_S3_BUCKET": "nothing", "KNEEWALL_S3_ENDPOINT": "http://127.0.0.1:1"}, "KNEEWALL_"),
        ({"KNEEWALL_DATA_DIR": "/proc/kneewall"}, "/proc/kneewall"),
    ],
)
def test_a_database_or_bucket_that_is_away_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], word: str) -> None:
    """Nothing is known of the account then."""
    monkeypatch.setenv("KNEEWALL_DATA_DIR", str(tmp_path / "data"))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert_one_sentence(run("admin", "reset", "a@example.org"), word, "expected")


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    """Of an account and of a backup alike."""
    (tmp_path / "kneewall.sqlite3").write_bytes(b"no database" * 500)
    assert_one_sentence(run("admin", "reset", "a@example.org", "--data-dir", tmp_path), "not a database")
    assert_one_sentence(run("backup", "--out", tmp_path / "b.zip", "--data-dir", tmp_path), "not a database")


@pytest.mark.parametrize(
    "arguments", [("--json", "/proc/x.json"), ("--frames-csv", "/proc/x.csv"), ("--stills", "/proc/stills")], ids=["json", "frames", "stills"]
)
def test_a_place_that_cannot_be_written_is_told(engine: FakeEngine, tmp_path: Path, arguments: tuple[str, str]) -> None:  # noqa: ARG001 - patched
    """With its name."""
    assert_one_sentence(run("measure", make_clip(tmp_path, "a.mp4"), *arguments), arguments[1])


def test_what_is_no_file_on_a_disk_is_wrong_usage(engine: FakeEngine, tmp_path: Path) -> None:
    """A clip is read more than once: a pipe would keep the second reader waiting for good."""
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    clip = make_clip(tmp_path, "a.mp4")
    for path in (pipe, Path(os.devnull)):
        for arguments in (("measure", path), ("report", path, clip, "--out", tmp_path / "out"), ("report", clip, path, "--out", tmp_path / "out")):
            result = run(*arguments)
            assert (result.exit_code, "no file on a disk" in result.stderr) == (2, True), result.output
    assert engine.options == []


def test_a_fault_of_the_program_is_not_called_one_of_the_installation() -> None:
    """Somebody has to see its trace; and a reader of the output that has gone is nobody's fault."""
    for error in (ZeroDivisionError(), sqlite3.IntegrityError("UNIQUE constraint failed"), sqlite3.ProgrammingError("closed"), BrokenPipeError()):
        assert describe_fault(error) is None


def test_the_trace_is_there_for_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the sentence."""
    monkeypatch.setenv("KNEEWALL_DEBUG", "1")
    result = run("admin", "reset", "a@example.org", "--data-dir", "/proc/kneewall")
    assert (result.exit_code, "Traceback" in result.stderr) == (1, True)
    assert result.stderr.splitlines()[-1].startswith("kneewall: cannot write or read")
