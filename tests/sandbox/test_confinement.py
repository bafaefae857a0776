"""What a child that was taken over still reaches."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.adapters.sandbox_process import Order, Sandbox
from tests.sandbox.conftest import make_sandbox, run


def attempt(sandbox: Sandbox, what: str, at: object = None, *, reads: tuple[Path, ...] = (), writes: Path | None = None) -> dict[str, Any]:
    """Return whether the child came through, and what it found or how it was told off."""
    header, _ = run(sandbox, Order(job="attempt", told={"what": what, "at": at}, reads=reads, writes=writes))
    assert header["kind"] == "done", header
    return header


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Return what the child is given to read."""
    path = tmp_path / "clips" / "clip"
    path.parent.mkdir()
    path.write_bytes(b"what was filmed")
    return path


def test_this_machine_has_the_locks() -> None:
    """The tests below are about a kernel that locks; one that does not shall not make them pass."""
    # In a process of its own, which has one thread as the nursery has: this one may have those of whatever was tested before, and then a fork of it may crash.
    command = [sys.executable, "-c", "from app.adapters.confinement import try_locks; print(try_locks().missing)"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("()\n", "")


def test_child_reads_its_clip_and_no_other(sandbox: Sandbox, clip: Path) -> None:
    """Neither the neighbour's clip nor the folder that says which there are."""
    other = clip.with_name("other")
    other.write_bytes(b"somebody else")
    assert "what was filmed" in attempt(sandbox, "read", str(clip), reads=(clip,))["found"]
    assert attempt(sandbox, "read", str(other), reads=(clip,))["errno"] == errno.EACCES
    assert attempt(sandbox, "list", str(clip.parent), reads=(clip,))["errno"] == errno.EACCES


def test_child_does_not_change_its_clip(sandbox: Sandbox, clip: Path) -> None:
    """What it is given to read it cannot write."""
    assert attempt(sandbox, "write", str(clip), reads=(clip,))["errno"] == errno.EACCES
    assert clip.read_bytes() == b"what was filmed"


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/1/environ", "/proc/{own}/environ", "/proc/{own}/mem", "{here}"])
def test_child_reads_nothing_else(sandbox: Sandbox, path: str) -> None:
    """Neither the machine's files, nor other processes, nor what lies in the checkout beside the program."""
    assert attempt(sandbox, "read", path.format(own=os.getpid(), here=Path(__file__)))["errno"] == errno.EACCES


def test_child_writes_in_its_scratch_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    """A file of its own, and no link to another's."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert attempt(sandbox, "write", str(scratch / "still.jpg"), writes=scratch)["came"]
    assert (scratch / "still.jpg").read_bytes() == b"x"
    assert not attempt(sandbox, "write", str(tmp_path / "elsewhere"), writes=scratch)["came"]
    assert not attempt(sandbox, "link", ("/etc/passwd", str(scratch / "link")), writes=scratch)["came"]
    assert not attempt(sandbox, "hard_link", (str(scratch / "still.jpg"), str(scratch / "again")), writes=scratch)["came"]
    assert [path.name for path in scratch.iterdir()] == ["still.jpg"]


@pytest.mark.parametrize("what", ["datagram", "local_socket"])
def test_child_has_no_sockets(sandbox: Sandbox, what: str) -> None:
    """Not even the question after a name leaves the machine."""
    assert not attempt(sandbox, what)["came"]


def test_child_does_not_reach_this_machine(sandbox: Sandbox) -> None:
    """A service that listens on loopback is as far away as any other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not attempt(sandbox, "connect", server.getsockname()[1])["came"]


@pytest.mark.parametrize("what", ["run", "fork", "raise_limit", "raise_priority"])
def test_child_starts_nothing_and_keeps_its_limits(sandbox: Sandbox, what: str) -> None:
    """No program, no process, no more time, and no processor to itself."""
    assert not attempt(sandbox, what)["came"]


def test_child_signals_nobody(sandbox: Sandbox) -> None:
    """Whoever runs these tests lives on; SIGUSR1 would end them."""
    assert not attempt(sandbox, "signal", os.getpid())["came"]


def test_child_has_threads(sandbox: Sandbox) -> None:
    """The pose network needs them."""
    assert attempt(sandbox, "thread")["found"] == "ran"


def test_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the worker's environment says of databases does not come along."""
    monkeypatch.setenv("KNEEWALL_DATABASE_URL", "postgresql+psycopg://kneewall:secret@db/kneewall")
    sandbox = make_sandbox()
    try:
        assert "KNEEWALL_DATABASE_URL" not in attempt(sandbox, "environment")["found"]
        assert attempt(sandbox, "open_files")["found"] == "[0, 1, 2, 3]"  # three times nowhere, and the worker
    finally:
        sandbox.stop()
