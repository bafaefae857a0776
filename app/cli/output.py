"""What the command line hands over: JSON, tables, the report's files, exit codes."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from app.assessment.measurement import Measurement
    from app.usecases.attempts import Outcome

EXIT_MEASURED, EXIT_BROKEN, EXIT_USAGE, EXIT_UNREADABLE, EXIT_REJECTED = 0, 1, 2, 3, 4
EMBEDDED_BYTES = 6_000_000
"""Overlay clips up to this size are put into report.html itself; larger ones are linked beside it."""


def hand_over(measurements: Sequence[Measurement], json_out: str | None, *, many: bool, explain: bool = False) -> None:
    """Write JSON where it was asked for, and tables unless standard output belongs to the JSON."""
    from app.rendering.explain import build_explanation  # noqa: PLC0415
    from app.rendering.measurement_dict import build_measurement_dict, build_measurements_dict, dump_json  # noqa: PLC0415
    from app.rendering.table import build_attempt_view, build_overview  # noqa: PLC0415

    document = build_measurements_dict(measurements) if many or len(measurements) > 1 else build_measurement_dict(measurements[0])
    if json_out == "-":
        sys.stdout.buffer.write(dump_json(document).encode("utf-8"))
        sys.stdout.flush()
        return
    if json_out is not None:
        write_text(Path(json_out), dump_json(document))
    dicts = [build_measurement_dict(m) for m in measurements]
    console = open_console()
    if many:
        console.print(build_overview(dicts))
    for d in dicts:
        if not many:
            console.print(build_attempt_view(d))
        if explain:
            console.print(build_explanation(d))


def write_report(left: Measurement, right: Measurement, out: Path) -> dict[str, Any]:
    """Write report.json, report.html and report.pdf, and return the report."""
    from app.assessment.report import build_report  # noqa: PLC0415
    from app.rendering.measurement_dict import dump_json  # noqa: PLC0415
    from app.rendering.report_dict import build_report_dict  # noqa: PLC0415
    from app.rendering.report_html import render_report_html  # noqa: PLC0415
    from app.rendering.report_source import build_report_source  # noqa: PLC0415
    from app.wiring import build_renderer  # noqa: PLC0415

    document = build_report_dict(build_report(left, right))
    sides = ("left", "right")
    pictures = {side: out / f"{side}.jpg" for side in sides if (out / f"{side}.jpg").is_file()}
    stills = {side: _embed(path, "image/jpeg") for side, path in pictures.items()}
    overlays = {side: _embed(out / f"{side}_overlay.mp4", "video/mp4") for side in sides if (out / f"{side}_overlay.mp4").is_file()}
    write_text(out / "report.json", dump_json(document))
    write_text(out / "report.html", render_report_html(document, stills=stills, overlays=overlays))
    source = build_report_source(document, stills={side: path.read_bytes() for side, path in pictures.items()})
    (out / "report.pdf").write_bytes(build_renderer().render_pdf(source))
    return document


def write_frames(measurements: Sequence[Measurement], path: Path | None) -> None:
    """Write every watched frame of what was measured, where that was asked for."""
    if path is None:
        return
    from app.rendering.frames_csv import write_frames_csv  # noqa: PLC0415
    from app.rendering.measurement_dict import build_measurement_dict  # noqa: PLC0415

    write_text(path, write_frames_csv(build_measurement_dict(m) for m in measurements))


def print_report(document: dict[str, Any], out: Path) -> None:
    """Print the verdict and where the report lies."""
    from app.rendering.table import build_report_view  # noqa: PLC0415

    console = open_console()
    console.print(build_report_view(document))
    console.print(f"Written: {out / 'report.html'} and {out / 'report.pdf'}", soft_wrap=True)


def _embed(path: Path, media_type: str) -> str:
    """Return a file as a data URI, or its name where it is large."""
    if path.stat().st_size > EMBEDDED_BYTES:
        return path.name
    return f"data:{media_type};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def choose_exit(outcomes: Sequence[Outcome]) -> int:
    """Choose the exit code: measured when anything was, else whether the clips could be read."""
    if any(outcome.measured for outcome in outcomes):
        return EXIT_MEASURED
    return EXIT_REJECTED if any(outcome.readable for outcome in outcomes) else EXIT_UNREADABLE


def open_console() -> Any:  # noqa: ANN401 - rich is imported late, so that --help is quick
    """Open standard output for tables; wide where it is not a terminal."""
    from rich.console import Console  # noqa: PLC0415

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=140)


def write_text(path: Path, text: str) -> None:
    """Write a text file, the same bytes on every system."""
    path.write_bytes(text.encode("utf-8"))


def name_file(out: str | None) -> Path | None:
    """Return the file that an option names which also takes '-' for standard output."""
    return None if out in {None, "-"} else Path(str(out))


def keep_inputs(option: str, outputs: Iterable[Path | None], inputs: Sequence[Path]) -> None:
    """Refuse before the work to write over what is read: a clip is often the only copy of what was filmed."""
    for out in outputs:
        for given in inputs:
            if out is not None and out.exists() and given.exists() and out.samefile(given):
                raise typer.BadParameter(f"would write over {given}, which is to be read; expected another name or folder.", param_hint=option)


def give_up(message: str) -> NoReturn:
    """End with one sentence on standard error."""
    typer.echo(f"kneewall: {message}", err=True)
    raise typer.Exit(EXIT_BROKEN)
