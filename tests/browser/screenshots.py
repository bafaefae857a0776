"""Pictures of every page at three sizes, light and dark, in out/screenshots, to be looked at: `make screenshots`."""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path

import structlog

from tests.browser.conftest import launch
from tests.browser.filled import filled
from tests.browser.pages import PAGES
from tests.browser.walking import SIZES, open_window
from tests.web.serving import CHECKOUT, Served, serving, wait_for

SCHEMES = ("light", "dark")


def main(names: list[str]) -> int:
    """Take them all, or those that are named."""
    be_quiet()
    pictures = CHECKOUT / "out/screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    taken = 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "open").mkdir()
        with serving(folder / "open") as served, launch(folder) as browser:
            finished = measure_samples(served)
            with filled(folder / "season", open_origin=str(served.client.base_url).rstrip("/"), finished=finished) as place:
                for shown in PAGES:
                    if names and shown.name not in names:
                        continue
                    with open_window(browser, place.origins[shown.who], cookie=place.cookies.get(shown.who)) as context:
                        page = context.new_page()
                        for width, height in SIZES:
                            page.set_viewport_size({"width": width, "height": height})
                            for scheme in SCHEMES:
                                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                                shown.open(page, place)
                                page.screenshot(path=pictures / f"{shown.name}_{width}_{scheme}.png", full_page=True)
                                taken += 1
    sys.stdout.write(f"{taken} pictures in {pictures.relative_to(CHECKOUT)}\n")
    return 0


def be_quiet() -> None:
    """Let the service in this process log warnings only."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def measure_samples(served: Served) -> str:
    """Have the sample pair measured; return the screening's id."""
    served.wait_ready()
    screening_id = served.hand_in_samples()
    wait_for(lambda: served.state(screening_id)["state"] == "done", 900, "the report")
    return screening_id


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
