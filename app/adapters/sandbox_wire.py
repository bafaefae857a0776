"""How a worker and the child that reads a clip talk: a small JSON header and plain bytes, both of bounded size. Nothing is unpickled."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from typing import Any

_SIZES = struct.Struct(">II")
LARGEST_HEADER = 4 * 1024**2
LARGEST_BLOB = 64 * 1024**2


class MalformedFrameError(Exception):
    """What came is no frame."""


def build_frame(header: Mapping[str, Any], blob: bytes = b"") -> bytes:
    """Write a frame."""
    text = json.dumps(header).encode()
    if len(text) > LARGEST_HEADER or len(blob) > LARGEST_BLOB:
        raise MalformedFrameError(f"found {len(text)} and {len(blob)} bytes; expected {LARGEST_HEADER} and {LARGEST_BLOB} at most")
    return _SIZES.pack(len(text), len(blob)) + text + blob


def read_frame(read: Callable[[int], bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Read a frame with what returns so many bytes at most, and none at the end; None when the other side has ended."""
    sizes = _read_exactly(read, _SIZES.size)
    if sizes is None:
        return None
    header_bytes, blob_bytes = _SIZES.unpack(sizes)
    if header_bytes > LARGEST_HEADER or blob_bytes > LARGEST_BLOB:
        raise MalformedFrameError(f"found {header_bytes} and {blob_bytes} bytes; expected {LARGEST_HEADER} and {LARGEST_BLOB} at most")
    text, blob = _read_exactly(read, header_bytes), _read_exactly(read, blob_bytes)
    if text is None or blob is None:
        return None
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedFrameError("found no JSON; expected a header") from error
    if not isinstance(header, dict):
        raise MalformedFrameError("found no object; expected a header")
    return header, blob


def _read_exactly(read: Callable[[int], bytes], size: int) -> bytes | None:
    gathered = bytearray()
    while len(gathered) < size:
        part = read(min(size - len(gathered), 1 << 20))
        if not part:
            return None
        gathered += part
    return bytes(gathered)
