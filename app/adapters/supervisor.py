"""Keeping a worker process alive beside the web server."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence

import structlog

log = structlog.get_logger()
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_STEADY_S = 20.0
"""A worker that lived so long was no false start: the next pause is short again."""
_STOP_S = 5.0


class Supervisor:
    """Starts a command, starts it again whenever it ends, and takes it along when this process ends.

    The command gets a pipe as its standard input; when that closes, even because this process was killed, it must end by itself.
    """

    def __init__(self, command: Sequence[str], *, environment: Mapping[str, str]) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep_alive, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the command and do not start it again."""
        with self._lock:
            self._stopping.set()
            process = self._process
        if process is not None:
            process.terminate()
        self._thread.join(_STOP_S)
        if process is not None and process.poll() is None:
            process.kill()
            process.wait(_STOP_S)

    def _keep_alive(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            began_s = time.monotonic()
            code = self._run_once()
            if self._stopping.is_set():
                return
            pause_s = _FIRST_PAUSE_S if time.monotonic() - began_s >= _STEADY_S else min(2 * pause_s, _LONGEST_PAUSE_S)
            log.warning("worker.ended", code=code, again_in_s=pause_s)
            self._stopping.wait(pause_s)

    def _run_once(self) -> int | None:
        """Return the code with which the command ended; None where it could not be started, which may pass: a machine short of memory or processes."""
        with self._lock:
            if self._stopping.is_set():
                return 0
            try:
                self._process = subprocess.Popen(self._command, env=self._environment, stdin=subprocess.PIPE)  # noqa: S603 - our own command
            except OSError as error:
                log.warning("worker.not_started", reason=error.strerror or type(error).__name__)
                return None
        log.info("worker.started", pid=self._process.pid)
        return self._process.wait()
