from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app import cli
from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.picture_words import PictureWords
from app.rendering.picture_words import build_picture_words
from app.usecases import attempts, measuring
from tests.fakes.pictures import JPEG
from tests.synthetic_measurements import make_measurement, make_rejected
from vision.errors import RejectedClipError, UnreadableClipError, WeightsError

runner = CliRunner()


class FakeEngine:
    """Stands in for the four functions of the engine: the file's first word says what happens."""

    def __init__(self) -> None:
        self.options: list[AttemptOptions] = []
        self.unblurred: list[bool] = []

    def locate(self, clip: Path, options: AttemptOptions, _doors: object, *, progress: measuring.Progress) -> bytes:
        """Raise what the file asks for."""
        self.options.append(options)
        progress(0.5, "finding the leg")
        os.write(2, b"W0000 noise of a native library\n")
        word = clip.read_text(encoding="utf-8")
        if word == "unreadable":
            raise UnreadableClipError("found no video", reason="not_a_video", advice="Choose a video file.")
        if word == "rejected":
            raise RejectedClipError("found nobody", code="no_person", advice="Stand in the picture.")
        if word == "weights":
            raise WeightsError("Found no pose weights.", advice="Run `make setup`.")
        if word == "fault":
            raise ZeroDivisionError("division by zero")
        return word.encode()

    def measure(self, name: str, sighting: bytes, options: AttemptOptions, _doors: object) -> tuple[Measurement, ...]:
        """Both legs for the word both, else the declared one."""
        sides = ("left", "right") if sighting == b"both" else ("right" if options.side == "right" else "left",)
        return tuple(make_measurement(side, clip=name) for side in sides)

    def reject(self, name: str, error: UnreadableClipError, options: AttemptOptions, _doors: object) -> Measurement:
        """Carry the code along."""
        return make_rejected("right" if options.side == "right" else "left", code=error.code, clip=name, advice=error.advice)

    def draw(
        self,
        _clip: Path,
        _sighting: bytes,
        _m: Measurement,
        _doors: object,
        *,
        words: PictureWords,
        still: Path | None,
        overlay: Path | None,
        unblurred: bool = False,
    ) -> None:
        """Write something."""
        assert words == build_picture_words("en")
        self.unblurred.append(unblurred)
        for path, content in ((still, JPEG), (overlay, b"evidence")):
            if path is not None:
                path.write_bytes(content)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """Engine without video."""
    fake = FakeEngine()
    for name in ("locate", "measure", "reject"):
        monkeypatch.setattr(attempts, f"{name}_attempt", getattr(fake, name))
    monkeypatch.setattr(attempts, "draw_evidence", fake.draw)
    monkeypatch.setattr("app.doors.build_local", object)
    return fake


def make_clip(folder: Path, name: str, word: str = "one") -> Path:
    """Write a file that tells the fake engine what to do."""
    path = folder / name
    path.write_text(word, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    """Run the command."""
    return runner.invoke(cli.app, [str(argument) for argument in arguments])
