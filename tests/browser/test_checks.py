"""Readings by hand and the repeat of a leg, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.test_pages import WIDTHS
from tests.browser.walking import ANALYSIS_MS, LEFT, fits, visit
from tests.web.serving import SAMPLES, Served

CLIP: FilePayload = {"name": LEFT.name, "mimeType": "video/mp4", "buffer": LEFT.read_bytes() + b"\0\0\0\x0cfreeread"}
"""A clip that nobody has measured here before: a reading beside it is blind."""


@pytest.fixture(scope="module")
def finished(browser: Browser, served: Served) -> str:
    """Upload the left leg with a tape reading typed beside it, and wait for the report; the path of its page."""
    with visit(browser, served) as page:
        page.set_input_files("#left", CLIP)
        page.get_by_label("Foot length in cm").fill("26,9")
        page.get_by_text("Measured by tape or inclinometer as well?").click()
        page.get_by_role("group", name="Left leg").get_by_label("Tape, toe to wall, in cm").fill("12,1")
        assert fits(page)
        page.get_by_role("button", name="Measure", exact=True).click()
        page.wait_for_url("**/screenings/*")
        expect(page.locator("#verdict")).to_be_visible(timeout=ANALYSIS_MS)
        return page.url


def open_form(page: Page) -> None:
    """Open the form of a reading."""
    page.get_by_text("Type a reading of this leg").click()


def test_reading_typed_beside_the_clip_stands_beside_the_number(browser: Browser, served: Served, finished: str) -> None:
    """Both, their difference, and no word of being left out."""
    with visit(browser, served) as page:
        page.goto(finished)
        reading = page.locator(".check .reading").filter(has_text="Tape 12.1 cm")
        expect(reading).to_contain_text("camera")
        expect(reading).to_contain_text("that both are known to")
        expect(reading).not_to_contain_text("left out")


def test_reading_typed_after_the_result_is_kept_and_marked(browser: Browser, served: Served, finished: str) -> None:
    """By keyboard, without scripts, back on the same page."""
    with visit(browser, served, java_script_enabled=False) as page:
        page.goto(finished)
        open_form(page)
        page.get_by_label("Read by").select_option("inclinometer_deg")
        page.get_by_label("Reading", exact=True).fill("38,5")
        page.get_by_label("Reading", exact=True).press("Enter")
        page.wait_for_url("**/screenings/*#check")
        expect(page.locator(".check .reading").filter(has_text="Inclinometer 38.5°")).to_contain_text("left out of the agreement report")


@pytest.mark.parametrize("width", WIDTHS)
def test_open_forms_fit_every_width(browser: Browser, served: Served, finished: str, width: int) -> None:
    """Start page, report and repeat page, everything unfolded, never scroll sideways; every control has a name."""
    with visit(browser, served, viewport={"width": width, "height": 800}) as page:
        page.get_by_text("Measured by tape or inclinometer as well?").click()
        assert fits(page)
        page.goto(finished)
        open_form(page)
        assert fits(page)
        unnamed = "[...document.querySelectorAll('input:not([type=hidden]), select')].filter((control) => !control.labels.length).length"
        assert page.evaluate(unnamed) == 0
        page.get_by_role("link", name="Repeat the left leg").click()
        page.wait_for_url("**/repeat/left")
        assert fits(page)
        assert page.evaluate(unnamed) == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_repeat_leads_from_the_report_to_a_measurement_bound_to_it(browser: Browser, served: Served, finished: str, *, scripts: bool) -> None:
    """One clip of the same leg is asked for; what comes of it knows what it repeats."""
    with visit(browser, served, java_script_enabled=scripts) as page:
        page.goto(finished)
        page.get_by_role("link", name="Repeat the left leg").click()
        assert page.locator("input[type=file]").count() == 1
        page.set_input_files("#left", SAMPLES / ("b_left.mp4" if scripts else "progressive_L.mp4"))
        page.get_by_role("button", name="Measure again").click()
        page.wait_for_url(lambda url: "/repeat/" not in url)
        repeat = page.url.rsplit("/", 1)[1]
    assert served.client.get(f"/api/screenings/{repeat}/checks").json()["original"] == finished.rsplit("/", 1)[1]
    assert served.client.delete(f"/api/screenings/{repeat}").status_code == 204


def test_same_clip_as_repeat_is_told_on_the_form(browser: Browser, served: Served, finished: str) -> None:
    """A sentence, and the form stays; the browser notes the refused request by itself."""
    context = browser.new_context(base_url=str(served.client.base_url))
    page = context.new_page()
    page.goto(f"{finished}/repeat/left")
    page.get_by_role("button", name="Measure again").click()
    expect(page.get_by_role("alert")).to_contain_text("No clip is chosen yet")
    page.set_input_files("#left", CLIP)
    page.get_by_role("button", name="Measure again").click()
    expect(page.get_by_role("alert")).to_contain_text("measured already")
    context.close()
