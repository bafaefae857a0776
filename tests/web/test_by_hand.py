"""Setting points by hand: what it would give is shown, what is kept is a new version, and what was before stays."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import pypdfium2 as pdfium
import pytest

from tests.web.analytic import AnalyticEngine
from tests.web.conftest import Service
from tests.web.test_uploads import make_clip


@pytest.fixture
def measured(service: Service) -> tuple[Service, str]:
    """Return a service with one screening of two legs."""
    service.engine = AnalyticEngine()
    files = {"left": ("l.mp4", make_clip("left")), "right": ("r.mp4", make_clip("right"))}
    own = service.client.post("/api/screenings", files=files, data={"foot_length_cm": "26"}).json()["id"]
    service.work(own)
    return service, own


def report(service: Service, own: str) -> dict[str, Any]:
    """Return the newest report."""
    return dict(service.client.get(f"/api/screenings/{own}/report", headers={"Accept": "application/json"}).json())


def test_points_are_tried_kept_and_taken_back(measured: tuple[Service, str]) -> None:
    """One leg changes by what was tried, the other not at all; the clip is long gone; each step is a version with its reason, and the last is as the first."""
    service, own = measured
    address = f"/api/screenings/{own}/by-hand/left"
    first = report(service, own)
    assert service.services.open_records().__enter__().find_screening(own).attempts[0].clip_key is None  # type: ignore[union-attr]
    shown = service.client.get(address).json()
    x, y = shown["points"]["toe"]
    tried = service.client.post(f"{address}/preview", json={"points": {"toe": [x + 8.0, y]}}).json()
    toe_cm = tried["measurement"]["toe_to_wall_cm"]["value"]
    assert abs(toe_cm - first["left"]["toe_to_wall_cm"]["value"]) > 1.5
    assert report(service, own) == first
    kept = service.client.put(address, json={"points": {"toe": [x + 8.0, y]}, "reason": "The toe was read too short."})
    assert (kept.status_code, kept.json()["state"]) == (202, "queued")
    service.work(own)
    second = report(service, own)
    assert second["left"]["toe_to_wall_cm"]["value"] == toe_cm
    assert second["left"]["provenance"]["by_hand"]["points_px"] == {"toe": [round(x + 8.0, 2), y]}
    assert "corrected_by_hand" in {finding["code"] for finding in second["left"]["findings"]}
    assert second["right"] == first["right"]
    assert service.client.get(address).json()["by_hand"] == ["toe"]
    undone = service.client.request("DELETE", address, json={"reason": "It was a shadow."})
    assert undone.status_code == 202
    service.work(own)
    assert report(service, own)["left"] == first["left"]
    versions = service.client.get(f"/api/screenings/{own}/versions").json()
    assert [version["reason"] for version in versions] == [None, "The toe was read too short.", "It was a shadow."]
    assert service.client.get(f"/api/screenings/{own}/versions/2").json() == second


def test_numbers_set_by_hand_say_so_wherever_they_are_read(service: Service) -> None:
    """On the page, its title and paper, in the trend, in what changed since last time, and in the squad's table; taken back, nowhere."""
    service.engine = AnalyticEngine()
    athlete = service.client.post("/api/athletes", json={"name": "Anna", "foot_length_cm": 26}).json()["id"]
    squad = service.client.post("/api/squads", json={"name": "First"}).json()["id"]
    assert service.client.put(f"/api/squads/{squad}/athletes/{athlete}").status_code < 300
    for word in ("one", "two"):
        own = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip(word))}, data={"athlete_id": athlete}).json()["id"]
        service.work(own)
    address, words = f"/api/screenings/{own}/by-hand/left", "points set by hand"
    x, y = service.client.get(address).json()["points"]["toe"]
    pages = (f"/screenings/{own}", f"/athletes/{athlete}", f"/squads/{squad}")
    told = [service.client.get(page).text.count(words) for page in pages]
    service.client.put(address, json={"points": {"toe": [x + 1.0, y]}, "reason": "The toe was read too short."})
    service.work(own)
    assert "points of the left leg set by hand" in service.client.get(f"/screenings/{own}").text.split("</title>")[0]
    assert words in re.sub(r"\s+", " ", service.client.get(f"/screenings/{own}").text.split('id="since"')[1].split("</section>")[0])
    assert [service.client.get(page).text.count(words) > before for page, before in zip(pages, told, strict=True)] == [True, True, True]
    sessions = service.client.get(f"/api/athletes/{athlete}/trend").json()["left"]["toe_to_wall_cm"]["sessions"]
    assert [session["set_by_hand"] for session in sessions] == [False, True]
    squad_rows = csv.DictReader(io.StringIO(service.client.get(f"/api/squads/{squad}/table.csv").text))
    assert [(row["left_set_by_hand"], row["right_set_by_hand"]) for row in squad_rows] == [("yes", "")]
    packed = zipfile.ZipFile(io.BytesIO(service.client.get(f"/api/athletes/{athlete}/export").content))
    own_rows = csv.DictReader(io.StringIO(packed.read("screenings.csv").decode()))
    assert [row["set_by_hand"] for row in own_rows] == ["False", "True"]
    paper = pdfium.PdfDocument(service.client.get(f"/api/screenings/{own}/report?format=pdf").content)
    assert words in " ".join(page.get_textpage().get_text_range() for page in paper)
    service.client.request("DELETE", address, json={"reason": "It was a shadow."})
    service.work(own)
    assert [service.client.get(page).text.count(words) for page in pages] == told


def test_a_second_correction_keeps_the_first(measured: tuple[Service, str]) -> None:
    """Points that are not named stay where somebody set them before."""
    service, own = measured
    address = f"/api/screenings/{own}/by-hand/right"
    points = service.client.get(address).json()["points"]
    for name in ("toe", "heel"):
        x, y = points[name]
        assert service.client.put(address, json={"points": {name: [x + 2.0, y]}, "reason": f"The {name} was off."}).status_code == 202
        service.work(own)
    assert sorted(report(service, own)["right"]["provenance"]["by_hand"]["points_px"]) == ["heel", "toe"]


def test_picture_is_the_key_frame_without_marks(measured: tuple[Service, str]) -> None:
    """What points are set on is a picture, and where it lies in the frame is said."""
    service, own = measured
    shown = service.client.get(f"/api/screenings/{own}/by-hand/left").json()
    picture = service.client.get(shown["picture"])
    assert (picture.headers["content-type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert set(shown["window"]) == {"left_px", "top_px", "zoom_x", "zoom_y"}
    assert set(shown["settable"]) <= set(shown["points"])


@pytest.mark.parametrize("points", [{"nose": [1, 2]}, {"toe": [1e9, 2]}, {"toe": [1]}, {}, {"outline_top": [5, 5], "outline_bottom": [5, 5]}])
def test_points_that_make_no_sense_are_refused(measured: tuple[Service, str], points: dict[str, Any]) -> None:
    """Unknown, out of the world, half, none, or such that nothing can be measured: refused with words, and nothing changes."""
    service, own = measured
    first = report(service, own)
    answer = service.client.put(f"/api/screenings/{own}/by-hand/left", json={"points": points, "reason": "Trying."})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert report(service, own) == first


def test_only_what_is_measured_can_be_corrected(service: Service) -> None:
    """A refused clip and one that is still waiting have no key frame, and the answer says so."""
    service.engine = AnalyticEngine()
    files = {"left": ("l.mp4", make_clip("left")), "right": ("r.mp4", make_clip("NOBODY"))}
    own = service.client.post("/api/screenings", files=files).json()["id"]
    assert service.client.get(f"/api/screenings/{own}/by-hand/left").status_code == 409
    service.work(own)
    refused = service.client.get(f"/api/screenings/{own}/by-hand/right")
    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_leg")
    nothing = service.client.request("DELETE", f"/api/screenings/{own}/by-hand/left", json={"reason": "Why not."})
    assert nothing.status_code == 422


def test_the_page_works_without_scripts(measured: tuple[Service, str]) -> None:
    """Where points are is typed, what it gives is shown, and it is kept with a reason; without one it is asked for, and nothing is lost."""
    service, own = measured
    page = f"/screenings/{own}/by-hand/left"
    x, y = service.client.get(f"/api/screenings/{own}/by-hand/left").json()["points"]["toe"]
    before = service.client.get(page).text
    assert f'value="{x:.2f}"' in before
    fields = {"toe_x": f"{x + 6:.2f}", "toe_y": f"{y:.2f}"}
    tried = service.client.post(page, data=fields | {"action": "preview"}).text
    assert f'value="{x + 6:.2f}"' in tried
    assert tried != before
    asked = service.client.post(page, data=fields | {"action": "save"})
    assert asked.status_code == 422
    assert "reason" in asked.text
    kept = service.client.post(page, data=fields | {"action": "save", "reason": "Seen better."}, follow_redirects=False)
    assert kept.status_code == 303
    service.work(own)
    assert report(service, own)["left"]["provenance"]["by_hand"]["points_px"] == {"toe": [round(x + 6, 2), round(y, 2)]}
    assert "Back to what was read off the picture" in service.client.get(page).text


def test_where_nothing_was_kept_nothing_is_set(measured: tuple[Service, str]) -> None:
    """After a backup was put back on another machine there is nothing to measure again: told as a missing picture, not as a fault."""
    service, own = measured
    service.services.clips.erase_group(own)
    address = f"/api/screenings/{own}/by-hand/left"
    tried = service.client.post(f"{address}/preview", json={"points": {"toe": [541.0, 643.7]}})
    kept = service.client.put(address, json={"points": {"toe": [541.0, 643.7]}, "reason": "The toe was read too short."})
    assert [(answer.status_code, answer.json()["code"]) for answer in (tried, kept)] == [(404, "no_evidence")] * 2
