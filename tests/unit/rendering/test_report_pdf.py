from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from app.adapters.documents_typst import TypstRenderer
from app.assessment.measurement import Finding, Measurement, Side
from app.assessment.report import build_report
from app.ports.documents import DocumentSource
from app.rendering.advice import ADVICE
from app.rendering.report_dict import build_report_dict
from app.rendering.report_source import _SHOWN, build_report_source, read_colours, spell_out, write_drawing_style
from app.rendering.report_view import build_report_view
from tests.fakes.pictures import JPEG
from tests.synthetic_measurements import make_measurement, make_rejected, make_repetition, make_series
from tests.unit.rendering.test_report_dict import CASES

EDGE_PT = 10 / 25.4 * 72
"""Home printers leave up to 5 mm blank; twice that."""
ELSEWHERE = (
    *("name", "state", "severity", "verdict", "code", "absent", "still", "still_text", "overlay", "curve", "axes", "intervals", "provenance", "stance"),
    *("headings", "repetition_columns", "difference_columns", "interval_caption", "curve_caption", "no_picture", "no_curve", "no_repetition", "no_angle"),
)
"""Of a view: names and addresses, words for what is not there, and those of which `test_headings_and_columns_are_on_paper` asks."""
VERDICTS = ("valid", "no_contact", "heel_lift", "uncertain")


def make_long(side: Side, repetitions: int, findings: int) -> Measurement:
    """One attempt with much to tell."""
    lunges = tuple(make_repetition(number + 1, verdict=VERDICTS[number % 4], stance=1 + number // 2) for number in range(repetitions))
    told = tuple(Finding(code, "warning", f"Found a thing of the kind {code}, 12.3 cm of it, in this clip.") for code in list(ADVICE)[:findings])
    return make_measurement(side, repetitions=lunges, series=make_series(lunges), findings=told)


LONG = {
    "many repetitions": (make_long("left", 8, 2), make_long("right", 8, 2)),
    "many findings": (make_long("left", 8, 8), make_long("right", 3, 8)),
    "one leg": (make_long("left", 8, 8), make_rejected("right")),
    "long name": (make_measurement("left", clip="x" * 200 + ".mp4"), replace(make_rejected("right"), clip="_".join(["clip"] * 40))),
}
ENDLESS = (make_long("left", 20, len(ADVICE)), make_long("right", 20, len(ADVICE)))


@cache
def make_report(case: str) -> dict[str, Any]:
    """Report of one case."""
    return build_report_dict(build_report(*{**CASES, **LONG, "endless": ENDLESS}[case]))


@cache
def set_report(case: str) -> pdfium.PdfDocument:
    """PDF of one case, with a picture of every measured side."""
    report = make_report(case)
    stills = {side: JPEG for side in ("left", "right") if report[side] is not None and report[side]["status"] == "measured"}
    return pdfium.PdfDocument(TypstRenderer().render_pdf(build_report_source(report, stills=stills)))


def read_text(document: pdfium.PdfDocument) -> str:
    """Text of all pages without the blanks, which lines and columns set anew."""
    return close_up("".join(page.get_textpage().get_text_range() for page in document))


def close_up(text: str) -> str:
    """Take out blanks and the marks at which a word may be broken."""
    return re.sub(r"[\s\u00a0\u200b\ufffe]+", "", text)


def list_words(view: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON value
    """Every text of a view that is shown whatever was measured."""
    if isinstance(view, str):
        yield view
    elif isinstance(view, Mapping):
        for key, value in view.items():
            yield from list_words([] if key in ELSEWHERE else value)
    elif isinstance(view, list | tuple):
        for value in view:
            yield from list_words(value)


@pytest.mark.parametrize("case", [*CASES, *LONG])
def test_report_is_one_sheet_of_a4(case: str) -> None:
    """One leg, two, or none; many repetitions and findings: the type gets smaller, the sheet stays one."""
    document = set_report(case)
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx((595.28, 841.89), abs=0.01)


@pytest.mark.parametrize("case", [*CASES, *LONG, "endless"])
def test_every_word_of_the_page_is_on_paper(case: str) -> None:
    """Headline, numbers with their plus-minus, repetitions with reasons, findings with advice, definitions: nothing is left out or cut."""
    view = build_report_view(make_report(case), stills={}, overlays={})
    text = read_text(set_report(case))
    assert [word for word in list_words(view) if close_up(word) not in text] == []
    assert [side["code"] for side in view["sides"] if side.get("code") and side["code"] not in text] == []


def test_headings_and_columns_are_on_paper() -> None:
    """A pair with something to tell shows every heading of the page, every column, and what the drawings show."""
    view, text = build_report_view(make_report("no distance"), stills={}, overlays={}), read_text(set_report("no distance"))
    told = [*view["headings"].values(), *view["repetition_columns"].values(), *view["difference_columns"], view["curve_caption"], view["interval_caption"]]
    assert [word for word in told if close_up(word) not in text] == [view["headings"]["both"], "Time"]
    assert close_up(view["headings"]["both"]) in read_text(set_report("small"))


@pytest.mark.parametrize("case", [*CASES, *LONG, "endless"])
def test_no_text_runs_over_the_edge(case: str) -> None:
    """Every piece of text lies inside the part of the paper that printers reach."""
    for page in set_report(case):
        width, height = page.get_size()
        text = page.get_textpage()
        boxes = [text.get_rect(index) for index in range(text.count_rects())]
        assert min(box[0] for box in boxes) > EDGE_PT
        assert max(box[2] for box in boxes) < width - EDGE_PT
        assert min(box[1] for box in boxes) > EDGE_PT / 2
        assert max(box[3] for box in boxes) < height - EDGE_PT / 2


def test_what_no_sheet_could_hold_goes_on_to_another() -> None:
    """Twenty repetitions and every finding there is, of both legs: more sheets, at a size that is read with ease, and none of the text lost."""
    document = set_report("endless")
    assert len(document) > 1
    text = document[0].get_textpage()
    sizes = {pdfium_c.FPDFText_GetFontSize(text.raw, index) for index in range(text.count_chars())}
    assert min(size for size in sizes if size > 1) >= 7  # letters of drawings are of size 1, drawn larger


@pytest.mark.parametrize(("case", "pictures"), [("real", 2), ("rejected", 1), ("missing", 1), ("both rejected", 0)])
def test_key_frames_are_on_the_page(case: str, pictures: int) -> None:
    """A picture of each measured leg, as it was drawn."""
    images = list(set_report(case)[0].get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))
    assert [image.get_px_size() for image in images] == [(32, 18)] * pictures


def test_sides_stand_left_and_right() -> None:
    """The left leg's picture is on the left."""
    images = list(set_report("real")[0].get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))
    left, right = (image.get_bounds() for image in images)
    assert left[2] < 595.28 / 2 < right[0]
    assert left[1] == pytest.approx(right[1], abs=0.1)


def test_report_without_pictures_says_so() -> None:
    """Where no key frame was drawn a line stands in its place."""
    document = pdfium.PdfDocument(TypstRenderer().render_pdf(build_report_source(make_report("real"), stills={})))
    assert read_text(document).count("Nopictureofthisframe.") == 2


def test_same_report_gives_the_same_bytes() -> None:
    """Nothing of the machine or of the hour is in the file; the day of the screening is, where it is known."""
    source = build_report_source(make_report("real"), stills={"left": JPEG})
    first, again = (TypstRenderer().render_pdf(source) for _ in range(2))
    assert first == again
    dated = TypstRenderer().render_pdf(build_report_source(make_report("real"), stills={}, handed_in=date(2026, 3, 4)))
    assert "clipshandedinon2026-03-04(UTC)" in read_text(pdfium.PdfDocument(dated))
    assert pdfium.PdfDocument(dated).get_metadata_value("CreationDate").startswith("D:20260304")


def test_file_is_archival_and_can_be_read_aloud() -> None:
    """PDF/A-2a and PDF/UA-1 as the file itself says: tagged, with title and language, a text for every picture."""
    pdf = TypstRenderer().render_pdf(build_report_source(make_report("real"), stills={"left": JPEG, "right": JPEG}))
    document = pdfium.PdfDocument(pdf)
    assert b"pdfaid:part>2<" in pdf
    assert b"pdfuaid:part>1<" in pdf
    assert pdfium_c.FPDFCatalog_IsTagged(document.raw)
    assert b"/Lang" in pdf
    assert document.get_metadata_value("Title") == "Knee-to-wall report: Left reaches 2.8\N{NO-BREAK SPACE}cm farther"


def test_letters_that_the_fonts_lack_are_spelled_out() -> None:
    """A file name in any script, with signs that steer the line or break it, does not stop the report and loses nothing."""
    left = make_measurement("left", clip="Łódź Ωδ Ђ 中\u202e\n😀.mp4")
    pdf = TypstRenderer().render_pdf(build_report_source(build_report_dict(build_report(left, None)), stills={}))
    assert "ŁódźΩδЂ\\u4e2d\\u202e\\x0a\\U0001f600.mp4" in read_text(pdfium.PdfDocument(pdf))


def test_every_letter_that_is_set_as_it_is_has_a_shape() -> None:
    """The renderer refuses an archival file with a character that its fonts lack, so setting them all tells."""
    letters = "".join(chr(code) for code in range(0x20, 0x3000) if _SHOWN.match(chr(code)) and spell_out(chr(code)) == chr(code))
    assert len(letters) > 1000
    template = '#set document(title: "x", date: datetime(year: 1970, month: 1, day: 1))\n'
    template += '#set text(font: ("Libertinus Serif", "New Computer Modern"))\n#sys.inputs.letters'
    pdf = TypstRenderer().render_pdf(DocumentSource(template, {"letters": letters}, archival=True))
    assert pdf.startswith(b"%PDF-")


def test_markup_in_a_message_is_text() -> None:
    """A file name or a message cannot steer the typesetting."""
    hostile = '#read("/etc/passwd") *b* $x$ <l> @l'
    left = make_measurement("left", clip=hostile, findings=(Finding("x", "warning", hostile),))
    pdf = TypstRenderer().render_pdf(build_report_source(build_report_dict(build_report(left, None)), stills={}))
    assert read_text(pdfium.PdfDocument(pdf)).count(close_up(hostile)) == 2


def test_template_reads_only_what_it_was_handed(tmp_path: Any) -> None:  # noqa: ANN401 - a path of pytest
    """Files of the machine are out of reach, and those handed over are in it."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    assert TypstRenderer().render_pdf(DocumentSource('#read("a.txt")', {}, {"a.txt": b"kept"})).startswith(b"%PDF-")
    with pytest.raises(RuntimeError, match="file not found"):
        TypstRenderer().render_pdf(DocumentSource(f'#read("{tmp_path}/secret.txt")', {}))


def test_drawings_have_the_colours_of_the_page() -> None:
    """No variable of the page's style sheet is left in a drawing, and each side keeps its colour."""
    left, right = (write_drawing_style(side) for side in ("left", "right"))
    assert "var(" not in left + right
    assert f".curve{{fill: none; stroke: {read_colours()['left']};" in left
    assert f".curve{{fill: none; stroke: {read_colours()['right']};" in right
