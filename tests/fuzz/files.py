"""Mutated clips through the real child: what is refused, what still decodes, what the child does not survive, and that nobody is lost with it."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.adapters.confinement import Caps
from app.adapters.sandbox_process import ChildLostError, Order, Sandbox
from tests.fuzz.mutate import mutate
from tests.fuzz.seeds import make_seeds

CAPS = Caps(cpu_s=60, memory_bytes=2_000_000_000, file_bytes=100_000_000)
LONGEST_S = 120.0
_COMMAND = [sys.executable, "-m", "tests.fuzz.child"]
_KEPT = Path("out/fuzz")


@dataclass
class Tally:
    """What came of the files."""

    files: int = 0
    decoded: int = 0
    posed: int = 0
    stripped: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    too_much: list[int] = field(default_factory=list)
    crashes: list[int] = field(default_factory=list)
    hangs: list[int] = field(default_factory=list)
    faults: dict[tuple[str, ...], tuple[int, str]] = field(default_factory=dict)
    nurseries: set[int] = field(default_factory=set)
    slowest: tuple[float, int] = (0.0, 0)
    peak_mb: tuple[float, int] = (0.0, 0)

    @property
    def workers_lost(self) -> int:
        """How often the nursery had to be begun again."""
        return len(self.nurseries) - 1


@dataclass(frozen=True)
class Corpus:
    """The clips that mutations begin from, and the number from which they all follow."""

    names: Sequence[str]
    contents: Sequence[bytes]
    seed: int

    def build(self, number: int) -> tuple[str, bytes]:
        """Return name and bytes of one mutated file, the same ones each time."""
        rng = np.random.default_rng([self.seed, number])
        chosen = int(rng.integers(len(self.contents)))
        return self.names[chosen], mutate(self.contents[chosen], self.contents, rng)


def make_corpus(folder: Path, seed: int) -> Corpus:
    """Return the corpus of a seed; what encoders write may differ between their versions, and with it the files."""
    seeds = make_seeds(folder)
    return Corpus([path.name for path in seeds], [path.read_bytes() for path in seeds], seed)


def run_files(numbers: Sequence[int], corpus: Corpus, *, jobs: int = 2, until_s: float | None = None) -> Tally:
    """Send each file through a child of its own and say what came of them."""
    tally, lock = Tally(), threading.Lock()
    sandbox = Sandbox(_COMMAND, caps=CAPS, longest_s=LONGEST_S, at_once=jobs)

    def run_one(number: int) -> None:
        if until_s is not None and time.monotonic() > until_s:
            return
        name, content = corpus.build(number)
        with tempfile.TemporaryDirectory() as made:
            folder, scratch = Path(made), Path(made) / "scratch"
            scratch.mkdir()
            clip = folder / name
            clip.write_bytes(content)
            order = Order(job="read", told={"clip": str(clip), "out": str(scratch / "stripped")}, reads=[clip], writes=scratch)
            began_s = time.monotonic()
            try:
                header, lost = sandbox.run(order, progress=lambda _share, _activity: None)[0], None
            except ChildLostError as error:
                header, lost = {}, error
            took_s = time.monotonic() - began_s
        with lock:
            _note(tally, number, header, lost, took_s)
            if sandbox.nursery is not None:
                tally.nurseries.add(sandbox.nursery)
            if lost is not None:
                _KEPT.mkdir(parents=True, exist_ok=True)
                (_KEPT / f"{corpus.seed}_{number}_{name}").write_bytes(content)

    sandbox.start()
    try:
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(run_one, numbers))
    finally:
        sandbox.stop()
    return tally


def _note(tally: Tally, number: int, header: dict[str, object], lost: ChildLostError | None, took_s: float) -> None:
    tally.files += 1
    tally.slowest = max(tally.slowest, (took_s, number))
    if lost is not None:
        (tally.hangs if lost.why == "too_long" else tally.crashes).append(number)
    elif header["kind"] == "too_much":
        tally.too_much.append(number)
    elif header["kind"] != "done":
        trace = str(header.get("trace", header))
        where = re.findall(r"line \d+, in \w+", trace)[-1:]
        tally.faults.setdefault((*where, trace.strip().rsplit("\n", 1)[-1].split(":")[0]), (number, trace[-1500:]))
    else:
        tally.peak_mb = max(tally.peak_mb, (float(str(header["peak_mb"])), number))
        if header["outcome"] == "decoded":
            tally.decoded += 1
            tally.posed += bool(header["posed"])
            tally.stripped += bool(header["stripped"])
        else:
            tally.refused[str(header["outcome"])] += 1


def describe(tally: Tally) -> str:
    """Say it in lines."""
    codes = ", ".join(f"{count} {code}" for code, count in tally.refused.most_common())
    lines = [
        f"files            {tally.files}",
        f"decoded          {tally.decoded} to the end, {tally.posed} of them shown to the pose network, {tally.stripped} copied without metadata",
        f"refused by code  {sum(tally.refused.values())}: {codes}",
        f"asked too much   {len(tally.too_much)} {tally.too_much[:10] or ''}",
        f"child crashed    {len(tally.crashes)} {tally.crashes[:10] or ''}",
        f"child hung       {len(tally.hangs)} {tally.hangs[:10] or ''}",
        f"faults of ours   {len(tally.faults)} different",
        f"slowest          {tally.slowest[0]:.2f} s (file {tally.slowest[1]})",
        f"peak memory      {tally.peak_mb[0]:.0f} MB (file {tally.peak_mb[1]})",
        f"workers lost     {tally.workers_lost}",
    ]
    return "\n".join([*lines, *(f"\nfile {number}:\n{trace}" for number, trace in tally.faults.values())])


def main(arguments: Sequence[str]) -> int:
    """Fuzz, print the figures, and return 1 when something was lost that should not be."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz files", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="stop after so long")
    given = parser.parse_args(arguments)
    until_s = None if given.minutes is None else time.monotonic() + 60 * given.minutes
    with tempfile.TemporaryDirectory() as folder:
        tally = run_files(range(given.first, given.first + given.count), make_corpus(Path(folder), given.seed), jobs=given.jobs, until_s=until_s)
    print(f"seed             {given.seed}\n{describe(tally)}")  # noqa: T201 - a program that tells
    return 1 if tally.workers_lost or tally.hangs or tally.faults else 0
