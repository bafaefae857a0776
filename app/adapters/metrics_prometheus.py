"""Metrics as Prometheus reads them, on a port of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import structlog
from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.ports.clock import Clock
from app.ports.records import UnitOfWork
from app.ports.watching import Outcome, Stage

_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600)
_STEP_S = (0.1, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640)


class PrometheusWatcher:
    """Watcher that counts in this process; each process shows its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collect in (ProcessCollector, PlatformCollector, GCCollector):
            collect(registry=self.registry)
        self._requests = self._time("request_seconds", "Requests by the pattern of their route.", ("method", "route", "status"), _REQUEST_S)
        self._steps = self._time("step_seconds", "Steps of analyses.", ("step",), _STEP_S)
        self._analyses = self._time("analysis_seconds", "Analyses, from the beginning of their first step.", ("outcome",), _STEP_S)
        words = "Clips that were refused: at the door, or after they were looked at."
        self._refusals = Counter("kneewall_clips_refused", words, ("stage", "code"), registry=self.registry)

    def _time(self, name: str, words: str, labels: tuple[str, ...], buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"kneewall_{name}", words, labels, buckets=buckets, registry=self.registry)

    def note_request(self, method: str, route: str, status: int, seconds: float, *, parent: str | None = None) -> None:
        """Count and time it."""
        del parent
        self._requests.labels(method, route, str(status)).observe(seconds)

    def note_refusal(self, stage: Stage, code: str) -> None:
        """Count it."""
        self._refusals.labels(stage, code).inc()

    def note_step(self, key: str, step: str, seconds: float) -> None:
        """Time it."""
        del key
        self._steps.labels(step).observe(seconds)

    def note_analysis(self, key: str, outcome: Outcome, seconds: float) -> None:
        """Count and time it."""
        del key
        self._analyses.labels(outcome).observe(seconds)

    def close(self) -> None:
        """Nothing is left: whoever wants to know has asked."""

    def show_load(self, open_records: Callable[[], UnitOfWork], clock: Clock) -> None:
        """Show queue and workers as well, as the database knows them at the moment of asking."""
        self.registry.register(_LoadCollector(open_records, clock))

    def serve(self, host: str, port: int) -> int:
        """Answer on a port of its own, in a thread that ends with the process; return the port."""
        server, _ = start_http_server(port, host, registry=self.registry)
        structlog.get_logger().info("metrics.started", port=server.server_port)
        return server.server_port


class _LoadCollector(Collector):
    """Queue and workers, read when somebody asks."""

    def __init__(self, open_records: Callable[[], UnitOfWork], clock: Clock) -> None:
        self._open_records = open_records
        self._clock = clock

    def describe(self) -> Iterator[Metric]:
        """Name what there is, without asking the database."""
        yield from (self._unfinished(), self._oldest(), self._heard_of())

    def collect(self) -> Iterator[Metric]:
        """Ask the database."""
        with self._open_records() as records:
            queue, beats = records.load.read_queue(), records.crew.list_beats()
        now, unfinished, oldest, heard_of = self._clock.now(), self._unfinished(), self._oldest(), self._heard_of()
        unfinished.add_metric(["queued"], queue.queued)
        unfinished.add_metric(["running"], queue.running)
        oldest.add_metric([], 0.0 if queue.oldest_at is None else max(0.0, (now - queue.oldest_at).total_seconds()))
        for worker, at in beats.items():
            heard_of.add_metric([worker], max(0.0, (now - at).total_seconds()))
        yield from (unfinished, oldest, heard_of)

    @staticmethod
    def _unfinished() -> GaugeMetricFamily:
        return GaugeMetricFamily("kneewall_screenings_unfinished", "Screenings in the queue, and those that are being measured.", labels=["state"])

    @staticmethod
    def _oldest() -> GaugeMetricFamily:
        return GaugeMetricFamily("kneewall_oldest_unfinished_seconds", "How long the oldest of them is here; 0 where there is none.", labels=[])

    @staticmethod
    def _heard_of() -> GaugeMetricFamily:
        return GaugeMetricFamily("kneewall_worker_heard_of_seconds", "How long ago each worker was heard of.", labels=["worker"])
