"""`kneewall serve --lan` and `kneewall admin`, as people start them."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from app.adapters.certificate import keep_certificate
from tests.web.serving import CHECKOUT, wait_for

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
KNEEWALL = [sys.executable, "-c", "from app.cli import main; main()"]


@contextmanager
def in_room(folder: Path, **settings: str) -> Iterator[tuple[httpx2.Client, str]]:
    """Serve to the room for a while; yields a client that trusts the certificate, and what the terminal shows."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "serve.log"
    environment = os.environ | {"KNEEWALL_DATA_DIR": str(folder / "data"), "KNEEWALL_PORT": str(port), "KNEEWALL_WORKER_PROCESS": "false"} | settings
    with log.open("wb") as out:
        process = subprocess.Popen([*KNEEWALL, "serve", "--lan"], env=environment, cwd=CHECKOUT, stdout=out, stderr=out)
    try:
        wait_for(lambda: b"web.started" in log.read_bytes(), 60, "the service")
        trusted = ssl.create_default_context(cafile=str(folder / "data" / "lan.crt"))
        with httpx2.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted, timeout=30) as client:
            wait_for(lambda: _answers(client), 30, "an answer")
            yield client, log.read_text(encoding="utf-8")
    finally:
        process.terminate()
        process.wait(20)


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx2.TransportError:
        return False


def test_the_room_is_let_in_by_the_code(tmp_path: Path) -> None:
    """Over TLS with a certificate for this machine; nobody without the code that the terminal shows; the key is nobody else's to read."""
    with in_room(tmp_path) as (client, shown):
        assert client.get("/api/athletes").status_code == 401
        path = re.search(r"https://\S+(/pair/[\w-]{43})", shown)
        assert path is not None
        assert "█" in shown or "▀" in shown
        entered = client.get(path[1])
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert "secure" in entered.headers["set-cookie"].lower()
        assert client.get("/api/athletes").json() == []
    assert (tmp_path / "data" / "lan.key").stat().st_mode & 0o077 == 0
    assert re.search(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", shown)


def test_with_accounts_the_room_signs_in(tmp_path: Path) -> None:
    """The first admin is made at the command line, the password from standard input; the code leads to signing in."""
    command = [*KNEEWALL, "admin", "create", "first@example.org", "--data-dir", str(tmp_path / "data"), "--password-stdin"]
    short = subprocess.run(command, input="short\n", cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert short.returncode != 0
    assert "expected 10 to 200" in short.stderr
    made = subprocess.run(command, input="correct horse battery\n", cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stderr) == (0, "")
    again = subprocess.run(command, input="correct horse battery\n", cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert "an account with this e-mail address already" in again.stderr
    reset = subprocess.run(
        [*KNEEWALL, "admin", "reset", "first@example.org", "--data-dir", str(tmp_path / "data")], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    with in_room(tmp_path, KNEEWALL_AUTH="on") as (client, shown):
        assert "/signin" in shown
        assert "/pair/" not in shown
        assert "Nobody can sign in yet" not in shown
        assert client.get("/api/accounts").status_code == 401
        body = {"email": "first@example.org", "password": "correct horse battery"}
        assert client.post("/api/session", json=body).status_code == 204
        assert [account["role"] for account in client.get("/api/accounts").json()] == ["admin"]
        assert client.post(reset.stdout.strip(), data={"password": "staple battery horse"}).status_code == 303


def test_a_certificate_is_kept_until_it_is_no_longer_good(tmp_path: Path) -> None:
    """Made anew for other names, a month before it expires, and where what is there is none."""
    first = keep_certificate(tmp_path, ("192.0.2.7", "127.0.0.1", "localhost"), NOW)
    assert keep_certificate(tmp_path, ("192.0.2.7", "localhost"), NOW + timedelta(days=300)) == first
    other = keep_certificate(tmp_path, ("192.0.2.8",), NOW)
    assert other.fingerprint != first.fingerprint
    late = keep_certificate(tmp_path, ("192.0.2.8",), NOW + timedelta(days=340))
    assert late.fingerprint != other.fingerprint
    late.certificate.write_text("no certificate")
    assert keep_certificate(tmp_path, ("192.0.2.8",), NOW).fingerprint != late.fingerprint
