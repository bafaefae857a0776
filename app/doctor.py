"""What an installation needs, checked one by one, each miss with the command that mends it."""

from __future__ import annotations

import ctypes
import http.client
import importlib.metadata
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PYTHON = (3, 11)
_WITH_RETURNING = (3, 35)
# What the wheels of OpenCV and MediaPipe expect of the system (found with readelf): file, Debian package, who asks for it.
_LIBRARIES = (
    ("libEGL.so.1", "libegl1", "MediaPipe"),
    ("libGLESv2.so.2", "libgles2", "MediaPipe"),
    ("libGL.so.1", "libgl1", "OpenCV"),
    ("libglib-2.0.so.0", "libglib2.0-0", "OpenCV"),
    ("libgthread-2.0.so.0", "libglib2.0-0", "OpenCV"),
    ("libxcb.so.1", "libxcb1", "OpenCV"),
)
_LOCK_LIBRARY = ("libseccomp.so.2", "libseccomp2", "the process that reads clips")
_PACKAGES = ("mediapipe", "opencv-contrib-python", "av", "numpy", "scipy", "fastapi", "sqlalchemy", "psycopg", "dbos", "obstore", "landlockpy", "pyseccomp")
_HEALTH_S = 4.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not listened to: who listens everywhere is asked over loopback
_ROOM_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
    ok : bool
    detail : str
        What was found.
    fix : str
        The command that mends it; empty where nothing has to be done.
    """

    name: str
    ok: bool
    detail: str
    fix: str = ""


def run_checks() -> list[Check]:
    """Look at everything; nothing is changed, except that pose weights that can be built are built."""
    # the locks first: they are tried in a process of their own, which is started while this one has one thread
    return [_check_python(), _check_sqlite(), *_check_locks(), *check_libraries(), *_check_packages(), *_check_weights(), _check_room()]


def check_libraries() -> list[Check]:
    """Look for the system libraries that the wheels load; on other systems than Linux they come with the wheels."""
    if sys.platform != "linux":
        return []
    return [_check_library(*library) for library in _LIBRARIES]


def _check_python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return Check("python", sys.version_info >= _PYTHON, found, "" if sys.version_info >= _PYTHON else "apt-get install python3.11 python3.11-venv")


def _check_sqlite() -> Check:
    ok = sqlite3.sqlite_version_info >= _WITH_RETURNING
    return Check("sqlite", ok, sqlite3.sqlite_version, "" if ok else "use a Python built with SQLite 3.35 or newer")


def _check_library(file: str, package: str, asked_by: str) -> Check:
    try:
        ctypes.CDLL(file)
    except OSError:
        return Check(file, ok=False, detail=f"missing; {asked_by} needs it", fix=f"apt-get install {package}")
    return Check(file, ok=True, detail=f"there, for {asked_by}")


def _check_locks() -> list[Check]:
    """Try what the kernel holds the readers of clips back with; without it the service works, and trusts the video library more."""
    try:
        from app.adapters.confinement import try_locks  # noqa: PLC0415 - as below
    except ImportError:
        return []
    locks, has_library = try_locks(), _check_library(*_LOCK_LIBRARY).ok
    files = f"there, version {locks.landlock_abi}" if locks.landlock_abi else "not offered by this kernel: whoever reads clips can read other files too"
    calls = "there" if locks.seccomp else "not to be had: whoever reads clips has the network and can start programs"
    return [
        Check("landlock", ok=True, detail=files),
        Check("seccomp", ok=locks.seccomp or has_library or sys.platform != "linux", detail=calls, fix="" if has_library else "apt-get install libseccomp2"),
    ]


def _check_packages() -> list[Check]:
    checks = []
    for package in _PACKAGES:
        try:
            checks.append(Check(package, ok=True, detail=importlib.metadata.version(package)))
        except importlib.metadata.PackageNotFoundError:
            checks.append(Check(package, ok=False, detail="not installed", fix="make setup"))
    return checks


def _check_weights() -> list[Check]:
    from vision.errors import WeightsError  # noqa: PLC0415 - the checks above must run where packages are missing
    from vision.weights import MODELS, default_cache, weights_path, weights_sha256  # noqa: PLC0415

    checks = []
    for model in MODELS:
        try:
            path = weights_path(model, source=None, cache=default_cache())
        except (WeightsError, OSError, ImportError) as error:
            checks.append(Check(f"weights {model}", ok=False, detail=str(error), fix="make setup"))
        else:
            checks.append(Check(f"weights {model}", ok=True, detail=weights_sha256(path)))
    return checks


def _check_room() -> Check:
    folder = Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free
    ok = free >= _ROOM_BYTES
    return Check("disk", ok, f"{free / 1024**3:.1f} GiB free in {folder}", "" if ok else f"free {_ROOM_BYTES / 1024**3:.0f} GiB for clips and overlays")


def check_health(environment: Mapping[str, str]) -> Check:
    """Ask the web server of this machine, where it listens and by a name that it serves, whether it answers."""
    host, port = environment.get("KNEEWALL_HOST", "127.0.0.1"), environment.get("KNEEWALL_PORT", "8000")
    try:
        name = str(json.loads(environment.get("KNEEWALL_ALLOWED_HOSTS", '["127.0.0.1"]'))[0])
        connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), int(port), timeout=_HEALTH_S)
    except (ValueError, LookupError, TypeError):
        fix = """set KNEEWALL_PORT to a number and KNEEWALL_ALLOWED_HOSTS to a list such as '["kneewall.example.org", "127.0.0.1"]'"""
        return Check("health", ok=False, detail="found a port or a list of names that cannot be read", fix=fix)
    try:
        connection.request("GET", "/health", headers={"Host": name})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return Check("health", ok=False, detail=f"no answer on {host}, port {port}: {getattr(error, 'strerror', None) or error}", fix="look at the log")
    finally:
        connection.close()
    return Check("health", ok=status == http.HTTPStatus.OK, detail=f"status {status}", fix="look at the log")


def main() -> int:
    """Print the missing system libraries, one a line; return 1 when there are any. `make setup` asks this before anything loads them.

    With `--health`, as a container's health check asks: whether the service answers.
    """
    if sys.argv[1:] == ["--health"]:
        health = check_health(os.environ)
        sys.stderr.write(f"{health.detail}\n")
        return 0 if health.ok else 1
    missing = [check for check in check_libraries() if not check.ok]
    for check in missing:
        sys.stderr.write(f"{check.name}: {check.detail}. Install it: {check.fix}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
