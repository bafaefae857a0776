"""Following a screening, its report, its pictures, and erasing it."""

from __future__ import annotations

import json
import re
import threading
import time

import pytest

from app.ports.screenings import Failure
from tests.fakes.bundle import make_clip
from tests.web.conftest import Service

UNKNOWN = "0" * 32


def hand_in(service: Service, left: str = "left", right: str | None = "right") -> str:
    """Upload clips that carry words for the fake engine."""
    files = {"left": ("l.mp4", make_clip(left))} | ({} if right is None else {"right": ("r.mp4", make_clip(right))})
    return str(service.client.post("/api/screenings", files=files, data={"foot_length_cm": "26"}).json()["id"])


@pytest.mark.parametrize("path", ["", "/events", "/report", "/report?format=pdf", "/stills/left.jpg", "/overlay/right.mp4", "/frames/left.csv"])
@pytest.mark.parametrize("screening_id", [UNKNOWN, "not-an-id", "..%2f..%2fetc"])
def test_unknown_screening_is_404(service: Service, screening_id: str, path: str) -> None:
    """Every address of a screening that is not there says so, streams included."""
    answer = service.client.get(f"/api/screenings/{screening_id}{path}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "advice", "shown"}


def test_report_is_409_until_it_is_there(service: Service) -> None:
    """No half report."""
    answer = service.client.get(f"/api/screenings/{hand_in(service)}/report")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_finished")


def test_finished_screening(service: Service) -> None:
    """State, report and pictures of a measured pair."""
    screening_id = hand_in(service)
    service.work(screening_id)
    base = f"/api/screenings/{screening_id}"
    body = service.client.get(base).json()
    assert (body["state"], body["progress"], {side["status"] for side in body["sides"].values()}) == ("done", 1.0, {"measured"})
    report = service.client.get(f"{base}/report")
    assert report.headers["content-type"] == "application/json"
    assert report.json()["schema"] == "kneewall.report/1"
    assert report.json()["left"]["toe_to_wall_cm"]["value"] == 12.4
    still = service.client.get(f"{base}/stills/left.jpg")
    assert (still.status_code, still.headers["content-type"]) == (200, "image/jpeg")


@pytest.mark.parametrize(
    ("accept", "query", "kind"),
    [
        ("*/*", "", "application/json"),
        ("application/json", "", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", "text/html"),
        ("text/html;q=0.5, application/json", "", "application/json"),
        ("application/json", "?format=html", "text/html"),
        ("application/pdf", "", "application/pdf"),
        ("text/html;q=0.5, application/pdf;q=0.9, */*;q=0.1", "", "application/pdf"),
        ("text/html, application/pdf", "", "text/html"),
        ("application/json", "?format=pdf", "application/pdf"),
        ("text/html", "?format=json", "application/json"),
    ],
)
def test_report_comes_as_asked_for(service: Service, accept: str, query: str, kind: str) -> None:
    """JSON, or HTML or PDF by the Accept header; the query wins."""
    screening_id = hand_in(service)
    service.work(screening_id)
    answer = service.client.get(f"/api/screenings/{screening_id}/report{query}", headers={"Accept": accept})
    assert answer.headers["content-type"].split(";")[0] == kind


def test_report_page_needs_nothing_inline(service: Service) -> None:
    """The page obeys the content policy: no inline style or script, pictures from this service."""
    screening_id = hand_in(service)
    service.work(screening_id)
    page = service.client.get(f"/screenings/{screening_id}").text
    assert f"/api/screenings/{screening_id}/stills/left.jpg" in page
    assert f"/api/screenings/{screening_id}/overlay/right.mp4" in page
    assert re.findall(r"<script[^>]*>(.*?)</script>", page) == [""]
    assert '<script src="/static/report.js" defer></script>' in page
    assert "<style" not in page
    assert " style=" not in page
    assert service.client.get("/static/report.css").status_code == 200


def test_rejected_side_does_not_hide_the_other(service: Service) -> None:
    """The report has one measured and one rejected side; only the measured one has pictures."""
    screening_id = hand_in(service, right="NOBODY")
    service.work(screening_id)
    base = f"/api/screenings/{screening_id}"
    report = service.client.get(f"{base}/report").json()
    assert (report["left"]["status"], report["right"]["status"], report["right"]["code"]) == ("measured", "rejected", "no_person")
    assert service.client.get(f"{base}/stills/right.jpg").json()["code"] == "no_evidence"
    assert service.client.get(f"/screenings/{screening_id}").status_code == 200


def test_failed_analysis_is_told(service: Service) -> None:
    """State failed, a reason, 409 for the report, and a page that says so."""
    screening_id = hand_in(service)
    with service.services.open_records() as records:
        records.set_state(screening_id, "failed", failure=Failure("analysis_failed", "It broke off.", "Send it again."))
        records.commit()
    assert service.client.get(f"/api/screenings/{screening_id}").json()["failure"]["message"] == "It broke off."
    assert service.client.get(f"/api/screenings/{screening_id}/report").json()["code"] == "analysis_failed"
    assert "It broke off." in service.client.get(f"/screenings/{screening_id}").text


@pytest.mark.parametrize(("asked", "status", "length"), [("bytes=0-9", 206, 10), ("bytes=-5", 206, 5), ("bytes=10-", 206, None), ("bytes=999999-", 416, None)])
def test_overlay_can_be_asked_for_in_ranges(service: Service, asked: str, status: int, length: int | None) -> None:
    """A player may jump."""
    screening_id = hand_in(service)
    service.work(screening_id)
    answer = service.client.get(f"/api/screenings/{screening_id}/overlay/left.mp4", headers={"Range": asked})
    assert answer.status_code == status
    assert length is None or len(answer.content) == length


def test_events_follow_the_analysis_to_its_end(service: Service) -> None:
    """Progress first, `end` last, then the stream closes."""
    screening_id = hand_in(service)
    worker = threading.Timer(0.6, service.work, (screening_id,))
    worker.start()
    with service.client.stream("GET", f"/api/screenings/{screening_id}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = list(stream.iter_lines())
    worker.join()
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    states = [json.loads(line.removeprefix("data: "))["state"] for line in lines if line.startswith("data: ")]
    assert names[0] == "progress"
    assert names[-1] == "end"
    assert names.count("end") == 1
    assert (states[0], states[-1]) == ("queued", "done")


def test_erasing_leaves_nothing(service: Service) -> None:
    """Rows and files go; afterwards the address is unknown."""
    screening_id = hand_in(service)
    service.work(screening_id)
    assert service.client.delete(f"/api/screenings/{screening_id}").status_code == 204
    assert service.client.get(f"/api/screenings/{screening_id}").status_code == 404
    assert service.client.delete(f"/api/screenings/{screening_id}").status_code == 404
    assert "Nothing is kept here" in service.client.get(f"/screenings/{screening_id}").text
    service.assert_nothing_stored()


def test_erasing_by_form_asks_first(service: Service) -> None:
    """The page asks; the button erases and leads back to the start."""
    screening_id = hand_in(service, right=None)
    assert "no way back" in service.client.get(f"/screenings/{screening_id}/erase").text
    assert service.client.post(f"/screenings/{screening_id}/erase", follow_redirects=False).headers["location"] == "/"
    service.assert_nothing_stored()


def test_progress_page_works_without_scripts(service: Service) -> None:
    """It reloads itself, and shows how far each side is."""
    page = service.client.get(f"/screenings/{hand_in(service)}").text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert page.count("<progress") == 2


def test_health_tells_whether_anyone_works(service: Service) -> None:
    """The web answers either way; ready only with a worker."""
    assert service.client.get("/health").json() == {"status": "ok", "worker": "silent"}
    assert service.client.get("/health/ready").status_code == 503
    with service.services.open_records() as records:
        records.crew.sign_on("worker", service.services.clock.now())
        records.commit()
    assert service.client.get("/health/ready").json() == {"status": "ok", "worker": "alive"}


def test_answers_are_quick(service: Service) -> None:
    """The state is read in milliseconds, so that many can follow: 50 ms is ten times what the best of 20 takes."""
    address = f"/api/screenings/{hand_in(service)}"
    spent = []
    for _ in range(20):
        began = time.perf_counter()
        service.client.get(address)
        spent.append(time.perf_counter() - began)
    assert min(spent) < 0.05
