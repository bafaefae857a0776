"""Clips go on where they were, in a real browser over a line that is cut, hangs, or takes nothing for a while."""

from __future__ import annotations

import gzip
import hashlib
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fakes.bundle import make_clip
from tests.web.serving import CHECKOUT, SAMPLES, Served, serving, wait_for

LEFT = SAMPLES / "a_left.mp4"
ENOUGH_BYTES = 120_000
PHONE = {"width": 360, "height": 740}


@dataclass
class Line:
    """A line between browser and service: what goes up is counted, and after enough bytes of a clip it is cut, once or for good, or hangs."""

    served: Served
    after_bytes: int = ENOUGH_BYTES
    then: Literal["goes on", "cut once", "cut", "hangs"] = "goes on"
    offsets: list[int] = field(default_factory=list)
    cuts: int = 0

    def __post_init__(self) -> None:
        self._known = find_begun(self.served)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self.served.client.base_url.port or 80))
                threading.Thread(target=self._carry_up, args=(near, far), daemon=True).start()
                threading.Thread(target=self._carry_down, args=(far, near), daemon=True).start()

    def _carry_up(self, near: socket.socket, far: socket.socket) -> None:
        of_clip = 0
        with suppress(OSError):
            while content := near.recv(20_000):
                if content.startswith(b"PATCH "):
                    self.offsets += [int(found) for found in re.findall(rb"(?i)upload-offset: (\d+)", content)]
                    of_clip = 1
                of_clip += len(content) if of_clip else 0
                gone = self.then == "cut" and self.cuts > 0 and of_clip > 0
                if not gone:
                    far.sendall(content)
                if gone or (of_clip > self.after_bytes and self.then != "goes on"):
                    self._interrupt(far)
                    break
        for end in (near, far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _interrupt(self, far: socket.socket) -> None:
        self.cuts += 1
        while self.then == "hangs":
            time.sleep(0.05)
        # What the service has not read when a line is cut is lost with it, and how soon it reads nobody asks here.
        with suppress(OSError):
            far.shutdown(socket.SHUT_WR)
        wait_for(lambda: self.then == "goes on" or find_begun(self.served) - self._known, 180, "what came before the cut")
        if self.then == "cut once":
            self.then = "goes on"

    @staticmethod
    def _carry_down(far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while content := far.recv(20_000):
                near.sendall(content)


def find_begun(served: Served) -> set[str]:
    """Return the uploads of which a part has come."""
    with sqlite3.connect(served.folder / "kneewall.sqlite3") as database:
        return {str(row[0]) for row in database.execute("SELECT upload_id FROM uploads WHERE offset_bytes BETWEEN 1 AND length_bytes - 1")}


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return the service without a worker: here nothing is measured."""
    with serving(tmp_path_factory.mktemp("idle"), worker_process="false") as running:
        yield running


@pytest.fixture
def line(idle: Served) -> Iterator[Line]:
    """Return a line to it."""
    made = Line(idle)
    yield made
    made.then = "goes on"
    made.close()


@contextmanager
def visit(browser: Browser, line: Line, path: str = "/", *, java_script_enabled: bool = True) -> Iterator[Page]:
    """Open a page over the line; what the console says of lost connections is expected, of our policy it is not."""
    context = browser.new_context(base_url=f"http://127.0.0.1:{line.port}", viewport=PHONE, java_script_enabled=java_script_enabled)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path)
    yield page
    context.close()
    assert complaints == []


def send(page: Page) -> None:
    """Press the button."""
    page.get_by_role("button", name="Measure", exact=True).click()


def hash_kept(idle: Served, page: Page) -> str:
    """Return the SHA-256 of the left clip of the screening whose page this is."""
    with sqlite3.connect(idle.folder / "kneewall.sqlite3") as database:
        found = database.execute("SELECT sha256 FROM attempts WHERE screening_id = ? AND side = 'left'", [page.url.rsplit("/", 1)[1]]).fetchone()
    return str(found[0])


def test_a_cut_connection_is_taken_up_again(browser: Browser, idle: Served, line: Line) -> None:
    """In the middle of the first piece the line is lost; the page goes on by itself from what came, and the same bytes are there."""
    line.then = "cut once"
    with visit(browser, line) as page:
        page.set_input_files("#left", LEFT)
        page.get_by_label("Foot length in cm").fill("26,9")
        send(page)
        page.wait_for_url("**/screenings/*", timeout=60_000)
        assert hash_kept(idle, page) == hashlib.sha256(LEFT.read_bytes()).hexdigest()
        assert page.evaluate("Object.keys(localStorage)") == []
    assert line.cuts == 1
    assert line.offsets[0] == 0
    assert 0 < line.offsets[-1] < LEFT.stat().st_size


def test_the_same_file_goes_on_after_a_reload(browser: Browser, idle: Served, line: Line) -> None:
    """The line is gone, the page is closed and opened again, the same file is chosen: it goes on where it was. No name is kept in the browser."""
    line.then = "cut"
    with visit(browser, line) as page:
        page.set_input_files("#left", LEFT)
        send(page)
        expect(page.locator(".send-note")).to_contain_text("The connection was lost", timeout=30_000)
        kept = page.evaluate("JSON.stringify(localStorage)")
        assert "/api/uploads/" in kept
        assert "a_left" not in kept
        page.goto("about:blank")  # with the page go its own tries to send on
        line.then = "goes on"
        line.offsets.clear()
        page.goto("/")
        page.set_input_files("#left", LEFT)
        send(page)
        page.wait_for_url("**/screenings/*", timeout=60_000)
        assert hash_kept(idle, page) == hashlib.sha256(LEFT.read_bytes()).hexdigest()
    assert line.offsets[0] > 0


def test_one_clip_can_be_cancelled(browser: Browser, idle: Served, line: Line) -> None:
    """While it hangs: it is given up in the service too, the other is kept, and the form says what to do."""
    line.then = "hangs"
    with visit(browser, line) as page:
        page.set_input_files("#left", LEFT)
        page.set_input_files("#right", {"name": "r.mp4", "mimeType": "video/mp4", "buffer": make_clip("right")})
        send(page)
        wait_for(lambda: line.cuts == 1, 20, "the line to hang")
        expect(page.locator(".sendrow").nth(1)).to_contain_text("All there")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.get_by_role("button", name="Cancel Left leg").click()
        line.then = "goes on"
        expect(page.get_by_role("alert")).to_contain_text("Cancelled: Left leg.")
        expect(page.locator("#problem")).to_be_focused()
        assert page.input_value("#left") == ""
        send(page)
        page.wait_for_url("**/screenings/*", timeout=60_000)
        shown = idle.client.get(f"/api/screenings/{page.url.rsplit('/', 1)[1]}").json()
        assert list(shown["sides"]) == ["right"]
    with sqlite3.connect(idle.folder / "kneewall.sqlite3") as database:
        wait_for(lambda: database.execute("SELECT count(*) FROM uploads").fetchone()[0] == 0, 20, "nothing begun to be left")


def test_what_is_refused_is_told_by_the_service(browser: Browser, line: Line) -> None:
    """A photo, by its first bytes."""
    with visit(browser, line) as page:
        page.set_input_files("#left", {"name": "l.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0" + bytes(2_000)})
        send(page)
        expect(page.get_by_role("alert")).to_contain_text("a photo")
        expect(page.get_by_role("button", name="Measure", exact=True)).to_be_enabled()


def test_many_clips_each_say_what_became_of_them(browser: Browser, idle: Served, line: Line) -> None:
    """Beside each file: a link, or why it was left out; the others are taken in."""
    squad = idle.client.post("/api/squads", json={"name": "Green"}).json()["id"]
    idle.client.post("/api/athletes", json={"name": "Anna Marchetti", "squad_id": squad})
    clips = [(f"marchetti_{side}.mp4", make_clip(f"many {side}", size=50_000)) for side in ("left", "right")]
    files = [*clips, ("zoe_left.mp4", make_clip("zoe")), ("marchetti_l.mp4", b"\xff\xd8\xff\xe0" + bytes(2_000))]
    with visit(browser, line, f"/squads/{squad}/upload") as page:
        page.set_input_files("#clips", [{"name": name, "mimeType": "video/mp4", "buffer": content} for name, content in files])
        page.get_by_role("button", name="Send them").click()
        rows = page.locator(".sendrow")
        expect(rows.nth(0).get_by_role("link", name="taken in")).to_be_visible(timeout=30_000)
        expect(rows.nth(1).get_by_role("link", name="taken in")).to_be_visible()
        expect(rows.nth(2)).to_contain_text("nobody of this squad")
        expect(rows.nth(3)).to_contain_text("a photo")
        expect(page.get_by_role("link", name="Today's board")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_one_can_leave_come_back_and_cancel(browser: Browser, line: Line) -> None:
    """The progress page leads to the list and back, and cancelling asks before it erases."""
    with visit(browser, line) as page:
        page.set_input_files("#left", {"name": "l.mp4", "mimeType": "video/mp4", "buffer": make_clip("leave")})
        send(page)
        page.wait_for_url("**/screenings/*")
        address = page.url
        page.get_by_role("link", name="the list of measurements").click()
        page.wait_for_url("**/screenings")
        page.locator(".results a").first.click()
        page.wait_for_url(address)
        page.get_by_role("link", name="Cancel and erase").click()
        page.get_by_role("link", name="Keep everything").click()
        page.wait_for_url(address)
        page.goto(f"{address}/erase")
        page.get_by_role("button", name="Erase everything").click()
        page.wait_for_url("**/")
        answer = page.request.get(address)
        assert answer.status == 404


def test_without_scripts_the_browser_sends_the_form(browser: Browser, idle: Served, line: Line) -> None:
    """One clip and many: plain multipart, and nothing comes piece by piece."""
    squad = idle.client.post("/api/squads", json={"name": "Plain"}).json()["id"]
    idle.client.post("/api/athletes", json={"name": "Berta", "squad_id": squad})
    with visit(browser, line, java_script_enabled=False) as page:
        page.set_input_files("#left", LEFT)
        send(page)
        page.wait_for_url("**/screenings/*")
        assert hash_kept(idle, page) == hashlib.sha256(LEFT.read_bytes()).hexdigest()
        page.goto(f"/squads/{squad}/upload")
        page.set_input_files("#clips", [{"name": "berta_left.mp4", "mimeType": "video/mp4", "buffer": make_clip("plain")}])
        page.get_by_role("button", name="Send them").click()
        expect(page.get_by_role("link", name="taken in")).to_be_visible()
    assert line.offsets == []


def test_total_of_the_scripts_is_small() -> None:
    """What the upload pages load, compressed."""
    static = CHECKOUT / "app" / "web" / "static"
    loaded = ("vendor/tus/tus.min.js", "sending.js", "upload.js", "batch.js")
    assert sum(len(gzip.compress((static / name).read_bytes())) for name in loaded) < 40_000
