"""Keeping a worker process alive."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from typing import Any

import pytest
import structlog

from app.adapters import supervisor
from app.adapters.supervisor import Supervisor


@pytest.mark.parametrize("fails", [1, 3])
def test_a_worker_that_could_not_be_started_is_started_later(monkeypatch: pytest.MonkeyPatch, fails: int) -> None:
    """A machine that is short of processes or memory for a moment refuses the fork; that says nothing about the next one."""
    started, refused = threading.Event(), []
    popen = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - handed on
        if len(refused) < fails:
            refused.append(1)
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        process = popen(*arguments, **options)
        started.set()
        return process

    monkeypatch.setattr(supervisor, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr("app.adapters.supervisor.subprocess.Popen", start)
    kept = Supervisor([sys.executable, "-c", "input()"], environment={})
    with structlog.testing.capture_logs() as lines:
        kept.start()
        assert started.wait(10)
        kept.stop()
    told = [(line["event"], line.get("reason")) for line in lines]
    assert told.count(("worker.not_started", "Resource temporarily unavailable")) == fails
    assert ("worker.started", None) in told


def test_stopping_before_the_first_start_worked_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no process to end."""
    asked = threading.Event()

    def refuse(*_: object, **__: object) -> None:
        asked.set()
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr("app.adapters.supervisor.subprocess.Popen", refuse)
    kept = Supervisor(["nothing"], environment={})
    kept.start()
    assert asked.wait(10)
    kept.stop()
    assert not kept._thread.is_alive()
