"""Traces over OTLP: a span for each request, and one for each analysis with its steps. Nothing in them says whom they were for."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from app.ports.watching import Outcome, Stage

_NS = 1_000_000_000
_MOST_OPEN = 1000
_SERVER_FAULT = 500
_LAST_SENDING_S = 3.0
"""What is left at the end, a few thousand spans, is sent in well under a second to a collector that is there."""


class OtlpWatcher:
    """Watcher that sends spans from a thread of its own; what cannot be sent is dropped.

    The provider is not made the one of the whole process: libraries that look for that one would send the ids of jobs, and addresses with ids in them.
    """

    def __init__(self, endpoint: str, *, role: str) -> None:
        resource = Resource.create({"service.name": f"kneewall-{role}", "service.version": version("kneewall")})
        self._provider = TracerProvider(resource=resource)
        self._exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("kneewall")
        self._lock = threading.Lock()
        self._open: OrderedDict[str, trace.Span] = OrderedDict()

    def note_request(self, method: str, route: str, status: int, seconds: float, *, parent: str | None = None) -> None:
        """Send a span that belongs to the caller's trace, where it has one."""
        context = None if parent is None else TraceContextTextMapPropagator().extract({"traceparent": parent})
        end = time.time_ns()
        span = self._tracer.start_span(f"{method} {route}", context=context, kind=trace.SpanKind.SERVER, start_time=_before(end, seconds))
        span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
        if status >= _SERVER_FAULT:
            span.set_status(trace.StatusCode.ERROR)
        span.end(end)

    def note_refusal(self, stage: Stage, code: str) -> None:
        """Send nothing: refusals are counted."""

    def note_step(self, key: str, step: str, seconds: float) -> None:
        """Send a span within that of its analysis."""
        end = time.time_ns()
        with self._lock:
            if key not in self._open:
                self._open[key] = self._tracer.start_span("analysis", context=Context(), start_time=_before(end, seconds))
            context = trace.set_span_in_context(self._open[key], Context())
            if len(self._open) > _MOST_OPEN:  # ended in another process
                self._open.popitem(last=False)
        self._tracer.start_span(f"analysis {step}", context=context, start_time=_before(end, seconds)).end(end)

    def note_analysis(self, key: str, outcome: Outcome, seconds: float) -> None:
        """Send the span of the analysis."""
        end = time.time_ns()
        with self._lock:
            span = self._open.pop(key, None) or self._tracer.start_span("analysis", context=Context(), start_time=_before(end, seconds))
        span.set_attribute("kneewall.outcome", outcome)
        if outcome == "failed":
            span.set_status(trace.StatusCode.ERROR)
        span.end(end)

    def close(self) -> None:
        """Send what is left, and give up on a collector that does not answer: by itself the library would try again for half a minute."""
        sending = threading.Thread(target=self._provider.shutdown, name="last spans", daemon=True)
        sending.start()
        sending.join(_LAST_SENDING_S)
        if sending.is_alive():
            self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the library names no types here


def _before(end_ns: int, seconds: float) -> int:
    return end_ns - round(seconds * _NS)
