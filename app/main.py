"""`kneewall serve`: the web server, with a worker process beside it."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator

import structlog
import uvicorn

from app.settings import Settings
from app.web.factory import create_app
from app.wiring import build_supervisor, build_web, configure_logging, prepare_data

_GOODBYE_S = 3
"""Event streams are cut off after so long when the server stops."""


def serve(settings: Settings | None = None) -> None:
    """Serve until interrupted."""
    settings = settings or Settings()
    configure_logging()
    prepare_data(settings)
    app = create_app(build_web(settings), allowed_hosts=settings.allowed_hosts)
    # uvicorn raises the signal that stopped it once more: the worker is to be stopped before it ends this process
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _worker_beside(settings):
        sys.stderr.write(f"Kneewall on http://{settings.host}:{settings.port} (data in {settings.data_dir}; Ctrl-C stops it)\n")
        structlog.get_logger().info("web.started", port=settings.port)
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GOODBYE_S,
        )


@contextlib.contextmanager
def _worker_beside(settings: Settings) -> Iterator[None]:
    if not settings.worker_process:
        yield
        return
    supervisor = build_supervisor(settings)
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop()


if __name__ == "__main__":
    serve()
