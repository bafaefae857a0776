"""A home programme on a phone: from the questions to the trend with what was done, a connection lost in the middle, nothing left after signing out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from app.adapters.sql.tables import attempts, plan_versions, programmes
from tests.browser.filled import serve_app
from tests.browser.walking import fits, visit_quietly
from tests.web.people import World, measure, people
from tests.web.serving import wait_for

KEPT = "async () => (await (await caches.open('kneewall-plan-1')).keys()).length"
QUEUED = """() => new Promise((resolve) => {
  const opened = indexedDB.open("kneewall-plan", 1);
  opened.onupgradeneeded = () => opened.result.createObjectStore("entries", { keyPath: "key" });
  opened.onsuccess = () => {
    const counted = opened.result.transaction("entries").objectStore("entries").count();
    counted.onsuccess = () => { opened.result.close(); resolve(counted.result); };
  };
})"""
QUEUED_BODIES = """() => new Promise((resolve) => {
  const opened = indexedDB.open("kneewall-plan", 1);
  opened.onsuccess = () => {
    const all = opened.result.transaction("entries").objectStore("entries").getAll();
    all.onsuccess = () => { opened.result.close(); resolve(all.result.map(({ body }) => body)); };
  };
})"""
CONTROLLED = "() => navigator.serviceWorker.controller !== null"


@pytest.fixture
def served_world(tmp_path: Path) -> Iterator[tuple[World, str]]:
    """Serve people without a plan."""
    with people(tmp_path) as world, serve_app(world.app) as origin:
        yield world, origin


def read_programme(world: World) -> dict[str, Any]:
    """Return Anna's programme."""
    found: dict[str, Any] = world.anna.get(f"/api/athletes/{world.ids['anna']}/programme").json()
    return found


def answer(page: Page) -> None:
    """Answer the questions: pain in the calf, no warning sign."""
    page.get_by_role("link", name="Home programme").first.click()
    page.get_by_label("None of these").check()
    page.get_by_label("Where do you feel the end of the lunge most?").first.select_option(label="Back of the calf")
    page.get_by_label("Pain at the end of the lunge").select_option("2")
    page.get_by_label("Age").select_option(label="18 to 59")
    page.get_by_label("A foam roller").check()
    page.get_by_role("button", name="Make the plan").click()


def wait_kept(page: Page) -> None:
    """Wait until the phone has put the plan aside."""
    page.wait_for_function(CONTROLLED)
    wait_for(lambda: page.evaluate(KEPT) == 1, 20, "the plan on the phone")


def mark(page: Page, number: int, words: str, pain: str) -> str:
    """Mark an exercise of today; return its name."""
    card = page.locator("#cards .exercise-card").nth(number)
    card.get_by_role("radio", name=words).check()
    card.get_by_label("Pain, 0 to 10").select_option(pain)
    return str(card.get_by_role("heading").first.inner_text())


def test_from_questions_to_the_trend_with_a_lost_connection_between(browser: Browser, served_world: tuple[World, str]) -> None:
    """Questions, plan, a day's log with pain offline and sent once, a step for the pain, a retest, and the trend with what was done beside it."""
    world, origin = served_world
    anna, cookie = world.ids["anna"], str(world.anna.cookies.get("kneewall"))
    offline = "ERR_INTERNET_DISCONNECTED"
    with visit_quietly(browser, origin, cookie=cookie, refused=offline, has_touch=True, is_mobile=True) as page:
        page.goto(f"/athletes/{anna}")
        answer(page)
        expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        assert fits(page)
        wait_kept(page)
        page.context.set_offline(True)
        page.reload()
        expect(page.get_by_text("No connection. This is the plan that this phone kept")).to_be_visible()
        mark(page, 0, "Done", "6")
        expect(page.get_by_text("Kept on this phone")).to_be_visible()
        page.reload()
        expect(page.locator("#cards input[value=done]").first).to_be_checked()
        page.get_by_label("Swelling", exact=True).select_option(label="more than usual")
        wait_for(lambda: page.evaluate(QUEUED) == 2, 20, "both entries on the phone")
        assert read_programme(world)["days"] == []
        page.context.set_offline(False)
        expect(page.get_by_text("Saved.")).to_be_visible(timeout=30_000)
        wait_for(lambda: page.evaluate(QUEUED) == 0, 20, "an empty queue")
        logged = read_programme(world)
        assert [(len(day["items"]), day["pain"], day["swelling"]) for day in logged["days"]] == [(1, 6, "more")]
        page.reload()
        expect(page.get_by_text("Pain or swelling has gone up").first).to_be_visible()
        page.get_by_role("button", name="Change the plan like this").click()
        assert read_programme(world)["version"] == 2
        measure(world, world.anna, anna, "retest")
        page.get_by_role("link", name="Trend").click()
        expect(page.get_by_role("heading", name="What was done in these weeks")).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text="1 exercise on 1 day, pain at most 6 of 10")).to_be_visible()
        assert page.get_by_text("is not claimed").count() == 1
        assert fits(page)


def test_stages_move_on_and_back(browser: Browser, served_world: tuple[World, str]) -> None:
    """Calm days, and a retest that reaches the aim, move on to the next stage by a button; more swelling offers the way back."""
    world, origin = served_world
    programme = f"/api/athletes/{world.ids['anna']}/programme"
    said = {"red_flags": [], "pain": 1, "age_group": "adult", "legs": {"left": {"felt": ["calf"], "traits": ["achilles_irritated"]}}}
    plan = world.anna.put(f"{programme}/answers", json=said).json()["plan"]
    assert plan["stage"] == 1
    begin_earlier(world)
    done = [{"exercise": plan["items"][0]["exercise"], "mark": "done", "pain": 1}]
    for days in range(-3, 1):
        log(world, days, items=done, usual_before=True)
    with visit_quietly(browser, origin, cookie=str(world.anna.cookies.get("kneewall"))) as page:
        page.goto(f"/athletes/{world.ids['anna']}/plan")
        page.get_by_role("button", name="Move on to stage 2").click()
        expect(page.get_by_text("Stage 2 of 3")).to_be_visible()
        log(world, 1, items=done, swelling="more")
        page.reload()
        page.get_by_role("button", name="Go back to stage 1").click()
        expect(page.get_by_text("Stage 1 of 3")).to_be_visible()
        page.get_by_role("link", name="History").click()
        expect(page.get_by_text("A step was taken")).to_have_count(2)


def begin_earlier(world: World) -> None:
    """Let the programme have begun nine days ago, and the newest test of the right leg have reached 11 cm."""
    began = world.services.clock.now().date() - timedelta(days=9)
    engine = sa.create_engine(f"sqlite:///{world.folder / 'kneewall.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(programmes.update().values(began=began))
        connection.execute(plan_versions.update().values(since=began))
        connection.execute(attempts.update().where(attempts.c.side == "right").values(toe_to_wall_cm=11.0))
    engine.dispose()


def log(world: World, days: int, **said: object) -> None:
    """Log a day, so many from today, as Anna."""
    body = {"day": (world.services.clock.now().date() + timedelta(days=days)).isoformat()} | said
    key = {"Idempotency-Key": f"entry-of-day-{days}"}
    assert world.anna.post(f"/api/athletes/{world.ids['anna']}/programme/logs", json=body, headers=key).status_code == 201


def test_the_timer_goes_through_an_exercise(browser: Browser, served_world: tuple[World, str]) -> None:
    """A hold counts its seconds down and says where it is; what is not held is counted by taps."""
    world, origin = served_world
    said = {"red_flags": [], "pain": 1, "age_group": "adult", "legs": {"left": {"felt": ["calf"]}}, "minutes_a_day": 60}
    assert world.anna.put(f"/api/athletes/{world.ids['anna']}/programme/answers", json=said).status_code == 200
    with visit_quietly(browser, origin, cookie=str(world.anna.cookies.get("kneewall"))) as page:
        page.goto(f"/athletes/{world.ids['anna']}/plan")
        held = page.locator(".exercise-card:not([data-hold='0'])").first
        held.get_by_role("button", name="Start").click()
        expect(held.locator(".timer-says")).to_contain_text("hold, 1 of")
        first = int(held.locator(".timer-number").inner_text())
        expect(held.locator(".timer-number")).to_have_text(str(first - 1))
        held.get_by_role("button", name="Stop").click()
        expect(held.locator(".timer-number")).to_have_text("")
        counted = page.locator("#cards .exercise-card[data-hold='0']").first
        counted.get_by_role("button", name="Start").click()
        times = int(counted.locator(".timer-number").inner_text())
        counted.get_by_role("button", name="One done").click()
        expect(counted.locator(".timer-number")).to_have_text(str(times - 1))


def test_nothing_of_a_plan_stays_after_signing_out(browser: Browser, served_world: tuple[World, str]) -> None:
    """Neither the page nor what waited; a coach's phone keeps no plan in the first place."""
    world, origin = served_world
    said = {"red_flags": [], "pain": 1, "age_group": "adult"}
    assert world.anna.put(f"/api/athletes/{world.ids['anna']}/programme/answers", json=said).status_code == 200
    address = f"/athletes/{world.ids['anna']}/plan"
    with visit_quietly(browser, origin, cookie=str(world.coach.cookies.get("kneewall"))) as page:
        page.goto(address)
        page.wait_for_function(CONTROLLED)
        page.reload()
        page.wait_for_load_state("networkidle")
        assert page.evaluate(KEPT) == 0
    with visit_quietly(browser, origin, cookie=str(world.anna.cookies.get("kneewall")), refused="ERR_INTERNET_DISCONNECTED") as page:
        page.goto(address)
        wait_kept(page)
        page.goto("/account")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        wait_for(lambda: page.evaluate(KEPT) == 0, 20, "a phone without the plan")
        page.context.set_offline(True)
        page.goto(address)
        expect(page.locator("body")).not_to_contain_text("Anna")


def make_plan(world: World) -> str:
    """Make a plan for Anna; return the address of its page."""
    said = {"red_flags": [], "pain": 1, "age_group": "adult", "legs": {"left": {"felt": ["calf"]}}}
    assert world.anna.put(f"/api/athletes/{world.ids['anna']}/programme/answers", json=said).status_code == 200
    return f"/athletes/{world.ids['anna']}/plan"


def forget_saved(page: Page) -> None:
    """Take away what is said of an earlier change."""
    page.locator("#saved").evaluate("(note) => { note.textContent = ''; }")


def tick(page: Page, box: str) -> None:
    """Tick a box by its name, and wait until the service has it; what was said before may still be on its way, and its answer is another."""
    page.locator("details:has(.flags)").evaluate("(folded) => { folded.open = true; }")
    part = "pinched" if box.startswith("pinched") else "red_flags"
    with page.expect_response(lambda answer: answer.url.endswith("/programme/logs") and part in (answer.request.post_data or "")) as answered:
        page.locator(f"input[name={box}]").check()
    assert answered.value.ok


def choose_swelling(page: Page, words: str) -> None:
    """Say how swollen it is, and wait until the service has it."""
    forget_saved(page)
    page.get_by_label("Swelling", exact=True).select_option(label=words)
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_what_another_page_said_of_the_day_holds(browser: Browser, served_world: tuple[World, str]) -> None:
    """A page that was opened before says only what was changed on it: a warning sign, a pinch and an exercise of the other page stay."""
    world, origin = served_world
    address = make_plan(world)
    with visit_quietly(browser, origin, cookie=str(world.anna.cookies.get("kneewall"))) as page:
        page.goto(address)
        other = page.context.new_page()
        other.goto(address)
        mark(page, 0, "Done", "3")
        tick(page, "pinched_left")
        tick(page, "flag_calf_and_breath")
        assert read_programme(world)["advice"]["urgency"] == "emergency"
        choose_swelling(other, "as usual")
        logged = read_programme(world)
        day = logged["days"][0]
        assert (day["red_flags"], day["pinched"], day["swelling"], day["pain"]) == (["calf_and_breath"], ["left"], "usual", 3)
        assert logged["advice"]["urgency"] == "emergency"


def test_what_was_said_elsewhere_is_shown_when_the_page_is_looked_at_again(browser: Browser, served_world: tuple[World, str]) -> None:
    """A list of boxes is said whole, so a page that comes to the front shows first what another one ticked; its own change stays."""
    world, origin = served_world
    address = make_plan(world)
    with visit_quietly(browser, origin, cookie=str(world.anna.cookies.get("kneewall"))) as page:
        page.goto(address)
        log(world, 0, red_flags=["fever"], swelling="more")
        page.get_by_label("Swelling", exact=True).select_option(label="none")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("input[name=flag_fever]")).to_be_checked()
        expect(page.locator("input[name=flag_fever]")).to_be_visible()
        assert page.locator("#swelling").input_value() == "none"
        page.locator("input[name=flag_calf_and_breath]").check()
        wait_for(lambda: read_programme(world)["days"][0]["red_flags"] == ["calf_and_breath", "fever"], 20, "both signs")
        assert read_programme(world)["days"][0]["swelling"] == "none"


def test_a_page_without_a_connection_withdraws_nothing(browser: Browser, served_world: tuple[World, str]) -> None:
    """The page that the phone kept knows nothing of a warning sign that was said elsewhere since; what is logged on it leaves the sign alone."""
    world, origin = served_world
    address = make_plan(world)
    cookie = str(world.anna.cookies.get("kneewall"))
    with visit_quietly(browser, origin, cookie=cookie, refused="ERR_INTERNET_DISCONNECTED") as page:
        page.goto(address)
        wait_kept(page)
        log(world, 0, red_flags=["calf_and_breath"], pinched=["left"])
        page.context.set_offline(True)
        page.reload()
        page.get_by_label("Swelling", exact=True).select_option(label="more than usual")
        expect(page.get_by_text("Kept on this phone")).to_be_visible()
        today = world.services.clock.now().date().isoformat()
        assert page.evaluate(QUEUED_BODIES) == [{"day": today, "items": [], "swelling": "more"}]
        page.context.set_offline(False)
        wait_for(lambda: page.evaluate(QUEUED) == 0, 30, "an empty queue")
        day = read_programme(world)["days"][0]
        assert (day["red_flags"], day["pinched"], day["swelling"]) == (["calf_and_breath"], ["left"], "more")
        expect(page.locator("input[name=flag_calf_and_breath]")).to_be_checked()


def find_other_day(world: World) -> str:
    """Return a time zone in which it is another day than at the service: tomorrow from ten in the morning on, yesterday until eleven."""
    return "Pacific/Kiritimati" if world.services.clock.now().hour >= 10 else "Pacific/Pago_Pago"


def test_the_day_is_the_phones_own(browser: Browser, served_world: tuple[World, str]) -> None:
    """On the other side of the world: what was logged of the phone's day is shown after a reload, and a change of something else leaves it alone."""
    world, origin = served_world
    address = make_plan(world)
    cookie = str(world.anna.cookies.get("kneewall"))
    with visit_quietly(browser, origin, cookie=cookie, timezone_id=find_other_day(world)) as page:
        page.goto(address)
        mark(page, 0, "Done", "4")
        tick(page, "pinched_left")
        tick(page, "flag_fever")
        assert read_programme(world)["days"][0]["day"] != world.services.clock.now().date().isoformat()
        world.anna.post(
            f"/api/athletes/{world.ids['anna']}/programme/logs",
            json={"day": read_programme(world)["days"][0]["day"], "red_flags": []},
            headers={"Idempotency-Key": "no-sign-after-all"},
        )
        page.reload()
        expect(page.locator("input[name=pinched_left]")).to_be_checked()
        expect(page.locator("#cards input[value=done]").first).to_be_checked()
        expect(page.locator("#cards .pain select").first).to_have_value("4")
        expect(page.locator("input[name=flag_fever]")).not_to_be_checked()
        choose_swelling(page, "as usual")
        days = read_programme(world)["days"]
        assert [(day["pinched"], day["swelling"], day["pain"]) for day in days] == [(["left"], "usual", 4)]


def test_what_the_service_refuses_is_told(browser: Browser, served_world: tuple[World, str]) -> None:
    """A phone whose clock is days ahead: the service's own words, and nothing that waits for ever."""
    world, origin = served_world
    address = make_plan(world)
    with visit_quietly(browser, origin, cookie=str(world.anna.cookies.get("kneewall")), refused="422") as page:
        page.clock.set_fixed_time(world.services.clock.now() + timedelta(days=3))
        page.goto(address)
        page.get_by_label("Swelling", exact=True).select_option(label="as usual")
        expect(page.locator("#saved")).to_contain_text("expected one from")
        assert page.evaluate(QUEUED) == 0
        assert read_programme(world)["days"] == []
        page.get_by_role("button", name="Save the day").click()
        expect(page.get_by_text("Saved.")).to_be_hidden()


@pytest.mark.parametrize("status", [429, 503])
def test_what_the_service_cannot_take_now_is_sent_again(browser: Browser, served_world: tuple[World, str], status: int) -> None:
    """The session is good: nobody is told to sign in, and the page tries again by itself."""
    world, origin = served_world
    address = make_plan(world)
    said = {"message": "Too much to do.", "advice": "Try again."}
    body = {"code": "service_busy", **said, "shown": said}
    with visit_quietly(browser, origin, cookie=str(world.anna.cookies.get("kneewall")), refused=str(status)) as page:
        page.goto(address)
        page.route("**/programme/logs", lambda route: route.fulfill(status=status, json=body))
        page.get_by_label("Swelling", exact=True).select_option(label="as usual")
        expect(page.get_by_text("Kept on this phone. The service cannot take it now")).to_be_visible()
        assert page.evaluate(QUEUED) == 1
        page.unroute("**/programme/logs")
        expect(page.get_by_text("Saved.")).to_be_visible(timeout=30_000)
        assert read_programme(world)["days"][0]["swelling"] == "usual"
