"""What a file is, told by its first bytes."""

from __future__ import annotations

HEAD_BYTES = 512
"""How much of the beginning is looked at."""
_BOX_NAMES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid", b"moof", b"styp")
_PHOTO_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
_AUDIO_BRANDS = (b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ")
_PHOTO_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x00\x0cJXL ", b"\xff\x0a")
_AUDIO_STARTS = (b"ID3", b"fLaC", b"#!AMR", b"MThd", b"FORM", b"caff", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
_VIDEO_STARTS = (b"\x1aE\xdf\xa3", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"FLV\x01", b"0&\xb2u\x8ef\xcf\x11")
_OTHER_STARTS = {b"%PDF": "a PDF document", b"PK\x03\x04": "a zip archive or document", b"\x1f\x8b": "an archive"}
_TRANSPORT_PACKET_BYTES = 188


def find_objection(head: bytes) -> str | None:
    """None when the bytes may begin a video, else what they are (``"a photo"``), to be said in a sentence."""
    if head[4:8] in _BOX_NAMES:
        return _find_brand_objection(head)
    if head.startswith(b"RIFF"):
        return {b"AVI ": None, b"WAVE": "a sound recording", b"WEBP": "a photo"}.get(head[8:12], "of an unknown kind")
    if head.startswith(b"OggS"):
        return None if b"theora" in head else "a sound recording"
    if head.startswith(_VIDEO_STARTS) or _is_transport_stream(head):
        return None
    return _name_kind(head)


def _find_brand_objection(head: bytes) -> str | None:
    if head[4:8] != b"ftyp":
        return None
    if head[8:12] in _PHOTO_BRANDS:
        return "a photo"
    return "a sound recording" if head[8:12] in _AUDIO_BRANDS else None


def _is_transport_stream(head: bytes) -> bool:
    return head[:1] == b"G" and head[_TRANSPORT_PACKET_BYTES : _TRANSPORT_PACKET_BYTES + 1] == b"G"


def _name_kind(head: bytes) -> str:
    if head.startswith(_PHOTO_STARTS):
        return "a photo"
    if head.startswith(_AUDIO_STARTS):
        return "a sound recording"
    for start, name in _OTHER_STARTS.items():
        if head.startswith(start):
            return name
    return "text" if _is_text(head) else "of an unknown kind"


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8")
    return all(letter.isprintable() or letter in "\r\n\t\f" for letter in text)
