"""Corrections over the real application: what was wrong is put right, and what was there before stays to be seen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from app.web.factory import create_app
from tests.web.analytic import AnalyticEngine
from tests.web.conftest import Service
from tests.web.people import World
from tests.web.test_athletes import add, measure
from tests.web.test_uploads import make_clip

REASON = "Left and right were chosen the wrong way round."


@pytest.fixture
def keeping(service: Service) -> Service:
    """Return a service that keeps clips for a week."""
    service.services = replace(service.services, limits=replace(service.services.limits, keep_clips_days=7))
    service.client.app = create_app(service.services)
    service.client.app.state.services = service.services
    return service


def hand_in(service: Service, **clips: str) -> str:
    """Hand in clips and work them off; return the screening's id."""
    files = {side: (f"{side}.mp4", make_clip(word)) for side, word in clips.items()}
    screening = str(service.client.post("/api/screenings", files=files).json()["id"])
    service.work(screening)
    return screening


def correct(service: Service, screening: str, **said: object) -> Any:  # noqa: ANN401 - the answer
    """Ask for a correction."""
    return service.client.post(f"/api/screenings/{screening}/corrections", json={"reason": REASON, **said})


def versions(service: Service, screening: str) -> list[tuple[int, str | None]]:
    """Return numbers and reasons."""
    return [(version["number"], version["reason"]) for version in service.client.get(f"/api/screenings/{screening}/versions").json()]


def test_legs_the_wrong_way_round_are_turned(keeping: Service) -> None:
    """Each clip is analysed as the other leg; the report of before is still there under its number."""
    screening = hand_in(keeping, left="one", right="two")
    before = keeping.client.get(f"/api/screenings/{screening}/report").json()
    with keeping.services.open_records() as records:
        first = records.find_screening(screening)
    assert correct(keeping, screening, what="other_legs").json()["state"] == "queued"
    keeping.work(screening)
    with keeping.services.open_records() as records:
        turned = records.find_screening(screening)
    assert first is not None
    assert turned is not None
    assert [attempt.sha256 for attempt in turned.attempts] == [attempt.sha256 for attempt in first.attempts][::-1]
    assert [attempt.clip_name for attempt in turned.attempts] == ["right.mp4", "left.mp4"]
    assert versions(keeping, screening) == [(1, None), (2, REASON)]
    assert keeping.client.get(f"/api/screenings/{screening}/versions/1").json() == before
    page = keeping.client.get(f"/screenings/{screening}").text
    assert "Version 2 of" in page
    assert REASON in page


def test_an_earlier_version_is_a_page_that_says_so(keeping: Service) -> None:
    """With what was said then, nothing that could be changed and no picture of now, and the way to the present report; the newest version is that report."""
    screening = hand_in(keeping, left="one", right="two")
    correct(keeping, screening, what="again")
    keeping.work(screening)
    assert f'href="/screenings/{screening}/versions/1"' in keeping.client.get(f"/screenings/{screening}/correct").text
    page = keeping.client.get(f"/screenings/{screening}/versions/1")
    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    notice = page.text.split('<p class="notice">')[1].split("</p>")[0]
    assert "This is an earlier version of the report." in notice
    assert f'href="/screenings/{screening}"' in notice
    assert "Left reaches 3.3 cm farther" in page.text
    assert not [part for part in ("/stills/", "/overlay/", f"/screenings/{screening}/correct", f"/screenings/{screening}/erase") if part in page.text]
    assert keeping.client.get(f"/screenings/{screening}/versions/2", follow_redirects=False).headers["location"] == f"/screenings/{screening}"
    assert keeping.client.get(f"/screenings/{screening}/versions/3").status_code == 404
    assert "earlier version" not in keeping.client.get(f"/screenings/{screening}").text


def test_one_clip_alone_becomes_the_other_leg(keeping: Service) -> None:
    """Its pictures of before are gone, and there are new ones of the right leg."""
    screening = hand_in(keeping, left="one")
    assert keeping.client.get(f"/api/screenings/{screening}/stills/left.jpg").status_code == 200
    assert correct(keeping, screening, what="other_legs").status_code == 202
    keeping.work(screening)
    assert set(keeping.client.get(f"/api/screenings/{screening}").json()["sides"]) == {"right"}
    assert [keeping.client.get(f"/api/screenings/{screening}/stills/{side}.jpg").status_code for side in ("left", "right")] == [404, 200]


def test_what_is_kept_can_be_analysed_again(keeping: Service) -> None:
    """By the same steps, as a job of its own; a step that is repeated makes no further version."""
    screening = hand_in(keeping, left="one", right="two")
    assert correct(keeping, screening, what="again").status_code == 202
    assert keeping.services.jobs.status(screening, 2) == "waiting"
    refused = correct(keeping, screening, what="again")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_finished")
    keeping.work(screening)
    keeping.work(screening)
    assert versions(keeping, screening) == [(1, None), (2, REASON)]
    assert keeping.client.get(f"/api/screenings/{screening}/versions/3").json()["code"] == "unknown_version"


def test_a_clip_that_is_gone_cannot_be_analysed_again(service: Service) -> None:
    """The answer says what to do instead; nothing is changed."""
    screening = hand_in(service, left="one", right="two")
    for what in ("again", "other_legs"):
        refused = correct(service, screening, what=what)
        assert (refused.status_code, refused.json()["code"]) == (409, "clip_gone")
    assert service.client.get(f"/api/screenings/{screening}").json()["state"] == "done"
    assert "no longer kept" in service.client.get(f"/screenings/{screening}/correct").text


def test_one_leg_is_forgotten_everywhere(service: Service) -> None:
    """In the report, its files, and every earlier version; the other leg stays. The only leg is not forgotten alone."""
    screening = hand_in(service, left="one", right="two")
    assert correct(service, screening, what="erase_leg", side="left").status_code == 202
    service.work(screening)
    report = service.client.get(f"/api/screenings/{screening}/report").json()
    assert report["left"] is None
    assert report["right"]["status"] == "measured"
    assert versions(service, screening) == [(2, REASON)]
    assert [path for path in service.folder.joinpath("clips", screening).rglob("*") if path.is_file() and "left" in str(path)] == []
    assert correct(service, screening, what="erase_leg", side="left").json()["code"] == "no_such_leg"
    assert "whole screening" in correct(service, screening, what="erase_leg", side="right").json()["message"]


def test_a_screening_is_moved_to_the_right_athlete(service: Service) -> None:
    """With its repeats, out of one trend and into the other."""
    anna, ben = add(service, "Anna"), add(service, "Ben")
    screening = measure(service, anna, "wrong")
    repeat = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("again"))}, data={"repeat_of": screening}).json()["id"]
    service.work(repeat)
    assert correct(service, screening, what="athlete", athlete_id=ben).status_code == 202
    sessions = {who: service.client.get(f"/api/athletes/{who}/trend").json()["left"]["toe_to_wall_cm"]["sessions"] for who in (anna, ben)}
    assert [len(sessions[who]) for who in (anna, ben)] == [0, 1]
    with service.services.open_records() as records:
        moved = records.find_screening(repeat)
    assert moved is not None
    assert moved.athlete_id == ben
    assert correct(service, screening, what="athlete", athlete_id="0" * 32).status_code == 404
    assert correct(service, repeat, what="athlete", athlete_id=anna).status_code == 422


@pytest.mark.parametrize(
    "said", [{"what": "erase_leg"}, {"what": "athlete"}, {"what": "again", "side": "left"}, {"what": "x"}, {"what": "again", "reason": ""}]
)
def test_what_does_not_fit_is_refused(service: Service, said: dict[str, str]) -> None:
    """With what was found and expected."""
    screening = hand_in(service, left="one", right="two")
    refused = correct(service, screening, **said)
    assert (refused.status_code, "found" in refused.json()["message"]) == (422, True)
    page = service.client.post(f"/screenings/{screening}/correct", data={"reason": REASON, **said})
    assert (page.status_code, "problem-message" in page.text) == (422, True)


def test_who_changed_it_is_said(world: World) -> None:
    """By their address; nobody moves a screening to somebody whom they do not see."""
    screening, ben = world.ids["anna_screening"], world.ids["ben"]
    refused = world.coach.post(f"/api/screenings/{screening}/corrections", json={"what": "athlete", "athlete_id": ben, "reason": REASON})
    assert refused.status_code == 404
    made = world.coach.post(f"/screenings/{screening}/correct", data={"what": "erase_leg", "side": "left", "reason": REASON})
    assert made.headers["location"] == f"/screenings/{screening}"
    world.service(world.coach).work(screening)
    assert world.anna.get(f"/api/screenings/{screening}/versions").json()[-1]["by"] == "coach@example.org"


def test_what_was_said_about_the_day_stands_beside_the_report(service: Service) -> None:
    """Every word of it, as text."""
    said = {"pain": "4", "felt": ["front", "elsewhere"], "minutes_since_exercise": "30", "warmed_up": "true", "limited_by": "<b>calf</b>", "notes": "rainy"}
    screening = str(service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("one"))}, data=said).json()["id"])
    service.work(screening)
    page = service.client.get(f"/screenings/{screening}").text
    for words in ("4 of 10", "front of the ankle, elsewhere", "30 minutes after exercise", "Warmed up before", "&lt;b&gt;calf", "Notes: rainy"):
        assert words in page
    wrong = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("two"))}, data={"pain": "11", "felt": "toe"})
    assert (wrong.status_code, "pain: found '11'" in wrong.json()["message"]) == (422, True)


@pytest.fixture
def seen(service: Service) -> tuple[Service, str]:
    """Return a service with one screening of two legs that were measured for real, whose clips are gone, by a foot length that is wrong."""
    service.engine = AnalyticEngine()
    files = {"left": ("l.mp4", make_clip("left")), "right": ("r.mp4", make_clip("right"))}
    said = {"foot_length_cm": "23", "sheet_margin_mm": "14", "scale": "foot"}
    screening = str(service.client.post("/api/screenings", files=files, data=said).json()["id"])
    service.work(screening)
    return service, screening


def read_legs(service: Service, screening: str) -> list[Any]:
    """Return both measurements of the newest report."""
    report = service.client.get(f"/api/screenings/{screening}/report").json()
    return [report["left"], report["right"]]


def test_what_was_said_wrong_is_put_right_without_the_clips(seen: tuple[Service, str]) -> None:
    """Another foot length scales both legs, on the same key frames; the version before is there, with what was said then."""
    service, screening = seen
    before = read_legs(service, screening)
    located = len(service.engine.located)
    answer = correct(service, screening, what="said", foot_length_cm=26.0)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    service.work(screening)
    after = read_legs(service, screening)
    for one, other in zip(before, after, strict=True):
        assert other["toe_to_wall_cm"]["value"] == pytest.approx(one["toe_to_wall_cm"]["value"] * 26 / 23, rel=0.02)
        assert other["evidence"]["key_frame_s"] == one["evidence"]["key_frame_s"]
        assert other["provenance"]["parameters"] == one["provenance"]["parameters"] | {"foot_length_cm": 26.0}
        assert other["provenance"]["by_hand"] is None
    assert len(service.engine.located) == located
    assert versions(service, screening) == [(1, None), (2, REASON)]
    assert service.client.get(f"/api/screenings/{screening}/versions/1").json()["left"] == before[0]


def test_one_leg_is_said_to_have_been_the_furthest(seen: tuple[Service, str]) -> None:
    """By the form, which shows what was said; the other leg keeps what was measured to the last digit, and an empty field takes back what was said."""
    service, screening = seen
    address = f"/screenings/{screening}/correct"
    before = read_legs(service, screening)
    form = service.client.get(address).text
    for shown in ('name="foot_length_cm" type="text" inputmode="decimal" autocomplete="off" value="23.0"', 'name="sheet_margin_mm"', 'value="14.0"'):
        assert shown in form
    assert not re.search(r'name="furthest_\w+" value="true" checked', form)
    sent = {"what": "said", "reason": REASON, "foot_length_cm": "23,0", "sheet_margin_mm": "14", "furthest_right": "true"}
    assert service.client.post(address, data=sent, follow_redirects=False).status_code == 303
    service.work(screening)
    left, right = read_legs(service, screening)
    assert left == before[0]
    assert (before[1]["limit"], right["limit"]) == ("lower_bound", "declared")
    assert re.search(r'name="furthest_right" value="true" checked', service.client.get(address).text)
    service.client.post(address, data={name: value for name, value in sent.items() if name not in {"furthest_right", "sheet_margin_mm"}})
    service.work(screening)
    left, right = read_legs(service, screening)
    assert right["limit"] == "lower_bound"
    assert left["provenance"]["parameters"]["sheet_margin_mm"] is None


def test_points_set_by_hand_stay_where_what_was_said_changes_and_can_be_taken_back(seen: tuple[Service, str]) -> None:
    """Neither correction undoes the other; without the points the numbers are those of what was seen and what is said now."""
    service, screening = seen
    address = f"/api/screenings/{screening}/by-hand/left"
    assert correct(service, screening, what="said", foot_length_cm=26.0).status_code == 202
    service.work(screening)
    plain = read_legs(service, screening)[0]
    x, y = service.client.get(address).json()["points"]["toe"]
    assert service.client.put(address, json={"points": {"toe": [x + 6.0, y]}, "reason": REASON}).status_code == 202
    service.work(screening)
    assert correct(service, screening, what="said", furthest_left=True).status_code == 202
    service.work(screening)
    both = read_legs(service, screening)[0]
    assert (set(both["provenance"]["by_hand"]["points_px"]), both["limit"]) == ({"toe"}, "declared")
    assert both["toe_to_wall_cm"]["value"] != plain["toe_to_wall_cm"]["value"]
    assert service.client.request("DELETE", address, json={"reason": REASON}).status_code == 202
    service.work(screening)
    assert read_legs(service, screening)[0]["toe_to_wall_cm"] == plain["toe_to_wall_cm"]
    again = service.client.request("DELETE", address, json={"reason": REASON})
    assert (again.status_code, again.json()["code"]) == (422, "malformed")


def test_a_correction_that_says_nothing_new_is_refused(seen: tuple[Service, str]) -> None:
    """As one that cannot be, or says something of another kind: nothing is changed, and no version is made."""
    service, screening = seen
    refused: list[dict[str, object]] = [
        {"what": "said"},
        {"what": "said", "foot_length_cm": 23.0},
        {"what": "said", "foot_length_cm": 3.0},
        {"what": "said", "foot_length_cm": 26.0, "side": "left"},
        {"what": "erase_leg", "side": "left", "furthest_left": True},
    ]
    for said in refused:
        answer = correct(service, screening, **said)
        assert (answer.status_code, answer.json()["code"], "found" in answer.json()["message"]) == (422, "malformed", True)
    assert versions(service, screening) == [(1, None)]
