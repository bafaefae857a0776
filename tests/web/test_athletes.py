"""Athletes over the real application: added, measured, followed, erased."""

from __future__ import annotations

import pytest

from tests.web.conftest import Service
from tests.web.people import World
from tests.web.test_uploads import make_clip

UNKNOWN = "0" * 32


def add(service: Service, name: str = "Anna") -> str:
    """Add an athlete; return their id."""
    answer = service.client.post("/api/athletes", json={"name": name, "foot_length_cm": 24.5})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/athletes/{answer.json()['id']}"
    return str(answer.json()["id"])


def measure(service: Service, athlete_id: str, word: str, *, right: str = "", footwear: str = "barefoot") -> str:
    """Hand in both legs and work them off; return the screening's id."""
    files = {"left": ("l.mp4", make_clip(f"{word} left")), "right": ("r.mp4", make_clip(f"{word} right {right}"))}
    said = {"athlete_id": athlete_id, "footwear": footwear}
    answer = service.client.post("/api/screenings", files=files, data=said)
    assert answer.status_code == 202, answer.text
    service.work(answer.json()["id"])
    return str(answer.json()["id"])


def test_athletes_are_listed_by_name(service: Service) -> None:
    """What was said comes back; spaces about a name do not."""
    add(service, "Ben")
    anna = add(service, "  Anna ")
    listed = service.client.get("/api/athletes").json()
    assert [athlete["name"] for athlete in listed] == ["Anna", "Ben"]
    assert service.client.get(f"/api/athletes/{anna}").json() == listed[0]
    assert listed[0]["foot_length_cm"] == 24.5


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "   "}, {"name": "A" * 81}, {"name": "A", "foot_length_cm": 3}, {"name": "A", "age": 7}])
def test_a_body_that_cannot_be_right_is_refused(service: Service, body: dict[str, object]) -> None:
    """With what was found, and nothing remembered."""
    answer = service.client.post("/api/athletes", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert "found" in answer.json()["message"]
    assert service.client.get("/api/athletes").json() == []


def test_nobody_is_an_error_of_its_own(service: Service) -> None:
    """Looking, following, erasing, and handing in clips for nobody: 404, nothing stored."""
    for method, address in (("GET", UNKNOWN), ("GET", f"{UNKNOWN}/trend"), ("DELETE", UNKNOWN), ("GET", "no-id")):
        answer = service.client.request(method, f"/api/athletes/{address}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_athlete")
    answer = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip())}, data={"athlete_id": UNKNOWN})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_athlete")
    service.assert_nothing_stored()


def test_four_sessions_are_a_trend(service: Service) -> None:
    """The left leg is judged; of the right one there are lower bounds only, shown and not counted."""
    anna = add(service)
    ids = [measure(service, anna, f"week {n}", right="AT LEAST") for n in range(4)]
    trend = service.client.get(f"/api/athletes/{anna}/trend").json()
    left, right = trend["left"]["toe_to_wall_cm"], trend["right"]["toe_to_wall_cm"]
    assert [session["screening"] for session in left["sessions"]] == ids
    assert left["verdict"] == "no_change"
    assert left["change"]["value"] == 0.0
    assert "No change beyond measurement error" in left["words"]
    assert (right["verdict"], right["missing"]) == ("too_few", 4)
    assert trend["difference"]["toe_to_wall_cm"]["sessions"][0]["value"]["value"] == pytest.approx(3.3)  # cm, 12.4 less 9.1
    assert trend["difference"]["toe_to_wall_cm"]["verdict"] == "too_few"
    assert all(session["lower_bound"] and not session["counts"] for session in right["sessions"])


def test_other_shoes_begin_a_new_series(service: Service) -> None:
    """Barefoot and shod are never compared."""
    anna = add(service)
    for n in range(2):
        measure(service, anna, f"bare {n}")
    measure(service, anna, "shod", footwear="shod")
    left = service.client.get(f"/api/athletes/{anna}/trend").json()["left"]["toe_to_wall_cm"]
    assert [session["new_series"] for session in left["sessions"]] == [False, False, True]
    assert [session["counts"] for session in left["sessions"]] == [False, False, True]
    assert left["missing"] == 3


def test_a_repeat_belongs_to_the_athlete_and_is_no_session(service: Service) -> None:
    """It takes the athlete from what it repeats, is not in the trend, and is erased with them."""
    anna = add(service)
    first = measure(service, anna, "first")
    repeat = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("again"))}, data={"repeat_of": first}).json()["id"]
    service.work(repeat)
    sessions = service.client.get(f"/api/athletes/{anna}/trend").json()["left"]["toe_to_wall_cm"]["sessions"]
    assert [session["screening"] for session in sessions] == [first]
    assert service.client.delete(f"/api/athletes/{anna}").status_code == 204
    service.assert_nothing_stored()


def test_an_erased_athlete_leaves_no_trace(service: Service) -> None:
    """Rows and files of their screenings are gone, the name is in no file of the data folder; another's stay."""
    anna, ben = add(service, "Anna Unmistakable"), add(service, "Ben")
    measure(service, anna, "hers")
    kept = measure(service, ben, "his")
    assert service.client.delete(f"/api/athletes/{anna}").status_code == 204
    with service.services.open_records() as records:
        assert records.screening_ids() == {kept}
    assert [athlete["name"] for athlete in service.client.get("/api/athletes").json()] == ["Ben"]
    assert {group.name for group in service.services.clips.groups()} == {kept}
    assert [path.name for path in service.folder.rglob("*") if path.is_file() and b"Unmistakable" in path.read_bytes()] == []


def test_the_pages_lead_from_a_name_to_a_trend(service: Service) -> None:
    """Added by the form, measured with the form's hidden field, seen on their page; names are text and never markup."""
    assert "Nobody yet" in service.client.get("/athletes").text
    added = service.client.post("/athletes", data={"name": "<b>Anna</b>", "foot_length_cm": "24,5"}, follow_redirects=False)
    assert added.status_code == 303
    page = added.headers["location"]
    anna = page.removeprefix("/athletes/")
    assert "&lt;b&gt;Anna&lt;/b&gt;" in service.client.get("/athletes").text
    start = service.client.get(f"/?athlete={anna}").text
    assert f'name="athlete_id" value="{anna}"' in start
    assert 'value="24.5"' in start
    for n in range(4):
        measure(service, anna, f"week {n}", right="AT LEAST")
    shown = service.client.get(page).text
    assert "<b>Anna</b>" not in shown
    assert shown.count('class="point"') == 8  # four sessions of the left leg, distance and angle
    assert shown.count('class="point aside"') == 12  # of the right leg and of the difference
    assert "No change beyond measurement error" in shown
    assert "Too few sessions" in shown


def test_a_form_that_is_refused_stays_the_athletes(service: Service) -> None:
    """After a mistake the next try is still about them; an unknown athlete is said so."""
    anna = add(service)
    refused = service.client.post(f"/screenings?athlete={anna}", files={"left": ("l.txt", b"no video at all" * 100)}, data={"athlete_id": anna})
    assert refused.status_code == 415
    assert f'name="athlete_id" value="{anna}"' in refused.text
    nameless = service.client.post("/athletes", data={"name": " "})
    assert (nameless.status_code, '<a href="#name">Name:</a> found' in nameless.text) == (422, True)
    assert [service.client.get(address).status_code for address in (f"/athletes/{UNKNOWN}", f"/?athlete={UNKNOWN}", f"/athletes/{UNKNOWN}/erase")] == [404] * 3
    assert service.client.post(f"/athletes/{UNKNOWN}/erase").status_code == 404


def test_erasing_by_the_page_asks_first(service: Service) -> None:
    """The question names the person; the button erases and leads back to the list."""
    anna = add(service)
    assert "Erase Anna?" in service.client.get(f"/athletes/{anna}/erase").text
    assert service.client.post(f"/athletes/{anna}/erase", follow_redirects=False).headers["location"] == "/athletes"
    assert service.client.get("/api/athletes").json() == []


def test_a_report_says_whose_legs_they_are(world: World) -> None:
    """To who may see the athlete, and leads to them; over a link nothing but the report is shown."""
    page = world.coach.get(f"/screenings/{world.ids['anna_screening']}").text
    assert f'<p class="whose"><a href="/athletes/{world.ids["anna"]}">Anna</a></p>' in page
    assert 'class="whose"' not in world.link.get(f"/screenings/{world.ids['linked_screening']}").text
