"""`kneewall worker`: carries out the analyses that the web has accepted."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial

import structlog

from app.adapters.file_lock import hold_lock, share_lock
from app.adapters.jobs_dbos import run_jobs
from app.settings import Settings
from app.usecases.delivering import deliver_due
from app.usecases.reconciling import reconcile, sweep_jobs, sweep_orphans
from app.usecases.retention import sweep_clips
from app.usecases.services import Services
from app.usecases.uploads import sweep_uploads
from app.usecases.waiting import sweep_waiting
from app.wiring import build_worker, configure_logging, prepare_data

_BEAT_EVERY_S = 5.0
_RECONCILE_EVERY_S = 5.0
_DELIVER_EVERY_S = 5.0
_SWEEP_EVERY_S = 900.0
_NAME = "worker"


def work(settings: Settings | None = None, *, with_parent: bool = False) -> None:
    """Work until told to stop; with `with_parent`, also until the parent is gone."""
    settings = settings or Settings()
    configure_logging()
    stop = threading.Event()
    if with_parent:
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    # a backup is put back only while nobody serves or works here
    with share_lock(settings.data_dir / "service.lock"):
        prepare_data(settings)
        _work(settings, stop)


def _work(settings: Settings, stop: threading.Event) -> None:
    # a worker takes over what the one before had begun under the same name, so two must not be alive
    with hold_lock(settings.data_dir / "worker.lock"):
        worker = build_worker(settings)
        worker.clips.clear_scratch()
        services = worker.analyst.services
        _repeat(partial(_beat, services), _BEAT_EVERY_S, stop)
        _repeat(partial(reconcile, worker.analyst), _RECONCILE_EVERY_S, stop)
        _repeat(partial(sweep_jobs, services), _RECONCILE_EVERY_S, stop)
        _repeat(partial(deliver_due, services, worker.sender), _DELIVER_EVERY_S, stop)
        _repeat(partial(sweep_waiting, services), _SWEEP_EVERY_S, stop)
        _repeat(partial(sweep_orphans, services), _SWEEP_EVERY_S, stop)
        _repeat(partial(sweep_uploads, services), _SWEEP_EVERY_S, stop)
        _repeat(partial(sweep_clips, worker.analyst), _SWEEP_EVERY_S, stop)
        threading.Thread(target=worker.sandbox.start, name="sandbox", daemon=True).start()
        structlog.get_logger().info("worker.ready", pid=os.getpid())
        # the sandbox is not stopped: it ends with this process, and a step that lost its child first would tell people that their analysis failed
        run_jobs(settings.jobs_url, worker.steps, stop, executor=_NAME)


def _beat(services: Services) -> None:
    with services.open_records() as records:
        records.beat(_NAME, services.clock.now())
        records.commit()


def _repeat(action: Callable[[], object], every_s: float, stop: threading.Event) -> None:
    def loop() -> None:
        while True:
            try:
                action()
            except Exception:  # noqa: BLE001 - the edge: upkeep goes on, whatever happened this time
                structlog.get_logger().exception("upkeep.failed")
            if stop.wait(every_s):
                return

    threading.Thread(target=loop, name="upkeep", daemon=True).start()


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    work(with_parent="--with-parent" in sys.argv[1:])
