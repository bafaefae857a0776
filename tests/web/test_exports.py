"""The report as a PDF, and every frame as a table."""

from __future__ import annotations

import csv
import io
import re

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from tests.web.conftest import Service
from tests.web.test_screenings import hand_in


def test_report_is_a_pdf_with_the_numbers_of_the_page(service: Service) -> None:
    """What the cards of the page say stands on paper too, beside both key frames and the day of the screening."""
    screening_id = hand_in(service)
    service.work(screening_id)
    answer = service.client.get(f"/api/screenings/{screening_id}/report?format=pdf")
    day = service.services.clock.now().date().isoformat()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="kneewall-{day}.pdf"'
    page = service.client.get(f"/screenings/{screening_id}").text
    told = re.findall(r"<b>([0-9.]+)</b> <span class=\"unit\">([^<]+)</span>", page)
    document = pdfium.PdfDocument(answer.content)
    text = re.sub(r"\s+", " ", document[0].get_textpage().get_text_range())
    assert len(told) == 2
    for value, width in told:
        assert f"{value} {width.replace('&nbsp;', ' ')}".replace("\N{NO-BREAK SPACE}", " ") in text
    assert f"clips handed in on {day} (UTC)" in text
    assert f"clips handed in on {day} (UTC)" in page
    assert len(list(document[0].get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))) == 2


def test_page_leads_to_its_exports(service: Service) -> None:
    """Every link to a file of the report works."""
    screening_id = hand_in(service)
    service.work(screening_id)
    links = set(re.findall(r'href="(/api/[^"]+)"', service.client.get(f"/screenings/{screening_id}").text))
    base = f"/api/screenings/{screening_id}"
    assert links == {f"{base}/report?format=pdf", f"{base}/frames/left.csv", f"{base}/frames/right.csv"}
    assert {service.client.get(link).status_code for link in links} == {200}


def test_frames_come_as_a_table(service: Service) -> None:
    """One row for each sample of the report's curve, to be kept under a name."""
    screening_id = hand_in(service)
    service.work(screening_id)
    answer = service.client.get(f"/api/screenings/{screening_id}/frames/left.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="kneewall-frames-left.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    series = service.client.get(f"/api/screenings/{screening_id}/report").json()["left"]["series"]
    assert [float(row["time_s"]) for row in rows] == series["t_s"]


@pytest.mark.parametrize(("right", "word"), [(None, "no clip"), ("NOBODY", "refused")])
def test_leg_without_a_measurement_has_no_table(service: Service, right: str | None, word: str) -> None:
    """What there is instead is told, and the PDF of the other leg is there."""
    screening_id = hand_in(service, right=right)
    service.work(screening_id)
    answer = service.client.get(f"/api/screenings/{screening_id}/frames/right.csv")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_leg")
    assert word in answer.json()["message"]
    pdf = service.client.get(f"/api/screenings/{screening_id}/report?format=pdf").content
    assert len(list(pdfium.PdfDocument(pdf)[0].get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))) == 1


def test_exports_are_409_until_there_is_a_report(service: Service) -> None:
    """No half table and no half sheet."""
    base = f"/api/screenings/{hand_in(service)}"
    for address in ("/report?format=pdf", "/frames/left.csv"):
        answer = service.client.get(base + address)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_finished")
