from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import get_args

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from app.adapters.documents_typst import TypstRenderer
from app.ports.documents import DocumentSource
from app.rendering.language import use_language
from app.rendering.sheet_source import SHEETS, PaperChoice, build_sheet_source
from tests.synthetic import ClipSpec, build_camera
from vision.scene import ArucoFinder
from vision.tracks import MarkerSpec

PAPERS: tuple[PaperChoice, ...] = get_args(PaperChoice)
PX_PER_MM = 300 / 25.4
POINT_MM = 25.4 / 72
FREE_MM = 14.5
"""Kept clear around the squares: two pixels from across the room, so that lettering does not pull at their corners."""
UNPRINTABLE_MM = 5.0
"""Home printers leave 3-5 mm at every edge blank."""


@dataclass(frozen=True)
class Page:
    """The page as a printer would draw it."""

    size_mm: tuple[float, float]
    picture: npt.NDArray[np.uint8]

    @property
    def mm_per_px(self) -> npt.NDArray[np.float64]:
        """Size of a pixel, across and down: the page is stretched to a whole number of them, up to one more than 300 dots an inch make."""
        height, width = self.picture.shape[:2]
        return np.array(self.size_mm) / [width, height]


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
        page_mm = (sighting.corners_px + 0.5) * page.mm_per_px  # a pixel's own place is its middle
        seen = np.column_stack([layout.paper.length_mm - page_mm[:, 0], page_mm[:, 1]])
        for corner in 10.0 * layout.square_cm(sighting.marker_id):
            assert np.hypot(*(seen - corner).T).min() < 0.1


def film_page(paper: PaperChoice, spec: ClipSpec) -> npt.NDArray[np.uint8]:
    """Lay the printed page on a grey floor and photograph it, 8 rays a pixel and side, with blur and noise."""
    layout, page, camera, finer = SHEETS[paper], draw_page(paper).picture, build_camera(spec), 8
    (width, height), length, across = camera.size_px, layout.paper.length_mm, layout.paper.width_mm
    ends = np.array([[0.0, 0.0], [length, 0.0], [length, across], [0.0, across]])  # from the wall, across
    seen = camera.project(np.column_stack([ends[:, 0], np.zeros(4), -ends[:, 1]]) / 10.0)
    drawn = np.column_stack([length - ends[:, 0], ends[:, 1]]) * PX_PER_MM - 0.5
    low = np.floor(seen.min(axis=0)).astype(int) - 20
    columns, rows = np.ceil(seen.max(axis=0)).astype(int) + 20 - low
    turn = cv2.getPerspectiveTransform(drawn.astype(np.float32), ((seen - low + 0.5) * finer - 0.5).astype(np.float32))
    size = (int(columns) * finer, int(rows) * finer)
    close = cv2.warpPerspective(page, turn, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT, borderValue=(120, 120, 120))
    picture = np.full((height, width, 3), 120.0)
    picture[low[1] : low[1] + rows, low[0] : low[0] + columns] = cv2.resize(close, (int(columns), int(rows)), interpolation=cv2.INTER_AREA)
    noisy = cv2.GaussianBlur(picture, (0, 0), 0.7) + np.random.default_rng(4).normal(0, 3, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("yaw_deg", [-5.0, 0.0, 5.0])
def test_the_page_is_found_from_across_the_room(paper: PaperChoice, yaw_deg: float) -> None:
    """Lettering and all, 2.5 m away in a picture of 1280x720: both markers, their corners within 0.8 px on the mean."""
    layout, spec = SHEETS[paper], ClipSpec(height_cm=75.0, distance_cm=250.0, yaw_deg=yaw_deg, camera_x_cm=15.0)
    found = ArucoFinder().find(film_page(paper, spec), MarkerSpec(layout.dictionary, layout.ids))
    assert [sighting.marker_id for sighting in found] == [10, 11]
    for sighting in found:
        square = layout.square_cm(sighting.marker_id)
        true = build_camera(spec).project(np.column_stack([square[:, 0], np.zeros(4), -square[:, 1]]))
        apart = np.hypot(*(sighting.corners_px[:, None] - true[None]).transpose(2, 0, 1)).min(axis=1)
        assert apart.mean() < 0.8


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


def test_the_german_sheet_is_all_german() -> None:
    """Also along its edges, and what must be checked before anything is measured by it."""
    with use_language("de"):
        source = build_sheet_source("a4")
    text = pdfium.PdfDocument(TypstRenderer().render_pdf(source))[0].get_textpage().get_text_range()
    for words in ("Rechter Fuß", "Linker Fuß", "15 mm bis zur Papierkante", "Stahllineal", "100 %"):
        assert words in text
    for words in ("foot", "paper", "steel", "Print"):
        assert words not in text


def test_offsets_of_the_pdf_lead_to_its_objects() -> None:
    """What readers with little patience check: every entry of the table is the start of its object."""
    pdf = TypstRenderer().render_pdf(build_sheet_source("a4"))
    table = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    entries = [line for line in pdf[table:].split(b"\r\n") if line.endswith(b" n")]
    assert pdf[table:].startswith(b"xref\n")
    assert len(entries) > 5
    for number, entry in enumerate(entries, start=1):
        assert pdf[int(entry.split()[0]) :].startswith(b"%d 0 obj" % number)
