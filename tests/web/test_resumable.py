"""Clips that come in piece by piece: the protocol, whose they are, and what becomes of them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.usecases.reconciling import sweep_orphans
from app.usecases.uploads import sweep_uploads
from app.web.factory import create_app
from tests.fakes.bundle import make_clip
from tests.fakes.clock import FakeClock
from tests.web.conftest import MAX_CLIP_BYTES, Service
from tests.web.people import World
from tests.web.sending import CLIP, STREAM, VERSION, ask_to_begin, begin, files_of, hand_in, offset_of, send, upload
from tests.web.test_uploads import JPEG


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
    assert [group.name for group in service.services.clips.groups()] == [screening_id]
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
