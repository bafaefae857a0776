"""The recipe of the image and of its composition, read by the tools that there are for them: no container engine is at hand to try it."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from app.doctor import _LIBRARIES, _LOCK_LIBRARY, check_health
from app.settings import Settings
from tests.web.serving import serving

ROOT = Path(__file__).resolve().parents[2]
IMAGE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSED = sorted(path.name for path in ROOT.glob("compose*.yaml"))
LAST_STAGE = IMAGE.rsplit("\nFROM ", 1)[1]


def test_the_recipe_has_no_faults() -> None:
    """As hadolint sees it, which knows what goes wrong in such files."""
    done = subprocess.run([Path(sys.executable).with_name("hadolint"), "--no-color", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_image_installs_what_the_doctor_looks_for() -> None:
    """One list of system packages, in two places that need it: neither has one more."""
    found = re.search(r"--no-install-recommends ([a-z0-9. +-]+)", IMAGE)
    assert found is not None
    assert set(found[1].split()) == {package for _, package, _ in (*_LIBRARIES, _LOCK_LIBRARY)}


def test_the_image_runs_as_nobody_in_particular() -> None:
    """A user by number, accounts on, a health check, and nothing written outside the data folder and /tmp."""
    assert re.search(r"^USER 10001:10001$", LAST_STAGE, re.MULTILINE)
    assert re.search(r"KNEEWALL_AUTH=on\b", LAST_STAGE)
    assert re.search(r"^HEALTHCHECK .*\n\s+CMD ", LAST_STAGE, re.MULTILINE)
    written = re.findall(r"=(/[\w/]+)", LAST_STAGE.split("ENV PATH", 1)[1])
    assert {path for path in written if not path.startswith("/opt/kneewall")} <= {"/data", "/tmp/matplotlib"}  # noqa: S108 - in the image


class _Loader(yaml.SafeLoader):
    """Knows the two tags with which a file says that it does not add to the one before it."""


_Loader.add_constructor("!reset", lambda loader, node: loader.construct_sequence(node))
_Loader.add_constructor("!override", lambda loader, node: loader.construct_sequence(node))


def read_composed(name: str) -> dict[str, Any]:
    """Return a file as compose reads it."""
    return dict(yaml.load((ROOT / name).read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506 - a safe one


@pytest.mark.parametrize("name", COMPOSED)
def test_a_composition_is_one(name: str) -> None:
    """By the schema of the Compose specification, as its linter carries it."""
    schema = ROOT / "node_modules/dclint/schemas/compose.schema.json"
    jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(read_composed(name))


@pytest.mark.parametrize("service", ["web", "worker"])
def test_a_composition_gives_away_nothing(service: str) -> None:
    """A root file system that nobody writes to, no capabilities, no new ones, bounded processes, and an end that waits for uploads."""
    own = read_composed("compose.yaml")["services"][service]
    assert own["read_only"] is True
    assert own["cap_drop"] == ["ALL"]
    assert own["security_opt"] == ["no-new-privileges:true"]
    assert own["pids_limit"] > 0
    assert [mount.split(":")[0] for mount in own["tmpfs"]] == ["/tmp"]  # noqa: S108 - in the container
    waits = Settings.model_fields["stop_wait_s"].default
    assert int(own["stop_grace_period"].removesuffix("s")) > waits
    assert "privileged" not in own


def test_nothing_is_published_to_everybody() -> None:
    """Ports of a composition without a proxy are this machine's."""
    for service in read_composed("compose.yaml")["services"].values():
        assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_health_check_knows_the_name_that_is_served(tmp_path: Path) -> None:
    """Where the service answers to its public name only, it asks by that; and it says so when nobody answers."""
    names = '["clinic.example.org"]'
    with serving(tmp_path, worker_process="false", auth="on", allowed_hosts='["clinic.example.org", "127.0.0.1"]') as served:
        port = str(served.client.base_url.port)
        assert check_health({"KNEEWALL_PORT": port, "KNEEWALL_ALLOWED_HOSTS": names}).ok
        assert not check_health({"KNEEWALL_PORT": port, "KNEEWALL_ALLOWED_HOSTS": '["other.example.org"]'}).ok
    assert "no answer" in check_health({"KNEEWALL_PORT": port}).detail


class _Well(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer whoever asks."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering(address: str) -> Iterator[str]:
    """Answer on one address alone, and return the port."""
    server_type = type("Server", (HTTPServer,), {"address_family": socket.AF_INET6 if ":" in address else socket.AF_INET})
    with server_type((address, 0), _Well) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield str(server.server_address[1])
        server.shutdown()


@pytest.mark.parametrize(("told", "address"), [(None, "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("::1", "::1")])  # noqa: S104
def test_the_health_check_asks_where_the_service_listens(told: str | None, address: str) -> None:
    """One address of a container is not its loopback; who listens everywhere is there as well."""
    with answering(address) as port:
        environment = {"KNEEWALL_PORT": port} | ({} if told is None else {"KNEEWALL_HOST": told})
        assert check_health(environment).ok


@pytest.mark.parametrize(
    "settings",
    [{"KNEEWALL_ALLOWED_HOSTS": "[]"}, {"KNEEWALL_ALLOWED_HOSTS": "example.org"}, {"KNEEWALL_ALLOWED_HOSTS": "7"}, {"KNEEWALL_PORT": "http"}],
)
def test_the_health_check_survives_settings_that_cannot_be_used(settings: dict[str, str]) -> None:
    """The service itself has refused them; the check says what to set."""
    found = check_health(settings)
    assert (found.ok, "KNEEWALL_PORT" in found.fix) == (False, True)


def test_what_sqlite_writes_meanwhile_has_room() -> None:
    """Not in /tmp, which is small and in memory: a database that has outgrown it could not be written anew after erasing."""
    assert re.search(r"\bSQLITE_TMPDIR=/data\b", LAST_STAGE)
    assert re.search(r"\bKNEEWALL_DATA_DIR=/data\b", LAST_STAGE)
    assert all("SQLITE_TMPDIR" not in str(service) for service in read_composed("compose.yaml")["services"].values())


def test_the_worker_may_take_what_its_clips_may() -> None:
    """Every clip that is read at the same time at its own limit, /tmp, and half a gigabyte for what the worker has loaded itself."""
    worker = read_composed("compose.yaml")["services"]["worker"]
    own = worker.get("environment", {})
    at_once, clip_mb = (int(own.get(f"KNEEWALL_{name.upper()}", Settings.model_fields[name].default)) for name in ("clips_at_once", "clip_memory_mb"))
    tmp_mib = int(re.search(r"size=(\d+)m", worker["tmpfs"][0])[1])
    assert int(worker["mem_limit"].removesuffix("g")) * 1024**3 >= at_once * clip_mb * 1_000_000 + (tmp_mib + 512) * 1024**2
