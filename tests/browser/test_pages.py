"""The pages in a real browser: on a phone's width, without scripts, in the dark, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.walking import LEFT, PHONE, RIGHT, fits, visit
from tests.web.serving import Served, wait_for

WIDTHS = (320, 360, 768, 1280)


def test_pair_is_handed_in_from_a_phone(browser: Browser, served: Served) -> None:
    """Two files and a length with a decimal comma lead to the page that follows the analysis, from which it can be stopped."""
    with visit(browser, served, has_touch=True, is_mobile=True) as page:
        page.set_input_files("#left", LEFT)
        page.set_input_files("#right", RIGHT)
        page.get_by_label("Foot length in cm").fill("26,9")
        assert fits(page)
        page.get_by_role("button", name="Measure", exact=True).click()
        page.wait_for_url("**/screenings/*")
        assert fits(page)
        screening_id = page.url.rsplit("/", 1)[1]
    assert set(served.state(screening_id)["sides"]) == {"left", "right"}
    assert served.client.delete(f"/api/screenings/{screening_id}").status_code == 204


def test_pair_becomes_a_report_with_pictures(browser: Browser, served: Served, finished: str) -> None:
    """Two numbers with plus-minus, two loaded pictures, two curves with their repetitions."""
    with visit(browser, served) as page:
        page.goto(finished)
        assert page.locator(".card.measured").count() == 2
        assert page.locator(".card .big").count() == 2
        assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 100)")
        assert page.locator(".evidence img").count() == 2
        assert page.locator("svg .curve").count() >= 2
        assert page.locator("svg .peak").count() >= 2
        page.locator("summary").first.click()
        page.evaluate("document.querySelector('video').load()")
        wait_for(lambda: page.evaluate("document.querySelector('video').readyState >= 1"), 20, "the beginning of the overlay clip")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_every_width(browser: Browser, served: Served, finished: str, width: int, scheme: str) -> None:
    """Start and report, in light and dark, never scroll sideways."""
    with visit(browser, served, viewport={"width": width, "height": 800}, color_scheme=scheme) as page:
        page.get_by_text("More about the clips").click()
        assert fits(page)
        page.goto(finished)
        assert fits(page)


def test_the_list_tells_the_time_of_the_browser(browser: Browser, served: Served, finished: str) -> None:
    """At the first look already, before the browser has told where it is."""
    with visit(browser, served, timezone_id="Pacific/Kiritimati") as page:
        page.goto("/screenings")
        expect(page.locator("[data-zone='Pacific/Kiritimati']")).to_be_attached()
        row = page.locator("li", has=page.locator(f"a[href$='{finished.rsplit('/', 1)[1]}']"))
        expect(row.locator("time[datetime$='+14:00']")).to_be_attached()
        assert row.locator(".result-number").count() == 4


def test_pages_work_without_scripts(browser: Browser, served: Served, finished: str) -> None:
    """A plain form post leads to the screening's page; the report needs no script."""
    with visit(browser, served, java_script_enabled=False) as page:
        page.set_input_files("#left", LEFT)
        page.get_by_role("button", name="Measure", exact=True).click()
        page.wait_for_url("**/screenings/*")
        screening_id = page.url.rsplit("/", 1)[1]
        page.goto(finished)
        expect(page.locator("#verdict")).to_be_visible()
    assert served.client.delete(f"/api/screenings/{screening_id}").status_code == 204


def test_wrong_file_is_told_and_focused(browser: Browser, served: Served) -> None:
    """The service's own words, read out by a screen reader, and the form stays filled."""
    with visit_expecting_refusal(browser, served) as page:
        page.set_input_files("#left", {"name": "l.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0" + bytes(2000)})
        page.get_by_label("Foot length in cm").fill("26")
        page.get_by_role("button", name="Measure", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("a photo")
        expect(page.locator("#problem")).to_be_focused()
        expect(page.get_by_label("Foot length in cm")).to_have_value("26")
        expect(page.get_by_role("button", name="Measure", exact=True)).to_be_enabled()


def test_nothing_chosen_is_told_before_sending(browser: Browser, served: Served) -> None:
    """No request is made for an empty form."""
    with visit(browser, served) as page:
        page.get_by_role("button", name="Measure", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("No clip is chosen yet")


def test_form_can_be_used_by_keyboard(browser: Browser, served: Served) -> None:
    """Every control is reached with the tab key, has a name, and shows where the focus is."""
    with visit(browser, served) as page:
        page.get_by_text("More about the clips").click()
        page.locator("body").press("Home")
        reached = set()
        for _ in range(32):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.tagName"))
        assert {"left", "right", "foot_length_cm", "skirting_cm", "scale", "height_cm", "sheet_ruler_mm", "sheet_margin_mm", "send"} <= reached
        page.locator("#send").focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        unnamed = "[...document.querySelectorAll('input, select')].filter((control) => !control.labels.length).map((control) => control.name)"
        assert page.evaluate(unnamed) == []


def test_erasing_from_the_report(browser: Browser, served: Served) -> None:
    """The report leads to a question, and the answer yes erases."""
    with visit(browser, served) as page:
        page.set_input_files("#left", LEFT)
        page.get_by_role("button", name="Measure", exact=True).click()
        page.wait_for_url("**/screenings/*")
        address = page.url
        page.goto(f"{address}/erase")
        page.get_by_role("button", name="Erase everything").click()
        page.wait_for_url("**/")
    assert served.client.get(address).status_code == 404


@contextmanager
def visit_expecting_refusal(browser: Browser, served: Served) -> Iterator[Page]:
    """Open the start page where the console will note a refused request, as browsers do."""
    context = browser.new_context(base_url=str(served.client.base_url), viewport=PHONE)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()
