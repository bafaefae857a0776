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
        page.wait_for_timeout(1000)
        assert page.evaluate(QUEUED) == 1
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
