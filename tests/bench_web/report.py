"""When the report stands there on a slow phone, and how much script each page loads: the second half of `make bench-web`.

The largest picture or text of the report (Largest Contentful Paint) on loopback, with the processor of the browser slowed four times. Beside it stands
the page that signs somebody in, in the same run: on a busy machine both get worse, and their ratio does not.
"""

from __future__ import annotations

import gzip
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import launch
from tests.browser.filled import filled
from tests.browser.pages import PAGES, Place, Shown
from tests.browser.screenshots import be_quiet, measure_samples
from tests.browser.walking import open_window
from tests.web.serving import serving

ROUNDS = 5
SLOWED = 4
PAINT_GOAL_S, SCRIPT_GOAL_KB = 1.5, 120.0
SETTLED_MS = 1500
LARGEST = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true });
})"""


def main() -> int:
    """Print one line a figure."""
    be_quiet()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "open").mkdir()
        with serving(folder / "open") as served, launch(folder) as browser:
            origin, finished = str(served.client.base_url).rstrip("/"), measure_samples(served)
            with filled(folder / "season", open_origin=origin, finished=finished) as place:
                compare_paints(browser, place)
                weigh_scripts(browser, place)
    return 0


def compare_paints(browser: Browser, place: Place) -> None:
    """Print when the report is painted, and when a page of two fields is."""
    named = {shown.name: shown for shown in PAGES}
    plain = time_paint(browser, place, named["signin"])
    for name in ("report", "athlete", "start"):
        taken = time_paint(browser, place, named[name])
        goal = f"goal: under {PAINT_GOAL_S} s; " if name == "report" else ""
        beside = f"{goal}{taken / plain:.1f} times the sign-in page ({plain:.2f} s); median of {ROUNDS}"
        say(f"largest paint of {name}, {SLOWED}x slowed", f"{taken:.2f} s", beside)


def time_paint(browser: Browser, place: Place, shown: Shown) -> float:
    """Return the median of the seconds until the largest thing of a page is painted, nothing kept from the time before."""
    taken_s: list[float] = []
    for _ in range(ROUNDS):
        with open_window(browser, place.origins[shown.who], cookie=place.cookies.get(shown.who)) as context:
            page = context.new_page()
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
            shown.open(page, place)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(SETTLED_MS)
            taken_s.append(float(page.evaluate(LARGEST)) / 1000)
    return statistics.median(taken_s)


def weigh_scripts(browser: Browser, place: Place) -> None:
    """Print what script every page other than the filming page loads, compressed, the heaviest first."""
    weighed = sorted(((weigh(browser, place, shown), shown.name) for shown in PAGES if not shown.name.startswith("film")), reverse=True)
    for kilobytes, name in weighed:
        if kilobytes:
            say(f"script of {name}", f"{kilobytes:.1f} kB", f"compressed; goal: under {SCRIPT_GOAL_KB:.0f} kB")
    say("pages without any script", str(sum(not kilobytes for kilobytes, _ in weighed)), f"of {len(weighed)}")


def weigh(browser: Browser, place: Place, shown: Shown) -> float:
    """Return the kilobytes of script of one page, each file compressed on its own."""
    addresses: set[str] = set()
    with open_window(browser, place.origins[shown.who], cookie=place.cookies.get(shown.who)) as context:
        page = context.new_page()
        page.on("request", lambda asked: addresses.add(asked.url) if asked.resource_type == "script" else None)
        shown.open(page, place)
        page.wait_for_load_state("networkidle")
        # asked for again: the browser keeps no body of a page that it has left
        return sum(len(gzip.compress(context.request.get(address).body())) for address in addresses) / 1000


def say(what: str, figure: str, beside: str) -> None:
    """Print one figure."""
    sys.stdout.write(f"{what:<42}{figure:>18}   {beside}\n")


if __name__ == "__main__":
    sys.exit(main())
