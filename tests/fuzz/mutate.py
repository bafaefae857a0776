"""Changes to a file that a decoder may trip over: bytes, boxes, sizes, cuts and splices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_HOLDERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta", b"moof", b"traf", b"mvex", b"meta", b"stsd", b"avc1", b"hvc1", b"av01")
_SKIPPED = {b"stsd": 8, b"meta": 4, b"avc1": 78, b"hvc1": 78, b"av01": 78}
"""Bytes between the header of a box and the boxes in it."""
_KINDS = (b"free", b"mdat", b"moov", b"trak", b"stts", b"stsz", b"stco", b"co64", b"ctts", b"elst", b"avcC", b"hvcC", b"colr", b"uuid", b"\x00\x00\x00\x00")
_INTERESTING = (0, 1, 2, 7, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x10000000)
_INDEX_BYTES = 4096

Rng = np.random.Generator


def mutate(content: bytes, others: Sequence[bytes], rng: Rng) -> bytes:
    """Return a changed copy: up to four changes, one after the other."""
    for _ in range(int(rng.integers(1, 5))):
        change = _CHANGES[int(rng.integers(len(_CHANGES)))]
        content = change(content, others, rng) or content
    return content


def list_boxes(content: bytes) -> list[tuple[int, int, bytes]]:
    """Offset, end and kind of every box of an ISO file that can be walked to; none of other files."""
    found: list[tuple[int, int, bytes]] = []
    waiting = [(0, len(content))]
    while waiting and len(found) < 500:
        at, end = waiting.pop()
        while at + 8 <= end:
            size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
            if not 8 <= size <= end - at or not kind.isalnum():
                break
            found.append((at, at + size, kind))
            if kind in _HOLDERS:
                waiting.append((at + 8 + _SKIPPED.get(kind, 0), at + size))
            at += size
    return found


def _flip_bytes(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes:
    changed = bytearray(content)
    for at in rng.integers(len(content), size=int(rng.integers(1, 40))) if content else ():
        changed[at] = int(rng.integers(256))
    return bytes(changed)


def _flip_near_the_index(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes:
    """Do the same where headers are: at the beginning, or in the last bytes, where many recordings have their index."""
    if len(content) < 16:
        return content
    changed = bytearray(content)
    reach = min(_INDEX_BYTES, len(content))
    start = 0 if rng.random() < 0.6 else len(content) - reach
    for at in start + rng.integers(reach, size=int(rng.integers(1, 12))):
        changed[at] = int(rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))) if rng.random() < 0.5 else changed[at] ^ (1 << int(rng.integers(8)))
    return bytes(changed)


def _set_number(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes:
    """Replace a number of 1, 2, 4 or 8 bytes by one that programs are seldom ready for."""
    width = int(rng.choice((1, 2, 4, 8)))
    if len(content) <= width:
        return content
    reach = min(_INDEX_BYTES, len(content) - width)
    at = int(rng.integers(reach)) if rng.random() < 0.5 else len(content) - width - int(rng.integers(reach))
    number = int(_INTERESTING[int(rng.integers(len(_INTERESTING)))]) % (1 << 8 * width)
    return content[:at] + number.to_bytes(width, "big") + content[at + width :]


def _cut_off(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes:
    return content[: int(rng.integers(len(content) + 1))]


def _take_out(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes:
    first, last = sorted(rng.integers(len(content) + 1, size=2).tolist())
    last = min(last, first + int(rng.integers(1, 2000)))
    return content[:first] + content[last:]


def _repeat(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes:
    first = int(rng.integers(len(content) + 1))
    part = content[first : first + int(rng.integers(1, 4000))]
    return content[:first] + part * int(rng.integers(1, 20)) + content[first:]


def _splice(content: bytes, others: Sequence[bytes], rng: Rng) -> bytes:
    """Join the beginning of one file and the end of another."""
    other = others[int(rng.integers(len(others)))]
    return content[: int(rng.integers(len(content) + 1))] + other[int(rng.integers(len(other))) :]


def _paste(content: bytes, others: Sequence[bytes], rng: Rng) -> bytes:
    """Lay a piece of another file over a piece of this one."""
    other = others[int(rng.integers(len(others)))]
    start = int(rng.integers(len(other)))
    part = other[start : start + int(rng.integers(1, 3000))]
    at = int(rng.integers(len(content) + 1))
    return content[:at] + part + content[at + len(part) :]


def _choose_box(content: bytes, rng: Rng) -> tuple[int, int, bytes] | None:
    boxes = list_boxes(content)
    return boxes[int(rng.integers(len(boxes)))] if boxes else None


def _resize_box(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes | None:
    box = _choose_box(content, rng)
    if box is None:
        return None
    at, end, _kind = box
    size = int(rng.choice([0, 1, 7, 8, 9, end - at - 1, end - at + 1, 2 * (end - at), 0x7FFFFFFF, 0xFFFFFFFF]))
    return content[:at] + (size % (1 << 32)).to_bytes(4, "big") + content[at + 4 :]


def _rename_box(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes | None:
    box = _choose_box(content, rng)
    return None if box is None else content[: box[0] + 4] + _KINDS[int(rng.integers(len(_KINDS)))] + content[box[0] + 8 :]


def _drop_box(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes | None:
    box = _choose_box(content, rng)
    return None if box is None else content[: box[0]] + content[box[1] :]


def _double_box(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes | None:
    box = _choose_box(content, rng)
    return None if box is None else content[: box[1]] + content[box[0] : box[1]] * int(rng.integers(1, 5)) + content[box[1] :]


def _fill_box(content: bytes, _: Sequence[bytes], rng: Rng) -> bytes | None:
    """Change a number inside a small box, as a rule a table of times or places."""
    boxes = [box for box in list_boxes(content) if 12 <= box[1] - box[0] <= 2000]
    if not boxes:
        return None
    at, end, _kind = boxes[int(rng.integers(len(boxes)))]
    place = at + 8 + int(rng.integers(end - at - 11))
    return content[:place] + int(_INTERESTING[int(rng.integers(len(_INTERESTING)))]).to_bytes(4, "big") + content[place + 4 :]


_CHANGES = (
    _flip_bytes,
    _flip_near_the_index,
    _flip_near_the_index,
    _set_number,
    _set_number,
    _cut_off,
    _take_out,
    _repeat,
    _splice,
    _paste,
    _resize_box,
    _rename_box,
    _drop_box,
    _double_box,
    _fill_box,
    _fill_box,
)
