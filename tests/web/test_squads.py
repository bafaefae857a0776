"""Squads over the real application: a roster brought in, a day of filming, the table."""

from __future__ import annotations

import csv
import io

import pypdfium2
import pytest

from tests.web.conftest import Service
from tests.web.test_athletes import measure
from tests.web.test_uploads import make_clip


def make_squad(service: Service) -> str:
    """Make a squad; return its id."""
    return str(service.client.post("/api/squads", json={"name": "First team"}).json()["id"])


def bring_in(service: Service, squad: str, text: str) -> int:
    """Send a roster; return the status."""
    return service.client.post(f"/api/squads/{squad}/roster", content=text.encode(), headers={"Content-Type": "text/csv"}).status_code


def names(service: Service, squad: str) -> list[str]:
    """Return who is in a squad."""
    return [athlete["name"] for athlete in service.client.get(f"/api/squads/{squad}/athletes").json()]


@pytest.mark.parametrize(
    "text",
    [
        "name,foot_length_cm,under_18\nAnna,24.5,yes\nBen,,\n",
        "\ufeffname;foot_length_cm;under_18\r\nAnna;24,5;true\r\nBen;;\r\n",
        'foot_length_cm\tname\tunder_18\n"24.5"\t"Anna"\t1\n\tBen\t\n',
        "Name;Foot length cm;Under 18\nAnna;24,5;yes\nBen;;\n",
    ],
)
def test_a_roster_of_any_spreadsheet_is_read(service: Service, text: str) -> None:
    """Commas, semicolons with decimal commas, tabs; columns in any order, with capitals and spaces."""
    squad = make_squad(service)
    assert bring_in(service, squad, text) == 201
    anna, ben = service.client.get(f"/api/squads/{squad}/athletes").json()
    assert (anna["name"], anna["foot_length_cm"], anna["under_18"]) == ("Anna", 24.5, True)
    assert (ben["name"], ben["foot_length_cm"], ben["under_18"]) == ("Ben", None, None)


def test_a_roster_with_a_mistake_adds_nobody_and_names_every_row(service: Service) -> None:
    """Rows and columns at fault, all at once."""
    squad = make_squad(service)
    text = "name,foot_length_cm,sex\nAnna,24.5,female\n,25,\nBen,3,male\nanna,24,robot\nCleo,24,female,extra\n"
    answer = service.client.post(f"/api/squads/{squad}/roster", content=text.encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    message = answer.json()["message"]
    for part in ("row 3, name: found nothing", "row 4, foot_length_cm: found '3'", "row 5, sex: found 'robot'", "row 6: found more values"):
        assert part in message
    assert names(service, squad) == []
    assert service.client.get("/api/athletes").json() == []


@pytest.mark.parametrize("text", ["", "name\n", "age\n5\n", "name,name\nA,B\n", "foot_length_cm\n25\n", 'name\n"Anna\n', "name\n" + "A\n" * 501])
def test_what_is_no_roster_is_refused(service: Service, text: str) -> None:
    """With what was found and what was expected."""
    squad = make_squad(service)
    answer = service.client.post(f"/api/squads/{squad}/roster", content=text.encode())
    assert answer.status_code == 422
    assert "expected" in answer.json()["message"]
    assert names(service, squad) == []


def test_bytes_that_are_no_text_are_refused(service: Service) -> None:
    """A spreadsheet's own file format is told apart from CSV."""
    squad = make_squad(service)
    answer = service.client.post(f"/api/squads/{squad}/roster", content=b"PK\x03\x04\xff\xfe")
    assert (answer.status_code, "UTF-8" in answer.json()["message"]) == (422, True)


def test_the_table_begins_with_who_differs_most_likely(service: Service) -> None:
    """Who was not measured comes last; a side that was not shown to its limit is not judged; what chance adds is said."""
    squad = make_squad(service)
    bring_in(service, squad, "name\nAnna\nBen\nCleo\n")
    anna, ben, _ = (athlete["id"] for athlete in service.client.get(f"/api/squads/{squad}/athletes").json())
    measure(service, ben, "ben")
    measure(service, anna, "anna", right="AT LEAST")
    table = service.client.get(f"/api/squads/{squad}/table").json()
    assert [(row["name"], row["scope"]) for row in table["athletes"]] == [("Ben", "side_difference"), ("Anna", "reached_today"), ("Cleo", None)]
    first = table["athletes"][0]
    assert first["difference"]["value"] == pytest.approx(3.3, abs=0.01)  # cm, 12.4 less 9.1
    assert first["beyond_1_5_cm"] > 0.95
    assert 0 < first["beyond_3_cm"] < first["beyond_1_5_cm"]
    assert table["athletes"][1]["beyond_1_5_cm"] is None
    assert table["beyond_1_5_cm"]["named"] == 1
    assert table["beyond_1_5_cm"]["expected_by_chance"] == pytest.approx(1 - first["beyond_1_5_cm"], abs=0.06)
    assert "1 of 3 have both legs measured to their limit" in table["words"]
    page = service.client.get(f"/squads/{squad}").text
    assert page.index("Ben") < page.index("Anna") < page.index("Cleo")
    assert "Repeat today" in page


def test_the_newest_screening_counts(service: Service) -> None:
    """An earlier one is history, and one that is not finished says nothing yet."""
    squad = make_squad(service)
    bring_in(service, squad, "name\nAnna\n")
    anna = service.client.get(f"/api/squads/{squad}/athletes").json()[0]["id"]
    measure(service, anna, "old", right="AT LEAST")
    newest = measure(service, anna, "new")
    row = service.client.get(f"/api/squads/{squad}/table").json()["athletes"][0]
    assert (row["screening"], row["scope"]) == (newest, "side_difference")


def test_the_table_as_csv_opens_safely(service: Service) -> None:
    """Columns have units, and a name that a spreadsheet would run as a formula does not begin like one."""
    squad = make_squad(service)
    bring_in(service, squad, 'name\n"=HYPERLINK(1)"\nBen\n')
    ben = service.client.get(f"/api/squads/{squad}/athletes").json()[1]["id"]
    measure(service, ben, "ben")
    answer = service.client.get(f"/api/squads/{squad}/table.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["name"] for row in rows] == ["Ben", "'=HYPERLINK(1)"]
    assert float(rows[0]["left_cm"]) == pytest.approx(12.4)
    assert float(rows[0]["difference_cm"]) == pytest.approx(3.3)
    assert rows[1]["left_cm"] == ""


def test_the_board_says_who_is_next(service: Service) -> None:
    """Not filmed, waiting, done, and what has to be filmed again because it could not be measured."""
    squad = make_squad(service)
    bring_in(service, squad, "name\nAnna\nBen\nCleo\n")
    anna, ben, _ = (athlete["id"] for athlete in service.client.get(f"/api/squads/{squad}/athletes").json())
    measure(service, anna, "anna", right="NOBODY")
    files = {"left": ("l.mp4", measure.__name__.encode().ljust(10, b"x"))}
    assert service.client.post("/api/screenings", files=files, data={"athlete_id": ben}).status_code == 415
    board = service.client.get(f"/api/squads/{squad}/board").json()["athletes"]
    assert [(line["name"], line["state"], line["missing"]) for line in board] == [
        ("Anna", "done", ["right"]),
        ("Ben", "not_filmed", ["left", "right"]),
        ("Cleo", "not_filmed", ["left", "right"]),
    ]
    page = service.client.get(f"/squads/{squad}/board").text
    assert "Next: Anna" in page
    assert "retake" in page


def test_squads_by_the_pages(service: Service) -> None:
    """Made, filled by pasting, left, forgotten; the athletes stay."""
    made = service.client.post("/squads", data={"name": "<i>Team</i>"}, follow_redirects=False)
    page = made.headers["location"]
    assert "&lt;i&gt;Team&lt;/i&gt;" in service.client.get("/squads").text
    wrong = service.client.post(f"{page}/roster", data={"roster": "name,age\nAnna,5\n"})
    assert (wrong.status_code, "found the columns name, age" in wrong.text, "Anna,5" in wrong.text) == (422, True, True)
    pasted = service.client.post(f"{page}/roster", data={"roster": "name\nAnna\nBen\n", "confirmed": "true"}, follow_redirects=False)
    assert pasted.headers["location"] == page
    filed = service.client.post(f"{page}/roster", files={"file": ("r.csv", b"name\nCleo\n")}, data={"roster": "", "confirmed": "true"}, follow_redirects=False)
    assert filed.status_code == 303
    squad = page.removeprefix("/squads/")
    assert names(service, squad) == ["Anna", "Ben", "Cleo"]
    anna = service.client.get("/api/athletes").json()[0]["id"]
    assert service.client.post(f"{page}/leave/{anna}", follow_redirects=False).status_code == 303
    assert names(service, squad) == ["Ben", "Cleo"]
    assert "Erase" in service.client.get(f"{page}/erase").text
    assert service.client.post(f"{page}/erase", follow_redirects=False).headers["location"] == "/squads"
    assert service.client.get(page).status_code == 404
    assert len(service.client.get("/api/athletes").json()) == 3


def test_details_are_changed_by_the_page(service: Service) -> None:
    """What is left empty is not kept; a mistake is named and nothing changes."""
    anna = service.client.post("/api/athletes", json={"name": "Anna", "foot_length_cm": 24.5}).json()["id"]
    said = {"name": "Anna B", "foot_length_cm": "", "height_cm": "171,5", "dominant_leg": "left", "under_18": "false", "injuries": "sprain 2024"}
    assert service.client.post(f"/athletes/{anna}/edit", data=said, follow_redirects=False).status_code == 303
    shown = service.client.get(f"/api/athletes/{anna}").json()
    assert (shown["name"], shown["foot_length_cm"], shown["height_cm"], shown["under_18"]) == ("Anna B", None, 171.5, False)
    assert 'value="171.5"' in service.client.get(f"/athletes/{anna}/edit").text
    wrong = service.client.post(f"/athletes/{anna}/edit", data={"name": "Anna", "height_cm": "17"})
    assert (wrong.status_code, "Body height in cm: found" in wrong.text.replace("</a>", "")) == (422, True)
    assert service.client.get(f"/api/athletes/{anna}").json() == shown


def send(service: Service, squad: str, *files: tuple[str, bytes], **said: str) -> list[dict[str, object]]:
    """Send many clips; return what became of each."""
    answer = service.client.post(f"/api/squads/{squad}/screenings", files=[("clips", file) for file in files], data=said)
    assert answer.status_code == 202, answer.text
    return list(answer.json())


def test_many_clips_find_their_athletes(service: Service) -> None:
    """By words of their names and the side, whatever case and accents; both legs of one are one screening, with the foot length of the athlete."""
    squad = make_squad(service)
    bring_in(service, squad, "name,foot_length_cm\nCleo Märchetti,24.5\nBen Li,\n")
    files = [("MARCHETTI_left.mp4", make_clip("1")), ("ben li - R.MOV", make_clip("2")), ("2026-11-27 cleo rechts.mp4", make_clip("3"))]
    lines = send(service, squad, *files, footwear="barefoot")
    assert [(line["side"], line["problem"]) for line in lines] == [("left", None), ("right", None), ("right", None)]
    assert lines[0]["screening"] == lines[2]["screening"] != lines[1]["screening"]
    with service.services.open_records() as records:
        found = records.find_screening(str(lines[0]["screening"]))
    assert found is not None
    assert (found.athlete_id, found.foot_length_cm, len(found.attempts)) == (lines[0]["athlete"], 24.5, 2)


def test_a_file_that_is_left_out_holds_nobody_up(service: Service) -> None:
    """No side, nobody, two people, no video, a second clip of the same leg: each is named; what is a video waits to be told, of the rest nothing is stored."""
    squad = make_squad(service)
    bring_in(service, squad, "name\nAnna Berg\nBen Berg\n")
    files = [
        ("anna.mp4", make_clip("1")),
        ("left.mp4", make_clip("2")),
        ("zoe_left.mp4", make_clip("3")),
        ("berg_left.mp4", make_clip("4")),
        ("anna_left.txt", b"no video at all" * 100),
        ("anna_right.mp4", make_clip("5")),
        ("anna_r.mp4", make_clip("6")),
        ("ben_left_right.mp4", make_clip("7")),
    ]
    lines = send(service, squad, *files)
    problems = [str(line["problem"] or "") for line in lines]
    for problem, part in zip(
        problems, ("no side", "nobody", "nobody", "Anna Berg and Ben Berg", "expected a video", "", "second clip", "both sides"), strict=True
    ):
        assert part in problem
        assert bool(part) == bool(problem)
    with service.services.open_records() as records:
        assert [[attempt.side for attempt in screening.attempts] for screening in records.list_screenings()] == [["right"]]
    assert [line["waiting"] is not None for line in lines] == [True, True, True, True, False, False, True, True]
    assert len([path for path in service.folder.joinpath("clips").rglob("*") if path.is_file()]) == 1 + 6


def test_what_is_one_persons_is_not_said_of_many(service: Service) -> None:
    """Refused before anything is remembered; and without a clip there is nothing to take in."""
    squad = make_squad(service)
    bring_in(service, squad, "name\nAnna\n")
    address = f"/api/squads/{squad}/screenings"
    refused = service.client.post(address, files=[("clips", ("anna_l.mp4", make_clip("1")))], data={"height_cm": "180"})
    assert (refused.status_code, "height_cm" in refused.json()["message"]) == (422, True)
    assert service.client.post(address, files={"x": (None, "")}).status_code == 422
    service.assert_nothing_stored()


def test_many_clips_by_the_page(service: Service) -> None:
    """The page says of each file what became of it."""
    squad = make_squad(service)
    bring_in(service, squad, "name\nAnna\n")
    files = [("clips", ("anna_left.mp4", make_clip("1"))), ("clips", ("who.mp4", make_clip("2")))]
    page = service.client.post(f"/squads/{squad}/upload", files=files, data={"footwear": "barefoot", "skirting_cm": ""}).text
    assert "taken in" in page
    assert "waits to be told: found no side in the name" in page
    assert service.client.get(f"/squads/{squad}/upload").status_code == 200


def test_the_table_is_printed(service: Service) -> None:
    """Everybody is on it with what the page shows, on as many sheets as it takes; the words of chance as well."""
    squad = make_squad(service)
    bring_in(service, squad, "name\nAnna\n" + "".join(f"Athlete {n} O'Übermäßig-李\n" for n in range(60)))
    anna = service.client.get("/api/athletes").json()[0]["id"]
    measure(service, anna, "anna")
    answer = service.client.get(f"/squads/{squad}/table.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", " ").replace("\xa0", " ")
    assert len(document) > 1
    assert "+3.3 ± 1.0 cm" in text
    assert "1 of 61 have both legs measured to their limit" in text
    assert all(f"Athlete {n} " in text for n in range(60))
