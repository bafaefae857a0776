"""`kneewall serve` as a process, with its worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

CHECKOUT = Path(__file__).parents[2]
SAMPLES = CHECKOUT / "sample_videos"


@dataclass
class Served:
    """A running service."""

    process: subprocess.Popen[bytes]
    client: httpx2.Client
    folder: Path
    log: Path

    def worker_pid(self) -> int:
        """Return the worker that runs now."""
        return wait_for(lambda: next((pid for pid in _children(self.process.pid) if _is_worker(pid)), None), 30, "a worker")

    def wait_ready(self, seconds: float = 180.0) -> None:
        """Wait until a worker has been heard of."""
        wait_for(lambda: self.client.get("/health").json()["worker"] == "alive", seconds, "a living worker")

    def hand_in_samples(self) -> str:
        """Upload the sample pair."""
        with (SAMPLES / "a_left.mp4").open("rb") as left, (SAMPLES / "a_right.mp4").open("rb") as right:
            answer = self.client.post("/api/screenings", files={"left": left, "right": right}, data={"foot_length_cm": "26.9"})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def state(self, screening_id: str) -> dict[str, Any]:
        """State and progress."""
        return dict(self.client.get(f"/api/screenings/{screening_id}").json())


def wait_for(find: Any, seconds: float, what: str) -> Any:  # noqa: ANN401 - whatever is found
    """Ask until there is an answer."""
    end = time.monotonic() + seconds
    while True:
        found = find()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what} in vain"
        time.sleep(0.1)


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Served]:
    """Serve on a free port for a while; settings by name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "serve.log"
    environment = os.environ | {"KNEEWALL_DATA_DIR": str(folder / "data"), "KNEEWALL_PORT": str(port)}
    environment |= {f"KNEEWALL_{name.upper()}": value for name, value in settings.items()}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "app.main"], env=environment, cwd=CHECKOUT, stdout=out, stderr=out)
    client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
    try:
        wait_for(lambda: _answers(client), 180, "the service")
        yield Served(process, client, folder / "data", log)
    finally:
        client.close()
        process.terminate()
        process.wait(20)


def is_running(pid: int) -> bool:
    """Whether a process is there and not only its remains."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx2.TransportError:
        return False


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _is_worker(pid: int) -> bool:
    try:
        return b"app.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False
