"""A child that crashes, hangs or lies is lost, and nobody with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.adapters.confinement import Caps
from app.adapters.sandbox_process import ChildLostError, NoNurseryError, Order, Sandbox
from tests.sandbox.conftest import CAPS, make_sandbox, run
from tests.web.serving import is_running

FINE = Order(job="answer", told={"header": {"said": "well"}}, blob=b"blob")


def assert_next_works(sandbox: Sandbox) -> None:
    """See that the one that comes after is answered."""
    header, blob = run(sandbox, FINE)
    assert (header["said"], blob) == ("well", b"blob")


def children_of(sandbox: Sandbox) -> list[int]:
    """Return the children that live."""
    assert sandbox.nursery is not None
    return _list_children(sandbox.nursery)


def _list_children(pid: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if is_running(int(number))]


@pytest.mark.parametrize("job", ["crash", "abort"])
def test_crash_loses_one_clip(sandbox: Sandbox, job: str) -> None:
    """The child is gone; the nursery and the next clip are not."""
    with pytest.raises(ChildLostError) as caught:
        run(sandbox, Order(job=job, told={}))
    assert caught.value.why == "crashed"
    assert_next_works(sandbox)


@pytest.mark.parametrize(
    "sent",
    [
        "",  # nothing
        "ffffffffffffffff",  # a header of 4 GB
        "00000002ffffffff7b7d",  # a blob of 4 GB
        "00000004000000006e6f7065",  # "nope"
        "00000002000000005b5d",  # a list
        f"{200_000:08x}00000000" + b"[".hex() * 200_000,  # nested deeper than any stack
        "000000190000000a" + b'{"kind": "done", "x": []}'.hex() + "00",  # less than it says
    ],
)
def test_lies_are_not_believed(sandbox: Sandbox, sent: str) -> None:
    """What is no frame, or is larger than any, is a lost child; nothing is set aside for it."""
    with pytest.raises(ChildLostError):
        run(sandbox, Order(job="lie", told={"bytes": sent}))
    assert_next_works(sandbox)


def test_hang_is_ended() -> None:
    """A child that sleeps costs no processor time, and is killed all the same."""
    sandbox = make_sandbox(longest_s=1.0)
    try:
        with pytest.raises(ChildLostError) as caught:
            run(sandbox, Order(job="sleep", told={}))
        assert caught.value.why == "too_long"
        assert children_of(sandbox) == []
        assert_next_works(sandbox)
    finally:
        sandbox.stop()


def test_processor_time_is_limited() -> None:
    """A child that computes without end is ended by the kernel."""
    sandbox = make_sandbox(caps=Caps(cpu_s=1, memory_bytes=400_000_000, file_bytes=1_000_000))
    try:
        with pytest.raises(ChildLostError) as caught:
            run(sandbox, Order(job="spin", told={}))
        assert caught.value.why == "too_long"
        assert_next_works(sandbox)
    finally:
        sandbox.stop()


def test_memory_is_limited(sandbox: Sandbox) -> None:
    """What asks for more than there is for a clip is told so."""
    header, _ = run(sandbox, Order(job="swell", told={"bytes": 4 * CAPS.memory_bytes}))
    assert header["kind"] == "too_much"
    assert_next_works(sandbox)


def test_files_are_limited(sandbox: Sandbox, tmp_path: Path) -> None:
    """A child does not fill the disk."""
    header, _ = run(sandbox, Order(job="fill", told={"out": str(tmp_path / "out"), "megabytes": 100}, writes=tmp_path))
    assert header["kind"] == "too_much"
    assert (tmp_path / "out").stat().st_size <= CAPS.file_bytes


def test_whoever_watches_can_stop_it(sandbox: Sandbox) -> None:
    """What the progress raises comes out, and the child is gone by then: a screening was erased, and nothing more is computed for it."""
    seen: list[float] = []

    def watch(share: float, activity: str) -> None:
        del activity
        seen.append(share)
        if len(seen) == 3:
            raise KeyError("erased")

    with pytest.raises(KeyError, match="erased"):
        sandbox.run(Order(job="sleep", told={}), progress=watch)
    assert children_of(sandbox) == []
    assert_next_works(sandbox)


def test_killed_child_is_noticed(sandbox: Sandbox) -> None:
    """Somebody kills it from outside, as the kernel does when memory is short."""
    _kill_when_there(sandbox, lambda: children_of(sandbox)[0])
    with pytest.raises(ChildLostError) as caught:
        run(sandbox, Order(job="sleep", told={}))
    assert caught.value.why == "crashed"
    assert caught.value.how == f"ended with {-signal.SIGKILL}"
    assert_next_works(sandbox)


def test_killed_nursery_takes_its_children_along_and_is_replaced(sandbox: Sandbox) -> None:
    """Nobody is left who reads a clip for nobody."""
    assert_next_works(sandbox)
    assert sandbox._process is not None
    nursery = sandbox._process.pid
    lost: list[int] = []

    def note() -> int:
        lost.extend(children_of(sandbox))
        assert lost
        return nursery

    _kill_when_there(sandbox, note)
    with pytest.raises(ChildLostError):
        run(sandbox, Order(job="sleep", told={}))
    assert_next_works(sandbox)
    assert sandbox._process.pid != nursery
    end = time.monotonic() + 10
    while any(is_running(pid) for pid in lost):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_work_at_once_and_the_third_waits() -> None:
    """No more children than were allowed, and all orders are done."""
    sandbox = make_sandbox()
    most: list[int] = []
    together = threading.Barrier(2)

    def work() -> None:
        def watch(share: float, activity: str) -> None:
            del share, activity
            together.wait(20)
            most.append(len(children_of(sandbox)))
            raise KeyError

        with pytest.raises(KeyError):
            sandbox.run(Order(job="sleep", told={"between_s": 30.0}), progress=watch)

    threads = [threading.Thread(target=work) for _ in range(4)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(most) == 4
        assert max(most) == 2
    finally:
        sandbox.stop()


def test_stopping_leaves_nobody() -> None:
    """Nursery and children end with the worker's sandbox."""
    sandbox = make_sandbox()
    assert_next_works(sandbox)
    assert sandbox._process is not None
    nursery = sandbox._process.pid
    sandbox.stop()
    assert not is_running(nursery)


def _kill_when_there(sandbox: Sandbox, choose: object) -> None:
    def kill() -> None:
        end = time.monotonic() + 30
        while True:
            try:
                if children_of(sandbox):
                    os.kill(choose(), signal.SIGKILL)  # type: ignore[operator]
                    return
            except (OSError, IndexError, AssertionError):
                pass
            assert time.monotonic() < end
            time.sleep(0.02)

    sandbox.start()
    threading.Thread(target=kill, daemon=True).start()


def test_nursery_that_does_not_begin_is_no_fault_of_the_clip() -> None:
    """Nothing is lost that a mended installation could not read."""
    sandbox = Sandbox([sys.executable, "-c", "raise SystemExit(3)"], caps=CAPS, longest_s=10.0, at_once=1)
    with pytest.raises(NoNurseryError, match="kneewall doctor"):
        run(sandbox, FINE)
    sandbox.stop()


def test_killed_worker_takes_everything_along() -> None:
    """A worker that is killed cannot tidy up; its nursery and the children see that it is gone."""
    program = (
        "from tests.sandbox.conftest import *; from app.adapters.sandbox_process import Order; sandbox = make_sandbox(); sandbox.start();"
        "sandbox.run(Order(job='sleep', told={}), progress=lambda *_: print('nursery', sandbox.nursery, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        nursery = next(int(line.split()[1]) for line in worker.stdout if line.startswith("nursery"))
        left = [nursery, *_list_children(nursery)]
        assert len(left) == 2
        worker.kill()
    end = time.monotonic() + 30
    while any(is_running(pid) for pid in left):
        assert time.monotonic() < end
        time.sleep(0.02)
