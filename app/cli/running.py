"""Measuring clip after clip at a terminal: quiet libraries, a progress bar, faults told in one sentence."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.faults import describe_fault
from app.cli.output import give_up

if TYPE_CHECKING:
    from app.assessment.measurement import AttemptOptions, Measurement
    from app.usecases.attempts import Outcome
    from app.usecases.measuring import Doors


@contextlib.contextmanager
def quiet_libraries() -> Iterator[int]:
    """Send what native libraries write to standard error nowhere; yields a descriptor of the real one. KNEEWALL_DEBUG=1 lets them talk."""
    sys.stderr.flush()
    real = os.dup(2)
    try:
        if os.environ.get("KNEEWALL_DEBUG") != "1":
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
        yield real
    finally:
        sys.stderr.flush()
        os.dup2(real, 2)
        os.close(real)


def run(jobs: Sequence[tuple[Path, AttemptOptions]], draw: Callable[[Outcome, Doors], None]) -> list[Outcome]:
    """Measure clip after clip with a progress bar; a fault of the installation ends with one sentence."""
    from app.doors import build_local  # noqa: PLC0415
    from app.usecases.attempts import measure_clip  # noqa: PLC0415

    outcomes = []
    try:
        with quiet_libraries() as real_stderr, _show_progress(real_stderr) as start:
            doors = build_local()
            for path, options in jobs:
                outcome = measure_clip(path, options, doors, progress=start(path.name))
                draw(outcome, doors)
                outcomes.append(outcome)
    except Exception as error:
        if describe_fault(error) is not None or os.environ.get("KNEEWALL_DEBUG") == "1":
            raise
        give_up(f"this is a fault of the program ({type(error).__name__}: {error}); KNEEWALL_DEBUG=1 shows where.")
    return outcomes


@contextlib.contextmanager
def _show_progress(descriptor: int) -> Iterator[Callable[[str], Callable[[float, str], None]]]:
    """Show a bar on the real standard error, on a terminal only."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn  # noqa: PLC0415

    with open(os.dup(descriptor), "w", encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor, not a path
        console = Console(file=stream)
        columns = (TextColumn("{task.fields[clip]}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:

            def start(name: str) -> Callable[[float, str], None]:
                task = bar.add_task("reading", total=1.0, clip=name)
                return lambda share, what: bar.update(task, completed=share, description=what)

            yield start


def name_sides(path: Path) -> list[Path]:
    """Return every name under which `draw_clip` may write what is to be drawn to `path`."""
    return [path, *(path.with_stem(f"{path.stem}_{side}") for side in ("left", "right"))]


def name_stills(clips: Sequence[Path]) -> dict[Path, str]:
    """Name each clip's key frame by its stem; where two would meet, as those of a.mp4 and a.mov do, all have the whole names of their clips."""
    short = {clip: f"{clip.stem}.jpg" for clip in clips}
    drawn = [path.name.casefold() for name in short.values() for path in name_sides(Path(name))]
    return short if len(set(drawn)) == len(drawn) else {clip: f"{clip.name}.jpg" for clip in clips}


def draw_clip(outcome: Outcome, doors: Doors, overlay: Path | None, still: Path | None, *, unblurred: bool) -> None:
    """Draw what `measure` was asked for; names carry the side where a clip shows both legs."""
    several = len(outcome.measured) > 1
    for m in outcome.measured:
        ending = f"_{m.side}" if several else ""
        picture, film = (None if path is None else path.with_stem(f"{path.stem}{ending}") for path in (still, overlay))
        draw(outcome, doors, m, still=picture, overlay=film, unblurred=unblurred)


def draw(outcome: Outcome, doors: Doors, measurement: Measurement, *, still: Path | None, overlay: Path | None, unblurred: bool) -> None:
    """Draw the evidence of one attempt."""
    from app.rendering.picture_words import build_picture_words  # noqa: PLC0415
    from app.usecases.attempts import draw_outcome  # noqa: PLC0415

    draw_outcome(outcome, measurement, doors, words=build_picture_words("en"), still=still, overlay=overlay, unblurred=unblurred)
