"""What the browser tests have in common: visiting a page that must not complain, and whether it fits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.web.serving import SAMPLES, Served

PHONE = {"width": 360, "height": 740}
SIZES = ((360, 740), (820, 1180), (1440, 900))
"""A phone, a tablet at the wall, a coach's laptop."""
ANALYSIS_MS = 900_000
LEFT, RIGHT = SAMPLES / "a_left.mp4", SAMPLES / "a_right.mp4"


@contextmanager
def visit(browser: Browser, served: Served, **options: Any) -> Iterator[Page]:  # noqa: ANN401 - options of a browser context
    """Open the start page; whatever the console complains about fails the test."""
    with visit_quietly(browser, str(served.client.base_url), **options) as page:
        page.goto("/")
        yield page


@contextmanager
def visit_quietly(
    browser: Browser,
    origin: str,
    *,
    cookie: str | None = None,
    refused: str | None = None,
    **options: Any,  # noqa: ANN401 - options of a browser context
) -> Iterator[Page]:
    """Open a window on a service, signed in by a cookie; complaints of the console and requests to elsewhere fail the test.

    A browser notes every refusal of the service in its console; the one that is expected, such as "404 (Not Found)", may be named.
    """
    with open_window(browser, origin, cookie=cookie, **options) as context:
        page = context.new_page()
        complaints: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}") if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: asked.append(request.url))
        yield page
    assert [each for each in complaints if refused is None or refused not in each] == []
    assert {url.split("/")[2] for url in asked if url.startswith("http")} <= {origin.split("/")[2]}


@contextmanager
def open_window(browser: Browser, origin: str, *, cookie: str | None = None, **options: Any) -> Iterator[BrowserContext]:  # noqa: ANN401 - as above
    """Open a browser context of a phone's size, or another, for whom the cookie says."""
    context = browser.new_context(base_url=origin, viewport=options.pop("viewport", PHONE), **options)
    if cookie is not None:
        context.add_cookies([{"name": "kneewall", "value": cookie, "url": origin}])
    try:
        yield context
    finally:
        context.close()


def fits(page: Page) -> bool:
    """No sideways scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
