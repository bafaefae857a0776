"""How soon the filming page says what to do, and how many pictures a second it looks at: `make bench-web`.

A real Chromium without a graphics card, whose camera shows a sample clip, on the real service. Beside the figures stands what the same network takes
on the same pictures in Python, in the same run: on a machine that is busy or slow both get worse, and their ratio does not.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import av
from playwright.sync_api import Browser, Page

from tests.browser.conftest import launch
from tests.browser.fake_camera import camera_flags, write_camera_film
from tests.web.serving import SAMPLES, Served, serving
from vision.mediapipe_pose import MediapipePose
from vision.weights import default_cache, weights_path

WATCH_S = 15.0
CORES = 2
LOOKED_AT_PX = 480
GUIDANCE_GOAL_S, RATE_GOAL_HZ = 5.0, 8.0


def main() -> int:
    """Print one line a figure."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_camera_film(SAMPLES / "a_left.mp4", folder / "left.mjpeg")
        python_ms = time_python()
        with serving(folder) as served, launch(folder, *camera_flags(folder / "left.mjpeg")) as browser:
            first_s, looking_hz, recording_hz = watch(browser, served)
    say("first guidance after the tap on Start", f"{first_s:.1f} s", f"goal: within {GUIDANCE_GOAL_S:.0f} s")
    say("looks while looking for the right place", f"{looking_hz:.1f} a second", f"goal: {RATE_GOAL_HZ:.0f} or more")
    say("looks while recording", f"{recording_hz:.1f} a second", f"goal: {RATE_GOAL_HZ:.0f} or more")
    say("the same network in Python", f"{python_ms:.0f} ms a picture", f"a look in the page takes {1000 / looking_hz / python_ms:.1f} times as long")
    say("load of the machine", f"{os.getloadavg()[0]:.1f}", f"{CORES} cores, no graphics card")
    return 0


def say(what: str, figure: str, beside: str) -> None:
    """Print one figure."""
    sys.stdout.write(f"{what:<42}{figure:>18}   {beside}\n")


def watch(browser: Browser, served: Served) -> tuple[float, float, float]:
    """Return the seconds until the first guidance, and looks a second before and during a recording."""
    page = browser.new_page(base_url=str(served.client.base_url), viewport={"width": 360, "height": 740})
    page.goto("/film?side=right")
    page.get_by_label("No, none of them").check()
    page.locator("#live").wait_for()
    tapped_ms = page.evaluate("(document.getElementById('start-camera').click(), performance.now())")
    page.locator("#stage[data-guided]").wait_for(timeout=120_000)
    first_s = (float(page.evaluate("Number(document.getElementById('stage').dataset.guided)")) - tapped_ms) / 1000
    looking_hz = count_looks(page)
    page.locator("#begin").click()
    recording_hz = count_looks(page)
    page.close()
    return first_s, looking_hz, recording_hz


def count_looks(page: Page) -> float:
    """Return looks a second over some seconds."""
    read = "[Number(document.getElementById('stage').dataset.looks), performance.now()]"
    before, before_ms = page.evaluate(read)
    page.wait_for_timeout(WATCH_S * 1000)
    after, after_ms = page.evaluate(read)
    return float(1000 * (after - before) / (after_ms - before_ms))


def time_python() -> float:
    """Return the milliseconds that the same network takes for one of the same pictures here."""
    pose = MediapipePose(weights_path("lite", source=None, cache=default_cache()), "lite")
    spent_s: list[float] = []
    with av.open(str(SAMPLES / "a_left.mp4")) as clip:
        video = clip.streams.video[0]
        for frame in clip.decode(video):
            rgb = frame.reformat(width=LOOKED_AT_PX, height=round(LOOKED_AT_PX * frame.height / frame.width), format="rgb24").to_ndarray()
            begun_s = time.perf_counter()
            pose.estimate(rgb, float(frame.pts * video.time_base))
            spent_s.append(time.perf_counter() - begun_s)
    pose.close()
    return 1000 * sorted(spent_s)[len(spent_s) // 2]


if __name__ == "__main__":
    sys.exit(main())
