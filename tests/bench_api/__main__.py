"""How long pages and answers take with a year of 200 athletes in the database: `python -m tests.bench_api` (`make bench-api`)."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path

from app.adapters.clock_system import SystemClock
from app.settings import Settings
from app.usecases.accounts import create_account
from app.wiring import build_web, prepare_data
from tests.bench_api.filling import Filled, Size, fill
from tests.bench_api.timing import Caller, Round, time_work
from tests.postgres import running_postgres
from tests.web.serving import serving

EMAIL, PASSWORD = "coach@example.org", "correct horse battery"
_CALLERS = 4


def main() -> int:
    """Fill, serve, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench_api", description=__doc__)
    parser.add_argument("--athletes", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    args = parser.parse_args()
    size = Size(athletes=args.athletes, weeks=args.weeks)
    for name in ("sqlite", "postgresql") if args.database == "both" else (args.database,):
        with tempfile.TemporaryDirectory(prefix="kneewall-bench-") as folder, _settings(name, Path(folder)) as settings:
            _write(f"{name}: {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
            _measure(settings, Path(folder), size, args.requests)
    return 0


@contextmanager
def _settings(database: str, folder: Path) -> Iterator[dict[str, str]]:
    """Give the settings of a service with accounts on an empty database, and without a worker."""
    given = {"data_dir": str(folder / "data"), "auth": "on", "worker_process": "false"}
    if database == "sqlite":
        yield given
        return
    with running_postgres() as server, server.database("bench") as url:
        yield given | {"database_url": url}


def _measure(given: Mapping[str, str], folder: Path, size: Size, requests: int) -> None:
    begun = time.perf_counter()
    filled = fill_service(Settings.model_validate(given), size)
    took_s = time.perf_counter() - begun
    _write(f"  filled in {took_s:.0f} s: {filled.attempts} attempts with documents of {filled.document_bytes / 1000:.0f} kB, {len(filled.members)} athletes")
    with serving(folder, **{name: value for name, value in given.items() if name != "data_dir"}) as served:
        port = int(served.client.base_url.port or 0)
        caller = Caller(port=port, cookie=_sign_in(port), server_pid=served.process.pid)
        _write(f"  {'one after the other':24}{_HEAD}   x /health")
        for path, paths in list_paths(filled).items():
            one = caller.time_alone(paths, requests)
            _write(f"    {path:22}{_format(one)}   {one.ratio:6.1f}")
        _write(f"  {f'{_CALLERS} callers at once':24}{_HEAD}")
        for path, paths in list_paths(filled).items():
            _write(f"    {path:22}{_format(caller.time_together(paths, requests, _CALLERS))}")
    wall_s, cpu_s = time_work()
    _write(f"  a fixed piece of Python: {1000 * wall_s:.1f} ms by the clock, {1000 * cpu_s:.1f} ms of computing")


def fill_service(settings: Settings, size: Size, *, now: datetime | None = None) -> Filled:
    """Bring the tables up to date, add the coach and fill the rest."""
    prepare_data(settings)
    coach = create_account(EMAIL, PASSWORD, "coach", build_web(settings))
    return fill(settings.records_url, size, coach_id=coach.account_id, now=now or SystemClock().now())


def list_paths(filled: Filled) -> dict[str, Sequence[str]]:
    """Return what is asked for: of an athlete, each time another one."""
    squad, athletes = filled.squad_id, [member.athlete_id for member in filled.members]
    return {
        "/api/squads/ID/table": [f"/api/squads/{squad}/table"],
        "/squads/ID": [f"/squads/{squad}"],
        "/squads/ID/board": [f"/squads/{squad}/board"],
        "/api/athletes/ID/trend": [f"/api/athletes/{athlete}/trend" for athlete in athletes],
        "/athletes/ID": [f"/athletes/{athlete}" for athlete in athletes],
        "/api/screenings": ["/api/screenings?limit=100"],
        "/screenings": ["/screenings"],
    }


def _sign_in(port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    said = json.dumps({"email": EMAIL, "password": PASSWORD})
    connection.request("POST", "/api/session", said, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return str(answer.headers["Set-Cookie"]).split(";", 1)[0]


_HEAD = f"{'median':>8}{'p95':>8}{'p99 ms':>8}{'CPU ms':>9}{'kB':>6}"


def _format(one: Round) -> str:
    quantiles = "".join(f"{one.quantile_ms(share):8.0f}" for share in (0.5, 0.95, 0.99))
    return f"{quantiles}{1000 * one.cpu_s:9.1f}{one.answer_bytes / 1000:6.0f}"


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
