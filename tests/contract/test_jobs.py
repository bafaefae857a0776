"""Every JobQueue, and DBOS as the one that works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.adapters import jobs_dbos
from app.adapters.jobs_dbos import AnalysisSteps, DbosJobQueue, prepare_jobs_database, run_jobs
from app.ports.clips import StorageFullError
from app.ports.jobs import JobQueue, QueueUnavailableError
from app.ports.outage import OutageError
from tests.contract.conftest import DATABASES
from tests.fakes.jobs import FakeJobQueue
from tests.traces import search_database


@pytest.fixture
def url(empty_url: str) -> str:
    """Return a prepared queue database of each kind in turn."""
    prepare_jobs_database(empty_url)
    return empty_url


@pytest.fixture(params=["fake", *DATABASES])
def queue(request: pytest.FixtureRequest) -> Iterator[JobQueue]:
    """Each queue in turn."""
    if request.param == "fake":
        yield FakeJobQueue()
        return
    address: str = request.getfixturevalue(f"empty_{request.param}_url")
    prepare_jobs_database(address)
    made = DbosJobQueue(address)
    yield made
    made.close()


def test_unknown_until_enqueued(queue: JobQueue) -> None:
    """A job is known from the moment that it is enqueued, and once."""
    assert queue.status("a", 1) == "unknown"
    queue.enqueue("a", 1)
    queue.enqueue("a", 1)
    assert queue.status("a", 1) == "waiting"
    assert queue.status("a", 2) == "unknown"


def test_cancelled_job_is_not_waiting(queue: JobQueue) -> None:
    """A cancelled job will not be done; cancelling nothing is no error."""
    queue.cancel("a", 1)
    queue.enqueue("a", 1)
    queue.cancel("a", 1)
    assert queue.status("a", 1) == "failed"


def test_forgotten_job_is_unknown(queue: JobQueue) -> None:
    """Waiting or ended, in every analysis of the screening; those of other screenings stay, and forgetting nothing is no error."""
    for screening_id, analysis in (("a", 1), ("a", 2), ("ab", 1), ("b", 1)):
        queue.enqueue(screening_id, analysis)
    queue.cancel("a", 1)
    assert [job.screening_id for job in queue.list_idle()] == ["a"]
    queue.forget([])
    queue.forget(["a", "never"])
    assert [queue.status(*job) for job in (("a", 1), ("a", 2), ("ab", 1), ("b", 1))] == ["unknown", "unknown", "waiting", "waiting"]
    assert list(queue.list_idle()) == []
    queue.enqueue("a", 1)
    assert queue.status("a", 1) == "waiting"


@pytest.mark.parametrize("address", ["sqlite:///{folder}/nothing.sqlite3", "postgresql+psycopg://nobody@/nothing?host={folder}"])
def test_queue_without_database_is_unavailable(tmp_path: Path, address: str) -> None:
    """The vendor's error does not get out."""
    queue = DbosJobQueue(address.format(folder=tmp_path))
    with pytest.raises(QueueUnavailableError):
        queue.enqueue("a", 1)
    queue.close()


class Diary:
    """Steps that write down that they were done."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.errors: list[Exception] = []
        self.fail_at: str | None = None

    def steps(self) -> AnalysisSteps:
        """Return the steps of an analysis."""
        return AnalysisSteps(
            locate=lambda screening_id, side: self._note(f"{screening_id} locate {side}"),
            measure=lambda screening_id: self._note(f"{screening_id} measure"),
            draw=lambda screening_id: self._note(f"{screening_id} draw"),
            report=lambda screening_id: self._note(f"{screening_id} report"),
            fail=lambda screening_id, error: self.errors.append(error) or self._note(f"{screening_id} fail"),  # type: ignore[func-returns-value]
        )

    def _note(self, entry: str) -> None:
        self.entries.append(entry)
        if entry == self.fail_at:
            raise ZeroDivisionError(entry)


@contextmanager
def working(url: str, steps: AnalysisSteps) -> Iterator[None]:
    """Return a worker for a while."""
    stop = threading.Event()
    thread = threading.Thread(target=run_jobs, args=(url, steps, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_steps_are_done_in_order_and_once(url: str) -> None:
    """Both sides first, then measure, draw, report; a job enqueued twice is done once."""
    queue, diary = DbosJobQueue(url), Diary()
    queue.enqueue("a", 1)
    queue.enqueue("a", 1)
    with working(url, diary.steps()):
        wait_for(lambda: queue.status("a", 1) == "finished")
    queue.close()
    assert sorted(diary.entries[:2]) == ["a locate left", "a locate right"]
    assert diary.entries[2:] == ["a measure", "a draw", "a report"]


def test_bug_in_a_step_ends_the_job_and_is_told(url: str) -> None:
    """An unexpected error is handed to the failing step once and not tried for ever; the next job is done."""
    queue, diary = DbosJobQueue(url), Diary()
    diary.fail_at = "a measure"
    queue.enqueue("a", 1)
    queue.enqueue("b", 1)
    with working(url, diary.steps()):
        wait_for(lambda: queue.status("a", 1) == "finished" and queue.status("b", 1) == "finished")
    queue.close()
    assert [entry for entry in diary.entries if entry.startswith("a")][2:] == ["a measure", "a fail"]
    assert [type(error) for error in diary.errors] == [ZeroDivisionError]
    assert diary.entries[-1] == "b report"


def test_running_job_is_not_forgotten_before_it_ends(url: str) -> None:
    """The worker goes on undisturbed; afterwards nothing of the job is in the database, and the worker takes the next one."""
    queue, diary, go_on = DbosJobQueue(url), Diary(), threading.Event()
    steps = replace(diary.steps(), measure=lambda _: go_on.wait(20))
    queue.enqueue("a" * 32, 1)
    with working(url, steps):
        wait_for(lambda: len(diary.entries) == 2)
        queue.forget(["a" * 32])
        assert queue.status("a" * 32, 1) == "running"
        go_on.set()
        wait_for(lambda: queue.status("a" * 32, 1) == "finished")
        queue.forget(["a" * 32])
        queue.enqueue("b", 1)
        wait_for(lambda: queue.status("b", 1) == "finished")
    queue.close()
    assert search_database(url, ["a" * 32]) == []


def test_job_of_another_list_of_steps_is_stranded(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody continues a job that began under other steps; that is told apart from waiting."""
    queue = DbosJobQueue(url)
    queue.enqueue("a", 1)
    monkeypatch.setattr(jobs_dbos, "STEPS_VERSION", "other/1")
    assert queue.status("a", 1) == "stranded"
    queue.close()


@pytest.mark.parametrize("killed_in", ["locate", "measure", "draw", "report"])
def test_killed_worker_is_continued_at_the_next_step(url: str, tmp_path: Path, killed_in: str) -> None:
    """After `kill -9` the next worker repeats the step that was interrupted and none that was done."""
    diary = tmp_path / "diary"
    diary.touch()
    queue = DbosJobQueue(url)
    queue.enqueue("a", 1)
    first = start_worker(url, diary, pause_s=0.6)
    wait_for(lambda: killed_in in diary.read_text())
    time.sleep(0.2)
    first.kill()
    first.wait()
    second = start_worker(url, diary, pause_s=0.0)
    wait_for(lambda: queue.status("a", 1) == "finished")
    second.kill()
    second.wait()
    queue.close()
    entries = diary.read_text().splitlines()
    times = {step: entries.count(step) for step in ("locate left", "locate right", "measure", "draw", "report")}
    assert times == {step: 2 if step.startswith(killed_in) else 1 for step in times}


def test_worker_of_another_name_goes_on_when_it_is_released(url: str, tmp_path: Path) -> None:
    """Not before; then at the step that was interrupted, and once however often it is released."""
    diary = tmp_path / "diary"
    diary.touch()
    queue = DbosJobQueue(url)
    queue.enqueue("a", 1)
    first = start_worker(url, diary, pause_s=0.6, name="first")
    wait_for(lambda: "measure" in diary.read_text())
    assert queue.list_busy() == {"first"}
    first.kill()
    first.wait()
    second = start_worker(url, diary, pause_s=0.0, name="second")
    queue.enqueue("b", 1)
    wait_for(lambda: queue.status("b", 1) == "finished")
    assert (queue.status("a", 1), queue.list_busy()) == ("running", {"first"})
    assert [queue.release("second"), queue.release("first"), queue.release("first")] == [0, 1, 0]
    wait_for(lambda: queue.status("a", 1) == "finished")
    second.kill()
    second.wait()
    assert queue.list_busy() == frozenset()
    queue.close()
    times = {step: diary.read_text().splitlines().count(step) for step in ("locate left", "locate right", "measure", "draw", "report")}
    assert times == {"locate left": 2, "locate right": 2, "measure": 3, "draw": 2, "report": 2}


def test_worker_that_was_taken_for_dead_records_nothing_more(url: str, tmp_path: Path) -> None:
    """It was only held up: when it goes on, its job is another's, and it begins no further step and fails nothing."""
    diaries = [tmp_path / "held up", tmp_path / "other"]
    for diary in diaries:
        diary.touch()
    queue = DbosJobQueue(url)
    queue.enqueue("a", 1)
    first = start_worker(url, diaries[0], pause_s=0.6, name="first")
    wait_for(lambda: "measure" in diaries[0].read_text())
    os.kill(first.pid, signal.SIGSTOP)
    assert queue.release("first") == 1
    second = start_worker(url, diaries[1], pause_s=0.6, name="second")
    wait_for(lambda: "measure" in diaries[1].read_text())
    os.kill(first.pid, signal.SIGCONT)
    wait_for(lambda: queue.status("a", 1) == "finished")
    for worker in (first, second):
        worker.kill()
        worker.wait()
    queue.close()
    assert diaries[0].read_text().split("\n")[2:] == ["measure", ""]
    assert diaries[1].read_text().split() == ["measure", "draw", "report"]


def test_earlier_turns_come_first(url: str) -> None:
    """Whenever they were enqueued; of the same turn who came first."""
    queue, diary = DbosJobQueue(url), Diary()
    for screening_id, turn in (("squad1", 1), ("squad2", 2), ("squad3", 3), ("single", 1)):
        queue.enqueue(screening_id, 1, turn=turn)
    with working(url, diary.steps()):
        wait_for(lambda: queue.status("squad3", 1) == "finished")
    queue.close()
    assert [entry.split()[0] for entry in diary.entries if entry.endswith("report")] == ["squad1", "single", "squad2", "squad3"]


def test_step_waits_for_a_store_that_is_away(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage is no fault of the clips: the step is done again until it succeeds, and the job does not fail."""
    monkeypatch.setattr(jobs_dbos, "_AGAIN_S", 0.05)
    queue, diary = DbosJobQueue(url), Diary()
    outages = [OutageError("away"), StorageFullError()]

    def measure(screening_id: str) -> None:
        diary.entries.append(f"{screening_id} measure")
        if outages:
            raise outages.pop()

    queue.enqueue("a", 1)
    with working(url, replace(diary.steps(), measure=measure)):
        wait_for(lambda: queue.status("a", 1) == "finished")
    queue.close()
    assert diary.entries[2:] == ["a measure"] * 3 + ["a draw", "a report"]


def test_step_that_waits_for_a_store_ends_with_its_worker(url: str) -> None:
    """The store may never come back: whoever is told to stop stops, nobody is told of a failure, and the next worker goes on at this step."""
    queue, diary, threads = DbosJobQueue(url), Diary(), set()

    def measure(_: str) -> None:
        threads.add(threading.current_thread())
        raise OutageError("gone")

    queue.enqueue("a", 1)
    with working(url, replace(diary.steps(), measure=measure)):
        wait_for(lambda: bool(threads))
    for thread in threads:
        thread.join(20)
    assert [thread.name for thread in threads if thread.is_alive()] == []
    assert queue.status("a", 1) == "running"
    with working(url, diary.steps()):
        wait_for(lambda: queue.status("a", 1) == "finished")
    queue.close()
    assert diary.entries[2:] == ["a measure", "a draw", "a report"]


def start_worker(url: str, diary: Path, *, pause_s: float, name: str = "worker") -> subprocess.Popen[bytes]:
    """Return a worker process with steps that only write down that they began."""
    command = [sys.executable, "-m", "tests.fakes.worker", url, str(diary), str(pause_s), name]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL)
