"""What comes beyond the queue or the disk: told to come again, with when, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.usecases.services import Limits, Services
from app.web.factory import create_app
from tests.fakes.bundle import make_clip
from tests.web.conftest import Service
from tests.web.people import World, people
from tests.web.sending import ask_to_begin, hand_in, upload
from tests.web.test_uploads import PAIR


def tighten(services: Services, **limits: int) -> Services:
    """Return the same services with other limits."""
    return replace(services, limits=replace(services.limits, **limits))


def call(services: Services, cookies: Any = None) -> TestClient:  # noqa: ANN401 - a jar
    """Return a caller of the application with these services."""
    return TestClient(create_app(services), base_url="http://127.0.0.1", follow_redirects=False, cookies=cookies)


@pytest.fixture
def busy(service: Service) -> Service:
    """Return a service whose queue takes one screening and has it."""
    assert service.client.post("/api/screenings", files=PAIR).status_code == 202
    services = tighten(service.services, max_waiting=1)
    return Service(call(services), services, service.folder)


def groups(service: Service) -> set[str]:
    """Return what lies in the folder."""
    return {path.name for path in (service.folder / "clips").iterdir()}


@pytest.mark.parametrize("way", ["api", "page", "tus", "tus handed in"])
def test_a_full_queue_says_when_to_come_again(busy: Service, service: Service, way: str) -> None:
    """503 with Retry-After on every way in, with words, and nothing is left behind; where no pace was measured, in five minutes."""
    name = upload(service.client) if way == "tus handed in" else ""
    before = groups(service)
    if way == "tus":
        answer: Any = ask_to_begin(busy.client)
    elif way == "tus handed in":
        answer = hand_in(busy.client, left_upload=name)
    else:
        answer = busy.client.post("/api/screenings" if way == "api" else "/screenings", files=PAIR)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    if way == "page":
        assert "The service is busy" in answer.text
        assert "<form" in answer.text
    else:
        assert (answer.json()["code"], answer.json()["advice"]) == ("service_busy", "Send it again in 5 min.")
    assert groups(service) == before
    with service.services.open_records() as records:
        assert len(records.screening_ids()) == 1


def test_what_was_sent_piece_by_piece_is_handed_in_later(busy: Service, service: Service) -> None:
    """A refusal uses nothing up: when there is room again, the same upload becomes a screening."""
    name = upload(service.client)
    assert hand_in(busy.client, left_upload=name).status_code == 503
    with service.services.open_records() as records:
        first = next(iter(records.screening_ids()))
    service.work(first)
    assert hand_in(busy.client, left_upload=name).status_code == 202


def test_sent_twice_is_not_one_too_many(service: Service) -> None:
    """Who asks again under the same key gets the screening that is there, however long the queue is."""
    key = {"Idempotency-Key": "k"}
    first = service.client.post("/api/screenings", files=PAIR, headers=key).json()["id"]
    again = call(tighten(service.services, max_waiting=1)).post("/api/screenings", files=PAIR, headers=key)
    assert (again.status_code, again.json()["id"]) == (202, first)


@pytest.mark.parametrize(("done", "wait_s"), [(1, 3600), (6, 600), (240, 30)])
def test_the_pace_of_the_last_hour_says_when(service: Service, done: int, wait_s: int) -> None:
    """One place of the queue at the measured pace, at least half a minute and at most an hour; what was done earlier does not count."""
    now = service.services.clock.now()
    first = service.client.post("/api/screenings", files=PAIR).json()["id"]
    with service.services.open_records() as records:
        made = records.find_screening(first)
        assert made is not None
        for number in range(done + 3):
            records.add_screening(replace(made, screening_id=f"{number:032x}", state="done"))
            at = now - timedelta(minutes=1 if number < done else 61)
            records.reports.put(f"{number:032x}", {}, difference=None, created_at=at)
        records.commit()
    answer = call(tighten(service.services, max_waiting=1)).post("/api/screenings", files=PAIR)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, str(wait_s))


@pytest.mark.parametrize("way", ["api", "page", "tus"])
def test_a_disk_that_is_nearly_full_takes_nothing(service: Service, way: str) -> None:
    """507, before the last byte is used: databases and reports need room too."""
    client = call(tighten(service.services, keep_free_bytes=10**18))
    answer: Any = ask_to_begin(client) if way == "tus" else client.post("/api/screenings" if way == "api" else "/screenings", files=PAIR)
    assert (answer.status_code, answer.headers["retry-after"]) == (507, "600")
    assert "no room left" in answer.text
    service.assert_nothing_stored()


def test_an_upload_is_refused_that_would_fill_the_disk(service: Service) -> None:
    """What it is said to have counts before it is there."""
    free = service.services.clips.free_bytes()
    assert free is not None
    limits = Limits(max_clip_bytes=10**15, keep_free_bytes=0)
    assert ask_to_begin(call(replace(service.services, limits=limits)), length=10**14).json()["code"] == "no_room"  # type: ignore[arg-type] # the same class


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a service with everybody."""
    with people(tmp_path_factory.mktemp("crowd")) as world:
        yield world


def files_in(folder: Path) -> list[Path]:
    """Return every file of a clip."""
    return sorted(path for path in (folder / "clips").rglob("clip*") if path.is_file())


def test_one_account_does_not_fill_the_queue(crowd: World) -> None:
    """429 for whoever has as many waiting as they may, over the API, the squad's form and a leg filmed again; others still get in."""
    own = {"athlete_id": crowd.ids["anna"]}
    assert crowd.coach.post("/api/screenings", files={"left": ("l.mp4", make_clip("waits"))}, data=own).status_code == 202
    services = tighten(crowd.services, max_waiting_each=1)
    coach = call(services, crowd.coach.cookies)
    before = files_in(crowd.folder)
    batch = f"/api/squads/{crowd.ids['squad']}/screenings"
    leg = f"/api/screenings/{crowd.ids['anna_screening']}/legs/left"
    clip = ("anna_left.mp4", make_clip("refused"))
    for address, files in (("/api/screenings", {"left": clip}), (batch, {"clips": clip}), (leg, {"clip": clip})):
        answer = coach.post(address, files=files, data=own if "left" in files else {})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_waiting"), address
        assert answer.headers["retry-after"].isdecimal()
    page = coach.post(f"/squads/{crowd.ids['squad']}/upload", files={"clips": clip})
    assert (page.status_code, "retry-after" in page.headers) == (429, True)
    assert "at most 1 may wait" in page.text
    assert files_in(crowd.folder) == before
    anna = call(services, crowd.anna.cookies)
    assert anna.post("/api/screenings", files={"left": ("l.mp4", make_clip("hers"))}).status_code == 202


def test_a_squad_is_taken_as_far_as_there_is_room(crowd: World) -> None:
    """Of many clips at once each that is one too many is named with its reason; the others are taken."""
    ids = crowd.ids
    clara = crowd.other_coach.post("/api/athletes", json={"name": "Clara", "squad_id": ids["other_squad"]}).json()["id"]
    assert crowd.other_coach.put(f"/api/athletes/{clara}/consent", json={"given_by": "athlete"}).status_code == 200
    coach = call(tighten(crowd.services, max_waiting_each=1), crowd.other_coach.cookies)
    files = [("clips", (f"{name}_left.mp4", make_clip(f"{name} now"))) for name in ("ben", "clara")]
    before = files_in(crowd.folder)
    lines = coach.post(f"/api/squads/{ids['other_squad']}/screenings", files=files).json()
    assert [line["problem"] is None for line in lines] == [True, False], lines
    assert "at most 1 may wait" in lines[1]["problem"]
    assert len(files_in(crowd.folder)) == len(before) + 1


def test_a_link_hands_in_a_few(crowd: World) -> None:
    """Whatever an account may: over a link twelve wait at most, on the page as over the API."""
    link = call(crowd.services, crowd.link.cookies)
    for number in range(12):
        assert link.post("/api/screenings", files={"left": ("l.mp4", make_clip(f"link {number}"))}).status_code == 202
    assert link.post("/api/screenings", files={"left": ("l.mp4", make_clip("one more"))}).json()["code"] == "too_many_waiting"
    assert link.post("/screenings", files={"left": ("l.mp4", make_clip("one more"))}).status_code == 429
