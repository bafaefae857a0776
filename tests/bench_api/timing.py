"""Asking a running service again and again, and what it took."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path

_WARM_UP = 5
_HEALTH_EVERY = 4
_WORK = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What some requests took; `yardsticks_s` is what /health took between them, `cpu_s` what the server's process computed for one of them."""

    times_s: Sequence[float]
    yardsticks_s: Sequence[float]
    cpu_s: float
    answer_bytes: int

    def quantile_ms(self, share: float) -> float:
        """Return the time within which a share of the requests was answered."""
        return 1000 * find_quantile(self.times_s, share)

    @property
    def ratio(self) -> float:
        """How many times as long as /health, medians."""
        return find_quantile(self.times_s, 0.5) / find_quantile(self.yardsticks_s, 0.5) if self.yardsticks_s else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who is signed in."""

    port: int
    cookie: str
    server_pid: int

    def time_alone(self, paths: Sequence[str], requests: int) -> Round:
        """Ask one after the other, with /health in between."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        for path in (*paths[:_WARM_UP], *paths[:_WARM_UP], "/health"):
            self._ask(connection, path)
        times, yardsticks, cpu, size = [], [], 0.0, 0
        for number, path in enumerate(islice(cycle(paths), requests)):
            before = read_cpu_s(self.server_pid)
            took, size = self._ask(connection, path)
            times.append(took)
            cpu += read_cpu_s(self.server_pid) - before
            if number % _HEALTH_EVERY == 0:
                yardsticks.append(self._ask(connection, "/health")[0])
        connection.close()
        return Round(times_s=times, yardsticks_s=yardsticks, cpu_s=cpu / requests, answer_bytes=size)

    def time_together(self, paths: Sequence[str], requests: int, callers: int) -> Round:
        """Ask from several threads at once."""
        before = read_cpu_s(self.server_pid)
        with ThreadPoolExecutor(callers) as pool:
            asked = [pool.submit(self._ask_many, list(islice(cycle(paths), number, requests, callers))) for number in range(callers)]
            answers = [answer for future in asked for answer in future.result()]
        cpu = (read_cpu_s(self.server_pid) - before) / requests
        return Round(times_s=[took for took, _ in answers], yardsticks_s=(), cpu_s=cpu, answer_bytes=answers[-1][1])

    def _ask_many(self, paths: Sequence[str]) -> list[tuple[float, int]]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        answers = [self._ask(connection, path) for path in paths]
        connection.close()
        return answers

    def _ask(self, connection: HTTPConnection, path: str) -> tuple[float, int]:
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - begun
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {content[:200]!r}")
        return took, len(content)


def read_cpu_s(pid: int) -> float:
    """Return what all threads of a process have computed so far, to 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def time_work(times: int = 25) -> tuple[float, float]:
    """Time a fixed piece of Python: what it takes by the clock and what it computes, in seconds; medians. They differ where others use the machine."""
    walls, cpus = [], []
    for _ in range(times):
        cpus.append(_time(time.process_time))
        walls.append(_time(time.perf_counter))
    return find_quantile(walls, 0.5), find_quantile(cpus, 0.5)


def _time(clock: Callable[[], float]) -> float:
    begun = clock()
    table: dict[int, str] = {}
    for number in range(_WORK):
        table[number % 1000] = str(number)
    return clock() - begun


def find_quantile(values: Sequence[float], share: float) -> float:
    """Return the least value that is not exceeded by a share of all."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]
