"""Sending a clip piece by piece, as a client of the protocol does."""

from __future__ import annotations

import base64
from pathlib import Path

import httpx2
from fastapi.testclient import TestClient

from tests.fakes.bundle import make_clip

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
