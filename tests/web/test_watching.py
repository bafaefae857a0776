"""Metrics and traces: what they say, and that they say nothing about anybody."""

from __future__ import annotations

import gzip
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

from app.adapters.metrics_prometheus import PrometheusWatcher
from app.adapters.steps_watched import watch_steps
from app.adapters.traces_otlp import OtlpWatcher
from app.doors import build_documents
from app.ports.watching import Watchers
from app.usecases.errors import UnknownScreeningError
from app.usecases.services import AnalysisServices
from app.web.factory import create_app
from app.wiring import build_steps
from tests.fakes.bundle import make_clip
from tests.fakes.engine import FakeEngine
from tests.web.conftest import Service
from tests.web.serving import serving, wait_for
from tests.web.test_uploads import JPEG, PAIR

_MORE_THAN_TWO_BATCHES = 1100
"""Of spans: the library sends 512 at once, and waits ten seconds for an answer to each."""


@dataclass
class Collector:
    """Takes spans in over OTLP, as the collector of a site does."""

    port: int = 0
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Span]:
        """Return what has come so far."""
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [span for request in requests for each in request.resource_spans for scope in each.scope_spans for span in scope.spans]


@contextmanager
def collecting() -> Iterator[Collector]:
    """Listen on loopback."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            collector.bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()


def read_metrics(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Return every sample by its name, as Prometheus reads it."""
    samples: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            samples.setdefault(sample.name, []).append((sample.labels, sample.value))
    return samples


def scrape(port: int) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Ask as Prometheus does."""
    return read_metrics(httpx2.get(f"http://127.0.0.1:{port}/metrics").text)


@dataclass
class Watched:
    """A service that is watched, and its metrics' port."""

    service: Service
    port: int
    counting: PrometheusWatcher

    def carry_out(self, screening_id: str) -> None:
        """Do what the worker would do, watched."""
        analyst = AnalysisServices(services=self.service.services, engine=self.service.engine, documents=build_documents())
        steps = watch_steps(build_steps(analyst), self.service.services.watcher)
        try:
            steps.locate(screening_id, "left")
            steps.locate(screening_id, "right")
            steps.measure(screening_id)
            steps.draw(screening_id)
            steps.report(screening_id)
        except UnknownScreeningError as error:
            steps.fail(screening_id, error)


@pytest.fixture
def watched(service: Service) -> Watched:
    """Return the service with metrics."""
    counting = PrometheusWatcher()
    services = replace(service.services, watcher=Watchers([counting]))
    counting.show_load(services.open_records, services.clock)
    client = TestClient(create_app(services), base_url="http://127.0.0.1")
    return Watched(Service(client, services, service.folder, FakeEngine()), counting.serve("127.0.0.1", 0), counting)


def find(samples: Any, name: str, **labels: str) -> float:  # noqa: ANN401 - what `scrape` returns
    """Return the one sample that has these labels."""
    found = [value for own, value in samples[name] if labels.items() <= own.items()]
    assert len(found) == 1, (name, labels, samples.get(name))
    return float(found[0])


def test_what_is_done_is_counted(watched: Watched) -> None:
    """Requests by route and status, refusals by code, steps, analyses by outcome, the queue, and who works."""
    client = watched.service.client
    first = client.post("/api/screenings", files=PAIR).json()["id"]
    assert client.post("/api/screenings", files={"left": ("l.jpg", JPEG)}).status_code == 415
    client.request("BREW", f"/api/screenings/{first}")
    client.get("/no/such/thing")
    with watched.service.services.open_records() as records:
        records.crew.sign_on("worker", watched.service.services.clock.now())
        records.commit()
    waiting = scrape(watched.port)
    assert find(waiting, "kneewall_request_seconds_count", method="POST", route="/api/screenings", status="202") == 1
    assert find(waiting, "kneewall_request_seconds_count", method="GET", route="unmatched", status="404") == 1
    assert find(waiting, "kneewall_request_seconds_count", method="OTHER", status="405") == 1
    assert find(waiting, "kneewall_clips_refused_total", stage="upload", code="not_a_video") == 1
    assert find(waiting, "kneewall_screenings_unfinished", state="queued") == 1
    assert 0 < find(waiting, "kneewall_oldest_unfinished_seconds") < 600
    assert find(waiting, "kneewall_worker_heard_of_seconds", worker="worker") < 600
    watched.carry_out(first)
    done = scrape(watched.port)
    assert find(done, "kneewall_step_seconds_count", step="locate") == 2
    assert find(done, "kneewall_analysis_seconds_count", outcome="done") == 1
    assert find(done, "kneewall_screenings_unfinished", state="queued") == find(done, "kneewall_screenings_unfinished", state="running") == 0
    assert find(done, "kneewall_oldest_unfinished_seconds") == 0
    assert find(done, "process_resident_memory_bytes") > 1e6


def test_what_cannot_be_measured_is_counted_by_code(watched: Watched) -> None:
    """After the upload as before it; and what was erased meanwhile is no failure."""
    client = watched.service.client
    broken = client.post("/api/screenings", files={"left": ("l.mp4", make_clip("NOBODY"))}).json()["id"]
    watched.carry_out(broken)
    assert find(scrape(watched.port), "kneewall_clips_refused_total", stage="analysis", code="no_person") == 1
    erased = client.post("/api/screenings", files=PAIR).json()["id"]
    assert client.delete(f"/api/screenings/{erased}").status_code == 204
    watched.carry_out(erased)
    assert find(scrape(watched.port), "kneewall_analysis_seconds_count", outcome="abandoned") == 1


def test_metrics_say_nothing_about_anybody(watched: Watched) -> None:
    """No id, no name of a clip or a person, wherever they stand in an address."""
    client = watched.service.client
    athlete = client.post("/api/athletes", json={"name": "Jane Doe"}).json()["id"]
    screening = client.post("/api/screenings", files={"left": ("jane_doe.mp4", PAIR["left"][1])}, data={"athlete_id": athlete}).json()["id"]
    for address in (f"/athletes/{athlete}", f"/api/screenings/{screening}", f"/api/athletes/{athlete}x", f"/jane/{screening}", "/athletes?name=jane"):
        client.get(address)
    watched.carry_out(screening)
    text = httpx2.get(f"http://127.0.0.1:{watched.port}/metrics").text
    assert "/api/screenings/{screening_id}" in text
    assert re.search(r"[0-9a-f]{32}", text) is None
    assert "jane" not in text.lower()


def test_metrics_are_not_among_the_pages(service: Service) -> None:
    """Nobody reads them where the service is public."""
    assert service.client.get("/metrics").status_code == 404


def test_spans_say_what_was_done_and_not_for_whom(service: Service) -> None:
    """A request within the caller's trace; an analysis with its steps; patterns of routes, no ids, no names."""
    with collecting() as collector:
        sending = OtlpWatcher(f"http://127.0.0.1:{collector.port}/", role="web")
        services = replace(service.services, watcher=Watchers([sending]))
        client = TestClient(create_app(services), base_url="http://127.0.0.1")
        trace_id = "0af7651916cd43dd8448eb211c80319c"
        parent = f"00-{trace_id}-b7ad6b7169203331-01"
        files = {"left": ("jane_doe.mp4", PAIR["left"][1]), "right": PAIR["right"]}
        screening = client.post("/api/screenings", files=files, headers={"traceparent": parent, "X-Forwarded-User": "jane"}).json()["id"]
        client.get(f"/api/screenings/{screening}?name=jane", headers={"traceparent": "jane"})
        Watched(Service(client, services, service.folder), 0, PrometheusWatcher()).carry_out(screening)
        sending.close()
    spans = {span.name: span for span in collector.spans()}
    assert set(spans) == {
        *("POST /api/screenings", "GET /api/screenings/{screening_id}", "analysis"),
        *(f"analysis {step}" for step in ("locate", "measure", "draw", "report")),
    }
    assert spans["POST /api/screenings"].trace_id.hex() == trace_id
    analysis = spans["analysis"]
    assert {(span.trace_id, span.parent_span_id) for name, span in spans.items() if name.startswith("analysis ")} == {(analysis.trace_id, analysis.span_id)}
    assert analysis.start_time_unix_nano <= spans["analysis locate"].start_time_unix_nano <= spans["analysis report"].end_time_unix_nano
    assert {(own.key, own.value.string_value) for own in analysis.attributes} == {("kneewall.outcome", "done")}
    asked = {own.key for span in spans.values() for own in span.attributes}
    assert asked == {"http.request.method", "http.route", "http.response.status_code", "kneewall.outcome"}
    sent = b"".join(collector.bodies)
    assert screening.encode() not in sent
    assert b"jane" not in sent.lower()


def test_each_process_shows_its_own(tmp_path: Path) -> None:
    """Web server and worker, by settings alone: two ports on loopback, and spans of both at the collector; ids of jobs are in neither."""
    port = _two_free_ports()
    with collecting() as collector:
        said = {"metrics_port": str(port), "otlp_endpoint": f"http://127.0.0.1:{collector.port}"}
        with serving(tmp_path, **said) as served:
            served.wait_ready()
            screening = served.client.post("/api/screenings", files=PAIR).json()["id"]
            wait_for(lambda: served.state(screening)["state"] in {"done", "failed"}, 120, "the end")
            web = scrape(port)
            (heard_of,) = web["kneewall_worker_heard_of_seconds"]  # of the one worker, by its name
            assert heard_of[1] < 60
            worker = wait_for(lambda: _find_ended(scrape(port + 1)), 20, "the worker's metrics")
            assert find(worker, "kneewall_step_seconds_count", step="locate") == 2
            assert "kneewall_worker_heard_of_seconds" not in worker
        names = {span.name for span in collector.spans()}
        assert {"POST /api/screenings", "analysis"} <= names
        assert screening.encode() not in b"".join(collector.bodies)


def test_a_collector_that_never_answers_holds_nobody_up(tmp_path: Path) -> None:
    """It takes the connection and says nothing: the web server still ends when it is told to, or `serving` fails."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with serving(tmp_path, worker_process="false", otlp_endpoint=f"http://127.0.0.1:{port}") as served:
            for _ in range(_MORE_THAN_TWO_BATCHES):
                served.client.get("/health")
        assert served.process.returncode == 0


def _find_ended(samples: dict[str, Any]) -> dict[str, Any] | None:
    return samples if "kneewall_analysis_seconds_count" in samples else None


def _two_free_ports() -> int:
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
