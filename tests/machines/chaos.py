"""Clips sent while everything is killed: `python -m tests.machines.chaos --clips 200 --kills 50`. Each ends in one report or one clear rejection."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app.ports.clock import Clock
from app.settings import Settings
from app.usecases.reconciling import sweep_orphans
from app.usecases.uploads import sweep_uploads
from app.wiring import build_web
from tests.bucket import Bucket, running_bucket
from tests.machines.breaking import Breaker, clock_environment, set_clock
from tests.machines.clips import ShortClip, cut_clips
from tests.machines.full_disk import run_full_disk
from tests.machines.senders import WAYS, Phone, Received
from tests.machines.site import Site, running_site
from tests.postgres import PostgresServer, running_postgres

_PHONES = 6
_LOOK_EVERY_S = 1.0
_LATER_S = 2 * 86_400


@dataclass
class Verdict:
    """What is left when everything has ended."""

    clips: int
    states: Counter[str] = field(default_factory=Counter)
    measured: int = 0
    swept: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LaterClock:
    """Two days from now, when all that is swept is swept."""

    own: Clock

    def now(self) -> datetime:
        """Time of day."""
        return self.own.now() + timedelta(seconds=_LATER_S)

    def monotonic_s(self) -> float:
        """Steady seconds."""
        return self.own.monotonic_s()


def run_chaos(
    folder: Path, postgres: PostgresServer, bucket: Bucket, clips: Sequence[ShortClip], *, kills: int, seed: int, limit_s: float, model: str
) -> tuple[Verdict, Breaker, Received]:
    """Send, break, wait for the end of everything, and look at what is left."""
    chance, received, end = random.Random(seed), Received(), time.monotonic() + limit_s  # noqa: S311 - repeatable
    clock_file = folder / "clock"
    environment = clock_environment(clock_file)
    with (
        postgres.database(f"chaos{seed}") as url,
        running_site(folder, url, bucket, prefix=f"chaos{seed}", environment=environment, model=model) as site,
    ):
        engine = sa.create_engine(url, pool_pre_ping=True)

        def share_done() -> float:
            return (len(received.screenings) + _count_finished(engine)) / (2 * len(clips))

        breaker = Breaker(site, postgres, clock_file, chance, kills, share_done)
        breaking = threading.Thread(target=breaker.run, daemon=True)
        breaking.start()
        try:
            phones = [Phone(site.addresses, received, random.Random(f"{seed}/{number}"), lambda: time.monotonic() > end) for number in range(_PHONES)]  # noqa: S311 - repeatable
            with ThreadPoolExecutor(_PHONES) as pool:
                list(pool.map(lambda job: phones[job[0] % _PHONES].send(job[1], WAYS[job[0] % len(WAYS)]), enumerate(clips)))
            while (_count_finished(engine) < len(clips) or breaker.killed.total() < kills) and time.monotonic() < end:
                time.sleep(_LOOK_EVERY_S)
        finally:
            breaker.ended.set()
            breaking.join(60)
            set_clock(clock_file, 0)
        _wait_for_quiet(engine, len(clips), end)
        verdict = judge(site, engine, bucket, clips, received, f"chaos{seed}")
        engine.dispose()
    return verdict, breaker, received


def _count_finished(engine: sa.Engine) -> int:
    try:
        with engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM screenings WHERE state IN ('done', 'failed')").scalar_one())
    except sa.exc.DBAPIError:
        return 0


def _wait_for_quiet(engine: sa.Engine, clips: int, end: float) -> None:
    """Wait until nothing is begun or waits: what was done twice would still be under way."""
    while time.monotonic() < end:
        with engine.connect() as connection:
            busy = connection.exec_driver_sql("SELECT count(*) FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED')").scalar_one()
        if not busy and _count_finished(engine) >= clips:
            return
        time.sleep(_LOOK_EVERY_S)


def judge(site: Site, engine: sa.Engine, bucket: Bucket, clips: Sequence[ShortClip], received: Received, prefix: str) -> Verdict:
    """Look into database and store."""
    verdict = Verdict(len(clips))
    with engine.connect() as connection:
        states = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT screening_id, state FROM screenings")}
        reports = Counter(connection.exec_driver_sql("SELECT screening_id FROM reports").scalars())
        attempts = Counter(connection.exec_driver_sql("SELECT screening_id FROM attempts").scalars())
        statuses = list(connection.exec_driver_sql("SELECT measurement ->> 'status' FROM attempts WHERE measurement IS NOT NULL").scalars())
        reasons = connection.exec_driver_sql("SELECT count(*) FROM screenings WHERE state = 'failed' AND failure_code IS NULL").scalar_one()
        open_jobs = connection.exec_driver_sql("SELECT count(*) FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED')").scalar_one()
    verdict.states, verdict.measured = Counter(states.values()), statuses.count("measured")
    expected = set(received.screenings.values())
    checks = {
        f"{len(clips) - len(received.screenings)} clips were never taken": len(received.screenings) == len(clips),
        f"{len(received.screenings) - len(expected)} clips share a screening": len(expected) == len(received.screenings),
        f"{len(set(states) ^ expected)} screenings that nobody was told of, or that are lost": set(states) == expected,
        f"states {dict(verdict.states)}": set(states.values()) <= {"done", "failed"},
        "reports do not match what is done": reports == Counter({each: 1 for each, state in states.items() if state == "done"}),
        "attempts do not match screenings": attempts == Counter(dict.fromkeys(states, 1)),
        f"{reasons} failed without a reason": reasons == 0,
        f"{open_jobs} jobs left in the queue": open_jobs == 0,
    }
    verdict.swept = _sweep(site.read_settings())
    groups = {key.split("/")[1] for key in bucket.keys(prefix) if key.startswith("clips/")}
    checks[f"{len(groups - set(states))} groups of files belong to nobody"] = groups <= set(states)
    still = [each for each in bucket.keys(prefix) if each.endswith("/clip") and states.get(each.split("/")[1]) == "done"]
    checks[f"{len(still)} clips lie there although they are measured"] = not still
    verdict.problems = [said for said, holds in checks.items() if not holds] + received.unexpected[:10]
    return verdict


def _sweep(settings: Settings) -> int:
    """Do what the workers do every quarter of an hour, as it will be two days later; say how many groups of files went."""
    services = build_web(settings)
    later = replace(services, clock=LaterClock(services.clock))
    return sweep_uploads(later) + sweep_orphans(later)


def describe(verdict: Verdict, breaker: Breaker, received: Received, seconds: float) -> list[str]:
    """Return what is printed."""
    killed = ", ".join(f"{kind} {count}" for kind, count in sorted(breaker.killed.items()))
    return [
        f"{verdict.clips} clips of 3 s in {seconds:.0f} s: {dict(verdict.states)}, {verdict.measured} measured",
        f"sent {dict(received.ways)} in {received.tries} tries",
        f"killed {breaker.killed.total()} times ({killed}); clocks jumped {breaker.jumps} times; swept afterwards: {verdict.swept} groups of files",
        *(f"NOT AS IT SHOULD BE: {problem}" for problem in verdict.problems),
    ]


def main() -> int:
    """Run and print; 1 when something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.machines.chaos")
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="lite", choices=("lite", "full", "heavy"))
    parser.add_argument("--limit", type=float, default=7200, help="seconds until it is given up")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kneewall-chaos-") as name, running_postgres() as postgres, running_bucket() as bucket:
        folder = Path(name)
        clips = cut_clips(folder, given.clips, seed=given.seed)
        began = time.monotonic()
        verdict, breaker, received = run_chaos(folder, postgres, bucket, clips, kills=given.kills, seed=given.seed, limit_s=given.limit, model=given.model)
        sys.stdout.write("\n".join(describe(verdict, breaker, received, time.monotonic() - began)) + "\n")
        full = run_full_disk(folder / "full", clips[:3], model=given.model)
    sys.stdout.write(f"disk full: {full.describe()}\n")
    return 1 if verdict.problems or full.problems else 0


if __name__ == "__main__":
    sys.exit(main())
