"""The end of the service by SIGTERM: what is on its way in ends or is told, streams end, and no analysis is lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2

from tests.fakes.bundle import make_clip
from tests.web.sending import STREAM, VERSION, begin
from tests.web.serving import CHECKOUT, Served, serving, wait_for
from tests.web.test_uploads import PAIR

BOUNDARY = b"xyz"
HEAD = b'--xyz\r\nContent-Disposition: form-data; name="left"; filename="l.mp4"\r\n\r\n' + make_clip("left")
END = b"\r\n--xyz--\r\n"
FORM = {"Content-Type": "multipart/form-data; boundary=xyz"}


class Slow:
    """A request whose body comes in pieces, when the test says so."""

    def __init__(self, served: Served, method: str, path: str, headers: dict[str, str], first: bytes) -> None:
        self._more, self._pieces, self._over = threading.Semaphore(0), [first], False
        self.answer: httpx2.Response | None = None
        self._thread = threading.Thread(target=self._send, args=(served, method, path, headers), daemon=True)
        self._more.release()
        self._thread.start()

    def send(self, piece: bytes) -> None:
        """Send a piece."""
        self._pieces.append(piece)
        self._more.release()

    def end(self) -> httpx2.Response:
        """Send no more, and return the answer."""
        self._over = True
        self._more.release()
        self._thread.join(60)
        assert self.answer is not None
        return self.answer

    def wait(self) -> httpx2.Response:
        """Go on sending until there is an answer."""
        wait_for(lambda: self.send(b"0" * 1000) or self.answer is not None, 60, "an answer")
        assert self.answer is not None
        return self.answer

    def _send(self, served: Served, method: str, path: str, headers: dict[str, str]) -> None:
        with httpx2.Client(base_url=served.client.base_url, timeout=60) as client:
            self.answer = client.request(method, path, content=self._body(), headers=headers)

    def _body(self) -> Iterator[bytes]:
        while True:
            self._more.acquire()
            while self._pieces:
                yield self._pieces.pop(0)
            if self._over:
                return


def stop(served: Served) -> None:
    """Stop it as a service manager does, and wait until it takes nobody new."""
    served.process.send_signal(signal.SIGTERM)
    port = served.client.base_url.port
    assert port is not None

    def refuses() -> bool:
        with socket.socket() as knock:
            return knock.connect_ex(("127.0.0.1", port)) != 0

    wait_for(refuses, 20, "the end of listening")


def arrived(served: Served) -> bool:
    """Whether bytes of a clip are there."""
    return any(path.is_file() for path in (served.folder / "clips").rglob("*"))


def test_what_is_on_its_way_in_ends(tmp_path: Path) -> None:
    """An upload that goes on after SIGTERM is taken, with its answer, before the process ends; nobody new is."""
    with serving(tmp_path, worker_process="false", stop_wait_s="60") as served:
        slow = Slow(served, "POST", "/api/screenings", FORM, HEAD)
        wait_for(lambda: arrived(served), 20, "the first bytes")
        stop(served)
        slow.send(b"1" * 1000)
        slow.send(END)
        answer = slow.end()
        assert (answer.status_code, answer.json()["state"]) == (202, "queued")
        assert served.process.wait(20) == 0
    with serving(tmp_path, worker_process="false") as again:
        assert again.state(answer.json()["id"])["state"] == "queued"


def test_what_does_not_end_in_time_is_told(tmp_path: Path) -> None:
    """503 with Retry-After, and nothing of a form is kept; of an upload piece by piece its pieces are, and it goes on after the next start."""
    with serving(tmp_path, worker_process="false", stop_wait_s="0") as served:
        address = begin(served.client, 9_000_000)
        first = make_clip("piece", size=5_000_000)
        pieces = Slow(served, "PATCH", address, VERSION | STREAM | {"Upload-Offset": "0"}, first)
        form = Slow(served, "POST", "/api/screenings", FORM, HEAD)
        wait_for(lambda: len([path for path in (served.folder / "clips").rglob("*") if path.is_file()]) > 1, 20, "the first bytes of both")
        stop(served)
        for slow in (form, pieces):
            answer = slow.wait()
            assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "service_stopping", "30")
        assert served.process.wait(20) == 0
    with serving(tmp_path, worker_process="false") as again:
        offset = int(again.client.head(address, headers=VERSION).headers["upload-offset"])
        assert 4_000_000 < offset < 9_000_000
        kept = [path.parent.parent.name for path in (again.folder / "clips").rglob("*") if path.is_file()]
        assert set(kept) == {address.rsplit("/", 1)[1]}
        rest = make_clip("piece", size=9_000_000)[offset:]
        done = again.client.patch(address, content=rest, headers=VERSION | STREAM | {"Upload-Offset": str(offset)})
        assert (done.status_code, done.headers["upload-offset"]) == (204, "9000000")


def test_a_stream_of_events_does_not_hold_the_end_up(tmp_path: Path) -> None:
    """It closes, and the browser asks again, while uploads would be waited for."""
    with serving(tmp_path, worker_process="false", stop_wait_s="600") as served:
        screening = served.client.post("/api/screenings", files=PAIR).json()["id"]
        with served.client.stream("GET", f"/api/screenings/{screening}/events") as events:
            lines = events.iter_lines()
            assert "progress" in next(lines)
            served.process.send_signal(signal.SIGTERM)
            assert "event: end" not in list(lines)
        assert served.process.wait(30) == 0


def test_a_worker_that_is_stopped_leaves_its_step_to_the_next(tmp_path: Path) -> None:
    """SIGTERM in the middle of an analysis: it ends by itself and soon, and the next one brings the report."""
    with serving(tmp_path, worker_process="false") as served:
        log = tmp_path / "worker.log"
        first = start_worker(served, log)
        served.wait_ready()
        screening = served.hand_in_samples()
        wait_for(lambda: 0.05 < served.state(screening)["progress"] < 0.8, 60, "progress")
        first.send_signal(signal.SIGTERM)
        assert first.wait(30) == 0, log.read_text()[-3000:]
        assert served.state(screening)["state"] == "running"
        second = start_worker(served, log)
        wait_for(lambda: served.state(screening)["state"] in {"done", "failed"}, 240, "the end of the analysis")
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
        assert served.state(screening)["state"] == "done", log.read_text()[-3000:]


def start_worker(served: Served, log: Path) -> subprocess.Popen[bytes]:
    """Start `kneewall worker` on the same folder."""
    environment = os.environ | {"KNEEWALL_DATA_DIR": str(served.folder)}
    with log.open("ab") as out:
        return subprocess.Popen([sys.executable, "-m", "app.worker"], env=environment, cwd=CHECKOUT, stdout=out, stderr=out)
