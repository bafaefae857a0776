"""Filming in a real browser, whose camera shows a sample clip: from the questions to a measured screening, and what helps where that does not work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import start
from tests.browser.fake_camera import camera_flags, write_camera_film
from tests.web.serving import SAMPLES, Served, wait_for

PHONE = {"width": 360, "height": 740}
FILMING_MS = 120_000
ANALYSIS_S = 900
TOE_TO_WALL_CM = json.loads((SAMPLES / "a_left.truth.json").read_text(encoding="utf-8"))["repetitions"][0]["toe_to_wall_cm"]
KEPT = "indexedDB.databases().then(async (all) => all.length === 0 ? 0 : new Promise((resolve) => { const open = indexedDB.open('kneewall-film'); \
open.onsuccess = () => { const count = open.result.transaction('clips').objectStore('clips').count(); count.onsuccess = () => resolve(count.result); }; }))"

"""How many clips the browser keeps."""
CACHED = "caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))).flat() \
.map(({url}) => new URL(url).pathname))"
"""Which addresses its cache holds."""
STOP_SOON = """() => {
  const stage = document.getElementById("stage");
  const stop = [...stage.querySelectorAll("button")].find((button) => button.textContent.trim() === "Stop");
  new MutationObserver((_, observer) => {
    if (stage.dataset.state !== "recording") return;
    observer.disconnect();
    const [now, endMs] = [performance.now.bind(performance), performance.now() + 1000];
    setTimeout(() => {
      performance.now = () => endMs;
      stop.click();
      performance.now = now;
    }, 1000);
  }).observe(stage, { attributes: true });
}"""
"""Presses the button a second after filming began, by the page's own clock: a busy machine may need three, and a clip of three is not too short."""


NO_STORE = """Object.defineProperty(window, "localStorage", { get() { throw new DOMException("The operation is insecure.", "SecurityError"); } });"""
"""What a browser does that may keep nothing for a page."""
CAMERAS = """() => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.cameras = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const late = window.cameras.length === 0 ? window.firstLate ?? 0 : 0;
    const place = window.cameras.push(null) - 1;
    const stream = await ask(wanted);
    await new Promise((resolve) => { setTimeout(resolve, late); });
    window.cameras[place] = stream;
    return stream;
  };
}"""
"""Remembers every camera that is opened; the first one may come late."""
LIVE = "() => window.cameras.map((stream) => stream && stream.getTracks().some((track) => track.readyState === 'live'))"
SEEN = "() => document.getElementById('camera').srcObject === window.cameras.at(-1) && document.getElementById('camera').videoWidth > 0"


@pytest.fixture(scope="module")
def phone(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser whose camera shows the left leg of a sample clip."""
    folder = tmp_path_factory.mktemp("phone")
    write_camera_film(SAMPLES / "a_left.mp4", folder / "left.mjpeg")
    launched = start(browser.browser_type, folder, *camera_flags(folder / "left.mjpeg"))
    yield launched
    launched.close()


@contextmanager
def visit(browser: Browser, served: Served, address: str = "/film", *, expected: tuple[str, ...] = (), **options: Any) -> Iterator[Page]:  # noqa: ANN401 - options of a browser context
    """Open the filming page; what the console complains about fails the test, but for what is expected, and so does a request to elsewhere."""
    context = browser.new_context(base_url=str(served.client.base_url), viewport=options.pop("viewport", PHONE), **options)
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    context.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    yield page
    context.close()
    assert [text for text in complaints if not any(part in text for part in expected)] == []
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {str(served.client.base_url).split("/")[2]}


def answer_safety(page: Page) -> None:
    """Say that none of the three is so."""
    page.get_by_label("No, none of them").check()
    page.locator("#form[data-ready]").wait_for()


def film(page: Page, leg: str) -> None:
    """Start the camera for one leg; one place of the foot, two lunges."""
    page.get_by_label(f"{leg.capitalize()} leg", exact=True).and_(page.locator("[name=leg]")).check()
    page.get_by_label("Lunges at each place of the foot").select_option("2")
    page.get_by_label("Places, each a centimetre further back").select_option("1")
    page.get_by_role("button", name="Start the camera").click()


def count_screenings(served: Served) -> int:
    """Return how many there are."""
    return len(served.client.get("/api/screenings", params={"limit": 100}).json()["screenings"])


def test_leg_is_filmed_kept_sent_and_measured(phone: Browser, served: Served) -> None:
    """By itself from the first look to the last lunge; the clip outlives the page, and the service measures it as it measures the sample."""
    with visit(phone, served) as page:
        expect(page.get_by_role("heading", name="Clips")).to_be_hidden()
        answer_safety(page)
        film(page, "left")
        expect(page.locator("#stage")).to_have_attribute("data-state", "recording", timeout=FILMING_MS)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        states = {item.get_attribute("data-check"): item.get_attribute("data-state") for item in page.locator("#stage [data-check]").all()}
        assert states | {"sheet": "good"} == dict.fromkeys(("body", "light", "far", "side", "leg", "abreast", "sheet"), "good") | {"level": "unknown"}
        expect(page.locator("#stage")).to_be_hidden(timeout=FILMING_MS)
        expect(page.locator("#tile-left .about")).to_contain_text("lunges counted: 2")
        wait_for(lambda: page.evaluate("document.querySelector('#tile-left video').readyState >= 1"), 20, "the clip to be played back")
        page.reload()
        answer_safety(page)
        expect(page.get_by_text("not sent yet")).to_be_visible()
        expect(page.locator("#tile-left .about")).to_contain_text("lunges counted: 2")
        page.get_by_label("Foot length in cm").fill("26,9")
        page.get_by_role("button", name="Measure", exact=True).click()
        page.wait_for_url("**/screenings/*", timeout=FILMING_MS)
        screening_id = page.url.rsplit("/", 1)[1]
        assert page.evaluate(KEPT) == 0
        kept = page.evaluate(CACHED)
        assert {path for path in kept if not path.startswith("/static/")} <= {"/offline"}
    wait_for(lambda: served.state(screening_id)["state"] in {"done", "failed"}, ANALYSIS_S, "the analysis")
    report = served.client.get(f"/api/screenings/{screening_id}/report").json()
    assert report["left"]["status"] == "measured"
    assert report["left"]["toe_to_wall_cm"], [(r["verdict"], r["reason"], r["knee_gap_cm"]) for r in report["left"]["repetitions"]]
    assert report["left"]["toe_to_wall_cm"]["value"] == pytest.approx(TOE_TO_WALL_CM, abs=1.0)


def test_wrong_leg_is_told_and_nothing_begins_by_itself(phone: Browser, served: Served) -> None:
    """The camera shows the left leg; who chose the right one is told so, may leave, or film all the same and throw the clip away."""
    with visit(phone, served, "/film?side=right") as page:
        answer_safety(page)
        film(page, "right")
        expect(page.get_by_role("status").filter(has_text="other leg")).to_be_visible(timeout=FILMING_MS)
        expect(page.locator("[data-check=leg] .state")).to_have_text("not yet")
        expect(page.locator("[data-check=sheet] .state")).to_have_text("good", timeout=FILMING_MS)
        page.wait_for_timeout(4000)
        expect(page.locator("#stage")).to_have_attribute("data-state", "looking")
        page.evaluate(STOP_SOON)
        page.get_by_role("button", name="Film now anyway").click()
        expect(page.locator("#tile-right .found")).to_contain_text("too short to be measured", timeout=FILMING_MS)
        page.get_by_role("button", name="Measure", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("The clip of the right leg cannot be sent")
        page.locator("#tile-right").get_by_role("button", name="Throw away").click()
        expect(page.locator("#right")).to_be_visible()
        assert page.evaluate(KEPT) == 0
        page.get_by_role("button", name="Start the camera").click()
        expect(page.locator("#stage")).to_be_visible()
        page.get_by_role("button", name="Leave").click()
        expect(page.locator("#stage")).to_be_hidden()


def test_lost_connection_is_waited_out(phone: Browser, served: Served) -> None:
    """Sent by itself when there is one again, as one screening."""
    before = count_screenings(served)
    with visit(phone, served, expected=("ERR_INTERNET_DISCONNECTED",)) as page:
        answer_safety(page)
        page.set_input_files("#left", SAMPLES / "a_left.mp4")
        expect(page.locator("#tile-left .about-file")).to_contain_text("lunges counted", timeout=FILMING_MS)
        page.context.set_offline(True)
        page.get_by_role("button", name="Measure", exact=True).click()
        expect(page.locator(".send-note")).to_contain_text("connection was lost", timeout=FILMING_MS)
        page.wait_for_timeout(2500)
        page.context.set_offline(False)
        page.wait_for_url("**/screenings/*", timeout=FILMING_MS)
        screening_id = page.url.rsplit("/", 1)[1]
    assert count_screenings(served) == before + 1
    assert served.client.delete(f"/api/screenings/{screening_id}").status_code == 204


def test_both_legs_from_files_are_one_screening(phone: Browser, served: Served) -> None:
    """The phone's own camera does the same; what was typed goes along."""
    with visit(phone, served) as page:
        answer_safety(page)
        page.set_input_files("#left", SAMPLES / "a_left.mp4")
        expect(page.locator("#tile-left .about-file")).to_have_text("5 s, lunges counted: 2.", timeout=FILMING_MS)
        expect(page.locator("#tile-left .found")).to_contain_text("not held at the wall for long")
        page.set_input_files("#right", SAMPLES / "a_right.mp4")
        page.get_by_label("Left: further back did not work").check()
        page.get_by_role("button", name="Measure", exact=True).click()
        page.wait_for_url("**/screenings/*", timeout=FILMING_MS)
        screening_id = page.url.rsplit("/", 1)[1]
    assert set(served.state(screening_id)["sides"]) == {"left", "right"}
    assert served.client.delete(f"/api/screenings/{screening_id}").status_code == 204


def test_denied_camera_falls_back_to_files(phone: Browser, served: Served, tmp_path: Path) -> None:
    """A browser that nobody answers says no: it is said in words, and the clips can still be chosen."""
    refusing = start(phone.browser_type, tmp_path, "--use-fake-device-for-media-stream")
    with visit(refusing, served) as page:
        answer_safety(page)
        page.get_by_role("button", name="Start the camera").click()
        expect(page.locator("#hindered-words")).to_contain_text("camera was not allowed", timeout=FILMING_MS)
        expect(page.locator("#hindered")).to_be_focused()
        expect(page.get_by_role("button", name="Start the camera")).to_be_hidden()
        expect(page.locator("#left")).to_be_visible()
    refusing.close()


def test_missing_network_falls_back_to_files(phone: Browser, served: Served) -> None:
    """A coach that cannot be loaded is told before anybody stands at the wall."""
    with visit(phone, served, expected=("404", "Service Worker registration blocked"), service_workers="block") as page:
        page.route("**/static/vendor/**", lambda route: route.fulfill(status=404, body=""))
        answer_safety(page)
        expect(page.locator("#hindered-words")).to_contain_text("could not be loaded", timeout=FILMING_MS)
        expect(page.get_by_role("button", name="Start the camera")).to_be_hidden()
        expect(page.locator("#left")).to_be_visible()


def test_page_works_without_scripts(phone: Browser, served: Served) -> None:
    """The questions lead on or stop, and the clips are sent as a form."""
    with visit(phone, served, java_script_enabled=False) as page:
        expect(page.locator("#form")).to_be_hidden()
        page.get_by_label("Yes, one or more").check()
        expect(page.get_by_text("Not today.")).to_be_visible()
        expect(page.locator("#form")).to_be_hidden()
        page.get_by_label("No, none of them").check()
        expect(page.get_by_text("Not today.")).to_be_hidden()
        expect(page.get_by_role("button", name="Start the camera")).to_be_hidden()
        assert page.locator(".drawings svg").count() == 4
        page.set_input_files("#left", SAMPLES / "a_left.mp4")
        page.get_by_role("button", name="Measure", exact=True).click()
        page.wait_for_url("**/screenings/*")
        screening_id = page.url.rsplit("/", 1)[1]
    assert served.client.delete(f"/api/screenings/{screening_id}").status_code == 204


@pytest.mark.parametrize("width", [320, 360, 820, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_every_width_and_is_used_by_keyboard(phone: Browser, served: Served, width: int, scheme: str) -> None:
    """No sideways scrolling, and every control has a name."""
    with visit(phone, served, viewport={"width": width, "height": 740}, color_scheme=scheme) as page:
        page.get_by_label("No, none of them").focus()
        page.keyboard.press("Space")
        expect(page.locator("#form")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        unnamed = (
            "[...document.querySelectorAll('input:not([type=hidden]), select')].filter((control) => !control.labels.length).map((control) => control.name)"
        )
        assert page.evaluate(unnamed) == []


def test_without_a_connection_a_page_of_ours_is_shown(phone: Browser, served: Served) -> None:
    """After one visit; it says where an unsent clip is."""
    with visit(phone, served, expected=("ERR_INTERNET_DISCONNECTED",)) as page:
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        wait_for(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), 20, "the service worker")
        page.context.set_offline(True)
        page.goto("/athletes")
        expect(page.get_by_role("heading", name="There is no connection to the service")).to_be_visible()


def test_pages_can_be_installed(phone: Browser, served: Served) -> None:
    """The manifest is read without a complaint, and its icons are of the sizes that it says."""
    with visit(phone, served) as page:
        session = page.context.new_cdp_session(page)
        manifest = session.send("Page.getAppManifest")
        assert manifest["errors"] == []
        said = json.loads(manifest["data"])
        for icon in said["icons"]:
            size = page.evaluate(
                "async (src) => { const image = new Image(); image.src = src; await image.decode(); return `${image.naturalWidth}x${image.naturalHeight}`; }",
                icon["src"],
            )
            assert icon["sizes"] in {"any", size}
        assert {Path(icon["src"]).suffix for icon in said["icons"]} == {".svg", ".png"}


def test_a_double_tap_opens_one_camera(phone: Browser, served: Served) -> None:
    """Both taps are one: the picture stays, and a second camera is not asked for."""
    with visit(phone, served) as page:
        answer_safety(page)
        page.evaluate(CAMERAS)
        page.evaluate("() => { const button = document.getElementById('start-camera'); button.click(); button.click(); }")
        page.wait_for_function(SEEN, timeout=FILMING_MS)
        page.wait_for_timeout(2000)
        assert page.evaluate(SEEN)
        assert page.evaluate(LIVE) == [True]
        expect(page.locator("#hindered")).to_be_hidden()
        page.get_by_role("button", name="Leave").click()
        expect(page.locator("#stage")).to_be_hidden()
        assert page.evaluate(LIVE) == [False]


def test_a_camera_that_comes_late_leaves_the_next_one_alone(phone: Browser, served: Served) -> None:
    """Left before the camera was there, and begun again: the late one is closed, the second one films."""
    with visit(phone, served) as page:
        answer_safety(page)
        page.evaluate("window.firstLate = 3000")
        page.evaluate(CAMERAS)
        page.get_by_role("button", name="Start the camera").click()
        page.get_by_role("button", name="Leave").click()
        expect(page.locator("#stage")).to_be_hidden()
        page.get_by_role("button", name="Start the camera").click()
        wait_for(lambda: page.evaluate("window.cameras.every(Boolean) && window.cameras.length === 2"), 30, "both cameras")
        page.wait_for_timeout(1000)
        page.wait_for_function(SEEN, timeout=FILMING_MS)
        assert page.evaluate(LIVE) == [False, True]
        expect(page.locator("#hindered")).to_be_hidden()
        page.get_by_role("button", name="Leave").click()


def test_filming_and_sending_work_where_nothing_may_be_kept(phone: Browser, served: Served) -> None:
    """The guide is there, and a clip is sent; it would not go on after a reload, that is all."""
    with visit(phone, served) as page:
        page.add_init_script(NO_STORE)
        page.reload()
        answer_safety(page)
        expect(page.get_by_role("button", name="Start the camera")).to_be_visible()
        page.set_input_files("#left", SAMPLES / "a_left.mp4")
        page.get_by_role("button", name="Measure", exact=True).click()
        page.wait_for_url("**/screenings/*", timeout=FILMING_MS)
        screening_id = page.url.rsplit("/", 1)[1]
    assert served.client.delete(f"/api/screenings/{screening_id}").status_code == 204
