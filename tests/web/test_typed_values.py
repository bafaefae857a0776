"""What was read by hand on earlier days: kept as a method of its own."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from tests.web.conftest import Service
from tests.web.test_athletes import add, measure
from tests.web.test_uploads import make_clip


def keep(service: Service, athlete: str, *values: dict[str, Any]) -> Any:  # noqa: ANN401 - the answer
    """Send values."""
    return service.client.post(f"/api/athletes/{athlete}/typed", json={"values": list(values)})


def tape(day: str, value: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - more fields
    """Return a value of the left leg by tape."""
    return {"measured_on": day, "side": "left", "kind": "tape_cm", "value": value, **more}


def test_values_are_a_method_of_their_own(service: Service) -> None:
    """Inches become centimetres; the camera's trend has none of them; one of the same day takes the place of the earlier."""
    anna = add(service)
    measure(service, anna, "hers")
    assert keep(service, anna, tape("2026-01-05", 4.0, unit="in"), tape("2026-01-12", 9.0), tape("2026-01-12", 9.5)).status_code == 201
    (course,) = service.client.get(f"/api/athletes/{anna}/typed").json()
    assert (course["side"], course["kind"]) == ("left", "tape_cm")
    assert [(each["measured_on"], each["value"]) for each in course["values"]] == [("2026-01-05", 10.16), ("2026-01-12", 9.5)]
    assert course["verdict"] == "too_few"
    assert len(service.client.get(f"/api/athletes/{anna}/trend").json()["left"]["toe_to_wall_cm"]["sessions"]) == 1


def test_many_values_say_whether_the_leg_changed(service: Service) -> None:
    """By the same rule as the camera's numbers."""
    anna = add(service)
    days = [f"2026-{month:02}-{day:02}" for month in (1, 2, 3) for day in (1, 8, 15, 22)]
    keep(service, anna, *(tape(day, 8.0 if number < 6 else 11.0) for number, day in enumerate(days)))
    (course,) = service.client.get(f"/api/athletes/{anna}/typed").json()
    assert course["verdict"] == "improved"


@pytest.mark.parametrize(
    "wrong",
    [
        tape("2026-01-05", 99.0),
        tape("2199-01-05", 9.0),
        tape("2026-13-05", 9.0),
        tape("2026-01-05", 9.0, unit="deg"),
        {"measured_on": "2026-01-05", "side": "left", "kind": "inclinometer_deg", "value": 3, "unit": "in"},
    ],
)
def test_one_slip_keeps_all_out(service: Service, wrong: dict[str, Any]) -> None:
    """With what was found and expected."""
    anna = add(service)
    refused = keep(service, anna, tape("2026-01-05", 9.0), wrong)
    assert (refused.status_code, "found" in refused.json()["message"]) == (422, True)
    assert service.client.get(f"/api/athletes/{anna}/typed").json() == []


def test_a_list_is_brought_in_by_the_page(service: Service) -> None:
    """One value, a pasted list with decimal commas, a file; each row at fault is named, and a value is erased again."""
    anna = add(service)
    page = f"/athletes/{anna}/typed"
    one = {"measured_on": "2026-01-05", "side": "right", "kind": "inclinometer_deg", "value": "38,5", "unit": ""}
    assert service.client.post(page, data=one, follow_redirects=False).status_code == 303
    pasted = "date;side;tape_cm;tape_in\n2026-01-05;left;9,5;\n2026-01-12;left;;4\n"
    assert service.client.post(page, data={"list": pasted}, follow_redirects=False).status_code == 303
    wrong = service.client.post(page, files={"file": ("v.csv", b"date,side,tape_cm\nx,left,9\n2026-01-05,middle,9\n2026-01-05,left,\n")})
    assert wrong.status_code == 422
    for part in ("row 2, Day: found", "row 3, Leg: found", "row 4: found no value"):
        assert part in wrong.text
    shown = service.client.get(page).text
    assert "2026-01-12: 10.16" in shown
    assert "2026-01-05: 38.5" in shown
    course = service.client.get(f"/api/athletes/{anna}/typed").json()[0]
    assert service.client.post(f"{page}/{course['values'][0]['id']}/erase", follow_redirects=False).status_code == 303
    assert service.client.delete(f"/api/athletes/{anna}/typed/{course['values'][0]['id']}").json()["code"] == "unknown_value"


def test_what_was_read_by_hand_stands_beside_the_trend(service: Service) -> None:
    """Values of single days and readings beside clips, newest first; of readings whether they were typed before the result; nothing where there is none."""
    anna, ben = add(service), add(service, "Ben")
    assert "Read by tape" not in service.client.get(f"/athletes/{anna}").text
    keep(service, anna, tape("2026-01-05", 9.5), {"measured_on": "2026-01-12", "side": "right", "kind": "inclinometer_deg", "value": 38.0})
    files = {"left": ("l.mp4", make_clip("anna's")), "right": ("r.mp4", make_clip("anna's right"))}
    screening_id = str(service.client.post("/api/screenings", files=files, data={"athlete_id": anna, "tape_left_cm": "11.6"}).json()["id"])
    service.work(screening_id)
    assert service.client.put(f"/api/screenings/{screening_id}/readings/right/tape_cm", json={"value": 8.5}).status_code == 200
    day = service.client.get(f"/api/screenings/{screening_id}").json()["created_at"][:10]
    assert read_by_hand(service, anna) == [
        f"{day} Left Tape 11.6 cm before the result",
        f"{day} Right Tape 8.5 cm after the result",
        "2026-01-12 Right Inclinometer 38.0° for the day",
        "2026-01-05 Left Tape 9.5 cm for the day",
    ]
    assert f'href="/screenings/{screening_id}#check"' in service.client.get(f"/athletes/{anna}").text
    assert read_by_hand(service, ben) == []


def read_by_hand(service: Service, athlete: str) -> list[str]:
    """Return the rows of the table of what was read by hand."""
    table = service.client.get(f"/athletes/{athlete}").text.partition('id="by-hand"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]
