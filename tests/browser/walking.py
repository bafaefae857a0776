"""What the browser tests have in common: visiting a page that must not complain, and whether it fits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.web.serving import SAMPLES, Served

PHONE = {"width": 360, "height": 740}
ANALYSIS_MS = 900_000
LEFT, RIGHT = SAMPLES / "a_left.mp4", SAMPLES / "a_right.mp4"


@contextmanager
def visit(browser: Browser, served: Served, **options: Any) -> Iterator[Page]:  # noqa: ANN401 - options of a browser context
    """Open the start page; whatever the console complains about fails the test."""
    context = browser.new_context(base_url=str(served.client.base_url), viewport=options.pop("viewport", PHONE), **options)
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    yield page
    context.close()
    assert complaints == []
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {str(served.client.base_url).split("/")[2]}


def fits(page: Page) -> bool:
    """No sideways scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
