"""Handing in a screening: what is taken, and that what is refused leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.bundle import make_clip
from tests.web.conftest import MAX_CLIP_BYTES, Service

Files = dict[str, tuple[str, bytes]]
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(2000)
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00" + bytes(2000)
PAIR: Files = {"left": ("l.mp4", make_clip("left")), "right": ("r.mp4", make_clip("right"))}


def test_pair_is_accepted(service: Service) -> None:
    """202, an address, and the bytes as they were sent."""
    answer = service.client.post("/api/screenings", files=PAIR, data={"foot_length_cm": "25,5", "footwear": "barefoot", "furthest_left": "true"})
    body = answer.json()
    assert answer.status_code == 202, body
    assert answer.headers["location"] == body["links"]["self"] == f"/api/screenings/{body['id']}"
    assert (body["state"], set(body["sides"])) == ("queued", {"left", "right"})
    with service.services.open_records() as records:
        screening = records.find_screening(body["id"])
    assert screening is not None
    assert screening.foot_length_cm == 25.5
    assert [attempt.furthest for attempt in screening.attempts] == [True, False]
    assert service.services.clips.get(f"{body['id']}/right/clip") == PAIR["right"][1]
    assert service.services.jobs.status(body["id"], 1) == "waiting"


def test_what_was_measured_on_the_sheet_is_kept(service: Service) -> None:
    """Ruler and margin reach the options of both legs; left empty they are not measured."""
    given = service.client.post("/api/screenings", files=PAIR, data={"sheet_ruler_mm": "97,5", "sheet_margin_mm": "18"}).json()["id"]
    empty = service.client.post("/api/screenings", files=PAIR, data={"sheet_ruler_mm": "", "sheet_margin_mm": ""}).json()["id"]
    service.work(given)
    assert {(options.sheet_ruler_mm, options.sheet_margin_mm) for options in service.engine.options} == {(97.5, 18.0)}
    service.engine.options.clear()
    service.work(empty)
    assert {(options.sheet_ruler_mm, options.sheet_margin_mm) for options in service.engine.options} == {(None, None)}


def test_one_leg_alone_is_accepted(service: Service) -> None:
    """The other file field may be empty, as a browser sends it when nothing was chosen."""
    answer = service.client.post("/api/screenings", files={"left": PAIR["left"], "right": ("", b"")})
    assert (answer.status_code, list(answer.json()["sides"])) == (202, ["left"])


@pytest.mark.parametrize(
    ("files", "data", "status", "code", "words"),
    [
        (PAIR | {"right": ("r.mp4", b"")}, {}, 400, "empty_clip", "right clip is empty"),
        (PAIR | {"right": ("r.mp4", PAIR["left"][1])}, {}, 400, "same_clip_twice", "same file"),
        (PAIR | {"right": ("r.mp4", make_clip("x", size=MAX_CLIP_BYTES + 1))}, {}, 413, "too_large", "larger than 1 MB"),
        (PAIR | {"right": ("r.jpg", JPEG)}, {}, 415, "not_a_video", "a photo"),
        (PAIR | {"right": ("r.mp4", b"just words " * 90)}, {}, 415, "not_a_video", "text"),
        (PAIR | {"right": ("r.m4a", M4A)}, {}, 415, "not_a_video", "a sound recording"),
        (PAIR | {"right": ("r.bin", b"\x00" * 900)}, {}, 415, "not_a_video", "of an unknown kind"),
        (PAIR | {"middle": ("m.mp4", make_clip("m"))}, {}, 422, "malformed", "middle"),
        (PAIR, {"foot_length_cm": "250", "footwear": "slippers"}, 422, "malformed", "footwear"),
        (PAIR, {"foot_lenght_cm": "25"}, 422, "malformed", "foot_lenght_cm"),
        (PAIR, {"sheet_ruler_mm": "10"}, 422, "malformed", "sheet_ruler_mm"),
        (PAIR, {"sheet_margin_mm": "-1"}, 422, "malformed", "sheet_margin_mm"),
        (PAIR, {"foot_length_cm": "nan"}, 422, "malformed", "foot_length_cm"),
        (PAIR, {"foot_length_cm": "9" * 2000}, 422, "malformed", "short value"),
        ({"left": ("", b"")}, {"foot_length_cm": "25"}, 422, "malformed", "no clip"),
    ],
)
def test_refusal_is_clear_and_leaves_nothing(service: Service, files: Files, data: dict[str, str], status: int, code: str, words: str) -> None:
    """Each has its own code and message, with advice, and neither file nor row is kept."""
    answer = service.client.post("/api/screenings", files=files, data=data)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert words in body["message"]
    assert body["advice"]
    service.assert_nothing_stored()


def test_everything_wrong_is_named_at_once(service: Service) -> None:
    """Nobody has to correct one field after the other."""
    message = service.client.post("/api/screenings", files=PAIR, data={"foot_length_cm": "250", "height_cm": "tall"}).json()["message"]
    assert "foot_length_cm" in message
    assert "height_cm" in message


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"left=x", "application/x-www-form-urlencoded"),
        (b"no boundary at all", "multipart/form-data; boundary=xyz"),
        (b'--xyz\r\nContent-Disposition: form-data; name="left"; filename="l.mp4"\r\n\r\n' + make_clip("left"), "multipart/form-data; boundary=xyz"),
        (b"--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--\r\n", "multipart/form-data; boundary=xyz"),
        (b"--xyz\r\nA: " + b"x" * 20_000 + b"\r\n\r\nx\r\n--xyz--\r\n", "multipart/form-data; boundary=xyz"),
        (b"", "multipart/form-data"),
    ],
)
def test_body_that_is_no_form_is_malformed(service: Service, content: bytes, kind: str) -> None:
    """422 means that the body cannot be read, and nothing else; a body cut off in the middle leaves no clip."""
    answer = service.client.post("/api/screenings", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed"), answer.json()
    service.assert_nothing_stored()


def test_too_large_is_noticed_while_receiving(service: Service) -> None:
    """A body without a declared length is counted, not believed."""
    sent = 0

    def send() -> Any:  # noqa: ANN401 - a generator
        nonlocal sent
        yield b'--xyz\r\nContent-Disposition: form-data; name="left"; filename="l.mp4"\r\n\r\n' + make_clip("left")
        for _ in range(40):
            sent += 1
            yield bytes(100_000)
        yield b"\r\n--xyz--\r\n"

    answer = service.client.post("/api/screenings", content=send(), headers={"Content-Type": "multipart/form-data; boundary=xyz"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    service.assert_nothing_stored()


def test_form_without_scripts_leads_to_the_page(service: Service) -> None:
    """A plain form post is answered with the screening's page, or with the form and what is wrong."""
    answer = service.client.post("/screenings", files=PAIR, data={"foot_length_cm": "", "scale": "auto"}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/screenings/")
    refused = service.client.post("/screenings", files={"left": ("l.jpg", JPEG)})
    assert refused.status_code == 415
    assert "a photo" in refused.text
    assert "<form" in refused.text
