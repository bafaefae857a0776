"""What an athlete has of weeks: a learnt foot length, a reminder, and a trend that says what is to be known about each session."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from icalendar import Calendar

from app.ports.screenings import Screening
from tests.web.conftest import Service
from tests.web.test_athletes import measure
from tests.web.test_uploads import make_clip


@pytest.fixture
def anna(service: Service) -> str:
    """Return the id of an athlete of whom no foot length is known."""
    return str(service.client.post("/api/athletes", json={"name": "Anna"}).json()["id"])


def hand_in(service: Service, athlete_id: str, word: str, **said: str) -> str:
    """Hand in a left clip and work it off."""
    answer = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip(word))}, data={"athlete_id": athlete_id} | said)
    assert answer.status_code == 202, answer.text
    service.work(answer.json()["id"])
    return str(answer.json()["id"])


def find(service: Service, screening_id: str) -> Screening:
    """Return what is remembered of a screening."""
    with service.services.open_records() as records:
        found = records.find_screening(screening_id)
    assert found is not None
    return found


def foot(service: Service, athlete_id: str) -> dict[str, Any]:
    """Return what is known of a foot, and what is learnt."""
    return dict(service.client.get(f"/api/athletes/{athlete_id}/foot-length").json())


def test_a_length_is_learnt_offered_and_used(service: Service, anna: str) -> None:
    """From both legs beside a sheet; kept when it is accepted, and then the scale of a clip without a typed length, to what it was learnt to."""
    assert foot(service, anna) == {"known": None, "learnt": None}
    nothing = service.client.put(f"/api/athletes/{anna}/foot-length")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_learnt")
    measure(service, anna, "SHEET one", right="SHEET")
    measure(service, anna, "SHEET two", right="SHEET")
    learnt = foot(service, anna)["learnt"]
    assert (learnt["length_cm"]["value"], learnt["clips"], learnt["offered"]) == (26.7, 4, True)
    assert learnt["words"].startswith("Learnt from 4 clips with the sheet: 26.7 ±")
    assert "Use it" in service.client.get(f"/athletes/{anna}").text
    assert "Use it" in service.client.get(f"/athletes/{anna}/edit").text
    accepted = service.client.put(f"/api/athletes/{anna}/foot-length").json()
    assert (accepted["known"]["origin"], accepted["known"]["length_cm"]["value"], accepted["learnt"]["offered"]) == ("learnt", 26.7, False)
    shown = service.client.get(f"/api/athletes/{anna}").json()
    assert (shown["foot_length_cm"], shown["foot_length_origin"]) == (26.7, "learnt")
    assert datetime.fromisoformat(shown["foot_length_since"]).tzinfo is not None
    assert shown["foot_length_std_cm"] == pytest.approx(learnt["length_cm"]["std"], abs=0.001)
    used = find(service, hand_in(service, anna, "no sheet"))
    assert (used.foot_length_cm, used.foot_length_origin) == (26.7, "learnt")
    assert service.engine.options[-1].foot_length_cm == 26.7
    assert service.engine.options[-1].foot_length_std_cm == shown["foot_length_std_cm"]


def test_what_is_typed_beside_a_clip_wins(service: Service, anna: str) -> None:
    """With the uncertainty of typing; in shoes no length is known; a repeat has that of its original."""
    hand_in(service, anna, "SHEET")
    service.client.put(f"/api/athletes/{anna}/foot-length")
    typed = find(service, hand_in(service, anna, "typed", foot_length_cm="27.2"))
    assert (typed.foot_length_cm, typed.foot_length_std_cm, typed.foot_length_origin) == (27.2, None, "typed")
    assert service.engine.options[-1].foot_length_std_cm is None
    assert find(service, hand_in(service, anna, "shod", footwear="shod")).foot_length_cm is None
    original = hand_in(service, anna, "plain")
    repeat = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("again"))}, data={"repeat_of": original}).json()["id"]
    assert (find(service, repeat).foot_length_origin, find(service, repeat).foot_length_std_cm) == ("learnt", find(service, original).foot_length_std_cm)


def test_a_form_that_says_the_same_leaves_it_learnt(service: Service, anna: str) -> None:
    """The name changes and the length stays learnt; another length is typed; the start page fills in only what was typed."""
    hand_in(service, anna, "SHEET")
    moved = service.client.post(f"/athletes/{anna}/foot-length", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (303, f"/athletes/{anna}")
    form = service.client.get(f"/athletes/{anna}/edit").text
    shown = re.search(r'name="foot_length_cm"[^>]* value="([^"]+)"', form)
    assert shown is not None
    service.client.post(f"/athletes/{anna}/edit", data={"name": "Anna B", "foot_length_cm": shown[1]})
    assert service.client.get(f"/api/athletes/{anna}").json()["foot_length_origin"] == "learnt"
    start = service.client.get(f"/?athlete={anna}").text
    assert "Left empty, the 26.9 cm that were learnt" in start
    assert 'value="26.9"' not in start
    service.client.post(f"/athletes/{anna}/edit", data={"name": "Anna B", "foot_length_cm": "27,5"})
    changed = service.client.get(f"/api/athletes/{anna}").json()
    assert (changed["foot_length_origin"], changed["foot_length_std_cm"]) == ("typed", None)
    assert 'value="27.5"' in service.client.get(f"/?athlete={anna}").text


def test_a_length_that_is_less_sure_is_told_so(service: Service, anna: str) -> None:
    """One clip says it to 0.43 cm, typing counts as 0.4: it is offered with that; against nothing it is surer."""
    hand_in(service, anna, "SHEET")
    assert foot(service, anna)["learnt"]["surer"] is True
    service.client.put(f"/api/athletes/{anna}", json={"name": "Anna", "foot_length_cm": 27.0})
    learnt = foot(service, anna)["learnt"]
    assert (learnt["offered"], learnt["surer"]) == (True, False)
    assert "less sure than the one in use" in service.client.get(f"/athletes/{anna}").text


def test_the_page_says_why_nothing_is_learnt(service: Service, anna: str) -> None:
    """A form that is sent without a clip beside a sheet leads to a page with the reason."""
    answer = service.client.post(f"/athletes/{anna}/foot-length")
    assert (answer.status_code, "beside the printed sheet" in answer.text) == (409, True)


def test_where_a_length_comes_from_and_which_protocol_are_exported(service: Service, anna: str) -> None:
    """In the athlete's document, in each screening's, and in the table."""
    hand_in(service, anna, "SHEET")
    service.client.put(f"/api/athletes/{anna}/foot-length")
    hand_in(service, anna, "plain")
    packed = zipfile.ZipFile(io.BytesIO(service.client.get(f"/api/athletes/{anna}/export").content))
    about = json.loads(packed.read("athlete.json"))["athlete"]
    assert (about["foot_length_origin"], about["foot_length_cm"]) == ("learnt", 26.9)
    rows = list(csv.DictReader(io.StringIO(packed.read("screenings.csv").decode())))
    assert [(row["protocol_version"], row["foot_length_origin"]) for row in rows] == [("1", ""), ("1", "learnt")]
    assert float(rows[1]["foot_length_std_cm"]) > 0
    kept = [json.loads(packed.read(name)) for name in packed.namelist() if name.endswith("screening.json")]
    assert {each["protocol_version"] for each in kept} == {1}


def test_a_reminder_is_weekly_and_starts_when_the_next_test_is_due(service: Service, anna: str) -> None:
    """Before the first test from today on, then a week after the last; it is a calendar file and names nobody."""
    empty = Calendar.from_ical(service.client.get(f"/api/athletes/{anna}/reminder.ics").content)
    assert empty.walk("VEVENT")[0].decoded("DTSTART") == service.services.clock.now().date()
    hand_in(service, anna, "first", pain="3")
    due = service.client.get(f"/api/athletes/{anna}/trend").json()["next_test"]["due"]
    answer = service.client.get(f"/api/athletes/{anna}/reminder.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "attachment" in answer.headers["content-disposition"]
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("DTSTART").isoformat() == due == (service.services.clock.now().date() + timedelta(days=7)).isoformat()
    assert b"Anna" not in answer.content
    assert anna.encode() not in answer.content
    assert f"The next test is due on {due}" in service.client.get(f"/athletes/{anna}").text


def test_pain_above_three_pauses_reminders(service: Service, anna: str) -> None:
    """No day, no file and no link, and the page says why; with less pain they are back."""
    hand_in(service, anna, "first", pain="5")
    following = service.client.get(f"/api/athletes/{anna}/trend").json()["next_test"]
    assert (following["due"], following["paused_by_pain"]) == (None, 5)
    refused = service.client.get(f"/api/athletes/{anna}/reminder.ics")
    assert (refused.status_code, refused.json()["code"]) == (409, "reminder_paused")
    page = service.client.get(f"/athletes/{anna}").text
    assert "is 5 of 10" in page
    assert "reminder.ics" not in page
    hand_in(service, anna, "second", pain="2")
    assert service.client.get(f"/api/athletes/{anna}/reminder.ics").status_code == 200


def test_each_session_says_what_is_to_be_known(service: Service, anna: str) -> None:
    """Breaks with their reason and pain, in the answer, in the table, in the drawing, and in what the chart is drawn from."""
    for n in range(2):
        measure(service, anna, f"bare {n}")
    measure(service, anna, "shod", footwear="shod")
    hand_in(service, anna, "hurts", footwear="shod", pain="6")
    for n in range(3):
        measure(service, anna, f"shod {n}", footwear="shod")
    left = service.client.get(f"/api/athletes/{anna}/trend").json()["left"]["toe_to_wall_cm"]
    events = [session["events"] for session in left["sessions"]]
    assert events[2] == ["New series: other footwear (shod)", "The baseline begins here"]
    assert left["sessions"][2]["changes"] == [{"what": "footwear", "before": "barefoot", "now": "shod"}]
    assert (events[3], left["sessions"][3]["pain"]) == (["Pain 6 of 10"], 6)
    assert left["slope_words"] is None  # all of one day
    page = service.client.get(f"/athletes/{anna}").text
    assert '<td class="know">New series: other footwear (shod). The baseline begins here</td>' in page
    assert page.count("\N{BLACK UP-POINTING TRIANGLE}</text>") == 2  # of the left leg: distance and angle
    charts = [json.loads(unescape(chart)) for chart in re.findall(r"data-chart='([^']+)'", page)]
    assert [len(chart["points"]) for chart in charts] == [7, 7, 6, 6, 6]
    texts = [point["text"] for point in charts[0]["points"]]
    assert texts[3].endswith("Pain 6 of 10")
    assert "does not count" in texts[0]
    assert [point["value"] for point in charts[0]["points"]] == [session["value"]["value"] for session in left["sessions"]]


def test_bounds_are_drawn_open_and_left_out(service: Service, anna: str) -> None:
    """Under "at least" in drawing, table and read-out; a difference of bounds has no such sign."""
    for n in range(2):
        measure(service, anna, f"week {n}", right="AT LEAST")
    page = service.client.get(f"/athletes/{anna}").text
    charts = [json.loads(unescape(chart)) for chart in re.findall(r"data-chart='([^']+)'", page)]
    right, difference = charts[2], charts[4]
    assert all(point["at_least"] and point["left_out"] and not point["counts"] for point in right["points"])
    assert all("\N{GREATER-THAN OR EQUAL TO}" in point["text"] for point in right["points"])
    assert all(point["left_out"] and not point["at_least"] for point in difference["points"])
    assert page.count(">\N{GREATER-THAN OR EQUAL TO}</text>") == 4  # two sessions of the right leg: distance and angle
    assert page.count('class="known"') == 2  # bands of the left leg alone
