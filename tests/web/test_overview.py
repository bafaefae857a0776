"""A squad's table as its coaches work with it: narrowed, with notes and the last weeks, compared, on paper."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pypdfium2
import pytest

from tests.fakes.clock import FakeClock
from tests.web.conftest import Service
from tests.web.people import World
from tests.web.test_athletes import measure
from tests.web.test_squads import bring_in, make_squad


@pytest.fixture
def squad(service: Service) -> str:
    """Anna's legs differ, Bénédicte's right one was refused, Cleo's differ no more than shown, Dora was never measured and has a note."""
    made = make_squad(service)
    bring_in(service, made, "name\nAnna\nBénédicte\nCleo\nDora\n")
    ids = athletes(service, made)
    measure(service, ids["Anna"], "anna")
    measure(service, ids["Bénédicte"], "ben", right="NOBODY")
    measure(service, ids["Cleo"], "cleo", right="AT LEAST")
    assert service.client.put(f"/api/squads/{made}/athletes/{ids['Dora']}/note", json={"text": "=away until May"}).status_code == 204
    return made


def athletes(service: Service, squad: str) -> dict[str, str]:
    """Return the ids of a squad's athletes by name."""
    return {each["name"]: each["id"] for each in service.client.get(f"/api/squads/{squad}/athletes").json()}


def test_a_filter_that_finds_nobody_says_so(service: Service, squad: str) -> None:
    """The squad is not empty."""
    found = service.client.get(f"/api/squads/{squad}/table?name=Zoe").json()["filtered"]
    assert (found["athletes"], found["words"]) == (0, "No one matches this filter.")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Anna", "Bénédicte", "Cleo", "Dora"]),
        ("retake=&above=&untested_days=&noted=&name=", ["Anna", "Bénédicte", "Cleo", "Dora"]),
        ("retake=true", ["Bénédicte"]),
        ("above=1.5", ["Anna"]),
        ("noted=true", ["Dora"]),
        ("untested_days=1", ["Dora"]),
        ("untested_days=0", ["Anna", "Bénédicte", "Cleo", "Dora"]),
        ("name=BENE", ["Bénédicte"]),
        ("name=o&retake=false", ["Cleo", "Dora"]),
        ("noted=true&retake=true", []),
    ],
)
def test_the_table_shows_who_is_looked_for(service: Service, squad: str, query: str, names: list[str]) -> None:
    """Over the API, on the page, as CSV: the same people."""
    table = service.client.get(f"/api/squads/{squad}/table?{query}").json()
    assert [row["name"] for row in table["athletes"]] == names
    page = service.client.get(f"/squads/{squad}?{query}").text
    assert [name for name in ("Anna", "Bénédicte", "Cleo", "Dora") if f'aria-label="Compare: {name}"' in page] == names
    rows = list(csv.DictReader(io.StringIO(service.client.get(f"/api/squads/{squad}/table.csv?{query}").text)))
    assert [row["name"] for row in rows] == names


def test_chance_is_told_of_everybody_and_of_who_is_shown(service: Service, squad: str) -> None:
    """The whole squad's number stays what it is."""
    whole = service.client.get(f"/api/squads/{squad}/table").json()
    shown = service.client.get(f"/api/squads/{squad}/table?retake=true").json()
    assert whole["filtered"] is None
    assert (shown["beyond_1_5_cm"], shown["words"]) == (whole["beyond_1_5_cm"], whole["words"])
    assert (shown["filtered"]["athletes"], shown["filtered"]["of"], shown["filtered"]["beyond_1_5_cm"]["named"]) == (1, 4, 0)
    named = service.client.get(f"/api/squads/{squad}/table?above=1.5").json()["filtered"]
    assert named["beyond_1_5_cm"] == whole["beyond_1_5_cm"]
    assert "1 of 4 shown." in service.client.get(f"/squads/{squad}?above=1.5").text


def test_who_was_not_tested_for_long_is_found(service: Service, squad: str) -> None:
    """By days since the newest measurement."""
    clock = FakeClock(service.services.clock.now())
    clock.advance(29 * 86_400)
    service.client.app.state.services = replace(service.services, clock=clock)  # type: ignore[attr-defined] # the client's app is the service's
    assert [row["name"] for row in service.client.get(f"/api/squads/{squad}/table?untested_days=30").json()["athletes"]] == ["Dora"]
    clock.advance(2 * 86_400)
    assert len(service.client.get(f"/api/squads/{squad}/table?untested_days=30").json()["athletes"]) == 4


@pytest.mark.parametrize("query", ["above=2", "untested_days=-1", "untested_days=soon", "retake=perhaps", "color=red", "name=" + "x" * 81])
def test_a_filter_that_is_none_is_refused(service: Service, squad: str, query: str) -> None:
    """With what was found."""
    answer = service.client.get(f"/api/squads/{squad}/table?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert service.client.get(f"/squads/{squad}?{query}").status_code == 422


def test_paper_shows_who_is_looked_for(service: Service, squad: str) -> None:
    """With the notes, and how many of how many they are."""

    def read(query: str) -> str:
        content = service.client.get(f"/squads/{squad}/table.pdf{query}").content
        return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content)).replace("\r\n", " ")

    assert "=away until May" in read("")
    noted = read("?noted=true")
    assert ("Dora" in noted, "Anna" in noted, "1 of 4 shown." in noted) == (True, False, True)
    assert f'href="/squads/{squad}/table.pdf?noted=true"' in service.client.get(f"/squads/{squad}?noted=true").text


def test_repeating_is_the_first_thing_to_do(service: Service, squad: str) -> None:
    """A link that begins the measurement of who is named, before the table."""
    page = service.client.get(f"/squads/{squad}").text
    first = page.index(f'href="/?athlete={athletes(service, squad)["Anna"]}"')
    assert page.index("First: repeat today") < first < page.index("<table")


def test_the_last_weeks_are_drawn_and_told(service: Service, squad: str) -> None:
    """A line for who has differences, and the same in words; no style of its own, which the page would refuse."""
    measure(service, athletes(service, squad)["Anna"], "anna again")
    page = service.client.get(f"/squads/{squad}").text
    assert page.count('<svg class="spark"') == 1
    assert "2 sessions in 12 weeks, the last: +3.3, +3.3 cm." in page
    assert "style=" not in page


def test_a_note_is_written_changed_and_erased_by_the_page(service: Service, squad: str) -> None:
    """Without scripts; a formula of a spreadsheet is none; what is too long is refused and nothing changes."""
    anna = athletes(service, squad)["Anna"]
    address = f"/squads/{squad}/notes/{anna}"
    assert service.client.post(address, data={"text": "  <b>taped</b> "}, follow_redirects=False).headers["location"] == f"/squads/{squad}"
    page = service.client.get(f"/squads/{squad}").text
    assert "&lt;b&gt;taped&lt;/b&gt;" in page
    assert 'value="&lt;b&gt;taped&lt;/b&gt;"' in service.client.get(address).text
    rows = list(csv.DictReader(io.StringIO(service.client.get(f"/api/squads/{squad}/table.csv?noted=true").text)))
    assert [row["note"] for row in rows] == ["<b>taped</b>", "'=away until May"]
    assert service.client.post(address, data={"text": "x" * 501}).status_code == 422
    assert service.client.post(address, data={"text": ""}, follow_redirects=False).status_code == 303
    assert service.client.get(f"/api/squads/{squad}/table").json()["athletes"][0]["note"] is None


def test_a_note_is_seen_by_the_coaches_of_its_squad(world: World) -> None:
    """Who wrote it is said; a coach of another squad of the same athlete does not see it, nor may the athlete read or write it but in their export."""
    ids = world.ids
    address = f"/api/squads/{ids['squad']}/athletes/{ids['anna']}/note"
    assert world.coach.put(address, json={"text": "ask in May"}).status_code == 204
    note = world.coach.get(f"/api/squads/{ids['squad']}/table").json()["athletes"][0]["note"]
    assert (note["text"], note["by"]) == ("ask in May", "coach@example.org")
    with world.services.open_records() as records:
        records.squads.join(ids["other_squad"], ids["anna"])
        records.commit()
    assert "ask in May" not in world.other_coach.get(f"/api/squads/{ids['other_squad']}/table").text
    assert "ask in May" not in world.other_coach.get(f"/api/athletes/{ids['anna']}").text
    assert [client.put(address, json={"text": "x"}).status_code for client in (world.other_coach, world.anna, world.link, world.nobody)] == [404, 403, 403, 401]
    assert world.coach.put(f"/api/squads/{ids['squad']}/athletes/{ids['ben']}/note", json={"text": "x"}).status_code == 404
    ben_elsewhere = f"/api/squads/{ids['squad']}/athletes/{ids['ben']}/note"
    assert world.admin.put(ben_elsewhere, json={"text": "x"}).status_code == 404
    assert world.coach.delete(f"/api/squads/{ids['squad']}/athletes/{ids['anna']}").status_code == 204
    with world.services.open_records() as records:
        assert list(records.squads.notes_about(ids["anna"])) == []


def test_a_few_are_compared(service: Service, squad: str) -> None:
    """Latest numbers with their plus-minus, and a picture of each course, all of one row on the same axes."""
    ids = athletes(service, squad)
    measure(service, ids["Anna"], "anna again")
    page = service.client.get(f"/squads/{squad}/compare?athlete={ids['Anna']}&athlete={ids['Cleo']}&athlete={ids['Dora']}").text
    assert page.count('<svg class="drawing multiple-left-') == 2
    assert page.count('<svg class="drawing multiple-difference-') == 2
    assert page.count("not measured yet") == 3
    assert "≥\xa09.1 ±\xa0" in page
    assert "+3.3 ±\xa0" in page
    assert "style=" not in page


@pytest.mark.parametrize("count", [1, 5])
def test_too_few_or_too_many_are_not_compared(service: Service, squad: str, count: int) -> None:
    """Two to four; who is not of this squad is nobody here."""
    bring_in(service, squad, "name\nEmil\n")
    ids = list(athletes(service, squad).values())
    query = "&".join(f"athlete={each}" for each in ids[:count])
    answer = service.client.get(f"/squads/{squad}/compare?{query}")
    assert (answer.status_code, "expected 2 to 4 athletes" in answer.text) == (422, True)
    assert service.client.get(f"/squads/{squad}/compare?athlete={ids[0]}&athlete={'0' * 32}").status_code == 404
    assert service.client.get(f"/squads/{squad}/compare").status_code == 200
    assert service.client.get(f"/squads/{squad}/compare?athlete=&athlete=").status_code == 200


def test_that_somebody_compared_is_written_down(world: World) -> None:
    """For each of those who were compared."""
    ids = world.ids
    dora = world.coach.post("/api/athletes", json={"name": "Dora", "squad_id": ids["squad"]}).json()["id"]
    assert world.coach.get(f"/squads/{ids['squad']}/compare?athlete={ids['anna']}&athlete={dora}").status_code == 200
    assert "comparison" in {look["what"] for look in world.anna.get(f"/api/athletes/{ids['anna']}/looks").json()}
    assert world.coach.get(f"/squads/{ids['squad']}/compare?athlete={ids['anna']}&athlete={ids['ben']}").status_code == 404


def test_a_roster_is_looked_at_before_anything_is_done(service: Service, squad: str) -> None:
    """Row by row: added, known already, refused and why; with a refused row nothing can be brought in."""
    before = athletes(service, squad)
    mixed = service.client.post(f"/squads/{squad}/roster", data={"roster": "name,sex\nEmil,male\nanna,\nFritz,robot\nEMIL,male\n"}).text
    for part in ("2 rows cannot be read", "in the squad already", "Sex: found &#39;robot&#39;", "found &#39;EMIL&#39; as in row 2"):
        assert part in mixed
    assert 'name="confirmed"' not in mixed
    right = service.client.post(f"/squads/{squad}/roster", files={"file": ("r.csv", b"name,sex\nEmil,male\nanna,\n")}, data={"roster": ""}).text
    assert "1 person would be added" in right
    assert "Emil,male" in right
    assert athletes(service, squad) == before
    done = service.client.post(f"/squads/{squad}/roster", data={"roster": "name,sex\nEmil,male\nanna,\n", "confirmed": "true"}, follow_redirects=False)
    assert done.status_code == 303
    assert sorted(athletes(service, squad)) == ["Anna", "Bénédicte", "Cleo", "Dora", "Emil"]
    nobody = service.client.post(f"/squads/{squad}/roster", data={"roster": "name,sex\nEmil,male\nanna,\n"}).text
    assert ("Everybody of this list is in the squad already" in nobody, 'name="confirmed"' in nobody) == (True, False)
    wrong = service.client.post(f"/squads/{squad}/roster", data={"roster": "name,sex\nGustav,robot\nHugo,male\n", "confirmed": "true"})
    assert (wrong.status_code, "row 2, Sex" in wrong.text, len(athletes(service, squad))) == (422, True, 5)


def test_a_roster_brought_in_twice_adds_nobody_twice(service: Service, squad: str) -> None:
    """Over the API as well: who is there by the same name is left as they are."""
    answer = service.client.post(f"/api/squads/{squad}/roster", content=b"name,foot_length_cm\nANNA,30\nEmil,25\n")
    assert [each["name"] for each in answer.json()["added"]] == ["Emil"]
    assert service.client.get(f"/api/athletes/{athletes(service, squad)['Anna']}").json()["foot_length_cm"] is None
