"""Every page in a real Chromium, as a phone, a tablet and a laptop show it, light and dark: quiet, as wide as its window, and open to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from playwright.sync_api import Browser

from tests.browser.faults import find_faults, find_pale, find_small, unfold
from tests.browser.filled import filled
from tests.browser.pages import PAGES, Place, Who
from tests.browser.walking import SIZES, fits, visit_quietly
from tests.web.serving import Served


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, served: Served, finished: str) -> Iterator[Place]:
    """Return a season of a club beside the service on which a real pair of clips was measured."""
    with filled(tmp_path_factory.mktemp("season"), open_origin=str(served.client.base_url).rstrip("/"), finished=finished.rsplit("/", 1)[1]) as made:
        yield made


@pytest.mark.parametrize("who", get_args(Who))
def test_every_page_is_quiet_and_open_to_everybody(browser: Browser, place: Place, who: Who) -> None:
    """No complaint of the console, no request to elsewhere, no sideways scrolling, nothing that axe finds, folded parts too; and a thumb hits it."""
    wrong: list[str] = []
    for missing in (False, True):
        pages = [page for page in PAGES if page.who == who and page.missing == missing]
        with visit_quietly(browser, place.origins[who], cookie=place.cookies.get(who), missing=missing, color_scheme="light") as page:
            for shown in pages:
                for width, height in SIZES:
                    page.set_viewport_size({"width": width, "height": height})
                    page.emulate_media(color_scheme="light")
                    shown.open(page, place)
                    found = [] if fits(page) else ["scrolls sideways"]
                    unfold(page)
                    found += ([] if fits(page) else ["scrolls sideways, unfolded"]) + find_small(page) + find_faults(page)
                    page.emulate_media(color_scheme="dark")
                    found += [f"in the dark {fault}" for fault in find_pale(page)]
                    wrong += [f"{shown.name} {width}: {each}" for each in found]
    assert wrong == []
