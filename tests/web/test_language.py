"""In which language a page is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.rendering.language import choose_language
from tests.web.conftest import Service
from tests.web.people import new_client, people
from tests.web.test_squads import bring_in, make_squad
from tests.web.test_uploads import make_clip


@pytest.mark.parametrize(
    ("kept", "accepted", "expected"),
    [
        (None, "", "en"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "fr,en;q=0.5,de;q=0.7", "de"),
        (None, "fr", "en"),
        (None, "de;q=0", "en"),
        (None, "de;q=none,en", "en"),
        ("en", "de", "en"),
        ("tlh", "de", "de"),
    ],
)
def test_language_is_the_kept_one_then_the_most_liked(kept: str | None, accepted: str, expected: str) -> None:
    """What somebody chose goes before what their browser says, and what is not ours is English."""
    assert choose_language(kept, accepted) == expected


def test_page_says_in_which_language_it_is(tmp_path: Path) -> None:
    """Screen readers pronounce a page by its lang attribute."""
    with people(tmp_path) as world:
        client = new_client(world.app)
        assert '<html lang="en">' in client.get("/signin").text
        assert '<html lang="de">' in client.get("/signin", headers={"Accept-Language": "de-DE"}).text


def test_choice_is_remembered_and_leads_back(tmp_path: Path) -> None:
    """The buttons at the foot of a page show the same page again; a page of somebody else is not led to."""
    with people(tmp_path) as world:
        client = new_client(world.app)
        chosen = client.post("/language", data={"language": "de"}, headers={"Referer": f"{client.base_url}/signin?x=1"}, follow_redirects=False)
        assert chosen.headers["location"] == "/signin?x=1"
        assert '<html lang="de">' in client.get("/signin").text
        away = client.post("/language", data={"language": "en"}, headers={"Referer": "https://example.org//evil"}, follow_redirects=False)
        assert away.headers["location"] == "/"
        assert client.post("/language", data={"language": "tlh"}).status_code == 422


@pytest.mark.parametrize(("headers", "toe", "shin"), [({"Accept-Language": "de-CH,en;q=0.5"}, "Zehe", "Schienbein 38,2°"), ({}, "toe", "Shin 38.2°")])
def test_pictures_speak_the_language_of_who_handed_in(service: Service, headers: dict[str, str], toe: str, shin: str) -> None:
    """One athlete's form, many clips at once, and a clip of these that somebody else tells later; programs that say nothing get English."""
    squad = make_squad(service)
    bring_in(service, squad, "name\nAnna\n")
    anna = service.client.get(f"/api/squads/{squad}/athletes").json()[0]["id"]
    alone = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip("alone"))}, headers=headers).json()["id"]
    files = [("clips", (name, make_clip(name))) for name in ("anna_left.mp4", "IMG_1.mp4")]
    together, held = service.client.post(f"/api/squads/{squad}/screenings", files=files, headers=headers).json()
    said = {"athlete_id": anna, "side": "left"}
    told = service.client.post(f"/api/squads/{squad}/waiting/{held['waiting']}", json=said, headers={"Accept-Language": "fr"}).json()["screening"]
    for screening in (alone, together["screening"], told):
        service.work(screening)
    assert [words.names["toe"] for words in service.engine.words] == [toe] * 3
    words = service.engine.words[0]
    assert words.shin.format(angle=f"{words.write_number(38.2, 1)}°") == shin


def test_an_error_is_told_to_programs_and_to_readers(service: Service) -> None:
    """A program reads fields by their codes, in English; a page shows them by their names, in the language of its reader."""
    files = {"left": ("l.mp4", make_clip("refused"))}
    answer = service.client.post("/api/screenings", files=files, data={"foot_length_cm": "99"}, headers={"Accept-Language": "de"})
    said = answer.json()
    assert answer.status_code == 422
    assert "foot_length_cm: found '99'" in said["message"]
    assert said["shown"]["message"].startswith("Fußlänge in cm: ")
    assert "foot_length_cm" not in said["shown"]["message"]
    assert said["shown"]["advice"] != said["advice"]
    plain = service.client.post("/api/screenings", files=files, data={"foot_length_cm": "99"}).json()
    assert plain["shown"]["message"].startswith("Foot length in cm: ")
    assert (plain["message"], plain["advice"]) == (said["message"], said["advice"])


def test_what_became_of_each_clip_of_a_squad_is_told_to_its_reader(service: Service) -> None:
    """The page of a squad sends by script, and shows what the answer says of each file."""
    squad = make_squad(service)
    files = [("clips", ("nobody_at_all.mp4", make_clip("nobody")))]
    german, english = (
        service.client.post(f"/api/squads/{squad}/screenings", files=files, headers={"Accept-Language": liked}).json()[0] for liked in ("de", "en")
    )
    assert german["problem"] == english["problem"] == english["shown"]
    assert german["shown"] != german["problem"]


def test_what_no_rule_foresees_is_told_to_its_reader_too(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program, a body that is too large, an address that is not there: `shown` speaks as the page does."""
    german = {"Accept-Language": "de"}
    missing = service.client.get("/api/nothing", headers=german).json()
    assert (missing["message"], missing["shown"]["message"]) == ("There is nothing under this address.", "Unter dieser Adresse gibt es nichts.")
    large = service.client.post("/api/athletes", content=b"x" * 2_000_000, headers=german).json()
    assert (large["code"], large["shown"]["message"]) == ("too_large", "Die Anfrage ist größer, als diese Adresse annimmt.")
    assert large["shown"]["advice"].startswith("Höchstens 1 MB")
    monkeypatch.setattr("app.web.api.athletes.athletes.list_athletes", None)
    broken = service.client.get("/api/athletes", headers=german).json()
    assert broken["code"] == "internal"
    assert broken["shown"]["message"].startswith("Im Dienst ist etwas schiefgegangen.")
    assert broken["shown"]["advice"] != broken["advice"]
