"""The report of a real pair in a real browser: the line on the curve and the picture of the clip go together, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.walking import fits, visit
from tests.web.serving import Served, wait_for

TIME = "(figure) => figure.querySelector('video').currentTime"
SHOWN = "(figure) => Number(figure.querySelector('svg').getAttribute('aria-valuenow'))"
LINE = "(figure) => Number(figure.querySelector('.cursor line').getAttribute('x1'))"


def curve_of(page: Page, side: str) -> Locator:
    """Return the figure with the curve and the clip of one leg."""
    return page.locator(f"figure.chart.side-{side}")


def at(figure: Locator, seconds: float) -> bool:
    """Whether clip and line both stand at a time, to a frame."""
    return bool(abs(figure.evaluate(TIME) - seconds) < 0.06 and abs(figure.evaluate(SHOWN) - seconds) < 0.06)


def tap(page: Page, figure: Locator, share: float) -> float:
    """Tap the curve this far along; return the seconds that lie there."""
    drawing = figure.locator("svg")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    axes = figure.evaluate("(figure) => JSON.parse(figure.dataset.axes)")
    x = axes["left"] + share * (axes["right"] - axes["left"])
    page.mouse.click(box["x"] + box["width"] * x / 360, box["y"] + box["height"] / 2)
    return float(share * axes["end_s"])


@pytest.mark.parametrize("size", [(360, 740), (820, 1180), (1440, 900)])
def test_a_tap_on_the_curve_leads_the_clip_there(browser: Browser, served: Served, finished: str, size: tuple[int, int]) -> None:
    """The clip opens and shows that moment, also when it is the first thing that loads; the line stands there and says the angle; the other leg stays."""
    with visit(browser, served, viewport={"width": size[0], "height": size[1]}) as page:
        page.goto(finished)
        figure = curve_of(page, "left")
        expect(figure.locator("svg")).to_have_attribute("role", "slider")
        expect(figure.locator("video")).to_be_hidden()
        for share in (0.5, 0.25):
            seconds = tap(page, figure, share)
            expect(figure.locator("video")).to_be_visible()
            wait_for(lambda wanted=seconds: at(figure, wanted), 30, "clip and line at the same moment")
        assert "shin" in str(figure.locator("svg").get_attribute("aria-valuetext"))
        assert figure.locator(".cursor text").inner_html() == figure.locator("svg").get_attribute("aria-valuetext")
        assert curve_of(page, "right").evaluate(SHOWN) == 0
        assert fits(page)


def test_arrow_keys_on_the_curve_step_through_the_clip(browser: Browser, served: Served, finished: str) -> None:
    """A tenth of a second, a second, the beginning and the end; the angle that is said is that of the curve."""
    with visit(browser, served) as page:
        page.goto(finished)
        figure = curve_of(page, "right")
        drawing = figure.locator("svg")
        drawing.focus()
        end_s = float(str(drawing.get_attribute("aria-valuemax")))
        for key, seconds in (("PageUp", 1.0), ("ArrowRight", 1.1), ("ArrowLeft", 1.0), ("End", end_s), ("Home", 0.0), ("PageUp", 1.0), ("PageUp", 2.0)):
            page.keyboard.press(key)
            assert figure.evaluate(SHOWN) == pytest.approx(seconds, abs=0.006), key
        wait_for(lambda: at(figure, 2.0), 30, "the clip at two seconds")
        report = served.client.get(f"/api{finished[finished.index('/screenings') :]}/report", headers={"Accept": "application/json"}).json()
        series = report["right"]["series"]
        times = [(abs(t - 2.0), angle) for t, angle in zip(series["t_s"], series["shin_angle_deg"], strict=True) if t is not None and angle is not None]
        said = str(drawing.get_attribute("aria-valuetext")).replace("\N{MINUS SIGN}", "-")
        assert float(said.split("shin ")[1].rstrip("°")) == pytest.approx(min(times)[1], abs=0.8)


def test_the_line_follows_the_playing_clip(browser: Browser, served: Served, finished: str) -> None:
    """While it plays the line moves on with it, and where it pauses both stand at one moment."""
    with visit(browser, served) as page:
        page.goto(finished)
        figure = curve_of(page, "left")
        figure.locator("summary").click()
        before = figure.evaluate(LINE)
        figure.evaluate("(figure) => { const video = figure.querySelector('video'); video.muted = true; return video.play(); }")
        wait_for(lambda: figure.evaluate(TIME) > 0.3, 60, "the clip to play")
        wait_for(lambda: figure.evaluate(LINE) > before, 30, "the line to move")
        figure.evaluate("(figure) => figure.querySelector('video').pause()")
        wait_for(lambda: abs(figure.evaluate(TIME) - figure.evaluate(SHOWN)) < 0.06, 30, "line and clip at one moment")


def test_without_scripts_curve_and_clip_are_there(browser: Browser, served: Served, finished: str) -> None:
    """The curve is a drawing, the clip has its own controls, nothing speaks of tapping; the page has the way to the others and the foot of every page."""
    with visit(browser, served, java_script_enabled=False) as page:
        page.goto(finished)
        figure = curve_of(page, "left")
        expect(figure.locator("svg path.curve").first).to_be_attached()
        assert figure.locator("svg").get_attribute("role") == "img"
        expect(figure.locator(".tied")).to_be_hidden()
        figure.locator("summary").click()
        expect(figure.locator("video[controls]")).to_be_visible()
        expect(page.get_by_role("link", name="Measurements")).to_be_visible()
        page.get_by_role("link", name="Help", exact=True).click()
        expect(page.get_by_role("heading", name="Help", exact=True)).to_be_visible()
        page.goto(finished)
        page.get_by_role("link", name="Set points of the left leg by hand").click()
        page.wait_for_url("**/by-hand/left")


@pytest.mark.parametrize("address", ["/help", "/sheet"])
def test_help_and_sheet_fit_every_width(browser: Browser, served: Served, address: str) -> None:
    """From 320 to 1440 pixels, light and dark, without a complaint; a place in the help is led to."""
    for width, scheme in ((320, "light"), (360, "dark"), (820, "light"), (1440, "dark")):
        with visit(browser, served, viewport={"width": width, "height": 800}, color_scheme=scheme) as page:
            page.goto(address)
            assert fits(page)
            assert page.evaluate("[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth + 1)"), width
