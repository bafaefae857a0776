"""Sending clips where the browser does not do its part, where somebody is quicker than it, and more clips than one form can take."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from app.web import uploads
from tests.browser.walking import visit
from tests.fakes.bundle import make_clip
from tests.web.serving import CHECKOUT, Served

NO_HASH = """crypto.subtle.digest = async () => { throw new DOMException("no", "OperationError"); };"""
SLOW_HASH = """{
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  crypto.subtle.digest = async (...given) => {
    const answer = await digest(...given);
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
    return answer;
  };
}"""
NO_ROOM = """Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };"""
FIELDS = 3
"""What is said about all clips of a squad: the pattern of the names, what is on the feet, the skirting board."""


def test_a_clip_is_sent_where_nothing_can_be_remembered_of_it(browser: Browser, served: Served) -> None:
    """No hash, or no room for an address: it would not go on after a reload, and it is sent all the same."""
    for number, script in enumerate((NO_HASH, NO_ROOM)):
        with visit(browser, served) as page:
            page.add_init_script(script)
            page.reload()
            page.set_input_files("#left", {"name": "l.mp4", "mimeType": "video/mp4", "buffer": make_clip(f"unknown again {number}")})
            page.get_by_role("button", name="Measure", exact=True).click()
            page.wait_for_url("**/screenings/*", timeout=30_000)
            screening_id = page.url.rsplit("/", 1)[1]
        assert served.client.delete(f"/api/screenings/{screening_id}").status_code == 204


def test_what_is_cancelled_at_once_is_never_begun(browser: Browser, served: Served) -> None:
    """While the browser still looks whether it knows the file, and just when it has: nothing goes out."""
    for wait_ms in (500, 2500):
        with visit(browser, served) as page:
            sent: list[str] = []
            page.on("request", lambda request, sent=sent: sent.append(request.url) if "/api/uploads" in request.url else None)  # type: ignore[misc]
            page.add_init_script(SLOW_HASH)
            page.reload()
            page.set_input_files("#left", {"name": "l.mp4", "mimeType": "video/mp4", "buffer": make_clip("cancelled at once")})
            page.get_by_role("button", name="Measure", exact=True).click()
            page.wait_for_timeout(wait_ms)
            page.get_by_role("button", name="Cancel Left leg").click()
            expect(page.get_by_role("alert")).to_contain_text("Cancelled: Left leg.")
            page.wait_for_timeout(5000)
            assert sent == []
            expect(page.get_by_role("button", name="Measure", exact=True)).to_be_enabled()


def test_a_refusal_that_time_does_not_mend_is_told_at_once(browser: Browser, served: Served) -> None:
    """Nobody agreed to being filmed: that is no lost connection, and trying again would not help."""
    said = {"message": "Nobody has agreed to the filming yet. Nothing was stored.", "advice": "Ask them first."}
    refusal = {"code": "consent_missing", **said, "shown": said}
    with visit(browser, served, refused="409") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
        page.route("**/api/uploads", lambda route: route.fulfill(status=409, json=refusal, headers={"Tus-Resumable": "1.0.0"}))
        page.set_input_files("#left", {"name": "l.mp4", "mimeType": "video/mp4", "buffer": make_clip("not agreed")})
        page.get_by_role("button", name="Measure", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text(said["message"])
        page.wait_for_timeout(3000)
        assert len(asked) == 1


def test_a_refusal_is_told_in_the_language_of_the_page(browser: Browser, served: Served) -> None:
    """A photo instead of a clip: the service's own words, as the page speaks."""
    with visit(browser, served, refused="415", locale="de") as page:
        page.set_input_files("#left", {"name": "l.mp4", "mimeType": "video/mp4", "buffer": b"\xff\xd8\xff\xe0" + bytes(2000)})
        page.locator("#send").click()
        expect(page.get_by_role("alert")).to_contain_text("ist ein Foto")
        expect(page.get_by_role("alert")).to_contain_text("wie das Handy es aufgenommen hat")


def test_more_clips_than_one_form_takes_are_told_before_they_are_sent(browser: Browser, served: Served) -> None:
    """As many as the service takes begin to be sent; one more is told at once, and nothing goes out."""
    squad = served.client.post("/api/squads", json={"name": "Everybody"}).json()["id"]
    most = uploads._MAX_BATCH_PARTS - FIELDS
    files = [{"name": f"nobody_{number}_left.mp4", "mimeType": "video/mp4", "buffer": b"no clip"} for number in range(most + 1)]
    with visit(browser, served, refused="409") as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        page.goto(f"/squads/{squad}/upload")
        page.set_input_files("#clips", files)
        page.get_by_role("button", name="Send them").click()
        expect(page.get_by_role("alert")).to_contain_text(str(most + 1))
        expect(page.get_by_role("alert")).to_contain_text(f"at most {most}")
        page.wait_for_timeout(1000)
        assert sent == []
        page.set_input_files("#clips", files[:most])
        page.route("**/api/uploads", lambda _: None)  # seen, and let hang: nothing is to be measured
        with page.expect_request("**/api/uploads"):
            page.get_by_role("button", name="Send them").click()
        expect(page.get_by_role("alert")).to_be_hidden()


def test_page_and_service_know_the_same_limit() -> None:
    """The number stands in the script as well, because all of a form is refused when it is found too long."""
    script = (CHECKOUT / "app/web/static/batch.js").read_text(encoding="utf-8")
    assert re.findall(r"const MOST_PARTS = (\d+);", script) == [str(uploads._MAX_BATCH_PARTS)]


def test_clips_that_wait_lead_to_where_it_is_said_whose_they_are(browser: Browser, served: Served) -> None:
    """What was sent and waits is not all done, and the way on is a button."""
    squad = served.client.post("/api/squads", json={"name": "Nobody knows"}).json()["id"]
    with visit(browser, served, refused="422") as page:
        page.goto(f"/squads/{squad}/upload")
        page.set_input_files("#clips", {"name": "film.mp4", "mimeType": "video/mp4", "buffer": make_clip("nobody knows")})
        page.get_by_role("button", name="Send them").click()
        expect(page.locator("#ended")).to_contain_text("nobody knows yet whose leg it shows")
        expect(page.get_by_text("All sent.")).to_have_count(0)
        page.get_by_role("link", name="Say whose they are").click()
        expect(page.locator(".waiting .file-name")).to_have_text("film.mp4")
    assert served.client.delete(f"/api/squads/{squad}").status_code == 204
