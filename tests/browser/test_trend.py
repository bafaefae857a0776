"""The athlete's page in a real browser: read-outs by touch, keys and mouse, and the plain drawing without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.filled import serve_app, spread_over_weeks
from tests.web.people import measure, people
from tests.web.serving import wait_for

PHONE = {"width": 360, "height": 740}
WEEKS = 12
DRAG = """(over, share) => {
  const box = over.getBoundingClientRect();
  over.dispatchEvent(new PointerEvent("pointermove", { pointerType: "touch", clientX: box.left + share * box.width, clientY: box.top + 50 }));
}"""


@dataclass(frozen=True)
class Followed:
    """An athlete of some weeks, behind a server of their own."""

    origin: str
    page: str
    cookie: str


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    """Serve an athlete who was measured every week, at first in shoes; the sixth week hurt."""
    folder = tmp_path_factory.mktemp("followed")
    with people(folder) as world:
        anna = world.ids["anna"]
        for week in range(WEEKS - 2):
            measure(world, world.coach, anna, f"week {week}")
        shod = {"footwear": "shod"}
        said = {0: shod, 1: shod, 5: {"circumstances": {"pain": 5, "felt": []}}, 6: {"circumstances": {"pain": 1, "felt": []}}}
        assert spread_over_weeks(folder / "kneewall.sqlite3", anna, said) == WEEKS
        with serve_app(world.app) as origin:
            yield Followed(origin, f"/athletes/{anna}", str(world.coach.cookies.get("kneewall")))


@contextmanager
def visit(browser: Browser, followed: Followed, **options: Any) -> Iterator[Page]:  # noqa: ANN401 - options of a browser context
    """Open the athlete's page; whatever the console says, a violation of the Content-Security-Policy too, fails the test, as does a foreign request."""
    context = browser.new_context(base_url=followed.origin, viewport=options.pop("viewport", PHONE), **options)
    context.add_cookies([{"name": "kneewall", "value": followed.cookie, "url": followed.origin}])
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(followed.page)
    yield page
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(followed.origin)] == []


def test_every_course_is_drawn_and_fits(browser: Browser, followed: Followed) -> None:
    """Five charts in place of the plain drawings, each with ink on it, none wider than the phone; their styles are let through by the policy."""
    with visit(browser, followed) as page:
        expect(page.locator("figure .chart canvas")).to_have_count(5)
        expect(page.locator("figure svg:visible")).to_have_count(0)
        painted = (
            "[...document.querySelectorAll('figure canvas')].every((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0))"
        )
        assert page.evaluate(painted)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.locator("figure .u-over").first.evaluate("(over) => over.clientWidth > 200 && over.clientHeight > 150")


def test_a_finger_reads_a_session(browser: Browser, followed: Followed) -> None:
    """Touching where the first session is reads it, dragging goes on to later ones, and the page can still be scrolled by the same finger."""
    with visit(browser, followed, has_touch=True, is_mobile=True) as page:
        figure = page.locator("figure.course").first
        figure.scroll_into_view_if_needed()
        readout = figure.locator("output")
        latest = readout.inner_text()
        box = figure.locator(".u-over").bounding_box()
        assert box is not None
        page.touchscreen.tap(box["x"] + 12, box["y"] + box["height"] / 2)
        expect(readout).not_to_have_text(latest)
        expect(readout).to_contain_text("does not count")
        over = figure.locator(".u-over")
        over.evaluate(DRAG, 5.25 / 12)
        expect(readout).to_contain_text("Pain 5 of 10")
        over.evaluate(DRAG, 0.99)
        expect(readout).to_have_text(latest)
        assert over.evaluate("(over) => getComputedStyle(over).touchAction") == "pan-y"


def test_keys_read_a_session_aloud(browser: Browser, followed: Followed) -> None:
    """The chart is a slider over its sessions: Home, End and arrows, with the words as its value."""
    with visit(browser, followed) as page:
        slider = page.get_by_role("slider").first
        expect(slider).to_have_attribute("aria-valuenow", str(WEEKS))
        slider.focus()
        page.keyboard.press("Home")
        expect(slider).to_have_attribute("aria-valuenow", "1")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect(slider).to_have_attribute("aria-valuenow", "3")
        assert "New series: other footwear (barefoot)" in str(slider.get_attribute("aria-valuetext"))
        assert slider.evaluate("(each) => getComputedStyle(each).outlineStyle") != "none"


def test_without_scripts_the_plain_drawings_stay(browser: Browser, followed: Followed) -> None:
    """The same sessions, their bands, signs and table."""
    with visit(browser, followed, java_script_enabled=False) as page:
        expect(page.locator("figure svg")).to_have_count(5)
        expect(page.locator("figure svg").first).to_be_visible()
        assert page.locator("figure").first.locator("circle").count() == WEEKS
        page.locator("summary").first.click()
        expect(page.locator("table.sessions").first.locator("tbody tr")).to_have_count(WEEKS)
        expect(page.get_by_text("Weekly reminder for the calendar")).to_be_visible()
        expect(page.get_by_text("shown, it does not judge")).to_have_count(5)


def test_charts_follow_the_width_and_the_dark(browser: Browser, followed: Followed) -> None:
    """Turned on its side the phone has a wider chart; in the dark it is drawn in other colours."""
    with visit(browser, followed, color_scheme="light") as page:
        canvas = page.locator("figure canvas").first
        drawn = canvas.evaluate("(c) => c.toDataURL()")
        narrow = canvas.evaluate("(c) => c.clientWidth")
        page.emulate_media(color_scheme="dark")
        wait_for(lambda: canvas.evaluate("(c) => c.toDataURL()") != drawn, 10, "the dark")
        page.set_viewport_size({"width": 740, "height": 360})
        wait_for(lambda: canvas.evaluate("(c) => c.clientWidth") > narrow, 10, "the wider chart")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
