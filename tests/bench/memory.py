"""What a worker and the child that reads its clip need together, as the service runs them."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.machines.site import find_children
from tests.web.serving import serving

_EVERY_S = 0.1


def find_peak_mib(clip: Path) -> float:
    """Send a clip to a service of its own, and return the highest sum over its worker and all children of that, MiB.

    Notes
    -----
    Proportional set size: memory that processes share is counted once, divided among them.
    """
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served:
        served.wait_ready()
        with clip.open("rb") as left:
            answer = served.client.post("/api/screenings", files={"left": left}, data={"foot_length_cm": "26.9"}).raise_for_status()
        worker, highest = served.worker_pid(), 0
        while served.state(answer.json()["id"])["state"] not in {"done", "failed"}:
            highest = max(highest, sum(map(_read_pss_kib, [worker, *find_children(worker)])))
            time.sleep(_EVERY_S)
        state = served.state(answer.json()["id"])
        assert state["state"] == "done", state
        return highest / 1024


def _read_pss_kib(pid: int) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
