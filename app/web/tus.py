"""The headers of tus 1.0.0, the protocol of uploads that can be resumed: https://tus.io/protocols/resumable-upload."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Mapping
from email.utils import format_datetime

from fastapi import Request
from starlette.requests import ClientDisconnect

from app.ports.uploads import Upload
from app.usecases.upload_errors import NotAStreamError, ProtocolHeaderError, ProtocolVersionError
from app.usecases.uploads import ALGORITHMS, Checksum, UploadWish

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
STREAM_TYPE = "application/offset+octet-stream"
_MOST_DIGITS = 15


def require_version(request: Request) -> None:
    """Refuse who speaks another version, or does not say which."""
    found = request.headers.get("tus-resumable")
    if found != VERSION:
        raise ProtocolVersionError(found=found)


def read_wish(request: Request) -> UploadWish:
    """Return what is wished for, by Upload-Length and Upload-Metadata; of the latter nothing is kept as it came."""
    said = _read_metadata(request.headers.get("upload-metadata", ""))
    return UploadWish(
        length_bytes=read_number(request, "Upload-Length"),
        athlete_id=said.get("athlete_id") or None,
        squad_id=said.get("squad_id") or None,
        file_name=said.get("filename", ""),
    )


def read_number(request: Request, name: str) -> int:
    """Return a header that counts bytes."""
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise ProtocolHeaderError(f"{name}: found {text[:40]!r}; expected a number of bytes")
    return int(text)


def read_checksum(request: Request) -> Checksum | None:
    """Return what the body has to come to, None when nothing is said."""
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, digest = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise ProtocolHeaderError(f"Upload-Checksum: found {algorithm[:40]!r}; expected one of {', '.join(ALGORITHMS)}")
    return Checksum(algorithm, _decode("Upload-Checksum", digest))


def holds_stream(request: Request) -> bool:
    """Whether the body is bytes of an upload."""
    return request.headers.get("content-type") == STREAM_TYPE


def require_stream(request: Request) -> None:
    """Refuse a body under another content type."""
    if not holds_stream(request):
        raise NotAStreamError(found=request.headers.get("content-type", ""))


async def read_body(request: Request) -> AsyncIterator[bytes]:
    """Return the body as far as it comes: a connection that is lost is its end, and what came is kept."""
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except ClientDisconnect:
        return


def write_state(upload: Upload) -> dict[str, str]:
    """Return the headers that say how far an upload is."""
    expires = format_datetime(upload.expires_at, usegmt=True)
    return {"Tus-Resumable": VERSION, "Upload-Offset": str(upload.offset_bytes), "Upload-Length": str(upload.length_bytes), "Upload-Expires": expires}


def _read_metadata(text: str) -> Mapping[str, str]:
    said = {}
    for pair in filter(None, (each.strip() for each in text.split(","))):
        key, _, value = pair.partition(" ")
        said[key] = _decode("Upload-Metadata", value).decode("utf-8", errors="replace")
    return said


def _decode(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ProtocolHeaderError(f"{name}: found {text[:40]!r}; expected base64") from None
