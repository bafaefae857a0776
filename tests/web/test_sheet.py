"""The calibration sheet as a page of the service."""

from __future__ import annotations

import re

import pypdfium2 as pdfium
import pytest

from tests.web.conftest import Service

POINT_MM = 25.4 / 72


@pytest.mark.parametrize(
    ("query", "paper", "size_mm"), [("", "a4", (297.0, 210.0)), ("?paper=a4", "a4", (297.0, 210.0)), ("?paper=letter", "letter", (279.4, 215.9))]
)
def test_sheet_comes_as_a_file_to_keep(service: Service, query: str, paper: str, size_mm: tuple[float, float]) -> None:
    """A PDF of the paper asked for, A4 when nothing is said, to be saved rather than printed by the browser."""
    answer = service.client.get(f"/sheet.pdf{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="kneewall-sheet-{paper}.pdf"'
    width, height = pdfium.PdfDocument(answer.content)[0].get_size()
    assert (width * POINT_MM, height * POINT_MM) == pytest.approx(size_mm, abs=1e-3)


def test_unknown_paper_is_told(service: Service) -> None:
    """What was found and what there is, on a page."""
    answer = service.client.get("/sheet.pdf?paper=a3")
    assert answer.status_code == 422
    assert "a3" in answer.text
    assert "letter" in answer.text


def test_start_page_leads_to_the_page_of_the_sheet(service: Service) -> None:
    """Where both papers are."""
    assert set(re.findall(r'href="(/sheet[^"]*)"', service.client.get("/").text)) == {"/sheet"}
    assert service.client.get("/sheet").status_code == 200
