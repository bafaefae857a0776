"""Phones on bad lines: they send at once, slowly, cut off in the middle, or piece by piece, and try again until they are told which screening it became."""

from __future__ import annotations

import random
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2

from tests.machines.clips import ShortClip

_AGAIN_S = 1.0
_PIECES = 12
_PAUSE_S = 0.15
_TUS = {"Tus-Resumable": "1.0.0"}
WAYS = ("at once", "at once", "at once", "slowly", "cut off", "piece by piece")


@dataclass
class Received:
    """Which screening each clip became, and how often something had to be sent again."""

    screenings: dict[str, str] = field(default_factory=dict)
    ways: dict[str, int] = field(default_factory=dict)
    tries: int = 0
    unexpected: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Phone:
    """Sends clips to a service whose addresses it tries in turn."""

    addresses: list[str]
    received: Received
    chance: random.Random
    gives_up: Callable[[], bool]

    def send(self, clip: ShortClip, way: str) -> None:
        """Send until the service says which screening it became: always under one key, so that it becomes one."""
        key = uuid.uuid4().hex
        while not self.gives_up():
            with self.received.lock:
                self.received.tries += 1
            try:
                screening_id = self._try(clip, way, key)
            except (httpx2.TransportError, OSError):
                screening_id = None
            if screening_id is not None:
                with self.received.lock:
                    self.received.screenings[clip.name] = screening_id
                    self.received.ways[way] = self.received.ways.get(way, 0) + 1
                return
            if way == "cut off":
                way = "at once"
            time.sleep(_AGAIN_S)

    def _try(self, clip: ShortClip, way: str, key: str) -> str | None:
        address = self.chance.choice(self.addresses)
        if way == "cut off":
            self._drip(address, clip, key, share=self.chance.uniform(0.1, 0.95))
            return None
        if way == "slowly":
            self._drip(address, clip, key, share=1.0)
        with httpx2.Client(base_url=address, timeout=60) as client:
            if way == "piece by piece":
                upload_id = self._send_pieces(client, clip)
                if upload_id is None:
                    return None
                data = {f"{clip.side}_upload": upload_id, f"{clip.side}_name": clip.name, "foot_length_cm": "26.9"}
                # a form of files, though there is none among it
                answer = client.post("/api/screenings", files={name: (None, value) for name, value in data.items()}, headers={"Idempotency-Key": key})
            else:
                files = {clip.side: (clip.name, clip.content)}
                answer = client.post("/api/screenings", files=files, data={"foot_length_cm": "26.9"}, headers={"Idempotency-Key": key})
        return self._read(answer)

    def _read(self, answer: httpx2.Response) -> str | None:
        if answer.status_code == 202:
            return str(answer.json()["id"])
        # 404: the upload was used by the try before, whose answer was lost
        if answer.status_code not in {404, 409, 429, 503, 507}:
            with self.received.lock:
                self.received.unexpected.append(f"{answer.status_code} {answer.text[:200]}")
        time.sleep(float(answer.headers.get("retry-after", 0)))
        return None

    def _send_pieces(self, client: httpx2.Client, clip: ShortClip) -> str | None:
        begun = client.post("/api/uploads", headers=_TUS | {"Upload-Length": str(len(clip.content))})
        if begun.status_code != 201:
            self._read(begun)
            return None
        path, offset = begun.headers["location"], 0
        step = len(clip.content) // 4 + 1
        while offset < len(clip.content):
            headers = _TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            sent = client.patch(path, content=clip.content[offset : offset + step], headers=headers)
            if sent.status_code != 204:
                asked = client.head(path, headers=_TUS)
                if asked.status_code != 200:
                    return None
                offset = int(asked.headers["upload-offset"])
                continue
            offset = int(sent.headers["upload-offset"])
        return str(path.rsplit("/", 1)[1])

    def _drip(self, address: str, clip: ShortClip, key: str, *, share: float) -> None:
        """Send a form a little at a time over a bare line, and hang up; with everything sent, wait for the answer first."""
        host = urlsplit(address).netloc
        border = uuid.uuid4().hex
        head = f'--{border}\r\nContent-Disposition: form-data; name="{clip.side}"; filename="{clip.name}"\r\nContent-Type: video/mp4\r\n\r\n'
        foot = f'\r\n--{border}\r\nContent-Disposition: form-data; name="foot_length_cm"\r\n\r\n26.9\r\n--{border}--\r\n'
        body = head.encode() + clip.content + foot.encode()
        said = f"POST /api/screenings HTTP/1.1\r\nHost: {host}\r\nIdempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n"
        said += f"Content-Type: multipart/form-data; boundary={border}\r\nConnection: close\r\n\r\n"
        to_send = body[: int(share * len(body))] if share < 1.0 else body
        name, _, port = host.partition(":")
        with socket.create_connection((name, int(port)), timeout=60) as line:
            line.sendall(said.encode())
            for start in range(0, len(to_send), len(to_send) // _PIECES + 1):
                line.sendall(to_send[start : start + len(to_send) // _PIECES + 1])
                time.sleep(_PAUSE_S)
            if share == 1.0:
                line.recv(65536)
