"""`kneewall serve`: the web server, with worker processes beside it."""

from __future__ import annotations

import contextlib
import gc
import math
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import structlog
import uvicorn

from app.adapters.file_lock import share_lock
from app.lan import Lan, describe_way_in, prepare_lan
from app.ports.outage import OutageError
from app.settings import Settings, UnusableSettingsError, read_settings
from app.usecases.accounts import has_admin
from app.usecases.services import Services
from app.web.factory import create_app
from app.web.stopping import Stopping
from app.wiring import build_supervisors, build_web, configure_logging, prepare_data

_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what --lan asks for; everybody shows a code or signs in
_GOODBYE_S = 3
"""What has not ended so long after uploads have been refused is cut off when the server stops."""


def serve(settings: Settings | None = None, *, in_room: bool = False) -> None:
    """Serve until interrupted; with `in_room`, over TLS to every device that shows the code of this run, or signs in."""
    settings = settings or read_settings()
    configure_logging()
    # a backup is put back only while nobody serves or works here
    with share_lock(settings.data_dir / "service.lock"):
        _serve(settings, in_room=in_room)


def _serve(settings: Settings, *, in_room: bool) -> None:
    prepare_data(settings)
    lan = prepare_lan(settings) if in_room else None
    services = build_web(settings, access="paired" if in_room and settings.auth == "off" else None, role="web")
    stopping = Stopping(settings.stop_wait_s)
    app = create_app(services, allowed_hosts=settings.allowed_hosts if lan is None else lan.names, stopping=stopping, own_tls=lan is not None)
    # uvicorn raises the signal that stopped it once more: the worker is to be stopped before it ends this process
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.closing(services.watcher), _workers_beside(settings):
        sys.stderr.write(_greet(settings, lan, services))
        structlog.get_logger().info("web.started", port=settings.port)
        app.openapi()  # has every route looked through now, while the workers start, and not while the first visitor waits for most of a second
        # What has been loaded stays until the end: looked through again and again for garbage it would hold up a request now and then, for 0.15 s.
        gc.collect()
        gc.freeze()
        config = uvicorn.Config(
            app,
            host=settings.host if lan is None else _EVERYWHERE,
            ssl_certfile=None if lan is None else lan.certificate,
            ssl_keyfile=None if lan is None else lan.key,
            port=settings.port,
            log_config=None,
            access_log=False,
            forwarded_allow_ips=settings.trusted_proxies,
            server_header=False,
            timeout_graceful_shutdown=math.ceil(settings.stop_wait_s) + _GOODBYE_S,
        )
        with contextlib.suppress(KeyboardInterrupt):
            _Server(config, stopping).run()


class _Server(uvicorn.Server):
    """Tells the application that it is being stopped before it waits for what is still being answered."""

    def __init__(self, config: uvicorn.Config, stopping: Stopping) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, and wait."""
        self._stopping.begin()
        await super().shutdown(sockets)


def _greet(settings: Settings, lan: Lan | None, services: Services) -> str:
    scheme = "http" if lan is None else "https"
    words = f"Kneewall on {scheme}://{settings.host}:{settings.port} (data in {settings.data_dir}; Ctrl-C stops it)\n"
    if services.access == "accounts" and not has_admin(services):
        words += "Nobody can sign in yet. Make the first admin: kneewall admin create name@example.org\n"
    return words if lan is None else words + describe_way_in(lan, settings, services)


@contextlib.contextmanager
def _workers_beside(settings: Settings) -> Iterator[None]:
    if not settings.worker_process:
        yield
        return
    supervisors = build_supervisors(settings)
    for supervisor in supervisors:
        supervisor.start()
    try:
        yield
    finally:
        with ThreadPoolExecutor(len(supervisors)) as pool:  # each may take seconds
            list(pool.map(lambda supervisor: supervisor.stop(), supervisors))


if __name__ == "__main__":
    try:
        serve()
    except UnusableSettingsError as problem:
        sys.exit(str(problem))
    except OutageError as problem:
        sys.exit(f"{problem}. Look at the KNEEWALL_ variables that name databases and buckets, or try again later.")
