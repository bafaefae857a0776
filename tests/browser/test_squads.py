"""A squad's pages in a real browser: on a phone, a tablet and a laptop, with and without scripts, in the light and in the dark."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import fits, visit
from tests.fakes.bundle import make_clip
from tests.web.serving import Served

LANDSCAPE = {"width": 1180, "height": 820}
"""A tablet on its side; the other sizes are looked at with every other page."""
SMALL = """[...document.querySelectorAll('main button, main a.button, main select, main input[type=file], main label.film-now, main .choice')]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44).map((each) => each.outerHTML.slice(0, 80))"""
UNNAMED = "[...document.querySelectorAll('main input:not([type=hidden]), main select')].filter((c) => !c.labels.length && !c.ariaLabel).map((c) => c.name)"


@pytest.fixture(scope="module")
def squad(served: Served) -> str:
    """Return a squad of three, with a note and a clip that waits."""
    made = str(served.client.post("/api/squads", json={"name": "Under 19, first team"}).json()["id"])
    roster = "name\nFritz Obermeier-Lindqvist\nAnna\nBénédicte van der Meer\n"
    assert served.client.post(f"/api/squads/{made}/roster", content=roster.encode()).status_code == 201
    for athlete in served.client.get(f"/api/squads/{made}/athletes").json():
        assert served.client.put(f"/api/squads/{made}/athletes/{athlete['id']}/note", json={"text": "ask again " * 20}).status_code == 204
    held = served.client.post(f"/api/squads/{made}/screenings", files={"clips": ("IMG_1.mp4", make_clip("waits"))}).json()
    assert held[0]["waiting"]
    return made


def list_pages(served: Served, squad: str) -> list[str]:
    """Return the addresses of a squad's pages."""
    ids = [athlete["id"] for athlete in served.client.get(f"/api/squads/{squad}/athletes").json()]
    compared = "&".join(f"athlete={each}" for each in ids)
    ends = ("", "?noted=true&name=a", "/board", "/kiosk", "/waiting", "/upload", "/roster", f"/compare?{compared}", f"/notes/{ids[0]}")
    return [f"/squads/{squad}{end}" for end in ends]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_can_be_touched(browser: Browser, served: Served, squad: str, scheme: str) -> None:
    """Nothing scrolls sideways but tables in their own frame, controls are as large as a thumb and have names, and the console is silent."""
    with visit(browser, served, viewport=LANDSCAPE, color_scheme=scheme) as page:
        for address in list_pages(served, squad):
            if address.endswith("/waiting"):
                continue  # its clip is none that a browser could play
            page.goto(address)
            assert fits(page), address
            assert page.evaluate(SMALL) == [], address
            assert page.evaluate(UNNAMED) == [], address


def test_a_coach_works_without_scripts(browser: Browser, served: Served, squad: str) -> None:
    """A roster is looked at and brought in, the table is narrowed, a note is written, two are compared."""
    with visit(browser, served, java_script_enabled=False) as page:
        page.goto(f"/squads/{squad}/roster")
        page.get_by_label("Or paste").fill("name\nGustav\nAnna\n")
        page.get_by_role("button", name="Look what it would do").click()
        expect(page.get_by_role("status")).to_contain_text("1 person would be added")
        page.get_by_role("button", name="Add 1 person").click()
        expect(page.get_by_role("link", name="Gustav", exact=True)).to_be_visible()
        page.get_by_text("Show only some of them").click()
        page.get_by_label("Name", exact=True).fill("gus")
        page.get_by_role("button", name="Show", exact=True).click()
        assert page.locator("tbody tr").count() == 1
        page.get_by_role("link", name=re.compile("Add a note.*Gustav")).click()
        page.get_by_label("Note, at most 500 characters").fill("new here")
        page.get_by_role("button", name="Keep").click()
        expect(page.locator("tbody")).to_contain_text("new here")
        for name in ("Gustav", "Anna"):
            page.get_by_label(f"Compare: {name}", exact=True).check()
        page.get_by_role("button", name="Compare the 2 to 4 who are ticked").click()
        assert page.locator(".multiples").count() == 3


@pytest.mark.parametrize(("zone", "hours"), [("Pacific/Kiritimati", 14), ("Pacific/Pago_Pago", -11)])
def test_the_day_is_that_of_the_browser(browser: Browser, served: Served, squad: str, zone: str, hours: int) -> None:
    """East and west of the machine, at the first look already; where scripts do not run it is the machine's."""
    with visit(browser, served, timezone_id=zone) as page:
        page.goto(f"/squads/{squad}/kiosk")
        began = page.locator(f"[data-since*='T{-hours % 24:02}:00:00']")
        expect(began).to_be_attached()
        assert timedelta() <= datetime.now(tz=UTC) - datetime.fromisoformat(str(began.get_attribute("data-since"))) < timedelta(days=1)  # noqa: TID251


def film(page: Page, name: str, content: bytes) -> None:
    """Choose what the tablet would have filmed."""
    page.get_by_label("Film left").set_input_files({"name": name, "mimeType": "video/mp4", "buffer": content})


def test_the_tablet_goes_on_and_keeps_up(browser: Browser, served: Served, squad: str) -> None:
    """What is chosen stays while the list beside it lives; then the next one comes, and who could not be measured comes back with a reason."""
    with visit(browser, served, viewport=LANDSCAPE) as page:
        page.goto(f"/squads/{squad}/kiosk")
        expect(page.locator(".who-next")).to_have_text("Fritz Obermeier-Lindqvist")
        film(page, "mine.mp4", make_clip("kiosk"))
        anna = next(each["id"] for each in served.client.get(f"/api/squads/{squad}/athletes").json() if each["name"] == "Anna")
        answer = served.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("elsewhere"))}, data={"athlete_id": anna})
        assert answer.status_code == 202
        expect(page.locator("#live li", has_text="Anna").locator(".what")).to_contain_text("retake", timeout=120_000)
        assert page.evaluate("document.getElementById('film-left').files[0].name") == "mine.mp4"
        page.get_by_role("button", name="Send, and next").click()
        page.wait_for_url("**/kiosk?after=*")
        expect(page.locator(".who-next")).to_have_text("Anna")
        expect(page.locator(".turn .why-again").first).to_be_visible()
        page.get_by_role("link", name="Skip").click()
        expect(page.locator(".who-next")).to_have_text("Bénédicte van der Meer")
