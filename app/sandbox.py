"""`python -m app.sandbox`: the nursery, which loads everything once, and its children, each of which sees one clip and nothing else.

The nursery never opens a clip. For each order it forks a child, which gives up files, network and programs before it reads what it was given.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import json
import os
import selectors
import signal
import socket
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from app.adapters.confinement import Caps, Locks, confine, end_with_parent, try_locks
from app.adapters.sandbox_wire import build_frame, read_frame
from vision.errors import ClipError

Progress = Callable[[float, str], None]
Job = Callable[[Mapping[str, Any], bytes, Progress], tuple[dict[str, Any], bytes]]
"""What a child does: from JSON and bytes to JSON and bytes."""
_LONGEST_TEXT = 4000
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_TOO_MUCH = frozenset({errno.EFBIG, errno.ENOMEM, errno.EMFILE})


class Nursery:
    """Forks a child for each order that comes over a socket, and tells on the child's leash how it ended.

    Parameters
    ----------
    control : socket
        Orders come over it, each with two sockets: on the first the child talks, the second is its leash. When the leash is let go of, the child is killed;
        when the control is, everything is.
    jobs : mapping
        What children can do.
    prepare : callable
        Brings what every child reads besides its clip, and returns where that is; raises `ClipError` when it is not to be had.
    """

    def __init__(self, control: socket.socket, jobs: Mapping[str, Job], prepare: Callable[[], Sequence[Path]]) -> None:
        self._control = control
        self._jobs = jobs
        self._prepare = prepare
        self._locks = try_locks()
        self._leashes: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()

    def serve(self) -> None:
        """Work until the other side of the control is closed."""
        rung, bell = socket.socketpair()
        for end in (rung, bell):
            end.setblocking(False)  # noqa: FBT003 - the library's way
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)
        self._selector.register(rung, selectors.EVENT_READ)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._control.send(json.dumps(asdict(self._locks) | {"missing": self._locks.missing}).encode())
        # what is loaded is left alone, so that children share it
        gc.collect()
        gc.freeze()
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is rung:
                    rung.recv(4096)
                    self._bury()
                elif key.fileobj is self._control:
                    if not self._take_order():
                        self._end()
                        return
                elif key.data in self._leashes:
                    os.kill(key.data, signal.SIGKILL)
                    self._selector.unregister(key.fileobj)

    def _take_order(self) -> bool:
        asked, handed, _, _ = socket.recv_fds(self._control, 65536, 2)
        if not asked:
            return False
        talk, leash = (socket.socket(fileno=number) for number in handed)
        order = json.loads(asked)
        with talk:
            try:
                shared = self._prepare()
            except ClipError as error:
                with leash:
                    talk.sendall(build_frame(_describe(error)))
                return True
            nursery = os.getpid()
            pid = os.fork()
            if not pid:
                _become_child(nursery, talk.fileno(), self._locks, order, shared, self._jobs)
            self._leashes[pid] = leash
            self._selector.register(leash, selectors.EVENT_READ, data=pid)
        return True

    def _bury(self) -> None:
        """Tell of every child that has ended how it did."""
        while self._leashes:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            leash = self._leashes.pop(pid)
            if leash in self._selector.get_map():
                self._selector.unregister(leash)
            with contextlib.suppress(OSError), leash:
                leash.send(str(os.waitstatus_to_exitcode(status)).encode())

    def _end(self) -> None:
        for pid in self._leashes:
            os.kill(pid, signal.SIGKILL)
        for pid in self._leashes:
            os.waitpid(pid, 0)


def _become_child(nursery: int, talk: int, locks: Locks, order: Mapping[str, Any], shared: Sequence[Path], jobs: Mapping[str, Job]) -> NoReturn:
    """Give everything up, do the job, answer, and end; never returns to the nursery's loop."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        end_with_parent(nursery)
        own = _keep_only(talk)
        reads = [*map(Path, order["reads"]), *shared]
        confine(locks, Caps(**order["caps"]), reads=reads, writes=None if order["writes"] is None else Path(order["writes"]))
        _answer(own, jobs[order["job"]])
        code = 0
    finally:
        os._exit(code)


def _keep_only(talk: int) -> int:
    """Close everything that the nursery had open but the way to the worker; what libraries write to their log goes nowhere."""
    silence = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silence, number)
    own = 3
    if talk != own:
        os.dup2(talk, own)
    os.closerange(own + 1, os.sysconf("SC_OPEN_MAX"))
    return own


def _answer(own: int, job: Job) -> None:
    def tell(header: Mapping[str, Any], blob: bytes = b"") -> None:
        rest = memoryview(build_frame(header, blob))
        while rest:
            rest = rest[os.write(own, rest) :]

    frame = read_frame(lambda size: os.read(own, size))
    if frame is None:
        return
    try:
        header, blob = job(*frame, lambda share, activity: tell({"kind": "progress", "share": share, "activity": activity}))
    except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the worker is told
        tell(_describe(error))
    else:
        tell({"kind": "done"} | header, blob)


def _describe(error: Exception) -> dict[str, Any]:
    """Say what went wrong so that the worker can raise it again."""
    if isinstance(error, ClipError):
        told = {"error": type(error).__name__, "message": error.message, "code": error.code, "reason": getattr(error, "reason", ""), "advice": error.advice}
        return {"kind": "refused"} | told
    number = getattr(error, "errno", None)
    if isinstance(error, MemoryError) or number in _TOO_MUCH:
        return {"kind": "too_much"}
    if number in _FULL:
        return {"kind": "full"}
    return {"kind": "fault", "trace": "".join(traceback.format_exception(error))[-_LONGEST_TEXT:]}


def main(model: str, threads: int) -> None:
    """Serve the jobs of the measuring engine until the worker lets go."""
    from app.doors import build_clip_jobs  # noqa: PLC0415 - seconds, which only this process pays

    for number in (signal.SIGINT, signal.SIGTERM):  # sent to all processes of a terminal or a unit: the worker decides when it is over
        signal.signal(number, signal.SIG_IGN)
    jobs, prepare = build_clip_jobs(model, threads)
    with socket.socket(fileno=0) as control:
        Nursery(control, jobs, prepare).serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, required=True)
    asked = parser.parse_args()
    main(asked.model, asked.threads)
