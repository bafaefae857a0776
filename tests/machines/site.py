"""A service on this machine as it would be on several: web servers and workers that are started again when they end, PostgreSQL, an S3-compatible store."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from app.settings import Settings
from tests.bucket import Bucket
from tests.web.serving import CHECKOUT, wait_for

_AGAIN_S = 0.5
_STOP_S = 20.0
_PATIENCE_S = 120.0
"""How long a caller waits: the disk under database and store is shared with whatever else a machine does, and how fast it is nobody asks here."""


@dataclass
class Kept:
    """A process that is started again whenever it ends, as a container is; each beginning goes on in its log."""

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    starts: int = 0
    process: subprocess.Popen[bytes] | None = None
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()
        wait_for(lambda: self.process is not None, 10, "a process")

    def stop(self) -> None:
        """Ask it to end, and do not start it again."""
        self._ending.set()
        if self.process is not None:
            self.process.terminate()
        if self._thread is not None:
            self._thread.join(_STOP_S)
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def kill(self, number: int = signal.SIGKILL) -> int:
        """Send a signal to what runs now, and return its process id."""
        process = self.process
        assert process is not None
        os.kill(process.pid, number)
        return process.pid

    def _keep(self) -> None:
        while not self._ending.is_set():
            with self.log.open("ab") as out:
                self.process = subprocess.Popen(
                    self.command, env=self.environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
                )
            self.starts += 1
            self.process.wait()
            self._ending.wait(_AGAIN_S)


@dataclass
class Site:
    """Everything that runs, and ways to it."""

    folder: Path
    settings: Mapping[str, str]
    webs: list[Kept]
    workers: list[Kept]
    addresses: list[str]

    def client(self) -> httpx2.Client:
        """Return a caller of one of the web servers, each in its turn, as a proxy in front of them would choose."""
        return httpx2.Client(base_url=next(self._turns), timeout=_PATIENCE_S)

    def __post_init__(self) -> None:
        self._turns = itertools.cycle(self.addresses)

    def wait_ready(self, seconds: float = 90.0) -> None:
        """Wait until every web server answers and a worker has been heard of."""
        for address in self.addresses:
            wait_for(lambda address=address: _is_ready(address), seconds, f"a ready service on {address}")  # type: ignore[misc] # bound at once

    def read_settings(self) -> Settings:
        """Return the settings of one of the machines, for looking into its stores."""
        own = {name: value for name, value in self.settings.items() if name in Settings.model_fields}
        return Settings(data_dir=self.folder / "looking", **own)  # type: ignore[arg-type] # texts, as from the environment

    def logs(self) -> str:
        """Return what everybody has logged."""
        return "\n".join(kept.log.read_text(errors="replace") for kept in (*self.webs, *self.workers) if kept.log.exists())


@contextmanager
def running_site(
    folder: Path, url: str, bucket: Bucket, *, prefix: str, webs: int = 2, workers: int = 2, environment: Mapping[str, str] | None = None, **settings: str
) -> Iterator[Site]:
    """Run web servers and workers for a while, each with a data folder of its own, as if it were another machine."""
    shared = {"database_url": url, **bucket.settings(prefix), **settings}
    ports = [find_port() for _ in range(webs)]
    # `worker_process` is off: each is a machine that does one thing
    web_kept = [
        _keep(folder, f"web{number}", "app.main", shared | {"port": str(port), "worker_process": "false"}, environment) for number, port in enumerate(ports)
    ]
    worker_kept = [_keep(folder, f"worker{number}", "app.worker", shared, environment) for number in range(workers)]
    site = Site(folder, shared, web_kept, worker_kept, [f"http://127.0.0.1:{port}" for port in ports])
    started: list[Kept] = []
    try:
        for kept in (*web_kept, *worker_kept):
            kept.start()
            started.append(kept)
        site.wait_ready()
        yield site
    finally:
        stopping = [threading.Thread(target=kept.stop) for kept in started]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join()


def _keep(folder: Path, name: str, module: str, settings: Mapping[str, str], more: Mapping[str, str] | None) -> Kept:
    own = {f"KNEEWALL_{key.upper()}": value for key, value in settings.items()} | {"KNEEWALL_DATA_DIR": str(folder / name)}
    return Kept([sys.executable, "-m", module], os.environ | own | dict(more or {}), folder / f"{name}.log")


def _is_ready(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/health/ready", timeout=10).status_code == 200
    except httpx2.TransportError:
        return False


def find_port() -> int:
    """Return a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def find_children(pid: int) -> list[int]:
    """Return the processes under one, youngest last."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rsplit(")", 1)[1].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            parents.setdefault(int(parent), []).append(int(stat.parent.name))
    found, open_ones = [], [pid]
    while open_ones:
        children = sorted(parents.get(open_ones.pop(), []))
        found += children
        open_ones += children
    return found


def pause(seconds: float, ended: threading.Event) -> None:
    """Wait, but not beyond the end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not ended.is_set():
        time.sleep(0.05)
