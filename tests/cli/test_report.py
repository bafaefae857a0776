from __future__ import annotations

import json
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from tests.cli.conftest import FakeEngine, make_clip, run


def test_report_is_one_folder_that_opens_offline(engine: FakeEngine, tmp_path: Path) -> None:
    """The report's folder holds JSON, page, pictures and clips; the page carries its pictures inside."""
    out = tmp_path / "out"
    result = run("report", make_clip(tmp_path, "l.mp4"), make_clip(tmp_path, "r.mp4"), "--foot-length-cm", "26.9", "--out", out)
    assert result.exit_code == 0
    assert [options.side for options in engine.options] == ["left", "right"]
    assert sorted(path.name for path in out.iterdir()) == [
        "left.jpg",
        "left_overlay.mp4",
        "report.html",
        "report.json",
        "report.pdf",
        "right.jpg",
        "right_overlay.mp4",
    ]
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["schema"] == "kneewall.report/1"
    assert (out / "report.html").read_text(encoding="utf-8").count("data:image/jpeg;base64,") == 2


def test_report_comes_as_a_pdf_with_its_pictures(engine: FakeEngine, tmp_path: Path) -> None:  # noqa: ARG001 - patched
    """One sheet to print, with the key frames of both legs, the same bytes each time."""
    clips = (make_clip(tmp_path, "l.mp4"), make_clip(tmp_path, "r.mp4"))
    for out in ("one", "two"):
        assert "report.pdf" in run("report", *clips, "--out", tmp_path / out).stdout
    first, again = ((tmp_path / out / "report.pdf").read_bytes() for out in ("one", "two"))
    assert first == again
    document = pdfium.PdfDocument(first)
    assert len(document) == 1
    assert len(list(document[0].get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))) == 2


def test_report_keeps_the_measured_side(engine: FakeEngine, tmp_path: Path) -> None:  # noqa: ARG001 - patched
    """One refused clip leaves a report of the other; pictures of an earlier run do not stay."""
    out = tmp_path / "out"
    left, right = make_clip(tmp_path, "l.mp4"), make_clip(tmp_path, "r.mp4")
    run("report", left, right, "--out", out)
    right.write_text("rejected", encoding="utf-8")
    result = run("report", left, right, "--out", out)
    assert result.exit_code == 0
    assert "Only the left leg was measured" in result.stdout
    assert not (out / "right.jpg").exists()
    left.write_text("unreadable", encoding="utf-8")
    assert run("report", left, right, "--out", out).exit_code == 4


def test_pictures_are_blurred_unless_asked_otherwise(engine: FakeEngine, tmp_path: Path) -> None:
    """On one's own machine too; `--unblurred` leaves them as filmed, of one clip and of both legs of a report."""
    clip, other = make_clip(tmp_path, "a.mp4"), make_clip(tmp_path, "b.mp4")
    for said in ((), ("--unblurred",)):
        run("measure", clip, "--stills", tmp_path / "s", *said)
        run("report", clip, other, "--out", tmp_path / "out", *said)
    assert engine.unblurred == [False] * 3 + [True] * 3


def test_what_was_measured_on_the_sheet_reaches_the_options(engine: FakeEngine, tmp_path: Path) -> None:
    """Ruler and margin as printed, for one clip and for both legs of a report."""
    clip, said = make_clip(tmp_path, "a.mp4"), ("--sheet-ruler-mm", "97", "--sheet-margin-mm", "18.5")
    assert run("measure", clip, *said).exit_code == 0
    assert run("report", clip, make_clip(tmp_path, "b.mp4"), *said, "--out", tmp_path / "out").exit_code == 0
    assert [(options.sheet_ruler_mm, options.sheet_margin_mm) for options in engine.options] == [(97.0, 18.5)] * 3
