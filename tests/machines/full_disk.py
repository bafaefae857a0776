"""A disk that fills up: while a clip is being sent, and while one is being measured."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.machines.clips import ShortClip
from tests.machines.site import Kept, Site, find_port
from tests.web.serving import wait_for

_SIZE_MB = 64
_REFUSALS = {503, 507}
_SMALL_DISK = 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"'


@dataclass
class FullDisk:
    """What was answered and what became of the clips."""

    refused: int = 0
    states: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def describe(self) -> str:
        """Return what is printed."""
        return f"{self.refused} uploads refused, the others ended {self.states}; " + ("; ".join(self.problems) or "nothing left behind")


def run_full_disk(folder: Path, clips: Sequence[ShortClip], *, model: str) -> FullDisk:
    """Serve on a disk of its own, fill it, send and measure, make room again, and see that everything ends."""
    data = folder / "data"
    data.mkdir(parents=True)
    port = find_port()
    # a file system that only this process and its children see, which takes no right beyond one's own
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _SMALL_DISK, f"{_SIZE_MB}m", str(data), sys.executable, "-m", "app.main"]
    environment = os.environ | {"KNEEWALL_DATA_DIR": str(data), "KNEEWALL_PORT": str(port), "KNEEWALL_MODEL": model, "KNEEWALL_KEEP_FREE_BYTES": "0"}
    kept = Kept(command, environment, folder / "log")
    found = FullDisk()
    kept.start()
    try:
        site = Site(folder, {}, [kept], [], [f"http://127.0.0.1:{port}"])
        site.wait_ready(180)
        assert kept.process is not None
        _fill_and_free(found, site, Path(f"/proc/{kept.process.pid}/root") / data.relative_to("/"), clips)
    finally:
        kept.stop()
    return found


def _fill_and_free(found: FullDisk, site: Site, inside: Path, clips: Sequence[ShortClip]) -> None:
    filler = inside / "filler"
    with site.client() as client:
        first = _send(client, clips[0])
        sent = [str(first.json()["id"])]
        wait_for(lambda: client.get(f"/api/screenings/{sent[0]}").json()["state"] != "queued", 120, "the beginning of the analysis")
        _fill(filler)
        for clip in clips[1:]:
            answer = _send(client, clip)
            if answer.status_code in _REFUSALS:
                found.refused += 1
            elif answer.status_code == 202:
                sent.append(str(answer.json()["id"]))
            else:
                found.problems.append(f"answered {answer.status_code}: {answer.text[:200]}")
        filler.unlink()
        for screening_id in sent:
            ended = wait_for(lambda screening_id=screening_id: _find_end(client, screening_id), 300, "the end of an analysis")  # type: ignore[misc] # bound at once
            found.states.append(ended)
        groups = {path.name for path in (inside / "clips").iterdir()}
        if groups - set(sent):
            found.problems.append(f"{len(groups - set(sent))} folders belong to nobody")
        if "done" not in found.states:
            found.problems.append("nothing was measured")


def _send(client: httpx2.Client, clip: ShortClip) -> httpx2.Response:
    return client.post("/api/screenings", files={clip.side: (clip.name, clip.content)}, data={"foot_length_cm": "26.9"})


def _find_end(client: httpx2.Client, screening_id: str) -> str | None:
    answer = client.get(f"/api/screenings/{screening_id}")
    state = answer.json().get("state") if answer.is_success else None
    return str(state) if state in {"done", "failed"} else None


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65_536))
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(512))
