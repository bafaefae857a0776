"""Lists of screenings page by page, and uploads that are sent twice."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any

from app.ports.screenings import LegNumbers
from tests.fakes.clock import FakeClock
from tests.web.conftest import Service
from tests.web.people import World
from tests.web.test_athletes import add, measure
from tests.web.test_uploads import make_clip


def send(service: Service, key: str, word: str) -> str:
    """Hand in one clip under a key; return the screening's id."""
    answer = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip(word))}, headers={"Idempotency-Key": key})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_pages_follow_each_other_without_gap_or_overlap(service: Service) -> None:
    """Newest first, each screening once; the last page has no next."""
    ids = [send(service, f"key {n}", f"{n}") for n in range(7)]
    address, seen = "/api/screenings?limit=3", []
    while address:
        page = service.client.get(address).json()
        seen += [screening["id"] for screening in page["screenings"]]
        address = page["next"]
    assert len(seen) == 7
    assert set(seen) == set(ids)
    assert seen[0] == ids[-1]


def test_lists_are_narrowed(service: Service) -> None:
    """By athlete, state and time; a time without a zone, an unknown word and an unknown page are refused."""
    anna = add(service)
    done = measure(service, anna, "hers")
    waiting = send(service, "key", "nobody's")
    for asked, expected in ((f"athlete_id={anna}", [done]), ("state=done", [done]), ("state=queued", [waiting]), ("until=2026-01-01T00:00:00Z", [])):
        listed = service.client.get(f"/api/screenings?{asked}").json()
        assert [screening["id"] for screening in listed["screenings"]] == expected, asked
    for asked in ("since=2026-01-01T00:00:00", "limit=0", "limit=101", "state=x", "color=red"):
        assert service.client.get(f"/api/screenings?{asked}").status_code == 422, asked
    for asked in (f"athlete_id={'0' * 32}", f"after={'0' * 32}"):
        assert service.client.get(f"/api/screenings?{asked}").status_code == 404, asked


def test_everybody_lists_what_they_may_see(world: World) -> None:
    """A coach the athletes of their squads, an athlete themselves, an admin everything; nobody begins at another's screening."""
    ids = world.ids
    seen = {kind: {one["id"] for one in getattr(world, kind).get("/api/screenings").json()["screenings"]} for kind in ("coach", "other_coach", "anna", "admin")}
    hers = {ids["anna_screening"], ids["linked_screening"]}
    assert seen == {"coach": hers, "anna": hers, "other_coach": {ids["ben_screening"]}, "admin": hers | {ids["ben_screening"]}}
    assert world.coach.get(f"/api/screenings?after={ids['ben_screening']}").status_code == 404
    assert world.coach.get(f"/api/screenings?athlete_id={ids['ben']}").status_code == 404
    assert world.link.get("/api/screenings").status_code == 403


def test_an_upload_sent_twice_is_one_screening(service: Service) -> None:
    """The same answer, no second copy; under another key it is another one."""
    first = send(service, "my key", "one")
    assert send(service, "my key", "one") == first
    assert send(service, "another", "one") != first
    with service.services.open_records() as records:
        assert len(records.screening_ids()) == 2
    assert len([path for path in service.folder.joinpath("clips").rglob("*") if path.is_file()]) == 2
    refused = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("x"))}, headers={"Idempotency-Key": "k" * 201})
    assert (refused.status_code, "Idempotency-Key" in refused.json()["message"]) == (422, True)


def test_an_upload_sent_twice_at_once_is_one_screening(service: Service) -> None:
    """Whoever comes second gets the first one's screening, and nothing of theirs is left."""
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(send(service, "at once", "one"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 4
    assert len(set(answers)) == 1
    with service.services.open_records() as records:
        assert records.screening_ids() == set(answers)
    assert {path.parts[-3] for path in service.folder.joinpath("clips").rglob("*") if path.is_file()} == set(answers)


def test_a_key_is_its_senders_own(world: World) -> None:
    """Two people may call their uploads alike."""
    made = []
    for client, athlete in ((world.coach, "anna"), (world.other_coach, "ben")):
        files = {"left": ("l.mp4", make_clip(athlete))}
        answer = client.post("/api/screenings", files=files, data={"athlete_id": world.ids[athlete]}, headers={"Idempotency-Key": "today"})
        made.append(answer.json()["id"])
    assert made[0] != made[1]


def test_the_page_lists_what_one_may_see(world: World) -> None:
    """Newest first, with whose it is and how far; who holds a link sees no list."""
    shown = world.coach.get("/screenings").text
    assert f'href="/screenings/{world.ids["anna_screening"]}"' in shown
    assert f'href="/screenings/{world.ids["linked_screening"]}"' in shown
    assert world.ids["ben_screening"] not in shown
    assert "Anna" in shown
    assert world.ids["ben_screening"] in world.admin.get("/screenings").text
    assert "Earlier ones" not in shown
    assert world.link.get("/screenings").status_code == 403
    assert world.coach.get(f"/screenings?after={world.ids['linked_screening']}").text.count("<time") == 1
    assert world.coach.get(f"/screenings?after={world.ids['ben_screening']}").status_code == 404


def read_rows(page: str) -> list[str]:
    """Return what each row of the page says, the newest first."""
    rows = re.findall(r"<li>(.*?)</li>", page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def change_numbers(service: Service, screening_id: str, *codes: str, **changes: Any) -> None:  # noqa: ANN401 - fields of the numbers
    """Let the left leg of a screening have other headline numbers, and findings of these codes."""
    with service.services.open_records() as records:
        screening = records.find_screening(screening_id)
        attempt = screening and screening.attempt("left")
        assert attempt is not None
        assert attempt.measurement is not None
        assert isinstance(attempt.numbers, LegNumbers)
        findings = [{"code": code, "severity": "error", "message": "Found.", "value": None} for code in codes]
        records.set_measurement(screening_id, "left", {**attempt.measurement, "findings": findings}, numbers=replace(attempt.numbers, **changes))
        records.commit()


def test_the_page_tells_the_numbers_of_each_leg_or_why_there_are_none(service: Service) -> None:
    """Both headline numbers with their plus-minus; a lower bound and points set by hand as such; in words what was refused and what is missing."""
    anna = add(service)
    measure(service, anna, "plain")
    measure(service, anna, "AT LEAST")
    measure(service, anna, "NOBODY")
    no_scale, no_angle = measure(service, anna, "no scale"), measure(service, anna, "no angle")
    change_numbers(service, no_scale, "no_scale", toe_to_wall_cm=None, toe_to_wall_std_cm=None, set_by_hand=True)
    change_numbers(service, no_angle, "angle_not_believed", shin_angle_deg=None, shin_angle_std_deg=None)
    send(service, "still to come", "queued")
    page = service.client.get("/screenings").text
    legs = [row.split(" Left", 1)[1].split(" Right")[0] for row in read_rows(page)]
    assert legs == [
        "",
        " 12.4 ± 0.8 cm The plus-minus of the angle is too large: no angle is given.",
        " 41.0 ± 2.0° points set by hand Nothing in the clip has a known size: no centimetres are given.",
        " Nobody was found in most of the clip.",
        " ≥ 12.4 ± 0.8 cm 41.0 ± 2.0°",
        " 12.4 ± 0.8 cm 41.0 ± 2.0°",
    ]
    assert "waiting" in read_rows(page)[0]
    assert read_rows(page)[-1].endswith(" Right 9.1 ± 0.8 cm 41.0 ± 2.0°")
    german = service.client.get("/screenings", headers={"Accept-Language": "de"}).text
    assert read_rows(german)[3].endswith("Rechts Im größten Teil des Videos war niemand zu finden.")
    assert "12,4 ± 0,8 cm" in read_rows(german)[5]


def test_times_are_those_of_the_reader(service: Service) -> None:
    """By the zone that the browser told, winter and summer; a browser that told none reads which clock it is."""
    for at in ("2026-01-05T23:30", "2026-07-05T23:30"):
        service.services = replace(service.services, clock=FakeClock(datetime.fromisoformat(f"{at}+00:00")))
        service.client.app.state.services = service.services  # type: ignore[attr-defined]
        send(service, at, at)
    assert 'data-zone="UTC"' in service.client.get("/screenings").text
    service.client.cookies.set("kneewall_time_zone", "Europe/Berlin")
    page = service.client.get("/screenings").text
    assert 'data-zone="Europe/Berlin"' in page
    assert re.findall(r"<time [^>]*>([^<]*)<", page) == ["2026-07-06 01:30", "2026-01-06 00:30"]


def test_looking_through_the_list_is_a_look(world: World) -> None:
    """It shows everybody's numbers; who reads their own is nobody else, and what was not measured yet is nothing to see."""

    def read_looks() -> set[tuple[str, str]]:
        return {(look["by"], look["what"]) for look in world.anna.get(f"/api/athletes/{world.ids['anna']}/looks").json()}

    world.anna.get("/screenings")
    assert "list" not in {what for _, what in read_looks()}
    world.coach.get("/screenings")
    assert ("coach@example.org", "list") in read_looks()
