from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import get_args

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from app.adapters.documents_typst import TypstRenderer
from app.ports.documents import DocumentSource
from app.rendering.sheet_source import SHEETS, PaperChoice, build_sheet_source
from vision.scene import ArucoFinder
from vision.tracks import MarkerSpec

PAPERS: tuple[PaperChoice, ...] = get_args(PaperChoice)
PX_PER_MM = 300 / 25.4
POINT_MM = 25.4 / 72
FREE_MM = 7.0
"""Kept clear around the squares: a third of a marker's cell, so that lettering does not pull at their corners."""
UNPRINTABLE_MM = 5.0
"""Home printers leave 3-5 mm at every edge blank."""


@dataclass(frozen=True)
class Page:
    """The page as a printer would draw it."""

    size_mm: tuple[float, float]
    picture: npt.NDArray[np.uint8]


@cache
def draw_page(paper: PaperChoice) -> Page:
    """Rasterise the PDF at 300 dots an inch."""
    document = pdfium.PdfDocument(TypstRenderer().render_pdf(build_sheet_source(paper)))
    assert len(document) == 1
    width, height = document[0].get_size()
    picture = document[0].render(scale=300 / 72).to_pil().convert("RGB")
    return Page((width * POINT_MM, height * POINT_MM), np.asarray(picture))


@pytest.mark.parametrize("paper", PAPERS)
def test_page_is_exactly_the_paper(paper: PaperChoice) -> None:
    """Landscape, to a thousandth of a millimetre: a printer that does not scale has nothing to fit."""
    expected = {"a4": (297.0, 210.0), "letter": (279.4, 215.9)}[paper]
    assert draw_page(paper).size_mm == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("paper", PAPERS)
def test_markers_are_read_off_the_page_where_the_layout_has_them(paper: PaperChoice) -> None:
    """The finder that reads clips reads the page: both ids, and every corner within 0.1 mm of the layout."""
    layout, page = SHEETS[paper], draw_page(paper)
    found = ArucoFinder().find(page.picture, MarkerSpec(layout.dictionary, layout.ids))
    assert [(sighting.marker_id, sighting.mirrored) for sighting in found] == [(10, False), (11, False)]
    for sighting in found:
        page_mm = (sighting.corners_px + 0.5) / PX_PER_MM  # a pixel's own place is its middle
        seen = np.column_stack([layout.paper.length_mm - page_mm[:, 0], page_mm[:, 1]])
        for corner in 10.0 * layout.square_cm(sighting.marker_id):
            assert np.hypot(*(seen - corner).T).min() < 0.1


@pytest.mark.parametrize("paper", PAPERS)
def test_lettering_keeps_clear_of_squares_and_of_the_paper_edge(paper: PaperChoice) -> None:
    """Ink beside a square pulls at its corners, and ink at the edge is cut off by the printer."""
    layout, dark = SHEETS[paper], draw_page(paper).picture.min(axis=2) < 200
    height, width = dark.shape
    x, y = (np.arange(width) + 0.5) / PX_PER_MM, (np.arange(height) + 0.5) / PX_PER_MM
    inner, outer = layout.marker_across_mm
    for _, near, far in layout.marker_from_wall_mm:
        left, right = layout.paper.length_mm - far, layout.paper.length_mm - near
        columns = (x > left - FREE_MM) & (x < right + FREE_MM)
        rows = (y > inner - FREE_MM) & (y < outer + FREE_MM)
        square = (y[rows, None] > inner - 0.1) & (y[rows, None] < outer + 0.1) & (x[columns] > left - 0.1) & (x[columns] < right + 0.1)
        assert not (dark[np.ix_(rows, columns)] & ~square).any()
    inside = (x > UNPRINTABLE_MM) & (x < layout.paper.length_mm - UNPRINTABLE_MM)
    within = (y > UNPRINTABLE_MM) & (y < layout.paper.width_mm - UNPRINTABLE_MM)
    assert not dark[:, ~inside].any()
    assert not dark[~within].any()


@pytest.mark.parametrize("paper", PAPERS)
def test_ruler_has_a_tick_at_every_millimetre_of_its_hundred(paper: PaperChoice) -> None:
    """Read off the page: 101 ticks, the first and the last 100 mm apart within 0.1 mm."""
    layout, page = SHEETS[paper], draw_page(paper)
    near, far = layout.ruler_from_wall_mm
    row = round((layout.ruler_across_mm - 1.0) * PX_PER_MM)
    from_, to = (round((layout.paper.length_mm - at) * PX_PER_MM) for at in (far + 3, near - 3))
    ink = 255.0 - page.picture[row, from_:to].mean(axis=1)
    starts, ends = (np.flatnonzero(np.diff((ink > 20).astype(int)) == step) + 1 for step in (1, -1))
    middles = [np.average(np.arange(a, b) + 0.5, weights=ink[a:b]) / PX_PER_MM for a, b in zip(starts, ends, strict=True)]
    assert len(middles) == 101
    np.testing.assert_allclose(np.diff(middles), 1.0, atol=0.1)
    assert middles[-1] - middles[0] == pytest.approx(layout.ruler_mm, abs=0.1)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_same_sheet_is_the_same_bytes(paper: PaperChoice) -> None:
    """A sheet printed again is the sheet that was checked; no date, no machine's fonts in it."""
    renderer, source = TypstRenderer(), build_sheet_source(paper)
    assert renderer.render_pdf(source) == renderer.render_pdf(source)


def test_print_dialogs_are_asked_not_to_fit_the_page() -> None:
    """The document says so itself, and stays a sound one; others leave it to the person."""
    renderer, source = TypstRenderer(), build_sheet_source("a4")
    sheet = pdfium.PdfDocument(renderer.render_pdf(source))
    other = pdfium.PdfDocument(renderer.render_pdf(DocumentSource("A page.", {})))
    assert not pdfium_c.FPDF_VIEWERREF_GetPrintScaling(sheet.raw)
    assert pdfium_c.FPDF_VIEWERREF_GetPrintScaling(other.raw)
    text = sheet[0].get_textpage().get_text_range()
    for words in ("100 %", "This edge to the wall", "Right foot", "15 mm"):
        assert words in text


def test_offsets_of_the_pdf_lead_to_its_objects() -> None:
    """What readers with little patience check: every entry of the table is the start of its object."""
    pdf = TypstRenderer().render_pdf(build_sheet_source("a4"))
    table = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    entries = [line for line in pdf[table:].split(b"\r\n") if line.endswith(b" n")]
    assert pdf[table:].startswith(b"xref\n")
    assert len(entries) > 5
    for number, entry in enumerate(entries, start=1):
        assert pdf[int(entry.split()[0]) :].startswith(b"%d 0 obj" % number)
