"""Every page in a real Chromium, as a phone, a tablet and a laptop show it, light and dark: quiet, as wide as its window, and open to everybody."""

from __future__ import annotations

from typing import get_args

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.faults import find_faults, find_pale, find_small, unfold
from tests.browser.pages import PAGES, Place, Who
from tests.browser.walking import SIZES, fits, visit_quietly

PHONE, TABLET = SIZES[0][0], SIZES[1][0]
LARGE = "(size) => { document.documentElement.style.fontSize = size; }"
CUT = "[...document.querySelectorAll('.scroll:has(.differences)')].filter((each) => each.scrollWidth > each.clientWidth).length"


def fits_large(page: Page) -> bool:
    """Whether nothing scrolls sideways with letters twice as large."""
    page.evaluate(LARGE, "32px")
    found = fits(page)
    page.evaluate(LARGE, "")
    return found


@pytest.mark.parametrize("who", get_args(Who))
def test_every_page_is_quiet_and_open_to_everybody(browser: Browser, place: Place, who: Who) -> None:
    """No complaint of the console, no request to elsewhere, no sideways scrolling, nothing that axe finds, folded parts too; and a thumb hits it."""
    wrong: list[str] = []
    for refused in (None, "404 (Not Found)"):
        pages = [page for page in PAGES if page.who == who and page.missing == (refused is not None)]
        with visit_quietly(browser, place.origins[who], cookie=place.cookies.get(who), refused=refused, color_scheme="light") as page:
            for shown in pages:
                for width, height in SIZES:
                    page.set_viewport_size({"width": width, "height": height})
                    page.emulate_media(color_scheme="light")
                    shown.open(page, place)
                    found = [] if fits(page) else ["scrolls sideways"]
                    unfold(page)
                    found += ([] if fits(page) else ["scrolls sideways, unfolded"]) + find_small(page)
                    found += [] if width != PHONE or fits_large(page) else ["scrolls sideways in large letters"]
                    if width != TABLET:  # what it shows, the phone or the laptop shows as well
                        found += find_faults(page)
                        page.emulate_media(color_scheme="dark")
                        found += [f"in the dark {fault}" for fault in find_pale(page)]
                    wrong += [f"{shown.name} {width}: {each}" for each in found]
    assert wrong == []


@pytest.mark.parametrize("who", get_args(Who))
def test_every_page_fits_a_phone_in_german(browser: Browser, place: Place, who: Who) -> None:
    """Its words are longer: nothing scrolls sideways, in large letters either, and both legs stand beside each other whole."""
    wrong: list[str] = []
    with visit_quietly(browser, place.origins[who], cookie=place.cookies.get(who), color_scheme="light", locale="de") as page:
        for shown in PAGES:
            if shown.who != who or shown.missing or shown.tick or shown.typed or shown.press:
                continue  # what is pressed is named in English
            shown.open(page, place)
            unfold(page)
            found = {"scrolls sideways": not fits(page), "cuts the comparison": page.evaluate(CUT), "scrolls sideways in large letters": not fits_large(page)}
            wrong += [f"{shown.name}: {fault}" for fault, there in found.items() if there]
    assert wrong == []
