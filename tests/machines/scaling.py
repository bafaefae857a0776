"""What breaks first at ten, a hundred, a thousand times the load: a simulation of queues fed with measured numbers, `python -m tests.machines.scaling`."""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields

import simpy

_BASE_CLIPS_AN_HOUR = 60
_TIMES = (1, 10, 100, 1000)
_FULL = 0.8
"""A part that is busy for a larger share of the time makes others wait in long queues."""
_HOURS = 2.0


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one clip takes of each part; docs/scaling.md says where each number comes from."""

    clip_s: float = 30.0
    """Seconds of one core until a clip of ten seconds is measured and drawn."""
    upload_cpu_s: float = 0.15
    """Seconds of a web process for taking in 20 MB."""
    look_cpu_s: float = 0.03
    """Seconds of a web process for one page or answer."""
    looks_a_clip: float = 40.0
    """Pages and answers, those that ask for progress among them, for each clip."""
    writes_a_clip: float = 120.0
    """Transactions of the database: progress every 0.4 s, steps, the queue's own."""
    write_s: float = 0.002
    """Seconds for which one of these keeps a core of the database server."""
    polls_a_second: float = 3.0
    """Questions of each worker to the queue and of its crew to the database."""
    poll_s: float = 0.001
    connections_a_process: float = 7.5
    """Open to PostgreSQL, of each web server and worker."""
    clip_mb: float = 20.0
    kept_mb: float = 6.0
    """Overlay, pictures and sightings that stay."""
    core_hour: float = 0.04
    """Price of an hour of a core in euros."""
    kept_month: float = 0.02
    """Price of a gigabyte for a month in euros."""


@dataclass(frozen=True)
class Scale:
    """What a load needs, and how busy each part is with it."""

    times: int
    workers: int
    wait_median_s: float
    wait_p95_s: float
    one_web: float
    one_database_core: float
    line_mbit: float
    kept_gb_a_day: float
    connections: int


def simulate(times: int, measured: Measured, *, seed: int, squad: int = 30) -> Scale:
    """Let squads and single athletes come, and find how many workers keep a single athlete's wait under a minute."""
    clips_an_hour = _BASE_CLIPS_AN_HOUR * times
    workers = max(2, math.ceil(clips_an_hour * measured.clip_s / 3600 / _FULL))
    waits = sorted(_run(clips_an_hour, measured, workers, random.Random(seed), squad))  # noqa: S311 - repeatable
    a_second = clips_an_hour / 3600
    web = a_second * (measured.upload_cpu_s + measured.looks_a_clip * measured.look_cpu_s)
    database = a_second * measured.writes_a_clip * measured.write_s + workers * measured.polls_a_second * measured.poll_s
    return Scale(
        times,
        workers,
        waits[len(waits) // 2],
        waits[int(0.95 * len(waits))],
        web,
        database,
        a_second * (measured.clip_mb * 2 + measured.kept_mb) * 8,
        clips_an_hour * 8 * measured.kept_mb / 1000,
        round((workers + max(1, math.ceil(web / _FULL))) * measured.connections_a_process),
    )


def _run(clips_an_hour: float, measured: Measured, workers: int, chance: random.Random, squad: int) -> list[float]:
    """Return how long single athletes wait until their clip is begun; half of all clips come from squads that send theirs at once."""
    world = simpy.Environment()
    crew = simpy.PriorityResource(world, capacity=workers)
    waits: list[float] = []
    reached = [0]

    def analyse(turn: int, *, single: bool) -> Iterator[simpy.Event]:
        came = world.now
        with crew.request(priority=turn) as mine:
            yield mine
            reached[0] = max(reached[0], turn)
            if single:
                waits.append(world.now - came)
            yield world.timeout(measured.clip_s * chance.lognormvariate(-0.08, 0.4))

    def come(clips: int) -> Iterator[simpy.Event]:
        rate = clips_an_hour / 2 / clips / 3600
        while True:
            yield world.timeout(chance.expovariate(rate))
            for place in range(clips):
                world.process(analyse(reached[0] + 1 + place, single=clips == 1))

    world.process(come(1))
    world.process(come(2 * squad))
    world.run(until=max(_HOURS, 200 / clips_an_hour) * 3600)
    return waits or [0.0]


def cost_a_thousand(measured: Measured) -> float:
    """Return the price of a thousand clips: cores, and a year of what is kept."""
    cores = 1000 * (measured.clip_s / _FULL + measured.upload_cpu_s + measured.looks_a_clip * measured.look_cpu_s) / 3600 * measured.core_hour
    return cores + 1000 * measured.kept_mb / 1000 * measured.kept_month * 12


def describe(scales: list[Scale], measured: Measured) -> list[str]:
    """Return a table in Markdown."""
    columns = ("Load", "Clips an hour", "Workers of one core", "A single athlete waits (median, p95)", "Web processes", "Database: cores, connections")
    lines = [f"| {' | '.join((*columns, 'Lines', 'Kept a day'))} |", "|" + "---|" * (len(columns) + 2)]
    for each in scales:
        webs = max(1, math.ceil(each.one_web / _FULL))
        cells = (
            f"{each.times}x",
            str(_BASE_CLIPS_AN_HOUR * each.times),
            str(each.workers),
            f"{each.wait_median_s:.0f}, {each.wait_p95_s:.0f} s",
            f"{webs} ({each.one_web:.2f} busy)",
            f"{each.one_database_core:.2f}, {each.connections}",
            f"{each.line_mbit:.0f} Mbit/s",
            f"{each.kept_gb_a_day:.0f} GB",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, "", f"A thousand clips: {cost_a_thousand(measured):.2f} euros."]


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.machines.scaling")
    for each in fields(Measured):
        parser.add_argument(f"--{each.name.replace('_', '-')}", type=float, default=each.default)
    parser.add_argument("--seed", type=int, default=1)
    given = vars(parser.parse_args())
    seed = given.pop("seed")
    measured = Measured(**given)
    sys.stdout.write("\n".join(describe([simulate(times, measured, seed=seed) for times in _TIMES], measured)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
