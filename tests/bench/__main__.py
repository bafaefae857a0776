"""`make bench`: what one clip costs, held against decoding it and against the obvious way, all in one run on one machine."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.assessment.measurement import AttemptOptions
from app.cli.running import quiet_libraries
from app.doors import build_local
from app.rendering.measurement_dict import build_measurement_dict, dump_json
from app.rendering.picture_words import build_picture_words
from app.usecases.measuring import Doors, draw_evidence, locate_attempt, measure_attempt
from tests.bench.baselines import time_decoding, time_every_frame
from tests.bench.clips import make_clip
from tests.bench.memory import find_peak_mib

LENGTHS_S = (5, 10, 20, 40, 60)
MEMORY_LENGTHS_S = (10, 60)
MEMORY_GOAL_MIB, DECODE_GOAL, EVERY_FRAME_GOAL = 900, 3.0, 0.35
WORKERS_GOAL = 1.7


def main() -> None:
    """Measure and print; nothing is asserted, because a machine may be busy."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clips-each", type=int, default=3, help="clips that each worker measures where workers are compared")
    parser.add_argument("--work", nargs=3, metavar=("CLIP", "THREADS", "COUNT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(Path(asked.work[0]), int(asked.work[1]), int(asked.work[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(Path(folder) / "10.mp4", 10)
        compare_one(clip, asked.rounds)
        compare_lengths(Path(folder))
        show_memory(Path(folder))
        compare_workers(clip, asked.clips_each)


def measure(clip: Path, doors: Doors) -> tuple[bytes, float]:
    """From the file to the measurement as JSON; return what was seen, and the seconds."""
    options = AttemptOptions(side="left")
    began = time.perf_counter()
    sighting = locate_attempt(clip, options, doors, progress=lambda _share, _what: None)
    dump_json(build_measurement_dict(measure_attempt(clip.name, sighting, options, doors)[0]))
    return sighting, time.perf_counter() - began


def compare_one(clip: Path, rounds: int) -> None:
    """Print the cost of a clip of 10 s beside both baselines, taken in turns: what else the machine does falls on all of them."""
    say("machine", f"{os.cpu_count()} cores", f"load {os.getloadavg()[0]:.1f} before; a quiet machine has less than 0.5")
    doors = build_local()
    own, decoding, obvious = [], [], []
    with quiet_libraries():
        measure(clip, doors)  # warm
        for _ in range(rounds):
            decoding.append(time_decoding(clip, threads=2))
            obvious.append(time_every_frame(clip))
            sighting, took_s = measure(clip, doors)
            own.append(took_s)
    took_s, decoded_s, obvious_s = (statistics.median(times) for times in (own, decoding, obvious))
    say("10 s, 1080p, 30 a second: file to JSON", f"{took_s:.2f} s", f"median of {rounds}, one warm process, two threads")
    say("... over decoding it to RGB", f"{took_s / decoded_s:.2f}", f"goal: at most {DECODE_GOAL}; {decoded_s:.2f} s")
    say("... over the middle network on every frame", f"{took_s / obvious_s:.2f}", f"goal: at most {EVERY_FRAME_GOAL}; {obvious_s:.2f} s")
    options = AttemptOptions(side="left")
    measured = measure_attempt(clip.name, sighting, options, doors)[0]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, quiet_libraries():
        draw_evidence(clip, sighting, measured, doors, words=build_picture_words("en"), still=Path(folder) / "still.jpg", overlay=Path(folder) / "overlay.mp4")
    say("... key frame and overlay besides", f"{time.perf_counter() - began:.2f} s", "apart, as in the service")


def compare_lengths(folder: Path) -> None:
    """Print seconds a second of clip, for clips of any length."""
    for seconds in LENGTHS_S:
        clip = make_clip(folder / f"long{seconds}.mp4", seconds)
        done = read_work(start_work(clip, threads=2, count=1))
        say(f"{seconds} s clip", f"{done['seconds'] / seconds:.2f} s a second", "in a process of its own")
        clip.unlink()


def show_memory(folder: Path) -> None:
    """Print the memory of a worker and its child at its highest, while the service measures a clip and draws its evidence."""
    for seconds in MEMORY_LENGTHS_S:
        clip = make_clip(folder / f"sent{seconds}.mp4", seconds)
        say(f"{seconds} s clip, worker and child together", f"{find_peak_mib(clip):.0f} MiB", f"goal: under {MEMORY_GOAL_MIB}")
        clip.unlink()


def compare_workers(clip: Path, count: int) -> None:
    """Print how many clips a minute come out of one and of two workers."""
    one = read_rate([start_work(clip, threads=1, count=count)])
    wide = read_rate([start_work(clip, threads=2, count=count)])
    two = read_rate([start_work(clip, threads=1, count=count) for _ in range(2)])
    say("one worker of one thread", f"{one:.1f} a minute", "10 s clips")
    say("one worker of two threads", f"{wide:.1f} a minute", f"{wide / one:.2f} times")
    say("two workers of one thread", f"{two:.1f} a minute", f"{two / one:.2f} times, goal: {WORKERS_GOAL}; {two / wide:.2f} times one of two threads, goal: 1")


def start_work(clip: Path, *, threads: int, count: int) -> subprocess.Popen[bytes]:
    """Measure a clip so many times in a process of its own."""
    command = [sys.executable, "-m", "tests.bench", "--work", str(clip), str(threads), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def read_work(process: subprocess.Popen[bytes]) -> dict[str, float]:
    """Wait for it, and return its seconds and count."""
    done: dict[str, float] = json.loads(process.communicate()[0])
    return done


def read_rate(processes: list[subprocess.Popen[bytes]]) -> float:
    """Return the clips a minute of all together."""
    return sum(60.0 * done["count"] / done["seconds"] for done in map(read_work, processes))


def work(clip: Path, threads: int, count: int) -> None:
    """Be warm, measure a clip so many times, and print what `read_work` reads."""
    import cv2  # noqa: PLC0415 - as the children of the service do

    cv2.setNumThreads(threads)
    doors = build_local(threads=threads)
    with quiet_libraries():
        doors.locate.new_pose().close()
        doors.locate.new_person().close()
        took_s = sum(measure(clip, doors)[1] for _ in range(count))
    sys.stdout.write(json.dumps({"seconds": took_s, "count": count}))


def say(what: str, figure: str, beside: str) -> None:
    """Print one figure."""
    sys.stdout.write(f"{what:<46}{figure:>18}   {beside}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
