"""Home programmes over the API and on pages without scripts: answers, plan, log, step, a professional's changes, templates of a squad, paper."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.people import World, people

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

ANSWERS: dict[str, Any] = {
    "red_flags": [],
    "legs": {"left": {"felt": ["calf", "front"], "traits": ["old_sprain"]}},
    "equipment": ["band", "step", "ball", "roller"],
    "pain": 1,
    "minutes_a_day": 20,
    "sport": "running",
    "goal": "sport",
    "age_group": "adult",
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Everybody."""
    with people(tmp_path) as made:
        yield made


def programme_of(world: World, athlete: str = "anna") -> str:
    """Return where an athlete's programme is."""
    return f"/api/athletes/{world.ids[athlete]}/programme"


def answer(world: World, client: TestClient, athlete: str = "anna", **others: object) -> dict[str, Any]:
    """Answer the questions."""
    answered = client.put(f"{programme_of(world, athlete)}/answers", json=ANSWERS | others)
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json()
    return found


def log(world: World, key: str, day: str, **said: object) -> int:
    """Log a day as Anna."""
    return world.anna.post(f"{programme_of(world)}/logs", json={"day": day} | said, headers={"Idempotency-Key": key}).status_code


def today(world: World, days: int = 0) -> str:
    """Return a day from today."""
    return (world.services.clock.now().date() + timedelta(days=days)).isoformat()


def test_a_plan_is_made_from_answers_and_the_newest_numbers(world: World) -> None:
    """It has exercises with dose, days and reasons, and a target that the screening allows; there is none before."""
    assert world.anna.get(programme_of(world)).json()["code"] == "unknown_programme"
    found = answer(world, world.anna)
    plan = found["plan"]
    assert found["version"] == 1
    assert found["advice"] is None
    assert plan["stage"] == 1
    assert all(item["dose_words"] and item["days"] and item["reasons"] for item in plan["items"])
    assert {target["side"]: target["kind"] for target in plan["targets"]}["left"] in {"reach", "keep", "more", "test_farther"}
    assert world.coach.get(programme_of(world)).json() == world.anna.get(programme_of(world)).json() == found


def test_red_flags_give_advice_and_no_plan(world: World) -> None:
    """With the most urgent first, in the answers as in the log; a coach sees it, and answers without flags bring the plan back."""
    found = answer(world, world.anna, red_flags=["locking", "calf_and_breath"])
    assert found["plan"] is None
    assert found["step"] is None
    assert (found["advice"]["urgency"], found["advice"]["reasons"][0]["code"]) == ("emergency", "calf_and_breath")
    assert "Call for emergency help now" in world.coach.get(f"/athletes/{world.ids['anna']}/plan").text
    assert answer(world, world.anna)["plan"] is not None
    assert log(world, "k" * 8, today(world), red_flags=["pop"]) == 201
    logged = world.anna.get(programme_of(world)).json()
    assert logged["plan"] is None
    assert [reason["code"] for reason in logged["advice"]["reasons"]] == ["pop"]


def test_what_is_sent_again_counts_once(world: World) -> None:
    """Under its key; what was said last about an exercise holds, and other things of the day stay."""
    item = answer(world, world.anna)["plan"]["items"][0]["exercise"]
    done = [{"exercise": item, "mark": "done", "pain": 1}]
    assert log(world, "first-entry", today(world), items=done, swelling="usual") == 201
    assert log(world, "first-entry", today(world), items=done) == 200
    assert log(world, "second-entry", today(world), items=[{"exercise": item, "mark": "too_easy", "pain": 0}]) == 201
    found = world.anna.get(programme_of(world)).json()
    day = found["days"][0]
    assert day["items"] == [{"exercise": item, "mark": "too_easy", "pain": 0}]
    assert day["swelling"] == "usual"
    assert (found["weeks"][-1]["days"], found["weeks"][-1]["exercises"]) == (1, 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"items": [{"exercise": "handstand", "mark": "done"}]}, "items"),
        ({"day": "2020-01-01"}, "day"),
        ({"items": [{"exercise": "calf_roll", "mark": "done", "pain": 11}]}, "pain"),
    ],
)
def test_what_cannot_be_is_not_logged(world: World, said: dict[str, object], field: str) -> None:
    """An exercise that nobody knows, a day before the programme, a pain beyond ten."""
    answer(world, world.anna)
    refused = world.anna.post(f"{programme_of(world)}/logs", json={"day": today(world)} | said, headers={"Idempotency-Key": "k" * 8})
    assert refused.status_code == 422
    assert field in refused.json()["message"]
    assert world.anna.get(programme_of(world)).json()["days"] == []


def test_pain_makes_less_of_everything_and_the_step_is_taken_once(world: World) -> None:
    """Pain on two days in a row in the first stage: ease. Taken twice by a nervous thumb it is taken once."""
    answer(world, world.anna)
    item = world.anna.get(programme_of(world)).json()["plan"]["items"][0]["exercise"]
    for number, day in enumerate((0, 1)):
        assert log(world, f"sore-day-{number}", today(world, day), items=[{"exercise": item, "mark": "done", "pain": 6}]) == 201
    found = world.anna.get(programme_of(world)).json()
    assert found["step"]["kind"] == "ease"
    taken = world.anna.post(f"{programme_of(world)}/steps", json={"version": found["version"]})
    assert taken.json()["version"] == found["version"] + 1
    again = world.anna.post(f"{programme_of(world)}/steps", json={"version": found["version"]})
    assert (again.status_code, again.json()["code"]) == (409, "plan_changed")
    nothing = world.anna.post(f"{programme_of(world)}/steps", json={"version": found["version"] + 1})
    assert nothing.json()["code"] == "plan_changed"
    assert [version["cause"] for version in world.anna.get(f"{programme_of(world)}/versions").json()] == ["answers", "step"]


def test_a_coach_changes_and_locks_and_contra_indications_win(world: World) -> None:
    """What is added is there, what must not be is told; an athlete may not, and who looked at an older version comes too late."""
    found = answer(world, world.anna, legs={"left": {"felt": ["front"], "traits": ["pinch"]}, "right": {"felt": ["front"], "traits": ["pinch"]}})
    wanted = {"version": 1, "locked": True, "added": [{"exercise": "toe_taps", "dose": {"sets": 2, "reps": 12}}, {"exercise": "banded_lunge"}]}
    address = f"{programme_of(world)}/overrides"
    assert world.anna.put(address, json=wanted).status_code == 403
    assert world.other_coach.put(address, json=wanted).status_code == 404
    changed = world.coach.put(address, json=wanted).json()
    items = {item["exercise"]: item for item in changed["plan"]["items"]}
    assert items["toe_taps"]["dose"]["reps"] == 12
    assert "banded_lunge" not in items
    assert any(left["exercise"] == "banded_lunge" and left["by_clinician"] and left["bars"] for left in changed["plan"]["left_out"])
    assert world.coach.put(address, json=wanted).json()["code"] == "plan_changed"
    assert world.coach.put(address, json=wanted | {"version": 2, "added": [{"exercise": "handstand"}]}).status_code == 422
    assert answer(world, world.anna)["overrides"]["locked"] is True
    assert found["version"] == 1
    made_by = [version["made_by"] for version in world.anna.get(f"{programme_of(world)}/versions").json()]
    assert made_by == ["anna@example.org", "coach@example.org", "anna@example.org"]


def test_a_squads_template_keeps_to_each_ones_answers(world: World) -> None:
    """One is planned by it, one has red flags, one has not answered; an athlete of another squad is nobody."""
    ids, squad = world.ids, world.ids["squad"]
    added = {name: world.coach.post("/api/athletes", json={"name": name, "squad_id": squad}).json()["id"] for name in ("Cleo", "Dora")}
    ids.update({name.lower(): athlete for name, athlete in added.items()})
    pinching = {"felt": ["front"], "traits": ["pinch"]}
    answer(world, world.anna, legs={"left": pinching, "right": pinching})
    answer(world, world.coach, "cleo", red_flags=["fever"])
    body = {
        "name": "Pre-season",
        "minutes_a_day": 10,
        "sport": "jumping",
        "goal": "sport",
        "equipment": ["band"],
        "overrides": {"added": [{"exercise": "banded_lunge"}]},
    }
    template = world.coach.post(f"/api/squads/{squad}/plans", json=body).json()
    address = f"/api/squads/{squad}/plans/{template['id']}"
    assert world.coach.post(f"{address}/apply", json={"athlete_ids": [ids["ben"]]}).status_code == 404
    applied = world.coach.post(f"{address}/apply", json={"athlete_ids": [ids["anna"], ids["cleo"], ids["dora"]]}).json()
    assert [each["outcome"] for each in applied] == ["planned", "be_seen", "unanswered"]
    assert [each["exercise"] for each in applied[0]["barred"]] == ["banded_lunge"]
    anna = world.anna.get(programme_of(world)).json()
    assert anna["plan"]["minutes_a_day"] == 10
    assert "banded_lunge" not in {item["exercise"] for item in anna["plan"]["items"]}
    assert world.coach.delete(address).status_code == 204
    assert world.coach.delete(address).json()["code"] == "unknown_template"
    assert world.anna.get(programme_of(world)).json() == anna


def test_the_pages_work_without_scripts(world: World) -> None:
    """Questions, plan, a day's log, a change, the squad's page, paper, erasing: as forms send them."""
    base, squad = f"/athletes/{world.ids['anna']}/plan", f"/squads/{world.ids['squad']}/plans"
    assert world.anna.get(base).headers["location"] == f"{base}/answers"
    form = {"pain": "1", "age_group": "adult", "minutes_a_day": "15", "felt_left": "calf", "also_left_front": "on", "trait_left_old_sprain": "on"}
    refused = world.anna.post(f"{base}/answers", data=form)
    assert refused.status_code == 422
    assert 'name="also_left_front" checked' in refused.text
    assert world.anna.post(f"{base}/answers", data=form | {"no_flags": "on"}).headers["location"] == base
    page = world.anna.get(base)
    assert "kneewall" not in page.headers.get("set-cookie", "")
    item = world.anna.get(programme_of(world)).json()["plan"]["items"][0]["exercise"]
    day = {"day": today(world), "key": "x" * 16, f"mark_{item}": "too_easy", f"pain_{item}": "2", "swelling": "none", "usual_before": "yes"}
    for _ in range(2):
        assert world.anna.post(base, data=day).headers["location"] == f"{base}?saved=true#saved"
    assert f'name="mark_{item}" value="too_easy" checked' in world.anna.get(base).text
    assert world.anna.post(base, data=day | {"day": "never"}).status_code == 422
    change = {"version": "1", "locked": "on", "do_toe_taps": "add", "sets_toe_taps": "3", f"do_{item}": "leave"}
    assert world.coach.post(f"{base}/change", data=change).headers["location"] == base
    assert "has locked it" in world.anna.get(base).text
    assert world.coach.post(f"{base}/change", data=change).status_code == 409
    history = world.coach.get(f"{base}/history").text
    assert "coach@example.org" in history
    assert "pain at most 2 of 10" in history
    assert world.anna.get(f"{base}/plan.pdf").content.startswith(b"%PDF")
    assert world.coach.post(squad, data={"name": "Weekly", "minutes_a_day": "10", "do_toe_taps": "add"}).headers["location"] == squad
    template = world.coach.get(f"/api{squad}").json()[0]["id"]
    assert world.coach.post(f"{squad}/{template}/apply", data={}).status_code == 422
    assert "the plan was made anew" in world.coach.post(f"{squad}/{template}/apply", data={f"athlete_{world.ids['anna']}": "on"}).text
    assert world.coach.post(f"{squad}/{template}/erase").headers["location"] == squad
    assert world.anna.post(f"{base}/erase").headers["location"] == f"/athletes/{world.ids['anna']}"
    assert world.anna.get(programme_of(world)).status_code == 404


def test_a_form_says_only_what_was_changed_on_it(world: World) -> None:
    """What a phone said after a page was opened elsewhere holds, and what was not touched is not said; what is taken back on the page is."""
    base, items = f"/athletes/{world.ids['anna']}/plan", [each["exercise"] for each in answer(world, world.anna)["plan"]["items"]]
    log = f"{programme_of(world)}/logs"

    def read_day() -> dict[str, Any]:
        (day,) = world.anna.get(programme_of(world)).json()["days"]
        return {"marks": {each["exercise"]: each["mark"] for each in day["items"]}, **{name: day[name] for name in ("pinched", "swelling", "usual_before")}}

    def open_page() -> dict[str, str]:
        found = re.search(r'name="shown" value="([^"]*)"', world.anna.get(base).text)
        assert found is not None
        return {"day": today(world), "shown": html.unescape(found[1])}

    begun = open_page()
    assert world.anna.post(base, data=begun).status_code == 303
    assert world.anna.get(programme_of(world)).json()["days"] == []
    phone = {"day": today(world), "pinched": ["left"], "swelling": "more", "items": [{"exercise": items[1], "mark": "skipped"}]}
    assert world.anna.post(log, json=phone, headers={"Idempotency-Key": "p" * 16}).status_code == 201
    saved = world.anna.post(base, data=begun | {f"mark_{items[0]}": "done"}, follow_redirects=True)
    assert "Saved." in saved.text
    assert read_day() == {"marks": {items[0]: "done", items[1]: "skipped"}, "pinched": ["left"], "swelling": "more", "usual_before": None}
    shown = open_page()
    kept = {f"mark_{items[0]}": "done", f"mark_{items[1]}": "skipped", "swelling": "more"}
    later = {"day": today(world), "swelling": "none", "usual_before": True}
    assert world.anna.post(log, json=later, headers={"Idempotency-Key": "q" * 16}).status_code == 201
    assert world.anna.post(base, data=shown | kept).status_code == 303
    assert read_day() == {"marks": {items[0]: "done", items[1]: "skipped"}, "pinched": [], "swelling": "none", "usual_before": True}


def test_the_content_is_open_to_a_reviewer(world: World) -> None:
    """Every exercise and every rule stands on the page with the kind of its source."""
    content = world.nobody.get("/api/exercises").json()
    page = world.nobody.get("/exercises").text
    assert len(content["exercises"]) == len(world.services.library.exercises)
    assert page.count('class="exercise-drawing"') == len(content["exercises"])
    assert all(rule["source_words"] for group in content["rules"] for rule in group["rules"])
