"""What the bytes of a file say before any decoder sees them: is it a photo, is it locked, was it cut off.

Only the outermost structure of ISO files (MP4, MOV, 3GP) and Matroska files (MKV, WebM) is read; the video library does the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEAD_BYTES = 16 * 1024
_BOX_HEADER = 8
_LONG_BOX_HEADER = 16
_PICTURES = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WebP"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "TIFF"),
    (re.compile(rb"BM.{4}\x00{4}", re.DOTALL), "BMP"),
    (re.compile(rb"....ftyp(?:heic|heix|heim|heis|mif1)", re.DOTALL), "HEIC"),
    (re.compile(rb"....ftypavif", re.DOTALL), "AVIF"),
)
# ContentEncodings > ContentEncoding > ContentEncryption: only the last of the three tells locked from merely compressed.
_MATROSKA_LOCKED = re.compile(rb"\x6d\x80.{1,8}\x62\x40.{1,48}\x50\x35", re.DOTALL)
_EBML = b"\x1aE\xdf\xa3"
_SEGMENT = b"\x18S\x80g"
_ISO_FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"sidx", b"pnot")
_LOCKED_SAMPLES = (b"encv", b"drmi")
_WAY_TO_SAMPLES = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")


@dataclass(frozen=True, slots=True)
class IsoLayout:
    """How the outermost boxes of an ISO file lie.

    Attributes
    ----------
    has_index : bool
        The box that says where the frames are is there, and whole.
    fragmented : bool
        The frames come in fragments, each with its own small index.
    cut_off : bool
        The last box ends after the end of the file.
    malformed : bool
        A box is shorter than its own header.
    locked : bool
        A video track is encrypted.
    """

    has_index: bool
    fragmented: bool
    cut_off: bool
    malformed: bool
    locked: bool


def name_picture(head: bytes) -> str | None:
    """Name the picture format a file begins with; None when it is not a picture."""
    return next((name for pattern, name in _PICTURES if pattern.match(head)), None)


def read_head(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def is_locked_matroska(head: bytes) -> bool:
    """Tell whether a Matroska file declares an encrypted track."""
    return head.startswith(_EBML) and _MATROSKA_LOCKED.search(head) is not None


def compute_matroska_shortfall(head: bytes, file_bytes: int) -> float:
    """Share of a Matroska file's declared bytes that is not there; 0 for other files and for live recordings, which declare nothing."""
    if not head.startswith(_EBML):
        return 0.0
    header_bytes, at = _read_ebml_size(head, len(_EBML))
    segment = at + header_bytes
    if head[segment : segment + len(_SEGMENT)] != _SEGMENT:
        return 0.0
    declared, body = _read_ebml_size(head, segment + len(_SEGMENT))
    return max(0.0, (body + declared - file_bytes) / declared) if declared else 0.0


def _read_ebml_size(head: bytes, at: int) -> tuple[int, int]:
    """Read a number of variable length and the offset after it; a number that says 'unknown' is read as 0."""
    first = head[at] if at < len(head) else 0
    if not first:
        return 0, at + 1
    length = 9 - first.bit_length()
    number = int.from_bytes(head[at : at + length], "big") & ((1 << 7 * length) - 1)
    return (0 if number == (1 << 7 * length) - 1 else number), at + length


def read_iso_layout(path: Path) -> IsoLayout | None:
    """Walk the outermost boxes; None when the file does not begin like an ISO file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        boxes = list(_boxes(file, 0, size))
        if not boxes or boxes[0].kind not in _ISO_FIRST_BOXES:
            return None
        return IsoLayout(
            has_index=any(box.kind == b"moov" and box.end <= size for box in boxes),
            fragmented=any(box.kind == b"moof" for box in boxes),
            cut_off=boxes[-1].end > size,
            malformed=boxes[-1].end + _BOX_HEADER <= size,
            locked=any(_has_locked_samples(file, box, _WAY_TO_SAMPLES) for box in boxes if box.end <= size),
        )


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    body: int
    end: int


def _boxes(file: IO[bytes], start: int, end: int) -> list[_Box]:
    """List the boxes between two offsets, up to the first that makes no sense."""
    found: list[_Box] = []
    at = start
    while at + _BOX_HEADER <= end:
        file.seek(at)
        header = file.read(_LONG_BOX_HEADER)
        length, kind, body = int.from_bytes(header[:4], "big"), header[4:8], at + _BOX_HEADER
        if length == 1:
            length, body = int.from_bytes(header[8:16], "big"), at + _LONG_BOX_HEADER
        elif length == 0:
            length = end - at
        if length < body - at:
            break
        found.append(_Box(kind, body, at + length))
        at += length
    return found


def _has_locked_samples(file: IO[bytes], box: _Box, way: tuple[bytes, ...]) -> bool:
    """Follow the boxes down to the sample descriptions and tell whether a video among them is encrypted."""
    if box.kind != way[0]:
        return False
    if len(way) == 1:
        version_and_count = 8
        return any(sample.kind in _LOCKED_SAMPLES for sample in _boxes(file, box.body + version_and_count, box.end))
    return any(_has_locked_samples(file, inner, way[1:]) for inner in _boxes(file, box.body, box.end))
