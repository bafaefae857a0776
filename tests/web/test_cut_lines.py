"""Clips that come in piece by piece over lines that are cut, hang or meet, onto a disk that is full."""

from __future__ import annotations

import hashlib
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.usecases.services import Services
from app.usecases.uploads import PART_BYTES
from app.web.factory import create_app
from tests.fakes.bundle import make_clip
from tests.web.conftest import Service
from tests.web.sending import VERSION, begin, files_of, hand_in, offset_of, send
from tests.web.serving import wait_for


@contextmanager
def over_http(app: FastAPI) -> Iterator[httpx2.Client]:
    """Serve over a real socket, so that a connection can be lost."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(lambda: server.started, 20, "the server")
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(20)


def send_and_break_off(client: httpx2.Client, address: str, offset: int, content: bytes, promised: int) -> socket.socket:
    """Send the beginning of what was promised, and leave the line open for the caller to cut."""
    line = socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=30)
    head = f"PATCH {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
    head += f"Content-Type: application/offset+octet-stream\r\nContent-Length: {promised}\r\n\r\n"
    line.sendall(head.encode() + content)
    return line


@pytest.fixture
def roomy(service: Service) -> Services:
    """Return services that take clips of several parts."""
    return replace(service.services, limits=replace(service.services.limits, max_clip_bytes=50_000_000))


@pytest.mark.parametrize("size", [100_000, 3 * PART_BYTES + 17])
def test_a_cut_line_costs_nothing(service: Service, roomy: Services, size: int) -> None:
    """Cut three times at odd places and gone on each time from where the service is: the same bytes.

    What the service had not read yet when the line was cut is lost with the line, so a cut is tried until something came through.
    """
    content = make_clip("cut") + hashlib.shake_256(b"clip").digest(size)
    with over_http(create_app(roomy)) as client:
        address = begin(client, len(content))
        for share in (0.1, 0.4, 0.77):
            end = int(share * len(content))
            before = offset_of(client, address)

            def cut(end: int = end) -> int:
                at = offset_of(client, address)
                line = send_and_break_off(client, address, at, content[at:end], len(content) - at)
                time.sleep(0.2)
                line.close()
                time.sleep(0.2)
                return offset_of(client, address)

            wait_for(lambda cut=cut, before=before: cut() > before, 30, "what was sent before the cut")
            assert offset_of(client, address) <= end
        at = offset_of(client, address)
        assert send(client, address, content[at:], at).status_code == 204
        answer = hand_in(client, left_upload=address.rsplit("/", 1)[1])
    assert answer.status_code == 202, answer.text
    assert service.services.clips.get(f"{answer.json()['id']}/left/clip") == content


def test_a_line_that_hangs_does_not_hold_up_the_next(service: Service, roomy: Services) -> None:
    """Two write at the same place: one is told that the other was quicker, and bytes of both are never mixed."""
    content = make_clip("hangs", size=2 * PART_BYTES)
    with over_http(create_app(roomy)) as client:
        address = begin(client, len(content))
        hanging = send_and_break_off(client, address, 0, make_clip("other", size=PART_BYTES // 2), len(content))
        assert send(client, address, content, 0).status_code == 204
        hanging.sendall(bytes(len(content) - PART_BYTES // 2))
        assert b" 409 " in hanging.recv(4096).split(b"\r\n")[0]
        hanging.close()
        assert offset_of(client, address) == len(content)
        assert sum(path.stat().st_size for path in files_of(service.folder, address)) == len(content)
        answer = hand_in(client, left_upload=address.rsplit("/", 1)[1])
    assert service.services.clips.get(f"{answer.json()['id']}/left/clip") == content


def test_many_who_send_the_same_do_not_spoil_it(service: Service, roomy: Services) -> None:
    """Eight at once: the first counts, the others are told."""
    content = make_clip("many", size=300_000)
    with over_http(create_app(roomy)) as client:
        address = begin(client, len(content))
        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(send(client, address, content, 0).status_code)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(answers) == [204] + [409] * 7
        assert [path.read_bytes() for path in files_of(service.folder, address)] == [content]


def test_given_up_while_it_is_sent_nothing_stays(service: Service, roomy: Services) -> None:
    """What is written after the erasing is erased as well."""
    with over_http(create_app(roomy)) as client:
        address = begin(client, 2 * PART_BYTES)
        line = send_and_break_off(client, address, 0, make_clip("x", size=PART_BYTES), 2 * PART_BYTES)
        wait_for(lambda: offset_of(client, address) == PART_BYTES, 20, "the first part")
        assert client.delete(address, headers=VERSION).status_code == 204
        line.sendall(bytes(PART_BYTES))
        assert b" 404 " in line.recv(4096).split(b"\r\n")[0]
        line.close()
    assert files_of(service.folder, address) == []


def test_a_full_disk_is_told_and_nothing_is_left(service: Service) -> None:
    """Here one that takes no file above 700 kB."""
    roomy = replace(service.services, limits=replace(service.services.limits, max_clip_bytes=50_000_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with TestClient(create_app(roomy), base_url="http://127.0.0.1") as client:
        address = begin(client, 900_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, before[1]))
        try:
            answer = send(client, address, make_clip("full", size=900_000), 0)
            whole = client.post("/api/screenings", files={"left": ("l.mp4", make_clip("full", size=900_000))})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        for told in (answer, whole):
            assert (told.status_code, told.json()["code"]) == (507, "no_room")
            assert "no room left" in told.json()["message"]
        assert client.head(address, headers=VERSION).status_code == 404
    service.assert_nothing_stored()
