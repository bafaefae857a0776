"""Lists of screenings page by page, and uploads that are sent twice."""

from __future__ import annotations

import threading

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
    assert world.coach.get(f"/screenings?after={world.ids['linked_screening']}").text.count("<tr>") == 2
    assert world.coach.get(f"/screenings?after={world.ids['ben_screening']}").status_code == 404
