"""`kneewall validate`: rows in, agreement out; and the rows that a service has collected."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.cli.output import EXIT_MEASURED, EXIT_REJECTED, EXIT_USAGE, give_up, keep_inputs, name_file, open_console, write_text
from app.cli.running import quiet_libraries, run
from app.cli.settings import settings_for

if TYPE_CHECKING:
    from app.assessment.measurement import AttemptOptions
    from app.usecases.validating import Validation
    from app.usecases.validation_rows import CameraNumbers, Row


def validate_file(file: Path, options: AttemptOptions, json_out: str | None) -> int:
    """Measure what has no numbers yet, print the agreement, and return the exit code."""
    from app.rendering.measurement_dict import dump_json  # noqa: PLC0415
    from app.rendering.validation_dict import build_validation_dict  # noqa: PLC0415
    from app.rendering.validation_table import build_validation_view  # noqa: PLC0415
    from app.usecases.validating import build_validation  # noqa: PLC0415

    rows = _read_file(file)
    keep_inputs("--json", [name_file(json_out)], [file, *(file.parent / row.clip for row in rows if row.clip)])
    validation = build_validation(_measure_rows(file.parent, rows, options))
    document = build_validation_dict(validation)
    if json_out == "-":
        sys.stdout.buffer.write(dump_json(document).encode("utf-8"))
        sys.stdout.flush()
    else:
        if json_out is not None:
            write_text(Path(json_out), dump_json(document))
        open_console().print(build_validation_view(document))
    return EXIT_MEASURED if _says_something(validation) else EXIT_REJECTED


def export_rows(out: Path, data_dir: Path | None) -> int:
    """Write what a service has collected as rows that `validate` reads, and return how many there are."""
    from app.usecases.validating import collect_rows  # noqa: PLC0415
    from app.usecases.validation_rows import write_rows  # noqa: PLC0415
    from app.wiring import build_web, prepare_data  # noqa: PLC0415

    settings = settings_for(data_dir)
    if settings.database_url is None and not (settings.data_dir / "kneewall.sqlite3").is_file():
        give_up(f"found no database in {settings.data_dir}; expected the data folder of a service: name it with --data-dir.")
    with quiet_libraries():
        prepare_data(settings)
        with build_web(settings).open_records() as records:
            rows = collect_rows(records.list_screenings())
    write_text(out, write_rows(rows))
    return len(rows)


def _read_file(file: Path) -> tuple[Row, ...]:
    from app.usecases.errors import MalformedSubmissionError  # noqa: PLC0415
    from app.usecases.validation_rows import read_rows  # noqa: PLC0415

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        give_up(f"cannot read {file} as text: {error}; save it as CSV in UTF-8.")
    try:
        return read_rows(text, is_clip=lambda clip: (file.parent / clip).is_file())
    except MalformedSubmissionError as error:
        for problem in error.problems:
            typer.echo(f"{file.name}: {problem}", err=True)
        typer.echo("Nothing was measured. docs/validation.md describes the columns.", err=True)
        raise typer.Exit(EXIT_USAGE) from None


def _measure_rows(folder: Path, rows: tuple[Row, ...], common: AttemptOptions) -> list[tuple[Row, CameraNumbers]]:
    from app.usecases.validating import read_camera  # noqa: PLC0415

    waiting = [row for row in rows if row.camera is None]
    jobs = [(folder / row.clip, _build_options(row, common)) for row in waiting]
    outcomes = run(jobs, lambda _outcome, _doors: None) if jobs else []
    measured = {row.line: read_camera(outcome.measurements[0]) for row, outcome in zip(waiting, outcomes, strict=True)}
    return [(row, row.camera or measured[row.line]) for row in rows]


def _build_options(row: Row, common: AttemptOptions) -> AttemptOptions:
    foot_length_cm = common.foot_length_cm if row.foot_length_cm is None else row.foot_length_cm
    return replace(common, side=row.side, furthest=row.furthest, foot_length_cm=foot_length_cm)


def _says_something(validation: Validation) -> bool:
    return any(report.agreement.n for report in validation.kinds.values()) or any(one.repeats for one in validation.repeatability.values())
