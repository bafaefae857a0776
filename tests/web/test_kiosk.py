"""Filming a squad one after the other, and one leg filmed again: the board on a tablet, without scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest

from tests.fakes.clock import FakeClock
from tests.web.conftest import Service
from tests.web.people import World
from tests.web.test_athletes import measure
from tests.web.test_overview import athletes
from tests.web.test_squads import bring_in, make_squad
from tests.web.test_uploads import make_clip

NOT_A_VIDEO = b"no video at all" * 100


@pytest.fixture
def squad(service: Service) -> str:
    """Return a squad whose roster is in no order of names."""
    made = make_squad(service)
    bring_in(service, made, "name,foot_length_cm\nCleo,\nAnna,24.5\nBen,\n")
    return made


def read(service: Service, squad: str, after: str = "") -> str:
    """Return the page."""
    return service.client.get(f"/squads/{squad}/kiosk?after={after}").text


def whose_turn(page: str) -> str | None:
    """Return who is asked to step up."""
    found = re.search(r'class="who-next">([^<]*)<', page)
    return None if found is None else found[1]


def act(service: Service, page: str, files: dict[str, tuple[str, bytes]]) -> str:
    """Send the form of a page with these clips; return where it leads."""
    form = re.search(r'<form action="([^"]*(?:kiosk|legs)[^"]*)"(.*?)</form>', page, re.DOTALL)
    assert form is not None
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[2]))
    answer = service.client.post(form[1].replace("&amp;", "&"), files=files, data=hidden, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_the_order_is_that_of_the_roster(service: Service, squad: str) -> None:
    """One after the other; who is skipped comes again at the end; the board says how far everybody is."""
    ids = athletes(service, squad)
    assert [whose_turn(read(service, squad, ids.get(after, ""))) for after in ("", "Cleo", "Anna", "Ben")] == ["Cleo", "Anna", "Ben", "Cleo"]
    page = read(service, squad)
    assert re.findall(r'class="who">([^<]*)<', page) == ["Cleo", "Anna", "Ben"]
    assert f'href="/squads/{squad}/kiosk?after={ids["Cleo"]}"' in page
    assert page.count('capture="environment"') == 2


def test_both_legs_are_filmed_and_the_next_one_comes(service: Service, squad: str) -> None:
    """In one screening, with the foot length of the athlete; while it is measured nobody is asked for it again, and at the end nobody is left."""
    ids = athletes(service, squad)
    page = service.client.get(act(service, read(service, squad, ids["Cleo"]), {"left": ("l.mp4", make_clip("1")), "right": ("r.mp4", make_clip("2"))})).text
    assert whose_turn(page) == "Ben"
    with service.services.open_records() as records:
        (screening,) = records.list_screenings()
    assert (screening.athlete_id, screening.foot_length_cm, len(screening.attempts)) == (ids["Anna"], 24.5, 2)
    measure(service, ids["Cleo"], "cleo")
    measure(service, ids["Ben"], "ben")
    service.work(screening.screening_id)
    done = read(service, squad)
    assert (whose_turn(done), "Nobody is left" in done) == (None, True)


def test_a_refused_leg_comes_back_with_its_reason(service: Service, squad: str) -> None:
    """Why, and what to do; its new clip goes into the same screening, so that both legs are compared."""
    ids = athletes(service, squad)
    screening = measure(service, ids["Cleo"], "cleo", right="NOBODY")
    page = read(service, squad)
    assert whose_turn(page) == "Cleo"
    assert ("Film right" in page, "Film left" in page) == (True, False)
    line = next(each for each in service.client.get(f"/api/squads/{squad}/board").json()["athletes"] if each["name"] == "Cleo")
    (retake,) = line["retakes"]
    assert (retake["side"], retake["code"]) == ("right", "no_person")
    assert retake["advice"] in page
    assert retake["advice"] in service.client.get(f"/squads/{squad}/board").text
    assert act(service, page, {"clip": ("new.mp4", make_clip("better"))}) == f"/squads/{squad}/kiosk?after={ids['Cleo']}"
    service.work(screening)
    report = service.client.get(f"/api/screenings/{screening}/report").json()
    assert report["comparison"]["difference"]["toe_to_wall_cm"]["value"] == pytest.approx(3.3, abs=0.01)
    assert service.client.get(f"/api/squads/{squad}/table").json()["athletes"][0]["scope"] == "side_difference"
    assert whose_turn(read(service, squad)) == "Anna"


@pytest.mark.parametrize(
    ("zone", "filmed", "looked", "over"),
    [
        ("America/Los_Angeles", "2026-11-10T23:30", "2026-11-11T07:30", "2026-11-11T08:30"),
        ("Australia/Sydney", "2026-11-10T23:30", "2026-11-11T12:30", "2026-11-11T13:30"),
    ],
)
def test_a_session_ends_at_midnight_where_it_is(service: Service, squad: str, zone: str, filmed: str, looked: str, over: str) -> None:
    """UTC midnight falls into an afternoon's session in Los Angeles, into a morning's in Sydney: who was filmed before it is not asked again after it."""
    set_clock(service, filmed)
    measure(service, athletes(service, squad)["Cleo"], "cleo")
    service.client.cookies.set("kneewall_time_zone", zone)
    set_clock(service, looked)
    assert whose_turn(read(service, squad)) == "Anna"
    assert "Next: Anna" in service.client.get(f"/squads/{squad}/board").text
    set_clock(service, over)
    assert whose_turn(read(service, squad)) == "Cleo"
    service.client.cookies.clear()
    set_clock(service, looked)
    board = service.client.get(f"/api/squads/{squad}/board?time_zone={zone}").json()
    assert [line["name"] for line in board["athletes"] if not line["missing"]] == ["Cleo"]


@pytest.mark.parametrize("zone", ["Mars/Olympus_Mons", "America", "../../etc/passwd", "a" * 64])
def test_a_zone_that_is_none_is_refused_in_an_address_only(service: Service, squad: str, zone: str) -> None:
    """A program is told so; a tablet whose browser says it has the day of the machine."""
    answer = service.client.get(f"/api/squads/{squad}/board?time_zone={zone}")
    assert (answer.status_code, "expected a name as Europe/Berlin" in answer.json()["message"]) == (422, True)
    service.client.cookies.set("kneewall_time_zone", zone)
    assert service.client.get(f"/squads/{squad}/kiosk").status_code == 200


def set_clock(service: Service, at: str) -> None:
    """Have it be so late, UTC."""
    clock = FakeClock(datetime.fromisoformat(f"{at}+00:00"))
    service.services = replace(service.services, clock=clock)
    service.client.app.state.services = service.services  # type: ignore[attr-defined] # the client's app is the service's


def test_an_error_is_told_where_the_tablet_is(service: Service, squad: str) -> None:
    """A file that is no video, or nothing at all: the same athlete stays, with the words of the service."""
    ids = athletes(service, squad)
    answer = service.client.post(f"/squads/{squad}/kiosk", files={"left": ("l.txt", NOT_A_VIDEO)}, data={"athlete_id": ids["Cleo"]})
    assert (answer.status_code, "expected a video" in answer.text, whose_turn(answer.text)) == (415, True, "Cleo")
    empty = service.client.post(f"/squads/{squad}/kiosk?after={ids['Cleo']}", files={"left": ("", b"")}, data={"athlete_id": ids["Anna"]})
    assert (empty.status_code, whose_turn(empty.text)) == (422, "Anna")
    service.assert_nothing_stored()


def test_without_consent_it_is_asked_for_first(world: World) -> None:
    """There is nothing to film with; who agreed is filmed."""
    squad = world.ids["squad"]
    cleo = world.coach.post("/api/athletes", json={"name": "Cleo", "squad_id": squad}).json()["id"]
    page = world.coach.get(f"/squads/{squad}/kiosk?after={world.ids['anna']}").text
    assert (whose_turn(page), "Film left" in page, f'href="/?athlete={cleo}"' in page) == ("Cleo", False, True)
    assert world.coach.put(f"/api/athletes/{cleo}/consent", json={"given_by": "athlete"}).status_code == 200
    assert "Film left" in world.coach.get(f"/squads/{squad}/kiosk?after={world.ids['anna']}").text


def test_a_leg_is_put_anew_over_the_api(service: Service, squad: str) -> None:
    """The report before is a version with its reason, the other leg's numbers stay, and the clip is erased when it is measured."""
    screening = measure(service, athletes(service, squad)["Anna"], "anna", right="AT LEAST")
    before = service.client.get(f"/api/screenings/{screening}/report").json()
    address = f"/api/screenings/{screening}/legs/right"
    answer = service.client.post(address, files={"clip": ("again.mp4", make_clip("again"))}, data={"reason": "The heel came up.", "furthest": "true"})
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    busy = service.client.post(address, files={"clip": ("third.mp4", make_clip("third"))})
    assert (busy.status_code, busy.json()["code"]) == (409, "other_leg_busy")
    service.work(screening)
    after = service.client.get(f"/api/screenings/{screening}/report").json()
    assert (before["right"]["limit"], after["right"]["limit"], after["left"]) == ("lower_bound", "bracketed", before["left"])
    assert [each["reason"] for each in service.client.get(f"/api/screenings/{screening}/versions").json()] == [None, "The heel came up."]
    with service.services.open_records() as records:
        found = records.find_screening(screening)
    assert found is not None
    assert [(attempt.side, attempt.furthest, attempt.clip_key) for attempt in found.attempts] == [("left", False, None), ("right", True, None)]
    assert list(service.folder.joinpath("clips").rglob("clip")) == []


@pytest.mark.parametrize(
    ("files", "data", "status"),
    [
        ({"clip": ("l.txt", NOT_A_VIDEO)}, {}, 415),
        ({"clip": ("e.mp4", b"")}, {}, 400),
        ({"clip": ("", b"")}, {}, 422),
        ({"clip": ("l.mp4", make_clip("new"))}, {"reason": "x"}, 422),
        ({"clip": ("l.mp4", make_clip("new"))}, {"pain": "3"}, 422),
        ({"clip": ("l.mp4", make_clip("anna left"))}, {}, 400),
        ({"clip": ("l.mp4", make_clip("anna right "))}, {}, 400),
        ({"clip": ("l.mp4", make_clip("new", size=1_000_001))}, {}, 413),
    ],
)
def test_a_clip_that_cannot_be_taken_leaves_the_leg_as_it_was(
    service: Service, squad: str, files: dict[str, tuple[str, bytes]], data: dict[str, str], status: int
) -> None:
    """No video, empty, none, too little said, too much said, the same clip again, the other leg's, too large: pictures and report stay, and no byte is kept."""
    screening = measure(service, athletes(service, squad)["Anna"], "anna")
    before = sorted(service.folder.joinpath("clips").rglob("*"))
    assert service.client.post(f"/api/screenings/{screening}/legs/left", files=files, data=data).status_code == status
    assert service.client.post(f"/screenings/{screening}/legs/left", files=files, data=data).status_code == status
    assert sorted(service.folder.joinpath("clips").rglob("*")) == before
    assert service.client.get(f"/api/screenings/{screening}").json()["state"] == "done"


def test_a_leg_that_was_never_filmed_is_added(service: Service, squad: str) -> None:
    """By the page; it leads back to the screening."""
    anna = athletes(service, squad)["Anna"]
    screening = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("one"))}, data={"athlete_id": anna}).json()["id"]
    service.work(screening)
    assert "There is no clip of this leg yet" in service.client.get(f"/screenings/{screening}/legs/right").text
    answer = service.client.post(f"/screenings/{screening}/legs/right", files={"clip": ("r.mp4", make_clip("two"))}, follow_redirects=False)
    assert answer.headers["location"] == f"/screenings/{screening}"
    service.work(screening)
    assert service.client.get(f"/api/screenings/{screening}/report").json()["right"]["status"] == "measured"


def test_a_coach_does_not_replace_what_an_athlete_handed_in(world: World) -> None:
    """Somebody with an account of their own replaces it themselves; a link replaces nothing."""
    own = {"left": ("l.mp4", make_clip("own left")), "right": ("r.mp4", make_clip("own right"))}
    screening = world.anna.post("/api/screenings", files=own).json()["id"]
    world.service(world.anna).work(screening)
    address, clip = f"/api/screenings/{screening}/legs/left", {"clip": ("n.mp4", make_clip("new"))}
    assert [client.post(address, files=clip).status_code for client in (world.coach, world.other_coach, world.link)] == [403, 404, 404]
    assert world.anna.post(address, files=clip).status_code == 202
