"""Many clips sent at once, and how quick pages and answers stay meanwhile: `python -m tests.machines.load --clips 60 --clients 20`."""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.machines.clips import ShortClip, cut_clips
from tests.web.serving import Served, serving

_ASKED = ("/", "/screenings", "/help", "/api/screenings", "/api/athletes", "/health", "/screenings/{id}", "/api/screenings/{id}")
_ASK_EVERY_S = 0.1
_FINAL = {"done", "failed"}
MOST_P99_MS = 250.0


@dataclass
class Sent:
    """What was handed in, and how long the answer to each upload took."""

    ids: list[str] = field(default_factory=list)
    upload_ms: list[float] = field(default_factory=list)
    turned_away: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Outcome:
    """What became of a load, and what it cost."""

    clips: int
    done: int
    failed: int
    measured: int
    more_than_once: int
    attempts: int
    seconds: float
    asked_ms: dict[str, list[float]]
    upload_ms: list[float]
    turned_away: int
    own_cpu_share: float
    wrong: list[str]

    def p99_ms(self) -> float:
        """Return the 99th percentile over all pages and answers."""
        return percentile([each for spent in self.asked_ms.values() for each in spent], 0.99)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that is not below this share of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def run_load(served: Served, clips: Sequence[ShortClip], *, clients: int, limit_s: float) -> Outcome:
    """Have clients send all clips at once, ask for pages until everything is finished, and count."""
    sent, ended = Sent(), threading.Event()
    asked: dict[str, list[float]] = {path: [] for path in _ASKED}
    wrong: list[str] = []
    began, cpu_began = time.monotonic(), _cpu_s()
    asking = threading.Thread(target=_ask, args=(served, sent, asked, wrong, ended))
    asking.start()
    try:
        shares = [clips[number::clients] for number in range(clients)]
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda share: _send(served, share, sent), shares))
        _wait_until_finished(served, sent.ids, began + limit_s)
    finally:
        ended.set()
        asking.join()
    seconds = time.monotonic() - began
    states = [served.state(each)["state"] for each in sent.ids]
    reports = [served.client.get(f"/api/screenings/{each}/report") for each in sent.ids]
    measured = sum(_is_measured(report.json()) for report in reports if report.is_success)
    return Outcome(
        clips=len(clips),
        done=states.count("done"),
        failed=states.count("failed"),
        measured=measured,
        more_than_once=_count_twice(served.folder, len(clips)),
        attempts=_count_attempts(served.folder),
        seconds=seconds,
        asked_ms=asked,
        upload_ms=sent.upload_ms,
        turned_away=sent.turned_away,
        own_cpu_share=(_cpu_s() - cpu_began) / (seconds * (os.cpu_count() or 1)),
        wrong=wrong,
    )


def _is_measured(report: dict[str, Any]) -> bool:
    return any(report[side] is not None and report[side]["status"] == "measured" for side in ("left", "right"))


def _send(served: Served, clips: Sequence[ShortClip], sent: Sent) -> None:
    with httpx2.Client(base_url=served.client.base_url, timeout=120) as client:
        for clip in clips:
            key = uuid.uuid4().hex
            while True:
                began = time.monotonic()
                files = {clip.side: (clip.name, clip.content)}
                answer = client.post("/api/screenings", files=files, data={"foot_length_cm": "26.9"}, headers={"Idempotency-Key": key})
                if answer.status_code == 202:
                    break
                assert answer.status_code in {429, 503}, answer.text
                with sent.lock:
                    sent.turned_away += 1
                time.sleep(float(answer.headers["retry-after"]))
            with sent.lock:
                sent.ids.append(str(answer.json()["id"]))
                sent.upload_ms.append(1000 * (time.monotonic() - began))


def _ask(served: Served, sent: Sent, asked: dict[str, list[float]], wrong: list[str], ended: threading.Event) -> None:
    """Ask for one page or answer after the other, like somebody who looks while others send."""
    with httpx2.Client(base_url=served.client.base_url, timeout=60) as client:
        while not ended.is_set():
            for path in _ASKED:
                if ended.is_set() or ("{id}" in path and not sent.ids):
                    continue
                began = time.monotonic()
                answer = client.get(path.replace("{id}", sent.ids[-1] if sent.ids else ""), headers={"Accept": "text/html"} if "/api" not in path else {})
                asked[path].append(1000 * (time.monotonic() - began))
                if answer.status_code not in {200, 303}:
                    wrong.append(f"{path}: {answer.status_code}")
                ended.wait(_ASK_EVERY_S)


def _wait_until_finished(served: Served, ids: Sequence[str], end: float) -> None:
    open_ones = list(ids)
    while open_ones:
        assert time.monotonic() < end, f"{len(open_ones)} of {len(ids)} are not finished in time; {served.log.read_text()[-2000:]}"
        time.sleep(1.0)
        open_ones = [each for each in open_ones if served.state(each)["state"] not in _FINAL]


def _count_twice(folder: Path, clips: int) -> int:
    """Return by how many screenings and reports there are more or fewer than clips, and how many analyses were begun more than once."""
    with sqlite3.connect(folder / "kneewall.sqlite3") as records:
        screenings = int(records.execute("SELECT count(*) FROM screenings").fetchone()[0])
        reports = int(records.execute("SELECT count(*) FROM reports").fetchone()[0])
        unreported = int(records.execute("SELECT count(*) FROM screenings WHERE state = 'failed'").fetchone()[0])
    return abs(screenings - clips) + abs(reports + unreported - clips)


def _count_attempts(folder: Path) -> int:
    with sqlite3.connect(folder / "jobs.sqlite3") as jobs:
        return int(jobs.execute("SELECT coalesce(sum(recovery_attempts), 0) FROM workflow_status WHERE name = 'analyse_screening'").fetchone()[0])


def _cpu_s() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


def describe(outcome: Outcome) -> list[str]:
    """Return what is printed."""
    refused = outcome.done - outcome.measured
    median_ms, p99_ms = statistics.median(outcome.upload_ms), percentile(outcome.upload_ms, 0.99)
    a_minute = 60 * outcome.clips / outcome.seconds
    lines = [
        f"{outcome.clips} clips of 3 s: {outcome.done} done ({outcome.measured} measured, {refused} refused for a reason), {outcome.failed} failed",
        f"too many or too few screenings and reports: {outcome.more_than_once}; analyses begun: {outcome.attempts}",
        f"{outcome.seconds:.0f} s, {a_minute:.1f} clips a minute; uploads: median {median_ms:.0f} ms, p99 {p99_ms:.0f} ms; turned away: {outcome.turned_away}",
    ]
    for path, spent in outcome.asked_ms.items():
        if spent:
            lines.append(f"  {path:24} {len(spent):5} asked, median {statistics.median(spent):6.1f} ms, p99 {percentile(spent, 0.99):6.1f} ms")
    lines.append(f"pages and API together: p99 {outcome.p99_ms():.0f} ms (at most {MOST_P99_MS:.0f} wanted)")
    lines.append(f"the load generator took {100 * outcome.own_cpu_share:.1f} % of the machine's processors")
    return [*lines, *(f"answered otherwise: {each}" for each in outcome.wrong[:10])]


def main() -> int:
    """Run and print; 1 when something that must hold does not."""
    parser = argparse.ArgumentParser(prog="python -m tests.machines.load")
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--model", default="heavy", choices=("lite", "full", "heavy"))
    parser.add_argument("--limit", type=float, default=5400, help="seconds until it is given up")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kneewall-load-") as name:
        folder = Path(name)
        clips = cut_clips(folder, given.clips, seed=given.seed)
        with serving(folder, workers=str(given.workers), model=given.model) as served:
            served.wait_ready(120)
            outcome = run_load(served, clips, clients=given.clients, limit_s=given.limit)
    sys.stdout.write("\n".join(describe(outcome)) + "\n")
    holds = outcome.done == outcome.clips and outcome.more_than_once == 0 and outcome.attempts == outcome.clips and outcome.p99_ms() <= MOST_P99_MS
    return 0 if holds and not outcome.wrong else 1


if __name__ == "__main__":
    sys.exit(main())
