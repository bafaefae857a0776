"""The worker's side of the sandbox: a nursery process that is ready, and for each clip a child of it that is let go of afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from app.adapters.confinement import Caps
from app.adapters.sandbox_wire import MalformedFrameError, build_frame, read_frame

log = structlog.get_logger()
_READY_S = 300.0
_LET_GO_S = 10.0
_ACTIVITY = re.compile(r"[a-z ]{1,60}")
_NEEDED = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "XDG_CACHE_HOME"),
    *("KNEEWALL_CACHE_DIR", "MPLCONFIGDIR"),
)
"""What of the environment goes along: no address of a database and no secret."""
_MALLOC = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "4000000"}
"""Pictures go back to the system when they are done with (glibc's mallopt). Between them on the heap smaller things stay, and a child of 10 s of 1080p
is 140 MiB larger at its highest; reading a clip takes a sixth longer instead."""
Progress = Callable[[float, str], None]
Answer = tuple[dict[str, Any], bytes]


class ChildLostError(Exception):
    """The child ended, or had to be ended, without an answer; `why` is crashed or too_long."""

    def __init__(self, why: str, how: str) -> None:
        super().__init__(f"found that the child {how}; expected an answer")
        self.why = why
        self.how = how


class NoNurseryError(Exception):
    """The nursery does not begin: a fault of the installation, and of no clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a child is to do.

    Attributes
    ----------
    job : str
        Which of the jobs that the nursery knows.
    told : mapping
        JSON for the job.
    blob : bytes
        Bytes for the job.
    reads, writes
        The files that it may read, and the folder in which it may write.
    """

    job: str
    told: Mapping[str, Any]
    blob: bytes = b""
    reads: Sequence[Path] = ()
    writes: Path | None = None


class Sandbox:
    """Runs orders, each in a child of its own that sees one clip; started again whenever its nursery ends.

    Parameters
    ----------
    command : sequence of str
        What becomes the nursery; it gets a socket as its standard input.
    caps : Caps
        What a child may take.
    longest_s : float
        After so long a child is killed.
    at_once : int
        How many children there may be; who comes later waits.
    """

    def __init__(self, command: Sequence[str], *, caps: Caps, longest_s: float, at_once: int) -> None:
        self._command = list(command)
        self._caps = caps
        self._longest_s = longest_s
        self._slots = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Have the nursery ready before the first clip comes."""
        with self._lock:
            if self._control is None or self._process is None or self._process.poll() is not None:
                self._start()

    @property
    def nursery(self) -> int | None:
        """The nursery's process, where there is one."""
        return None if self._process is None else self._process.pid

    def stop(self) -> None:
        """End it, with all children."""
        with self._lock:
            self._drop()

    def run(self, order: Order, *, progress: Progress) -> Answer:
        """Return what the child answers; raise `ChildLostError`, or what `progress` raises, and then the child is gone."""
        with self._slots:
            talk, its_talk = socket.socketpair()
            leash, its_leash = socket.socketpair()
            with talk, leash:
                with its_talk, its_leash:
                    self._hand_over(order, its_talk, its_leash)
                try:
                    return self._listen(order, talk, progress)
                except _NoAnswerError as lost:
                    raise _say_why(lost.why, _let_go(leash)) from None
                finally:
                    _let_go(leash)

    def _listen(self, order: Order, talk: socket.socket, progress: Progress) -> Answer:
        end_s = time.monotonic() + self._longest_s

        def read(size: int) -> bytes:
            talk.settimeout(max(0.001, end_s - time.monotonic()))
            return talk.recv(size)

        with _telling_no_answer():
            talk.settimeout(self._longest_s)
            talk.sendall(build_frame(order.told, order.blob))
        while True:
            with _telling_no_answer():
                frame = read_frame(read)
                if frame is None:
                    raise _NoAnswerError("crashed")
                if frame[0].get("kind") != "progress":
                    return frame
                share, activity = _read_progress(frame[0])
            progress(share, activity)

    def _hand_over(self, order: Order, talk: socket.socket, leash: socket.socket) -> None:
        asked = {
            "job": order.job,
            "reads": [str(path.absolute()) for path in order.reads],
            "writes": None if order.writes is None else str(order.writes.absolute()),
            "caps": asdict(self._caps),
        }
        with self._lock:
            for last in (False, True):
                try:
                    if self._control is None:
                        self._start()
                    assert self._control is not None  # noqa: S101 - for the type checker
                    socket.send_fds(self._control, [json.dumps(asked).encode()], [talk.fileno(), leash.fileno()])
                except OSError:
                    self._drop()
                    if last:
                        raise NoNurseryError("found that the nursery ended twice before it was told of a clip; expected it to live") from None
                else:
                    return

    def _start(self) -> None:
        self._drop()
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {name: os.environ[name] for name in _NEEDED if name in os.environ}
        # one thread of the number library: a process with more cannot be forked safely, and two clips at once fill the cores anyway
        environment |= _MALLOC | {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "GLOG_minloglevel": "3", "TF_CPP_MIN_LOG_LEVEL": "3"}
        with its:
            self._process = subprocess.Popen(self._command, stdin=its.fileno(), env=environment)  # noqa: S603 - our own command
        ours.settimeout(_READY_S)
        try:
            told = ours.recv(65536)
        except OSError:
            told = b""
        if not told:
            ours.close()
            self._process.kill()
            self._process.wait()
            raise NoNurseryError(f"found that {' '.join(self._command)} ended at once; expected it to begin (kneewall doctor looks for what it needs)")
        ours.settimeout(None)
        self._control = ours
        ready = json.loads(told)
        (log.warning if ready["missing"] else log.info)("sandbox.ready", landlock=ready["landlock_abi"], missing=",".join(ready["missing"]) or "nothing")

    def _drop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(_LET_GO_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _read_progress(header: Mapping[str, Any]) -> tuple[float, str]:
    share, activity = header.get("share"), header.get("activity")
    if not isinstance(share, int | float) or not isinstance(activity, str) or not _ACTIVITY.fullmatch(activity):
        raise MalformedFrameError("found another progress; expected a share and an activity")
    return min(max(float(share), 0.0), 1.0), activity


class _NoAnswerError(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@contextlib.contextmanager
def _telling_no_answer() -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise _NoAnswerError("too_long") from None
    except (OSError, MalformedFrameError):
        raise _NoAnswerError("crashed") from None


def _let_go(leash: socket.socket) -> str:
    """Have the child killed if it still lives, wait until it is gone, and say how it ended."""
    told = bytearray()
    with contextlib.suppress(OSError):
        leash.settimeout(_LET_GO_S)
        leash.shutdown(socket.SHUT_WR)
        while part := leash.recv(256):
            told += part
    return told.decode("ascii", "replace")


def _say_why(why: str, ended: str) -> ChildLostError:
    if why == "too_long" or ended == str(-signal.SIGXCPU):
        return ChildLostError("too_long", "took too long")
    return ChildLostError("crashed", f"ended with {ended}" if ended else "was lost with its nursery")


def sandbox_command(model: str, threads: int) -> list[str]:
    """Return what starts the nursery of this service."""
    return [sys.executable, "-m", "app.sandbox", "--model", model, "--threads", str(threads)]
