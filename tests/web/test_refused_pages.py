"""What people are shown of a request that no page of ours makes, and what is left of what they typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.web.conftest import Service
from tests.web.people import World
from tests.web.test_by_hand import measured
from tests.web.test_squads import bring_in, make_squad

__all__ = ["measured"]


@pytest.mark.parametrize(("path", "words"), [("/nowhere", "There is no page at this address."), ("/squads/x/roster/y", "There is no page at this address.")])
def test_a_mistyped_address_is_answered_with_a_page(service: Service, path: str, words: str) -> None:
    """In the reader's language; a program gets the error that it knows."""
    answer = service.client.get(path)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")
    assert words in answer.text
    assert "Unter dieser Adresse gibt es keine Seite." in service.client.get(path, headers={"Accept-Language": "de"}).text
    assert service.client.get(f"/api{path}").json()["code"] == "not_found"


def test_a_form_that_is_too_large_is_answered_with_a_page(service: Service) -> None:
    """What a program sends is answered with an error."""
    answer = service.client.post("/athletes", data={"name": "x" * 1_100_000})
    assert (answer.status_code, "What was sent cannot be read" in answer.text) == (413, True)
    assert service.client.post("/api/athletes", json={"name": "x" * 1_100_000}).json()["code"] == "too_large"


@pytest.mark.parametrize(
    ("referer", "address"),
    [("http://testserver/squads?x=1", "/squads?x=1"), ("http://testserver/athletes/a/share", "/"), ("http://[", "/"), ("https://elsewhere.example/", "/")],
)
def test_choosing_a_language_leads_back_to_a_page_that_can_be_asked_for(service: Service, referer: str, address: str) -> None:
    """Not to one that a form has made, nor anywhere else."""
    host = service.client.base_url.host
    sent = {"Referer": referer.replace("testserver", host)}
    answer = service.client.post("/language", data={"language": "de"}, headers=sent, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, address)


@pytest.mark.parametrize("name", ["%00", "a" * 5000])
def test_a_file_name_that_cannot_be_is_not_there(service: Service, name: str) -> None:
    """Whoever takes compressed files may ask for anything."""
    assert service.client.get(f"/static/vendor/uplot-1.0/{name}", headers={"Accept-Encoding": "gzip"}).status_code == 404


@pytest.mark.parametrize("typed", [{"reason": ""}, {"reason": "The toe was short.", "heel_x": "600", "heel_y": "seven"}])
def test_points_that_were_set_are_not_lost_with_a_refusal(measured: tuple[Service, str], typed: dict[str, str]) -> None:
    """The toe stays where it was moved to, and the reason stays as it was typed; a decimal comma is one."""
    service, own = measured
    x, y = service.client.get(f"/api/screenings/{own}/by-hand/left").json()["points"]["toe"]
    moved = {"toe_x": f"{x + 8:.2f}".replace(".", ","), "toe_y": f"{y:.2f}"}
    answer = service.client.post(f"/screenings/{own}/by-hand/left", data={"action": "save"} | moved | typed)
    assert answer.status_code == 422
    assert f'name="toe_x" type="text" inputmode="decimal" autocomplete="off" value="{moved["toe_x"]}"' in answer.text
    assert f'value="{typed["reason"]}">' in answer.text


def test_a_length_learnt_is_not_typed_by_the_tablet(service: Service) -> None:
    """The board hands on no length: what is known of the foot, and how well, is known already."""
    squad = make_squad(service)
    bring_in(service, squad, "name,foot_length_cm\nAnna,24.5\n")
    assert 'name="foot_length_cm"' not in service.client.get(f"/squads/{squad}/kiosk").text


def test_a_learnt_length_is_told_with_the_readers_comma(service: Service) -> None:
    """In German."""
    own = service.client.post("/api/athletes", json={"name": "Mia"}).json()["id"]
    with service.services.open_records() as records:
        athlete = records.athletes.find(own)
        assert athlete is not None
        records.athletes.change(replace(athlete, foot_length_cm=24.53, foot_length_std_cm=0.12, foot_length_origin="learnt"))
        records.commit()
    assert "24,5" in service.client.get(f"/?athlete={own}", headers={"Accept-Language": "de"}).text


@pytest.mark.parametrize("name", ["\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "Jo \U0001f469\u200d\U0001f52c"])
def test_names_are_written_as_people_write_them(service: Service, name: str) -> None:
    """Letters that are joined or kept apart by signs that nobody sees."""
    assert service.client.post("/api/athletes", json={"name": name}).status_code == 201


def test_a_coach_takes_nobody_out_of_a_squad_that_is_not_theirs(world: World) -> None:
    """Nor learns that there is one, though they see the athlete; its own coach still sees them."""
    ids = world.ids
    mia = world.coach.post("/api/athletes", json={"name": "Mia", "squad_id": ids["squad"]}).json()["id"]
    with world.services.open_records() as records:
        records.squads.join(ids["other_squad"], mia)
        records.commit()
    assert world.coach.delete(f"/api/athletes/{mia}/squads/{ids['other_squad']}").status_code == 404
    assert world.coach.post(f"/athletes/{mia}/squads/{ids['other_squad']}/leave").status_code == 404
    assert world.other_coach.get(f"/api/athletes/{mia}").status_code == 200
    assert world.coach.delete(f"/api/athletes/{mia}/squads/{ids['squad']}").status_code == 204
