"""A nursery whose children do what a taken-over one would try; run as `python -m tests.sandbox.children`."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.sandbox import Nursery, Progress

Told = Mapping[str, Any]
_LIBC = ctypes.CDLL(None, use_errno=True)


def _try(action: Callable[[], object]) -> dict[str, Any]:
    try:
        found = action()
    except OSError as error:
        return {"came": False, "errno": error.errno}
    except subprocess.SubprocessError:
        return {"came": False, "errno": 0}
    return {"came": True, "found": str(found)}


def _write(path: str, content: bytes = b"x") -> None:
    Path(path).write_bytes(content)


def _signal(pid: int) -> None:
    if _LIBC.kill(pid, signal.SIGUSR1):
        raise OSError(ctypes.get_errno(), "kill")


def _fork() -> None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


def _raise_limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _run_thread() -> str:
    said: list[str] = []
    thread = threading.Thread(target=said.append, args=("ran",))
    thread.start()
    thread.join()
    return said[0]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _eat(size: int) -> None:
    kept = bytearray()
    while len(kept) < size:
        kept += bytes(8 * 1024**2)


_TRIES: dict[str, Callable[[Any], object]] = {
    "read": lambda path: Path(path).read_bytes()[:100],
    "list": os.listdir,
    "write": _write,
    "link": lambda paths: os.symlink(*paths),  # noqa: PTH211 - as above
    "hard_link": lambda paths: os.link(*paths),
    "datagram": lambda _: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "local_socket": lambda _: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "connect": lambda port: socket.create_connection(("127.0.0.1", port), 2),
    "run": lambda _: subprocess.run(["/bin/true"], check=True),
    "fork": lambda _: _fork(),
    "signal": _signal,
    "raise_limit": lambda _: _raise_limit(),
    "raise_priority": lambda _: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)),
    "thread": lambda _: _run_thread(),
    "environment": lambda _: sorted(os.environ),
    "open_files": lambda _: [number for number in range(1024) if _is_open(number)],
}


def _attempt(told: Told, _: bytes, __: Progress) -> tuple[dict[str, Any], bytes]:
    return _try(lambda: _TRIES[told["what"]](told.get("at"))), b""


def _lie(told: Told, _: bytes, __: Progress) -> tuple[dict[str, Any], bytes]:
    """Send bytes that are no frame, or a frame that is larger than any."""
    os.write(3, bytes.fromhex(told["bytes"]))
    time.sleep(told.get("then_s", 0.0))
    os._exit(0)


def _fail(told: Told, _: bytes, __: Progress) -> tuple[dict[str, Any], bytes]:
    """Raise what the program itself would."""
    raise {
        "full": OSError(errno.ENOSPC, "no room"),
        "quota": OSError(errno.EDQUOT, "no room for you"),
        "large": OSError(errno.EFBIG, "too large"),
        "memory": MemoryError(),
        "bug": ZeroDivisionError("a bug"),
    }[told["how"]]


def _step(_: Told, blob: bytes, progress: Progress) -> tuple[dict[str, Any], bytes]:
    """Say twice how far it is, with a pause in between that is long enough to be killed in."""
    progress(0.1, "sleeping")
    time.sleep(0.5)
    progress(0.9, "waking up")
    return {}, blob


def _answer(told: Told, blob: bytes, _: Progress) -> tuple[dict[str, Any], bytes]:
    return dict(told["header"]), blob


def _plant(told: Told, _: bytes, __: Progress) -> tuple[dict[str, Any], bytes]:
    """Put what is no plain file where a picture is expected, as far as nothing forbids it."""
    os.symlink(told["target"], told["out"])  # noqa: PTH211
    return {}, b""


def _spin(_: Told, __: bytes, ___: Progress) -> tuple[dict[str, Any], bytes]:
    while True:
        pass


def _sleep(told: Told, _: bytes, progress: Progress) -> tuple[dict[str, Any], bytes]:
    while True:
        progress(0.5, "sleeping")
        time.sleep(told.get("between_s", 0.05))


def _crash(_: Told, __: bytes, ___: Progress) -> tuple[dict[str, Any], bytes]:
    ctypes.string_at(0)
    return {}, b""


def _abort(_: Told, __: bytes, ___: Progress) -> tuple[dict[str, Any], bytes]:
    os.abort()


def _swell(told: Told, _: bytes, __: Progress) -> tuple[dict[str, Any], bytes]:
    _eat(told["bytes"])
    return {}, b""


def _fill(told: Told, _: bytes, __: Progress) -> tuple[dict[str, Any], bytes]:
    with Path(told["out"]).open("wb") as out:
        out.writelines(bytes(1_000_000) for _turn in range(told["megabytes"]))
    return {}, b""


def _as_the_clip_says(told: Told, blob: bytes, progress: Progress) -> tuple[dict[str, Any], bytes]:
    """Do the job that the clip names in place of reading it."""
    said = json.loads(Path(told["clip"]).read_bytes())
    return JOBS[said["job"]]({**told, **said}, bytes.fromhex(said.get("blob", "")) or blob, progress)


JOBS = {
    "attempt": _attempt,
    "lie": _lie,
    "answer": _answer,
    "plant": _plant,
    "fail": _fail,
    "step": _step,
    "spin": _spin,
    "sleep": _sleep,
    "crash": _crash,
    "abort": _abort,
    "swell": _swell,
    "fill": _fill,
    "locate": _as_the_clip_says,
    "draw": _as_the_clip_says,
    "strip": _as_the_clip_says,
}
COMMAND = [sys.executable, "-m", "tests.sandbox.children"]

if __name__ == "__main__":
    with socket.socket(fileno=0) as control:
        Nursery(control, JOBS, list).serve()
