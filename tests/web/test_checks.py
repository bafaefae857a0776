"""Readings by hand and repeats, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.bundle import make_clip
from tests.web.conftest import Service
from tests.web.people import World
from tests.web.test_screenings import UNKNOWN

LEFT = ("l.mp4", make_clip("left"))


def hand_in(service: Service, word: str = "left", **fields: str) -> Any:  # noqa: ANN401 - a response
    """Upload a clip of the left leg."""
    return service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip(word))}, data=fields)


def measured(service: Service, word: str = "left", **fields: str) -> str:
    """Upload and have it measured: 12.4 cm and 41 degrees."""
    screening_id = str(hand_in(service, word, **fields).json()["id"])
    service.work(screening_id)
    return screening_id


def read_checks(service: Service, screening_id: str) -> dict[str, Any]:
    """Return readings and repeats."""
    return dict(service.client.get(f"/api/screenings/{screening_id}/checks").json())


@pytest.mark.parametrize("path", ["/checks"])
def test_unknown_screening_is_404(service: Service, path: str) -> None:
    """Like every address of a screening."""
    assert service.client.get(f"/api/screenings/{UNKNOWN}{path}").json()["code"] == "unknown_screening"
    assert service.client.put(f"/api/screenings/{UNKNOWN}/readings/left/tape_cm", json={"value": 12}).status_code == 404
    assert service.client.get(f"/screenings/{UNKNOWN}/repeat/left").status_code == 404
    typed = {"side": "left", "kind": "tape_cm", "value": "12"}
    assert service.client.post(f"/screenings/{UNKNOWN}/readings", data=typed).status_code == 404


def test_reading_beside_the_clip_is_shown_with_its_difference(service: Service) -> None:
    """Blind, with a decimal comma; on the page and in the checks, and nowhere in the report's JSON."""
    plain, screening_id = measured(service, "plain"), measured(service, tape_left_cm="11,6")
    (reading,) = read_checks(service, screening_id)["readings"]
    assert (reading["value"], reading["blind"], reading["within"], reading["difference"]["value"]) == (11.6, True, True, 0.8)
    page = service.client.get(f"/screenings/{screening_id}").text
    assert "Tape 11.6\N{NO-BREAK SPACE}cm" in page
    assert "+0.8\N{NO-BREAK SPACE}cm" in page
    assert "left out of the agreement" not in page
    reports = [service.client.get(f"/api/screenings/{each}/report").json() for each in (plain, screening_id)]
    assert reports[0] == reports[1]


@pytest.mark.parametrize(("field", "value"), [("tape_left_cm", "41"), ("tape_left_cm", "-1"), ("inclinometer_left_deg", "90"), ("tape_left_cm", "ten")])
def test_reading_out_of_range_is_422_and_stores_nothing(service: Service, field: str, value: str) -> None:
    """A slip of the pen is told before anything is kept."""
    answer = hand_in(service, **{field: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert field in answer.json()["message"]
    service.assert_nothing_stored()


def test_reading_after_the_result_is_marked(service: Service) -> None:
    """The form beside the report keeps it, and says that it will be left out."""
    screening_id = measured(service)
    typed = {"side": "left", "kind": "inclinometer_deg", "value": "30,5"}
    answer = service.client.post(f"/screenings/{screening_id}/readings", data=typed, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/screenings/{screening_id}#check")
    (reading,) = read_checks(service, screening_id)["readings"]
    assert (reading["blind"], reading["within"]) == (False, False)
    page = service.client.get(f"/screenings/{screening_id}").text
    assert "left out of the agreement" in page
    assert "more than the" in page


def test_reading_of_a_refused_clip_is_shown(service: Service) -> None:
    """It is kept, with nothing to hold it against, and nothing to repeat."""
    screening_id = measured(service, "NOBODY", tape_left_cm="11.6")
    page = service.client.get(f"/screenings/{screening_id}").text
    assert "Tape 11.6" in page
    assert "no number to hold against it" in page
    assert "/repeat/" not in page


def test_blind_reading_stays(service: Service) -> None:
    """Neither the form nor the API replaces it once there is a result."""
    screening_id = measured(service, tape_left_cm="11.6")
    typed = {"side": "left", "kind": "tape_cm", "value": "12.4"}
    refused = service.client.post(f"/screenings/{screening_id}/readings", data=typed)
    assert refused.status_code == 409
    assert "stays" in refused.text
    assert 'value="12.4"' in refused.text, "the report comes back with what was typed"
    answer = service.client.put(f"/api/screenings/{screening_id}/readings/left/tape_cm", json={"value": 12.4})
    assert (answer.status_code, answer.json()["code"]) == (409, "reading_kept")


def test_reading_by_api_before_the_result_is_blind(service: Service) -> None:
    """As long as nothing is measured."""
    screening_id = str(hand_in(service).json()["id"])
    answer = service.client.put(f"/api/screenings/{screening_id}/readings/left/tape_cm", json={"value": 12.0})
    assert (answer.status_code, answer.json()["readings"][0]["blind"], answer.json()["readings"][0]["camera"]) == (200, True, None)


@pytest.mark.parametrize("body", [{"value": "x"}, {}, {"value": 41}, {"value": 12, "blind": True}])
def test_malformed_reading_is_422(service: Service, body: dict[str, Any]) -> None:
    """Nobody declares a reading blind; a value out of range is none."""
    screening_id = str(hand_in(service).json()["id"])
    assert service.client.put(f"/api/screenings/{screening_id}/readings/left/tape_cm", json=body).status_code == 422
    assert read_checks(service, screening_id)["readings"] == []


@pytest.mark.parametrize("value", ["", "ten", "nan", "41"])
def test_wrong_number_in_the_form_is_told_on_a_page(service: Service, value: str) -> None:
    """A sentence and a way back."""
    screening_id = measured(service)
    answer = service.client.post(f"/screenings/{screening_id}/readings", data={"side": "left", "kind": "tape_cm", "value": value})
    assert answer.status_code == 422


def test_repeat_is_bound_to_the_first(service: Service) -> None:
    """Two takes of one leg, on the pages of both, with the way back."""
    original = measured(service, foot_length_cm="26")
    page = service.client.get(f"/screenings/{original}").text
    assert f'href="/screenings/{original}/repeat/left"' in page
    assert f"/screenings/{original}/repeat/right" not in page
    asked = service.client.get(f"/screenings/{original}/repeat/left")
    assert f'name="repeat_of" value="{original}"' in asked.text
    repeat = str(hand_in(service, "again", repeat_of=original, furthest_left="true").json()["id"])
    service.work(repeat)
    checks = read_checks(service, repeat)
    assert checks["original"] == original
    assert [take["screening"] for take in checks["takes"]["left"]] == [original, repeat]
    assert checks["takes"]["left"][1]["from_first"] == {"toe_to_wall_cm": 0.0, "shin_angle_deg": 0.0}
    assert (checks["repeatability"]["toe_to_wall_cm"]["repeats"], checks["repeatability"]["toe_to_wall_cm"]["mdc95"]) == (1, None)
    for screening_id in (original, repeat):
        assert "One repeat says little" in service.client.get(f"/screenings/{screening_id}").text
    assert f'a repeat of <a href="/screenings/{original}">' in service.client.get(f"/screenings/{repeat}").text
    assert "a repeat of" not in service.client.get(f"/screenings/{original}").text


def test_repeat_without_scripts_leads_to_its_page(service: Service) -> None:
    """The form posts by itself; an error is told on the same form."""
    original = measured(service)
    address = f"/screenings/{original}/repeat/left"
    data = {"repeat_of": original}
    refused = service.client.post(address, files={"left": LEFT}, data=data)
    assert refused.status_code == 400
    assert "measured already" in refused.text
    assert "Repeat the left leg" in refused.text
    taken = service.client.post(address, files={"left": ("l.mp4", make_clip("again"))}, data=data, follow_redirects=False)
    assert taken.status_code == 303
    assert taken.headers["location"].startswith("/screenings/")


@pytest.mark.parametrize("field", ["foot_length_cm", "tape_left_cm", "footwear"])
def test_repeat_says_nothing_anew(service: Service, field: str) -> None:
    """What differs from the first would not be a repeat, and a reading would not be blind."""
    original = measured(service)
    value = {"footwear": "shod"}.get(field, "26")
    answer = hand_in(service, "again", repeat_of=original, **{field: value})
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(f"found {field} beside repeat_of")


def test_repeat_of_nothing_is_404(service: Service) -> None:
    """And stores nothing."""
    assert hand_in(service, repeat_of=UNKNOWN).status_code == 404
    service.assert_nothing_stored()


def test_six_repeats_state_a_detectable_change(service: Service) -> None:
    """From then on the page says a standard error; the fake engine always measures the same, so it is zero."""
    original = measured(service)
    for number in range(6):
        service.work(str(hand_in(service, f"again {number}", repeat_of=original).json()["id"]))
    assert read_checks(service, original)["repeatability"]["shin_angle_deg"]["mdc95"] == 0
    assert "minimal detectable change" in service.client.get(f"/screenings/{original}").text


def test_erasing_the_first_erases_its_repeats(service: Service) -> None:
    """Rows and files."""
    original = measured(service, tape_left_cm="11.6")
    service.work(str(hand_in(service, "again", repeat_of=original).json()["id"]))
    assert service.client.delete(f"/api/screenings/{original}").status_code == 204
    service.assert_nothing_stored()


def test_a_reading_is_taken_back_and_not_typed_blind_again(service: Service) -> None:
    """By the button beside it or by a program; what takes its place is left out of the agreement."""
    screening_id = measured(service, tape_left_cm="1.6")
    button = f"/screenings/{screening_id}/readings/left/tape_cm/erase"
    assert f'action="{button}"' in service.client.get(f"/screenings/{screening_id}").text
    answer = service.client.post(button, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/screenings/{screening_id}#check")
    assert read_checks(service, screening_id)["readings"] == []
    address = f"/api/screenings/{screening_id}/readings/left/tape_cm"
    assert service.client.put(address, json={"value": 11.6}).json()["readings"][0]["blind"] is False
    assert service.client.delete(address).status_code == 204
    assert (service.client.delete(address).status_code, service.client.post(button).status_code) == (404, 404)


def test_only_who_handed_in_the_clips_takes_a_reading_back(world: World) -> None:
    """A coach what they sent and not what came over a link; the athlete not what the coach sent; an admin all; another coach knows of none."""
    own, linked = (world.ids[name] for name in ("anna_screening", "linked_screening"))
    for screening_id in (own, linked):
        assert world.coach.put(f"/api/screenings/{screening_id}/readings/left/tape_cm", json={"value": 9.0}).status_code == 200
    button = "/readings/left/tape_cm/erase"
    assert [button in world.coach.get(f"/screenings/{each}").text for each in (own, linked)] == [True, False]
    tries = [
        *((world.anna, own, 403), (world.other_coach, own, 404), (world.link, own, 404), (world.coach, linked, 403)),
        *((world.coach, own, 204), (world.link, linked, 204), (world.admin, own, 404)),
    ]
    for client, screening_id, status in tries:
        assert client.delete(f"/api/screenings/{screening_id}/readings/left/tape_cm").status_code == status
