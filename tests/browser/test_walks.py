"""Whole ways through the service on a phone, from link to link: an athlete's report, a coach's evening, the way in and out."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.pages import Place
from tests.browser.walking import LEFT, fits, visit, visit_quietly
from tests.web.people import PASSWORD
from tests.web.serving import Served


def test_a_report_leads_everywhere(browser: Browser, served: Served, finished: str) -> None:
    """From the report to its PDF, its frames, a reading by tape, the points set by hand, a repeat, and the list of measurements."""
    with visit(browser, served, has_touch=True, is_mobile=True) as page:
        page.goto(finished)
        for name in ("PDF", "every frame (CSV)"):
            with page.expect_download() as download:
                page.get_by_role("link", name=name).first.click(modifiers=["Alt"] if name == "PDF" else [])
            assert download.value.path().stat().st_size > 1000
        page.get_by_text("Type a reading of this leg").first.click()
        page.get_by_label("Reading").first.fill("11,5")
        page.get_by_role("button", name="Keep the reading").first.click()
        expect(page.locator(".reading").first).to_contain_text("11.5 cm")
        page.get_by_role("link", name="Put it right").click()
        page.get_by_role("link", name="Right leg", exact=True).click()
        expect(page.locator("#hand:not([aria-busy=true]) .handle.toe")).to_be_visible()
        assert fits(page)
        page.get_by_role("link", name="Back to the report").click()
        page.get_by_role("link", name="Repeat the left leg").click()
        expect(page.get_by_role("button", name="Measure again")).to_be_enabled()
        page.get_by_role("link", name="Measurements").click()
        expect(page.get_by_role("row")).not_to_have_count(1)


def test_the_sheet_comes_from_its_page(browser: Browser, served: Served) -> None:
    """The start page leads to what is said about the sheet, and there both papers are, as PDF."""
    with visit(browser, served) as page:
        page.get_by_role("link", name="calibration sheet", exact=True).click()
        page.wait_for_url("**/sheet")
        for name in ("A4", "US Letter"):
            with page.expect_download() as download:
                page.get_by_role("link", name=f"Sheet for {name} paper").click()
            assert download.value.path().read_bytes().startswith(b"%PDF")


def test_a_coach_walks_through_an_evening(browser: Browser, place: Place) -> None:
    """A squad, a roster that is looked at first, consent, the tablet at the wall, the board, an athlete's trend and baseline, a link for clips."""
    with visit_quietly(browser, place.origins["coach"], cookie=place.cookies["coach"], has_touch=True, is_mobile=True) as page:
        page.goto("/squads")
        page.get_by_label("Name").fill("Under 17")
        page.get_by_role("button", name="Make it").click()
        page.get_by_role("link", name="Bring in a roster").first.click()
        page.get_by_label("Or paste").fill("name,foot_length_cm\nIda,24.5\nJon,long\n")
        page.get_by_role("button", name="Look what it would do").click()
        expect(page.get_by_role("status")).to_contain_text("1 row cannot be read")
        page.get_by_role("textbox", name="The list").fill("name,foot_length_cm\nIda,24.5\nJon,27\n")
        page.get_by_role("button", name="Look again").click()
        expect(page.get_by_role("status")).to_contain_text("2 people would be added")
        page.get_by_role("button", name="Add 2 people").click()
        page.get_by_role("link", name="Today's board").click()
        page.get_by_role("link", name="Large, for a tablet at the wall").click()
        page.get_by_role("link", name="Ask now").click()
        page.get_by_label("Ida, who is 18 or older").check()
        page.get_by_role("button", name="Yes, go on").click()
        page.get_by_role("link", name="Squads").click()
        page.get_by_role("link", name="Under 17").click()
        page.get_by_role("link", name="Film the squad").click()
        expect(page.locator(".who-next")).to_have_text("Ida")
        page.get_by_label("Film left").set_input_files(LEFT)
        page.get_by_role("button", name="Send, and next").click()
        page.wait_for_url("**/kiosk?after=*")
        expect(page.locator("#live li", has_text="Ida").locator(".what")).to_contain_text("waiting")
        page.get_by_role("link", name="Board with links").click()
        page.get_by_role("link", name="waiting").click()
        expect(page.locator("#watch")).to_be_visible()
        page.get_by_role("link", name="Athletes").click()
        page.get_by_role("link", name="Anna", exact=True).click()
        page.get_by_text("All sessions").first.click()
        page.get_by_role("button", name="Baseline from here").nth(3).click()
        expect(page.get_by_text("as was chosen")).to_be_visible()
        page.get_by_role("button", name="Take the usual one").click()
        page.get_by_role("button", name="Make a link for clips").click()
        expect(page.get_by_role("textbox", name="Link")).to_have_value(re.compile(r"^http://127\.0\.0\.1:\d+/s/"))
        assert fits(page)


def test_somebody_comes_in_and_goes_out(browser: Browser, place: Place) -> None:
    """A wrong password is told; the right one leads where one was going; an invitation makes an account; signing out ends it."""
    with visit_quietly(browser, place.origins["nobody"], refused="401 (Unauthorized)") as page:
        page.goto("/athletes")
        page.get_by_label("E-mail address").fill("coach@example.org")
        page.get_by_label("Password", exact=True).fill("not the password")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("no account with this e-mail address and password")
        page.get_by_label("E-mail address").fill("coach@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/athletes")
        page.get_by_role("link", name="Account").click()
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"/join/{place.ids['invite']}")
        page.get_by_label("E-mail address").fill("new@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        page.get_by_role("link", name="Account").click()
        expect(page.get_by_text("new@example.org, coach")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
