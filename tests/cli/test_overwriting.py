"""No output of the command line is written over what it reads: a clip is often the only copy of what was filmed."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.running import name_stills
from tests.cli.conftest import FakeEngine, make_clip, run
from tests.video.clips import write_clip
from tests.video.test_overlay import make_marks
from vision.decode import PyAvReader
from vision.errors import UnreadableClipError
from vision.overlay import DrawnOverlay
from vision.tracks import Frame


@pytest.mark.parametrize("word", ["one", "both"])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("a.mp4", ("--overlay", "a.mp4")),
        ("a.mp4", ("--overlay", "linked.mp4")),
        ("a.mp4", ("--overlay", "same.mp4")),
        ("a_right.mp4", ("--overlay", "a.mp4")),
        ("a.mp4", ("--json", "a.mp4")),
        ("a.mp4", ("--frames-csv", "a.mp4")),
        ("a.jpg", ("--stills", ".")),
        ("a_left.jpg", ("--stills", ".")),
    ],
)
def test_a_clip_is_not_written_over(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, arguments: tuple[str, str], word: str
) -> None:
    """Under its own name, over a link, or under a name that a clip of both legs would take; nothing is measured before that is told."""
    monkeypatch.chdir(tmp_path)
    clip = make_clip(tmp_path, name, word)
    (tmp_path / "linked.mp4").symlink_to(clip)
    os.link(clip, tmp_path / "same.mp4")
    result = run("measure", name, *arguments)
    assert (result.exit_code, engine.options) == (2, []), result.output
    assert "write over" in result.stderr
    assert clip.read_text(encoding="utf-8") == word


def test_no_clip_of_a_folder_is_written_over(engine: FakeEngine, tmp_path: Path) -> None:
    """The second of them is one, too."""
    clips = [make_clip(tmp_path, name) for name in ("a.mp4", "b.mp4")]
    assert run("measure", tmp_path, "--json", clips[1]).exit_code == 2
    assert (engine.options, clips[1].read_text(encoding="utf-8")) == ([], "one")


@pytest.mark.parametrize("name", ["left_overlay.mp4", "right.jpg", "report.html"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_report_does_not_erase_its_own_clips(engine: FakeEngine, tmp_path: Path, name: str, side: str) -> None:
    """Pictures of an earlier run are erased before the clips are read: none of them may be one of these."""
    clip, other = make_clip(tmp_path, name), make_clip(tmp_path, "x.mp4")
    left, right = (clip, other) if side == "left" else (other, clip)
    result = run("report", left, right, "--out", tmp_path)
    assert (result.exit_code, engine.options) == (2, []), result.output
    assert clip.read_text(encoding="utf-8") == "one"


@pytest.mark.parametrize("name", ["rows.csv", "a.mp4"])
def test_a_validation_writes_over_neither_rows_nor_clips(engine: FakeEngine, tmp_path: Path, name: str) -> None:
    """The table that somebody typed is no more to be had again than a clip."""
    make_clip(tmp_path, "a.mp4")
    rows = tmp_path / "rows.csv"
    rows.write_text("clip,side,tape_cm\na.mp4,left,12\n", encoding="utf-8")
    before = (tmp_path / name).read_bytes()
    assert run("validate", rows, "--json", tmp_path / name).exit_code == 2
    assert ((tmp_path / name).read_bytes(), engine.options) == (before, [])


def test_a_device_is_not_replaced_by_a_clip(engine: FakeEngine, tmp_path: Path) -> None:
    """The overlay takes the place of what is there, which only a file may lose."""
    pipe = tmp_path / "o.mp4"
    os.mkfifo(pipe)
    result = run("measure", make_clip(tmp_path, "a.mp4"), "--overlay", pipe)
    assert (result.exit_code, engine.options) == (2, []), result.output
    assert pipe.is_fifo()


class _Breaking(PyAvReader):
    def frames(self, path: Path) -> Iterator[Frame]:
        """Break off after what is there."""
        yield from super().frames(path)
        raise UnreadableClipError("found the clip cut off", reason="truncated", advice="Copy it again.")


def test_an_overlay_that_fails_destroys_nothing(tmp_path: Path) -> None:
    """What was there is there, were it the clip itself; one that succeeds can be written even over what it is drawn from."""
    clip = write_clip(tmp_path / "clip.mp4")
    before = clip.read_bytes()
    with pytest.raises(UnreadableClipError):
        DrawnOverlay(_Breaking()).write_clip(clip, [make_marks(0.0)], clip, sharp=None)
    assert ([path.name for path in tmp_path.iterdir()], clip.read_bytes()) == (["clip.mp4"], before)
    count = len(list(PyAvReader().frames(clip)))
    DrawnOverlay(PyAvReader()).write_clip(clip, [make_marks(0.0)], clip, sharp=None)
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
    assert (clip.read_bytes() != before, len(list(PyAvReader().frames(clip)))) == (True, count)
    gc.collect()  # a container and its streams hold each other: the encoder's threads would outlast this test, and others fork


@pytest.mark.parametrize(
    ("clips", "expected"),
    [
        (("a.mp4", "b.mov"), ["a.jpg", "b.jpg"]),
        (("a.mov", "a.mp4"), ["a.mov.jpg", "a.mp4.jpg"]),
        (("A.mov", "a.mp4"), ["A.mov.jpg", "a.mp4.jpg"]),
        (("a.mp4", "a_left.mp4"), ["a.mp4.jpg", "a_left.mp4.jpg"]),
        (("a.mp4.mov", "a.mp4", "a.mov"), ["a.mp4.mov.jpg", "a.mp4.jpg", "a.mov.jpg"]),
    ],
)
def test_no_two_clips_share_a_picture(clips: tuple[str, ...], expected: list[str]) -> None:
    """Named by the stem where that says which clip, else by the whole name, the sides of a clip of both legs thought of."""
    assert list(name_stills([Path(clip) for clip in clips]).values()) == expected


def test_a_folder_with_clips_of_one_stem_has_a_picture_of_each(engine: FakeEngine, tmp_path: Path) -> None:
    """As phones leave them that write both kinds."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("a.mov", "a.mp4"):
        make_clip(folder, name)
    assert run("measure", folder, "--stills", tmp_path / "s").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == ["a.mov.jpg", "a.mp4.jpg"]
    assert len(engine.options) == 2
