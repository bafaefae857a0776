"""Analyses as DBOS workflows: what a killed worker had begun, the next one continues at the next step."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient

from app.adapters.sql.engine import keep_out_of_statistics
from app.assessment.measurement import Side
from app.ports.clips import StorageFullError
from app.ports.jobs import IdleJob, JobStatus, QueueUnavailableError
from app.ports.outage import OutageError

APPLICATION = "kneewall"
STEPS_VERSION = "locate-locate-measure-evidence-report/1"
"""Changes only when the list of steps changes: DBOS continues a workflow only under the version that it began with."""
QUEUE = "analyses"
WORKFLOW = "analyse_screening"
_AGAIN_S = 2.0
_QUEUE_AWAY = 75
_MAX_RECOVERIES = 5
"""A clip that kills the worker every time is given up after this many tries."""
_LATEST_TURN = 2**31 - 1
_TABLES = ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")
"""DBOS's tables in which our workflows leave something."""
_STATUS: dict[str, JobStatus] = {
    "DELAYED": "waiting",
    "ENQUEUED": "waiting",
    "PENDING": "running",
    "SUCCESS": "finished",
    "ERROR": "failed",
    "CANCELLED": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSteps:
    """What an analysis does; each step is done once, but for the one during which the worker died."""

    locate: Callable[[str, Side], object]
    measure: Callable[[str], None]
    draw: Callable[[str], None]
    report: Callable[[str], None]
    fail: Callable[[str, Exception], None]


def prepare_jobs_database(url: str) -> None:
    """Create or update the tables of the queue."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        with sqlite3.connect(Path(parsed.database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
    DBOS.migrate(url)
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as tables:
        keep_out_of_statistics(tables, "dbos")


class DbosJobQueue:
    """JobQueue that writes to the DBOS database without running anything."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url)
        self._client = DBOSClient(system_database_url=url, application_name=APPLICATION, lazy=True, retry_connection_errors=False)

    def enqueue(self, screening_id: str, analysis: int, *, turn: int = 1) -> None:
        """Enqueue the workflow whose id says which analysis it is."""
        own = {"workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": _name_workflow(screening_id, analysis), "app_version": STEPS_VERSION}
        self._call(lambda: self._client.enqueue(own | {"priority": min(max(turn, 1), _LATEST_TURN)}, screening_id))

    def status(self, screening_id: str, analysis: int) -> JobStatus:
        """Ask DBOS about the workflow."""
        workflow_id = _name_workflow(screening_id, analysis)
        found = self._call(lambda: self._client.list_workflows(workflow_ids=[workflow_id], load_input=False, load_output=False))
        if not found:
            return "unknown"
        return _read_status(found[0])

    def cancel(self, screening_id: str, analysis: int) -> None:
        """Cancel the workflow."""
        self._call(lambda: self._client.cancel_workflow(_name_workflow(screening_id, analysis)))

    def list_busy(self) -> frozenset[str]:
        """List who is named by workflows that have begun."""
        return frozenset(str(each.executor_id) for each in self._call(self._list_begun))

    def release(self, worker: str) -> int:
        """Queue what is still the dead worker's; whatever it might yet record of it is refused from then on, because somebody else's word is expected."""

        def release() -> int:
            own = [each.workflow_id for each in self._list_begun() if each.executor_id == worker]
            return sum(self._client._sys_db.reenqueue_for_recovery(name, [worker], QUEUE) for name in own)  # noqa: SLF001 - no public way keeps count of tries

        return int(self._call(release))

    def _list_begun(self) -> Sequence[Any]:
        found = self._client.list_workflows(name=WORKFLOW, status="PENDING", load_input=False, load_output=False)
        return [each for each in found if each.app_version == STEPS_VERSION]

    def list_idle(self) -> Sequence[IdleJob]:
        """List what has ended or is stranded."""
        found = self._call(lambda: self._client.list_workflows(name=WORKFLOW, load_input=False, load_output=False))
        idle = [each for each in found if _read_status(each) not in {"waiting", "running"}]
        return [IdleJob(each.workflow_id.partition("/")[0], datetime.fromtimestamp((each.updated_at or 0) / 1000, UTC)) for each in idle]

    def forget(self, screening_ids: Sequence[str]) -> None:
        """Delete the workflows that are not running, with all that DBOS keeps of them.

        DBOS waits for ever for the outcome of a running workflow that is deleted, so one that waits is taken only if no worker takes it first.
        """
        if screening_ids:
            self._call(lambda: self._forget([f"{screening_id}/" for screening_id in screening_ids]))

    def _forget(self, prefixes: list[str]) -> None:
        found = self._client.list_workflows(workflow_id_prefix=prefixes, load_input=False, load_output=False)
        idle = [each.workflow_id for each in found if _read_status(each) not in {"waiting", "running"}]
        waiting = [each.workflow_id for each in found if _read_status(each) == "waiting"]
        with self._engine.begin() as connection:
            table = "workflow_status" if self._engine.dialect.name == "sqlite" else "dbos.workflow_status"
            take = sa.text(f"DELETE FROM {table} WHERE workflow_uuid = :id AND status IN ('ENQUEUED', 'DELAYED')")  # noqa: S608 - one of two names
            taken = [workflow_id for workflow_id in waiting if connection.execute(take, {"id": workflow_id}).rowcount]
        if idle or taken:
            self._client.delete_workflows([*idle, *taken])
            self._sweep()

    def _sweep(self) -> None:
        """Leave nothing in the files of what was deleted: DBOS neither overwrites it nor writes the file anew."""
        swept: Sequence[str] = ("PRAGMA busy_timeout=30000", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
        if self._engine.dialect.name == "postgresql":
            swept = (f"VACUUM (SKIP_LOCKED) {', '.join(f'dbos.{name}' for name in _TABLES)}",)
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in swept:
                connection.exec_driver_sql(statement)

    def close(self) -> None:
        """Let the connections go."""
        self._client.destroy()
        self._engine.dispose()

    @staticmethod
    def _call(action: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the vendor returns
        try:
            return action()
        except sa.exc.SQLAlchemyError as error:
            raise QueueUnavailableError("the job queue cannot be reached; expected its database to be there") from error


def run_jobs(url: str, steps: AnalysisSteps, stop: threading.Event, *, executor: str = "worker", concurrency: int = 1) -> None:
    """Work at the queue until `stop` is set, under a name that nobody else alive has; begin with what a dead worker of this name left."""
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": url,
            "application_version": STEPS_VERSION,
            "executor_id": executor,
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": 1.0,
        },
    )
    _register(steps, stop)
    DBOS.launch()
    try:
        DBOS.register_queue(QUEUE, worker_concurrency=concurrency, polling_interval_sec=0.5, on_conflict="always_update")
        stop.wait()
    finally:
        DBOS.destroy(destroy_registry=True)


def _register(steps: AnalysisSteps, stop: threading.Event) -> None:
    run = partial(_run, stop)

    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=_MAX_RECOVERIES)  # type: ignore[untyped-decorator] # the vendor is not typed here
    async def analyse_screening(screening_id: str) -> str:
        try:
            outcomes = await asyncio.gather(
                run("locate left", partial(steps.locate, screening_id, "left")),
                run("locate right", partial(steps.locate, screening_id, "right")),
                return_exceptions=True,
            )
            _raise_first(outcomes)
            await run("measure", partial(steps.measure, screening_id))
            await run("evidence", partial(steps.draw, screening_id))
            await run("report", partial(steps.report, screening_id))
        except sa.exc.OperationalError:
            # The queue's own database took no word of it. Whoever is started next goes on at this step, as soon as it does.
            structlog.get_logger().exception("queue.outage")
            os._exit(_QUEUE_AWAY)
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the person is told and the job ends
            await run("fail", partial(steps.fail, screening_id, error))
            return "failed"
        return "done"

    del analyse_screening


class _StoppedError(BaseException):
    """The worker ends before a step could be done. DBOS takes no other exception for what came of it, so that the next worker does it again."""


async def _run(stop: threading.Event, name: str, step: Callable[[], object]) -> None:
    await DBOS.run_step_async({"name": name}, partial(_insist, stop, name, step))


def _insist(stop: threading.Event, name: str, step: Callable[[], object]) -> object:
    """Do a step, and do it again as long as a store is away or full: that is no fault of the clips, and nothing is lost by waiting."""
    while True:
        try:
            return step()
        except (OutageError, StorageFullError) as error:
            structlog.get_logger().warning("step.waits", step=name, reason=type(error).__name__)
            if stop.wait(_AGAIN_S):
                raise _StoppedError from error


def _raise_first(outcomes: Iterable[BaseException | None]) -> None:
    for outcome in outcomes:
        if outcome is not None:
            raise outcome


def _read_status(found: Any) -> JobStatus:  # noqa: ANN401 - the vendor's description of a workflow
    status = _STATUS[found.status]
    return "stranded" if status in {"waiting", "running"} and found.app_version != STEPS_VERSION else status


def _name_workflow(screening_id: str, analysis: int) -> str:
    return f"{screening_id}/{analysis}"
