"""Help and the page of the sheet: for everybody, with every reason for which a clip is refused."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import pytest

from app.rendering.advice import ADVICE
from app.rendering.refusals import list_advice, list_refusals
from tests.unit.rendering.test_advice import FINDINGS, REFUSALS
from tests.web.conftest import Service
from tests.web.people import measure, people
from tests.web.test_uploads import make_clip


def links_of(page: str) -> set[str]:
    """Return every address of ours that a page leads to."""
    return set(re.findall(r'href="(/[^"#]*)', page))


def test_help_tells_everything_that_can_be_found_in_words(service: Service) -> None:
    """All that the sources can refuse a clip for, and all that can be said beside a number, each with its meaning and advice, and without its code."""
    page = service.client.get("/help").text
    assert {row.code for row in list_refusals()} == REFUSALS
    for row in list_refusals():
        assert f'<tr id="{row.code}">' in page
        assert all(words.endswith(".") and len(words.split()) >= 4 for words in (row.meaning, row.advice))
    assert set(ADVICE) >= FINDINGS
    for row in list_advice():
        assert f'<th scope="row">{escape(row.meaning)}</th>' in page
        assert row.meaning.endswith(".")
    assert "<code>" not in page


def test_every_place_in_the_help_that_pages_lead_to_is_there(service: Service) -> None:
    """`/help#lower-bound` and the like, from the report, the templates and the help itself."""
    there = set(re.findall(r' id="([^"]+)"', service.client.get("/help").text))
    sources = [path.read_text(encoding="utf-8") for folder in ("app/web/templates", "app/rendering/templates") for path in Path(folder).glob("*.html")]
    asked = {place for text in sources for place in re.findall(r'href="/help#([^"{]+)"', text)}
    asked |= set(re.findall(r'href="#([^"]+)"', service.client.get("/help").text))
    assert len(asked) > 8
    assert asked <= there


def test_help_and_sheet_are_open_to_everybody_and_lead_to_each_other(tmp_path: Path) -> None:
    """Before signing in as well; from the foot of every page, a report among them; every link of theirs works."""
    with people(tmp_path) as world:
        report = f"/screenings/{world.ids['anna_screening']}"
        for client, address in ((world.nobody, "/help"), (world.nobody, "/sheet"), (world.nobody, "/signin"), (world.link, "/"), (world.anna, report)):
            answer = client.get(address)
            assert answer.status_code == 200
            assert {"/help", "/sheet"} <= links_of(answer.text), address
        for address in sorted(links_of(world.nobody.get("/help").text) | links_of(world.nobody.get("/sheet").text)):
            assert world.anna.get(address).status_code in {200, 303}, address


def test_sheet_page_offers_both_papers(service: Service) -> None:
    """Every link to a file works."""
    links = set(re.findall(r'href="(/sheet\.pdf[^"]*)"', service.client.get("/sheet").text))
    assert links == {"/sheet.pdf?paper=a4", "/sheet.pdf?paper=letter"}
    assert [service.client.get(link).status_code for link in sorted(links)] == [200, 200]


def test_sheet_page_leads_to_the_newest_report_that_used_it(service: Service) -> None:
    """Not to a newer one without the sheet; to none where there is none."""
    assert "None of your newest reports used the sheet yet" in service.client.get("/sheet").text
    ids = []
    for word in ("SHEET first", "SHEET second", "without"):
        answer = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip(word))})
        ids.append(answer.json()["id"])
        service.work(ids[-1])
    page = service.client.get("/sheet").text
    assert f"/screenings/{ids[1]}#assumed" in page
    assert ids[0] not in page
    assert ids[2] not in page
    assert 'id="assumed"' in service.client.get(f"/screenings/{ids[1]}").text


def test_sheet_page_shows_nobody_elses_report(tmp_path: Path) -> None:
    """An athlete and a coach see theirs; another coach, a link and who is not signed in see none."""
    with people(tmp_path) as world:
        own = measure(world, world.anna, world.ids["anna"], "SHEET")
        for name, expected in (("anna", True), ("coach", True), ("admin", True), ("other_coach", False), ("link", False), ("nobody", False)):
            assert (f"/screenings/{own}" in getattr(world, name).get("/sheet").text) is expected, name


@pytest.mark.parametrize("address", ["/help", "/sheet"])
def test_pages_need_no_script(service: Service, address: str) -> None:
    """They hold none, and nothing inline."""
    page = service.client.get(address).text
    assert "<script" not in page
    assert " style=" not in page
