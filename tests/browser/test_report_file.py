"""The report as a file in a real browser, offline."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.assessment.report import build_report
from app.rendering.report_dict import build_report_dict
from app.rendering.report_html import render_report_html
from tests.unit.rendering.test_report_dict import CASES


@pytest.mark.parametrize("case", CASES)
def test_file_fits_every_width_and_asks_for_nothing(case: str, browser: Browser, tmp_path: Path) -> None:
    """Opened from disk without a network, every kind of report fits from 320 to 1280 pixels, light and dark, without a complaint."""
    path = tmp_path / "report.html"
    path.write_text(render_report_html(build_report_dict(build_report(*CASES[case])), stills={}, overlays={}), encoding="utf-8")
    for width, scheme in ((320, "light"), (360, "dark"), (768, "light"), (1280, "dark")):
        context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme, offline=True)
        page = context.new_page()
        complaints: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message, seen=complaints: seen.append(message.text))
        page.on("request", lambda request, seen=asked: seen.append(request.url))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
        assert page.evaluate("[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth + 1)"), width
        assert (complaints, asked) == ([], [path.as_uri()])
        context.close()
