"""Clips that come in piece by piece: the protocol, whose they are, and what becomes of them."""

from __future__ import annotations

import base64
import hashlib
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.usecases.reconciling import sweep_orphans
from app.usecases.services import Services
from app.usecases.uploads import PART_BYTES, sweep_uploads
from app.web.factory import create_app
from tests.fakes.bundle import make_clip
from tests.fakes.clock import FakeClock
from tests.web.conftest import MAX_CLIP_BYTES, Service
from tests.web.people import World
from tests.web.serving import wait_for
from tests.web.test_uploads import JPEG

VERSION = {"Tus-Resumable": "1.0.0"}
STREAM = {"Content-Type": "application/offset+octet-stream"}
CLIP = make_clip("piece by piece", size=20_000)
Client = TestClient | httpx2.Client


def begin(client: Client, length: int = len(CLIP), **said: str) -> str:
    """Begin an upload; return its address."""
    answer = ask_to_begin(client, length, **said)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def ask_to_begin(client: Client, length: int = len(CLIP), **said: str) -> httpx2.Response:
    """Ask for an upload, whatever comes of it."""
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
    return client.post("/api/uploads", headers=VERSION | {"Upload-Length": str(length), "Upload-Metadata": metadata})  # type: ignore[return-value] # the same class


def send(client: Client, address: str, content: bytes, offset: int, **headers: str) -> httpx2.Response:
    """Send some of it."""
    return client.patch(address, content=content, headers=VERSION | STREAM | {"Upload-Offset": str(offset)} | headers)  # type: ignore[return-value] # the same class


def offset_of(client: Client, address: str) -> int:
    """Ask how much is there."""
    answer = client.head(address, headers=VERSION)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


def upload(client: Client, content: bytes = CLIP, **said: str) -> str:
    """Upload everything; return the id."""
    address = begin(client, len(content), **said)
    assert send(client, address, content, 0).status_code == 204
    return address.rsplit("/", 1)[1]


def hand_in(client: Client, address: str = "/api/screenings", headers: dict[str, str] | None = None, **said: str) -> httpx2.Response:
    """Send a form without a file."""
    return client.post(address, files={name: (None, value) for name, value in said.items()}, headers=headers)  # type: ignore[return-value] # the same class


def files_of(folder: Path, address: str) -> list[Path]:
    """Return what lies there of an upload."""
    return [path for path in (folder / "clips" / address.rsplit("/", 1)[1]).rglob("*") if path.is_file()]


def test_the_protocol_is_described(service: Service) -> None:
    """Version, extensions, the largest clip: asked without a version, and by anybody."""
    answer = service.client.options("/api/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,creation-with-upload,termination,expiration,checksum"
    assert answer.headers["tus-max-size"] == str(MAX_CLIP_BYTES)
    assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256,md5"


def test_pieces_become_a_screening(service: Service) -> None:
    """Begun, sent in three pieces, handed in by its id: the same bytes, and nothing else is left."""
    address = begin(service.client)
    at = 0
    for size in (7, 600, len(CLIP)):
        answer = send(service.client, address, CLIP[at : at + size], at)
        at = min(at + size, len(CLIP))
        assert (answer.status_code, answer.headers["upload-offset"], answer.headers["tus-resumable"]) == (204, str(at), "1.0.0")
        assert answer.headers["upload-expires"].endswith("GMT")
    state = service.client.head(address, headers=VERSION)
    assert (state.headers["upload-length"], state.headers["upload-offset"], state.headers["cache-control"]) == (str(len(CLIP)), str(len(CLIP)), "no-store")
    said = {"left_upload": address.rsplit("/", 1)[1], "left_name": "C:\\clips\\mine.mp4", "foot_length_cm": "26"}
    answer = service.client.post("/api/screenings", files={"right": ("r.mp4", make_clip("right"))}, data=said)
    assert answer.status_code == 202, answer.text
    screening_id = answer.json()["id"]
    assert answer.json()["sides"]["left"]["clip"] == "mine.mp4"
    assert service.services.clips.get(f"{screening_id}/left/clip") == CLIP
    assert [group for group, _ in service.services.clips.groups()] == [screening_id]
    assert service.client.head(address, headers=VERSION).status_code == 404


def test_an_upload_is_used_once(service: Service) -> None:
    """The second use finds nothing; under the same key it is the same screening; a refused one may be corrected."""
    said = {"left_upload": upload(service.client), "left_name": "l.mp4"}
    assert hand_in(service.client, **said, foot_length_cm="900").status_code == 422
    first = hand_in(service.client, headers={"Idempotency-Key": "k"}, **said)
    again = hand_in(service.client, headers={"Idempotency-Key": "k"}, **said)
    assert (first.status_code, again.json()["id"]) == (202, first.json()["id"])
    twice = hand_in(service.client, **said)
    assert (twice.status_code, twice.json()["code"]) == (404, "unknown_upload")
    with service.services.open_records() as records:
        assert records.screening_ids() == {first.json()["id"]}


def test_one_upload_is_not_both_legs(service: Service) -> None:
    """Refused as the same file, and it may be handed in properly afterwards."""
    upload_id = upload(service.client)
    both = hand_in(service.client, left_upload=upload_id, right_upload=upload_id)
    assert (both.status_code, both.json()["code"]) == (400, "same_clip_twice")
    assert hand_in(service.client, left_upload=upload_id).status_code == 202


def test_what_is_not_finished_is_not_handed_in(service: Service) -> None:
    """It says how much is missing, and nothing is stored."""
    address = begin(service.client)
    send(service.client, address, CLIP[:5000], 0)
    answer = hand_in(service.client, left_upload=address.rsplit("/", 1)[1])
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_unfinished")
    assert "5000 of 20000" in answer.json()["message"]
    with service.services.open_records() as records:
        assert records.screening_ids() == frozenset()


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 412, "tus_version"),
        ({"Tus-Resumable": "0.2.2"}, 412, "tus_version"),
        (VERSION, 400, "tus_header"),
        (VERSION | {"Upload-Length": "-1"}, 400, "tus_header"),
        (VERSION | {"Upload-Length": "\u00b2".encode("latin-1").decode("latin-1")}, 400, "tus_header"),
        (VERSION | {"Upload-Length": "9" * 30}, 400, "tus_header"),
        (VERSION | {"Upload-Defer-Length": "1"}, 400, "tus_header"),
        (VERSION | {"Upload-Length": "0"}, 400, "empty_clip"),
        (VERSION | {"Upload-Length": str(MAX_CLIP_BYTES + 1)}, 413, "too_large"),
        (VERSION | {"Upload-Length": "10", "Upload-Metadata": "filename not*base64"}, 400, "tus_header"),
    ],
)
def test_what_cannot_be_begun_is_refused(service: Service, headers: dict[str, str], status: int, code: str) -> None:
    """Before any byte; every refusal says which version it speaks."""
    answer = service.client.post("/api/uploads", headers={name: value.encode("latin-1") for name, value in headers.items()})  # type: ignore[arg-type] # bytes pass
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["tus-resumable"] == answer.headers["tus-version"] == "1.0.0"
    assert answer.json()["advice"]
    with service.services.open_records() as records:
        assert records.uploads.upload_ids() == frozenset()


@pytest.mark.parametrize(
    ("headers", "content", "status", "code"),
    [
        ({"Upload-Offset": "4000"}, b"x", 409, "offset_conflict"),
        ({"Upload-Offset": "6000"}, b"x", 409, "offset_conflict"),
        ({"Upload-Offset": "x"}, b"x", 400, "tus_header"),
        ({"Tus-Resumable": "2.0.0", "Upload-Offset": "5000"}, b"x", 412, "tus_version"),
        ({"Content-Type": "application/octet-stream", "Upload-Offset": "5000"}, b"x", 415, "not_a_stream"),
        ({"Upload-Offset": "5000"}, bytes(15_001), 413, "upload_overrun"),
        ({"Upload-Offset": "5000", "Upload-Checksum": "crc32 AAAA"}, b"x", 400, "tus_header"),
        ({"Upload-Offset": "5000", "Upload-Checksum": "sha1 AAAA"}, b"x", 460, "checksum_mismatch"),
    ],
)
def test_what_does_not_follow_is_refused_and_changes_nothing(service: Service, headers: dict[str, str], content: bytes, status: int, code: str) -> None:
    """The upload stays where it was, and can be finished."""
    address = begin(service.client)
    assert send(service.client, address, CLIP[:5000], 0).status_code == 204
    answer = service.client.patch(address, content=content, headers=VERSION | STREAM | headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert offset_of(service.client, address) == 5000
    assert len(files_of(service.folder, address)) == 1
    assert send(service.client, address, CLIP[5000:], 5000).status_code == 204


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_checksum_that_holds_is_taken(service: Service, algorithm: str) -> None:
    """In whichever way it was made."""
    address = begin(service.client)
    digest = base64.b64encode(hashlib.new(algorithm, CLIP).digest()).decode()
    assert send(service.client, address, CLIP, 0, **{"Upload-Checksum": f"{algorithm} {digest}"}).status_code == 204
    assert offset_of(service.client, address) == len(CLIP)


def test_what_is_no_video_is_known_by_its_first_bytes(service: Service) -> None:
    """However small the pieces are: at the 512th byte, or at the end of something shorter; nothing of it is left."""
    for content in (JPEG, b"just words"):
        address = begin(service.client, len(content))
        answer, at = None, 0
        while answer is None or answer.status_code == 204:
            answer = send(service.client, address, content[at : at + 200], at)
            at += 200
        assert (answer.status_code, answer.json()["code"]) == (415, "not_a_video")
        assert at in {600, 200}
        assert "uploaded file is" in answer.json()["message"]
        assert files_of(service.folder, address) == []
        assert service.client.head(address, headers=VERSION).status_code == 404


def test_first_bytes_come_with_the_beginning(service: Service) -> None:
    """All of it at once, or what is refused, of which then nothing is there."""
    head = VERSION | STREAM | {"Upload-Length": str(len(CLIP))}
    answer = service.client.post("/api/uploads", content=CLIP, headers=head)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(CLIP)))
    refused = service.client.post("/api/uploads", content=JPEG, headers=head)
    assert (refused.status_code, refused.json()["code"]) == (415, "not_a_video")
    with service.services.open_records() as records:
        assert records.uploads.upload_ids() == {answer.headers["location"].rsplit("/", 1)[1]}


def test_an_upload_is_given_up(service: Service) -> None:
    """Bytes and row are gone; where only POST gets through, that says DELETE and PATCH as well."""
    for override in (False, True):
        address = begin(service.client)
        if override:
            put = service.client.post(address, content=CLIP[:9], headers=VERSION | STREAM | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"})
            gone = service.client.post(address, headers=VERSION | {"X-HTTP-Method-Override": "DELETE"})
        else:
            put = send(service.client, address, CLIP[:9], 0)
            gone = service.client.delete(address, headers=VERSION)
        assert (put.status_code, put.headers["upload-offset"], gone.status_code) == (204, "9", 204)
        assert files_of(service.folder, address) == []
        assert service.client.head(address, headers=VERSION).status_code == 404
    assert service.client.post(begin(service.client), headers=VERSION).status_code == 405


def test_nobody_touches_what_others_began(world: World) -> None:
    """Neither coach nor admin, nobody with a link, nobody at all: not looked at, not added to, not given up, not handed in."""
    address = begin(world.coach, athlete_id=world.ids["anna"])
    send(world.coach, address, CLIP, 0)
    for client, status in ((world.admin, 404), (world.other_coach, 404), (world.anna, 404), (world.link, 404), (world.nobody, 401)):
        assert client.head(address, headers=VERSION).status_code == status
        assert send(client, address, b"x", len(CLIP)).status_code == status
        assert client.delete(address, headers=VERSION).status_code == status
        used = {"left_upload": address.rsplit("/", 1)[1], "athlete_id": world.ids["anna"]}
        assert hand_in(client, **used).status_code == status
    assert offset_of(world.coach, address) == len(CLIP)
    assert world.nobody.post("/api/uploads", headers=VERSION | {"Upload-Length": "10"}).status_code == 401


def test_an_upload_is_of_whom_one_may_film(world: World) -> None:
    """Said where it is not plain, agreed to, and handed in for nobody else."""
    unsaid, others = ask_to_begin(world.coach), ask_to_begin(world.coach, athlete_id=world.ids["ben"])
    assert (unsaid.json()["code"], others.json()["code"]) == ("malformed", "unknown_athlete")
    cleo = world.coach.post("/api/athletes", json={"name": "Cleo", "squad_id": world.ids["squad"]}).json()["id"]
    assert ask_to_begin(world.coach, athlete_id=cleo).json()["code"] == "consent_missing"
    world.coach.put(f"/api/athletes/{cleo}/consent", json={"given_by": "athlete"})
    upload_id = upload(world.coach, athlete_id=cleo)
    wrong = hand_in(world.coach, left_upload=upload_id, athlete_id=world.ids["anna"])
    assert (wrong.status_code, wrong.json()["code"]) == (422, "malformed")
    right = hand_in(world.coach, left_upload=upload_id, athlete_id=cleo)
    assert right.status_code == 202


def test_a_link_hands_in_what_came_over_it(world: World) -> None:
    """It need not say of whom, and one that is taken back takes its uploads along."""
    used, left = upload(world.link), begin(world.link)
    assert hand_in(world.link, "/screenings", left_upload=used).headers["location"].startswith("/screenings/")
    send(world.link, left, CLIP[:900], 0)
    assert world.coach.delete(f"/api/athletes/{world.ids['anna']}/links/{world.ids['link']}").status_code == 204
    with world.services.open_records() as records:
        assert left.rsplit("/", 1)[1] not in records.uploads.upload_ids()


def test_a_repeat_is_handed_in_the_same_way(world: World) -> None:
    """It is of whom its original is."""
    upload_id = upload(world.coach, make_clip("again"), athlete_id=world.ids["anna"])
    said = {"repeat_of": world.ids["anna_screening"], "left_upload": upload_id}
    answer = hand_in(world.coach, **said)
    assert answer.status_code == 202, answer.text


def test_a_squads_clips_are_handed_in_together(world: World) -> None:
    """Each is of whom its name says; one whose name says nobody is refused before it is sent, one that is gone is named beside the others."""
    squad = world.ids["squad"]
    nobody = ask_to_begin(world.coach, squad_id=squad, filename="zoe_left.mp4")
    assert (nobody.status_code, nobody.json()["code"]) == (422, "malformed")
    assert "nobody of this squad" in nobody.json()["message"]
    assert ask_to_begin(world.coach, squad_id=world.ids["other_squad"], filename="ben_left.mp4").status_code == 404
    left, right = (upload(world.coach, make_clip(side), squad_id=squad, filename=f"anna_{side}.mp4") for side in ("left", "right"))
    second = upload(world.coach, make_clip("left again"), squad_id=squad, filename="anna_l.mp4")
    named = ((left, "anna_left.mp4"), (right, "anna_right.mp4"), (second, "anna_l.mp4"), ("0" * 32, "anna_r.mp4"))
    sent = [("uploads", (None, f"{upload_id} {name}")) for upload_id, name in named]
    lines = world.coach.post(f"/api/squads/{squad}/screenings", files=[*sent, ("footwear", (None, "shod"))]).json()
    assert [line["file"] for line in lines] == [name for _, name in named]
    assert lines[0]["screening"] == lines[1]["screening"] is not None
    assert "second clip" in lines[2]["problem"]
    assert lines[2]["waiting"] is not None
    assert world.coach.head(f"/api/uploads/{second}", headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert "no such upload" in lines[3]["problem"]
    page = world.coach.post(f"/squads/{squad}/upload", files=sent[:1])
    assert "used already" in page.text


def test_there_is_an_end_to_what_one_may_begin(service: Service) -> None:
    """By number and by bytes; what is given up or handed in makes room."""
    few = replace(service.services, limits=replace(service.services.limits, max_uploads=2, max_uploads_bytes=50_000))
    with TestClient(create_app(few), base_url="http://127.0.0.1") as client:
        first, _ = begin(client), begin(client)
        for length, allowed in ((10, False), (40_000, False)):
            answer = ask_to_begin(client, length)
            assert (answer.status_code == 201) is allowed
            assert (answer.status_code, answer.json()["code"]) == (429, "upload_quota")
            assert "at most 2 uploads" in answer.json()["message"]
        assert client.delete(first, headers=VERSION).status_code == 204
        assert ask_to_begin(client, 40_000).status_code == 429
        assert ask_to_begin(client, 30_000).status_code == 201


def test_a_link_may_begin_less(world: World) -> None:
    """Two clips and a second try; of others' uploads nothing is counted."""
    answers = [ask_to_begin(world.link, MAX_CLIP_BYTES).status_code for _ in range(5)]
    assert answers == [201] * 4 + [429]
    assert ask_to_begin(world.anna).status_code == 201


def test_what_is_left_goes_after_a_day(service: Service) -> None:
    """It is not found any more, and the sweep takes bytes and row; what is younger stays, and is no orphan."""
    clock = FakeClock()
    services = replace(service.services, clock=clock)
    with TestClient(create_app(services), base_url="http://127.0.0.1") as client:
        old = begin(client)
        send(client, old, CLIP[:900], 0)
        clock.advance(12 * 3600)
        young = begin(client)
        send(client, young, CLIP[:900], 0)
        clock.advance(12 * 3600 - 1)
        assert offset_of(client, old) == 900
        clock.advance(1)
        assert client.head(old, headers=VERSION).status_code == 404
        assert hand_in(client, left_upload=old.rsplit("/", 1)[1]).status_code == 404
        assert sweep_uploads(services) == 1
        assert files_of(service.folder, old) == []
        clock.advance(timedelta(days=3650).total_seconds())
        sweep_orphans(services)
        assert len(files_of(service.folder, young)) == 1


def test_what_is_used_or_lost_is_no_error(service: Service) -> None:
    """Records that are older than the files, as after a restore: the upload is not there."""
    address = begin(service.client)
    send(service.client, address, CLIP, 0)
    service.services.clips.erase_group(address.rsplit("/", 1)[1])
    answer = hand_in(service.client, left_upload=address.rsplit("/", 1)[1])
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_upload")


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
