"""`kneewall worker`: carries out the analyses that the web has accepted; any number of them, on any number of machines."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NoReturn

import structlog

from app.adapters.file_lock import share_lock
from app.adapters.jobs_dbos import run_jobs
from app.ports.outage import OutageError
from app.rendering.reminder_letter import write_letter
from app.settings import Settings, UnusableSettingsError, read_settings
from app.usecases.crew import BEAT_EVERY_S, Worker
from app.usecases.delivering import deliver_due
from app.usecases.reconciling import reconcile, sweep_jobs, sweep_orphans
from app.usecases.reminding import send_letters
from app.usecases.retention import sweep_clips
from app.usecases.services import Services
from app.usecases.uploads import sweep_uploads
from app.usecases.waiting import sweep_waiting
from app.wiring import Workshop, build_worker, configure_logging, name_worker, prepare_data

_FENCE_EVERY_S = 1.0
_RECONCILE_EVERY_S = 5.0
_DELIVER_EVERY_S = 5.0
_SWEEP_EVERY_S = 900.0
_NICE = 10
"""Whoever looks at a page waits for milliseconds, a clip for seconds: where both share a machine the page goes first."""
_TAKEN_FOR_DEAD = 75


def work(settings: Settings | None = None, *, with_parent: bool = False, name: str | None = None) -> None:
    """Work until told to stop; with `with_parent`, also until the parent is gone. Nobody else alive may have the name."""
    settings = settings or read_settings()
    configure_logging()
    stop = threading.Event()
    if with_parent:
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    is_own_process = threading.current_thread() is threading.main_thread()
    if is_own_process:
        os.nice(_NICE)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    # a backup is put back only while nobody serves or works here
    with share_lock(settings.data_dir / "service.lock"):
        prepare_data(settings)
        _work(settings, stop, name or name_worker())
        if is_own_process:
            os._exit(0)  # a step under way would go on although it is another's from now on


def _work(settings: Settings, stop: threading.Event, name: str) -> None:
    workshop = build_worker(settings)
    workshop.clips.clear_scratch()
    worker = Worker(name, workshop.analyst.services)
    worker.sign_on()
    worker.look_after_others()
    _repeat(worker.beat, BEAT_EVERY_S, stop)
    _repeat(partial(_fence, worker), _FENCE_EVERY_S, stop)
    _repeat(worker.look_after_others, BEAT_EVERY_S, stop)
    for action, every_s in _list_upkeep(workshop):
        _repeat(partial(_lead, worker, action), every_s, stop)
    threading.Thread(target=workshop.sandbox.start, name="sandbox", daemon=True).start()
    structlog.get_logger().info("worker.ready", pid=os.getpid(), name=name)
    # the sandbox is not stopped: it ends with this process, and a step that lost its child first would tell people that their analysis failed
    run_jobs(settings.jobs_url, workshop.steps, stop, executor=name)
    with suppress(OutageError):  # then it is missed instead
        worker.sign_off()
    workshop.analyst.services.watcher.close()


def _list_upkeep(workshop: Workshop) -> list[tuple[Callable[[], object], float]]:
    """Return what one of the workers does for all, and how often."""
    analyst = workshop.analyst
    services = analyst.services
    return [
        (partial(reconcile, analyst), _RECONCILE_EVERY_S),
        (partial(sweep_jobs, services), _RECONCILE_EVERY_S),
        (partial(deliver_due, services, workshop.sender), _DELIVER_EVERY_S),
        (partial(sweep_waiting, services), _SWEEP_EVERY_S),
        (partial(sweep_orphans, services), _SWEEP_EVERY_S),
        (partial(sweep_uploads, services), _SWEEP_EVERY_S),
        (partial(sweep_clips, analyst), _SWEEP_EVERY_S),
        (partial(_remind, services), _SWEEP_EVERY_S),
    ]


def _lead(worker: Worker, action: Callable[[], object]) -> None:
    if worker.leads:
        action()


def _fence(worker: Worker) -> None:
    if worker.must_stop:
        _stop_at_once()


def _stop_at_once() -> NoReturn:
    """End before another worker takes over, whatever is under way; the supervisor begins anew."""
    structlog.get_logger().warning("worker.taken_for_dead")
    os._exit(_TAKEN_FOR_DEAD)


def _remind(services: Services) -> None:
    if failed := send_letters(services, write_letter):
        structlog.get_logger().warning("reminder.failed", count=failed)


def _repeat(action: Callable[[], object], every_s: float, stop: threading.Event) -> None:
    def loop() -> None:
        while True:
            try:
                action()
            except OutageError as error:
                structlog.get_logger().warning("upkeep.outage", reason=str(error))
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
    parser = argparse.ArgumentParser(prog="app.worker")
    parser.add_argument("--with-parent", action="store_true")
    parser.add_argument("--name")
    given = parser.parse_args()
    try:
        work(with_parent=given.with_parent, name=given.name)
    except UnusableSettingsError as problem:
        sys.exit(str(problem))
    except OutageError as problem:
        sys.exit(f"{problem}. Look at the KNEEWALL_ variables that name databases and buckets, or try again later.")
