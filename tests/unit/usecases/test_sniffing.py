"""What a file is, told by its first bytes."""

from __future__ import annotations

import pytest

from app.usecases.sniffing import find_objection

VIDEOS = {
    "mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  ",
    "3gp": b"\x00\x00\x00\x18ftyp3gp4\x00\x00\x02\x00",
    "old mov without a brand": b"\x00\x00\x00\x08wide\x00\x12\x34\x56mdat",
    "webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01",
    "avi": b"RIFF\x24\x10\x00\x00AVI LIST",
    "transport stream": b"G" + bytes(187) + b"G" + bytes(187),
    "mp4 with sound alone, which only a decoder can tell": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00",
}
OTHERS = {
    "a photo": [
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\x00\x00\x00\x18ftypheic\x00\x00",
        b"\x00\x00\x00\x18ftypavif",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    ],
    "a sound recording": [b"ID3\x04\x00", b"fLaC\x00", b"RIFF\x00\x00\x00\x00WAVEfmt ", b"\x00\x00\x00\x18ftypM4A \x00", b"OggS\x00\x02 OpusHead", b"#!AMR\n"],
    "text": [b"hello, this is not a video\n", "Gr\u00fc\u00dfe".encode(), b"{}"],
    "a PDF document": [b"%PDF-1.7"],
    "of an unknown kind": [bytes(range(200, 256)) * 4, b"\x00" * 64],
}


@pytest.mark.parametrize("name", VIDEOS)
def test_video_raises_no_objection(name: str) -> None:
    """What phones record passes the door."""
    assert find_objection(VIDEOS[name]) is None


@pytest.mark.parametrize(("kind", "head"), [(kind, head) for kind, heads in OTHERS.items() for head in heads])
def test_other_file_is_named(kind: str, head: bytes) -> None:
    """What is no video is called what it is."""
    assert find_objection(head) == kind


def test_text_cut_inside_a_character_is_still_text() -> None:
    """A head that ends in the middle of a character is judged by the rest."""
    assert find_objection("abc \u00e4".encode()[:-1]) == "text"
