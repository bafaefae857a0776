"""A real Chromium on the real service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

from tests.browser.filled import filled
from tests.browser.pages import Place
from tests.browser.walking import ANALYSIS_MS
from tests.priority import without_real_time
from tests.web.serving import Served, serving, wait_for

CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launch(folder: Path, *flags: str) -> Iterator[Browser]:
    """Start the system's Chromium; a missing one is a failure with the command that installs it."""
    if not CHROMIUM.exists():
        pytest.fail("found no /usr/bin/chromium; expected Debian's browser: apt-get install -y chromium")
    with sync_playwright() as playwright:
        launched = start(playwright.chromium, folder, *flags)
        yield launched
        launched.close()


def start(chromium: BrowserType, folder: Path, *flags: str) -> Browser:
    """Start one more, beside one that runs."""
    return chromium.launch(executable_path=str(without_real_time(CHROMIUM, folder)), args=[*_FLAGS, *flags])


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a running Chromium, for no longer than a module: while Playwright runs, no other test of its process can run a loop of its own."""
    with launch(tmp_path_factory.mktemp("chromium")) as launched:
        yield launched


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return the service with its worker, ready to work."""
    with serving(tmp_path_factory.mktemp("served")) as running:
        running.wait_ready()
        yield running


@pytest.fixture(scope="session")
def finished(served: Served) -> str:
    """Have the sample pair measured; the address of its report's page."""
    screening_id = served.hand_in_samples()
    wait_for(lambda: served.state(screening_id)["state"] == "done", ANALYSIS_MS / 1000, "the report of the sample pair")
    return f"{str(served.client.base_url).rstrip('/')}/screenings/{screening_id}"


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory, served: Served, finished: str) -> Iterator[Place]:
    """Return a season of a club beside the service on which a real pair of clips was measured."""
    with filled(tmp_path_factory.mktemp("season"), open_origin=str(served.client.base_url).rstrip("/"), finished=finished.rsplit("/", 1)[1]) as made:
        yield made
