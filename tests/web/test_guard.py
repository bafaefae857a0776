"""Who may call, what every answer carries, and what is written down."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from fastapi.testclient import TestClient

from app.settings import SECRETS, Settings
from app.usecases import errors
from app.web.errors import STATUS
from app.web.factory import create_app
from tests.fakes.bundle import make_clip
from tests.web.conftest import Service

ADDRESSES = ["/", "/health", "/openapi.json", "/api/screenings/" + "0" * 32, "/nothing", "/static/app.css", "/static/report.css", "/static/upload.js"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_security_headers(service: Service, address: str) -> None:
    """Errors and files included."""
    headers = service.client.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert (headers["x-content-type-options"], headers["referrer-policy"], headers["x-frame-options"]) == ("nosniff", "same-origin", "DENY")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil:8000", "[::2]:8000"])
def test_foreign_host_is_refused(service: Service, host: str) -> None:
    """A page elsewhere whose name was pointed at this machine gets nothing."""
    answer = service.client.get("/", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (400, "host_not_allowed")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "[::1]"])
def test_own_host_is_served(service: Service, host: str) -> None:
    """Every name of this machine, on any port."""
    assert service.client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9"}, {"Sec-Fetch-Site": "cross-site"}])
def test_foreign_origin_cannot_send(service: Service, headers: dict[str, str]) -> None:
    """A page of another site can neither upload nor erase."""
    for method, address in (("POST", "/api/screenings"), ("POST", "/screenings"), ("DELETE", "/api/screenings/" + "0" * 32)):
        answer = service.client.request(method, address, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    service.assert_nothing_stored()


def test_own_origin_may_send(service: Service) -> None:
    """The service's own page, as a browser names it."""
    headers = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    answer = service.client.post("/api/screenings", files={"left": ("l.mp4", make_clip())}, headers=headers)
    assert answer.status_code == 202


def test_log_holds_no_names_and_no_ids(service: Service) -> None:
    """One line a request, with the pattern of the route, not with the id or the clip's name."""
    with structlog.testing.capture_logs() as lines:
        body = service.client.post("/api/screenings", files={"left": ("Jane Doe.mp4", make_clip())}).json()
        service.client.get(body["links"]["self"])
    written = json.dumps(lines)
    assert [line["event"] for line in lines] == ["request.answered"] * 2
    assert "Jane" not in written
    assert body["id"] not in written
    assert "testclient" not in written


def test_unexpected_error_is_an_answer(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is logged once and answered with the error body, without its insides."""
    monkeypatch.setattr("app.usecases.screenings.worker_is_alive", lambda _: 1 / 0)
    monkeypatch.setattr("app.web.api.health.worker_is_alive", lambda _: 1 / 0)
    with structlog.testing.capture_logs() as lines:
        answer = service.client.get("/health")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "ZeroDivision" not in answer.text
    assert [line["event"] for line in lines] == ["request.failed", "request.answered"]
    assert str(lines[0]["number"]) in answer.json()["message"]


@pytest.mark.parametrize(("reads", "title"), [("en", "Something went wrong inside the service"), ("de", "Im Dienst ist etwas schiefgegangen")])
def test_unexpected_error_is_a_page_for_people(service: Service, monkeypatch: pytest.MonkeyPatch, reads: str, title: str) -> None:
    """In the reader's language, with the number that finds it in the log, and without the program's insides."""
    monkeypatch.setattr("app.web.pages.screenings.screenings.page_summaries", lambda *_: 1 / 0)
    with structlog.testing.capture_logs() as lines:
        answer = service.client.get("/screenings", headers={"Accept-Language": reads})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert title in answer.text
    assert str(lines[0]["number"]) in answer.text
    assert "ZeroDivision" not in answer.text
    assert "Traceback" not in answer.text


def test_unexpected_error_of_the_pages_themselves_is_an_answer(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks every page does not break the answer."""
    monkeypatch.setattr("app.web.pages.templates._environment", lambda: 1 / 0)
    answer = service.client.get("/help")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")


def test_over_tls_browsers_come_back_over_tls(service: Service) -> None:
    """HSTS where the scheme says so, which only a trusted proxy can; not over plain HTTP, and not where the certificate is one that nobody vouches for."""
    header = "strict-transport-security"
    with TestClient(create_app(service.services), base_url="https://127.0.0.1") as behind_proxy:
        assert behind_proxy.get("/health").headers[header] == "max-age=31536000"
        assert behind_proxy.get("/nothing").headers[header] == "max-age=31536000"
    assert header not in service.client.get("/health", headers={"X-Forwarded-Proto": "https"}).headers
    with TestClient(create_app(service.services, own_tls=True), base_url="https://127.0.0.1") as in_room:
        assert header not in in_room.get("/health").headers


def test_every_error_has_a_status() -> None:
    """A new error cannot be forgotten at the edge."""
    leaves = set(errors.UsecaseError.__subclasses__())
    assert leaves == set(STATUS)
    assert len({leaf.code for leaf in leaves}) == len(leaves)


def test_description_has_examples(service: Service) -> None:
    """The OpenAPI document names every route, the form's fields and examples."""
    document = service.client.get("/openapi.json").json()
    assert {"/api/screenings", "/api/screenings/{screening_id}/events", "/api/screenings/{screening_id}/report", "/health"} <= set(document["paths"])
    form = document["paths"]["/api/screenings"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert {"left", "right", "foot_length_cm", "footwear", "skirting_cm", "sheet_ruler_mm", "sheet_margin_mm"} <= set(form["schema"]["properties"])
    assert form["examples"]
    unreadable = document["paths"]["/api/athletes/{athlete_id}"]["get"]["responses"]["422"]["content"]["application/json"]["schema"]
    assert unreadable == {"$ref": "#/components/schemas/ErrorBody"}
    assert "HTTPValidationError" not in str(document)
    assert set(document["paths"]["/api/screenings"]["post"]["responses"]) == {"202", "400", "413", "415", "422", "429", "503", "507"}


def test_pages_load_nothing_from_elsewhere(service: Service) -> None:
    """No address of another host in any page, script or style sheet."""
    for address in ("/", "/static/app.css", "/static/report.css", "/static/upload.js", "/static/sending.js", "/static/batch.js", "/static/progress.js"):
        text = service.client.get(address).text
        assert re.findall(r"(?:https?:)?//[a-z0-9]+\.[a-z]", text) == [], address


def test_pages_make_no_diagnosis(service: Service) -> None:
    """Words that are never used about a person."""
    text = service.client.get("/").text.lower()
    for word in ("restricted", "stiff", "imbalance", "abnormal", "at risk", "cleared", "safe to play", "validated", "clinical"):
        assert word not in text


def test_beyond_loopback_needs_a_word(tmp_path: Path) -> None:
    """Without accounts the service does not listen to the network by accident."""
    with pytest.raises(ValueError, match="KNEEWALL_AUTH=on"):
        Settings(data_dir=tmp_path, host="0.0.0.0")  # noqa: S104 - refused
    assert Settings(data_dir=tmp_path, host="0.0.0.0", auth="on").auth == "on"  # noqa: S104 - everybody signs in


def test_every_setting_is_described() -> None:
    """In the code, and in the documentation of operations."""
    text = Path(__file__).parents[2].joinpath("docs/operations.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"KNEEWALL_{name.upper()}`" in text, name
    for name in SECRETS:
        assert f"KNEEWALL_{name.upper()}_FILE`" in text, name


def test_web_process_stays_light(tmp_path: Path) -> None:
    """After every route was called, neither the network's library nor an image or video library is loaded."""
    script = """
import sys
from pathlib import Path
from tests.web.conftest import Service
from tests.fakes.bundle import make_clip
from app.settings import Settings
from app.main import serve
from app.web.factory import create_app
from app.wiring import build_supervisors, build_web, prepare_data
from fastapi.testclient import TestClient
settings = Settings(data_dir=Path(sys.argv[1]))
prepare_data(settings)
services = build_web(settings)
build_supervisors(settings)
with TestClient(create_app(services), base_url="http://127.0.0.1") as client:
    service = Service(client, services, settings.data_dir)
    links = client.post("/api/screenings", files={"left": ("l.mp4", make_clip())}).json()["links"]
    service.work(links["self"].rsplit("/", 1)[1])
    for address in ("/", "/health", "/openapi.json", links["self"], links["events"], links["report"], links["report"] + "?format=html", links["page"],
                    links["report"] + "?format=pdf", links["self"] + "/frames/left.csv",
                    links["self"] + "/stills/left.jpg", links["self"] + "/overlay/left.mp4"):
        assert client.get(address).status_code == 200, address
    assert client.delete(links["self"]).status_code == 204
print(sorted(name for name in ("mediapipe", "cv2", "av", "matplotlib") if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_application_is_built_without_side_effects(service: Service) -> None:
    """Two applications may live side by side."""
    assert create_app(service.services) is not create_app(service.services)
