"""The command line: `kneewall measure`, `report`, `validate`, `sheet`, `serve`, `backup`, `restore`, `weights`, `doctor`."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, cast

import typer

from app.cli.admin import admin
from app.cli.faults import OneSentence
from app.cli.keeping import backup, restore
from app.cli.output import EXIT_BROKEN, EXIT_MEASURED, choose_exit, hand_over, keep_inputs, name_file, print_report, write_frames, write_report
from app.cli.running import draw, draw_clip, name_sides, name_stills, quiet_libraries, run

if TYPE_CHECKING:
    from app.assessment.measurement import AttemptOptions
    from app.usecases.attempts import Outcome
    from app.usecases.measuring import Doors

EVIDENCE_NAMES = ("left.jpg", "right.jpg", "left_overlay.mp4", "right_overlay.mp4")
REPORT_NAMES = ("report.json", "report.html", "report.pdf")
CLIP_SUFFIXES = (".mp4", ".mov", ".m4v", ".webm", ".3gp", ".mkv", ".avi")

app = typer.Typer(
    name="kneewall",
    cls=OneSentence,
    help="Measure the knee-to-wall ankle test from phone clips, each number with its plus-minus.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(admin, name="admin")
app.command()(backup)
app.command()(restore)

SideOption = Annotated[Literal["left", "right", "auto"], typer.Option("--side", help="Leg under test.")]
ScaleOption = Annotated[Literal["auto", "sheet", "foot", "height", "none"], typer.Option("--scale", help="Where centimetres come from.")]
FootLengthOption = Annotated[float | None, typer.Option("--foot-length-cm", min=10, max=40, help="Heel to longest toe; outer shoe length when shod.")]
HeightOption = Annotated[float | None, typer.Option("--height-cm", min=80, max=250, help="Body height, a crude scale.")]
SkirtingOption = Annotated[float, typer.Option("--skirting-cm", min=0, max=10, help="How far the skirting board stands out from the wall.")]
RulerOption = Annotated[float | None, typer.Option("--sheet-ruler-mm", min=80, max=120, help="What the 100 mm ruler of the printed sheet measures.")]
MarginOption = Annotated[float | None, typer.Option("--sheet-margin-mm", min=0, max=40, help="Sheet: paper edge at the wall to the first black square.")]
FurthestOption = Annotated[bool, typer.Option("--furthest", help="Farther back was impossible.")]
FootwearOption = Annotated[Literal["barefoot", "shod"], typer.Option("--footwear", help="What the test foot wears.")]
UnblurredOption = Annotated[bool, typer.Option("--unblurred", help="Leave key frames and overlay clips as filmed: faces and room are shown.")]
PaperOption = Annotated[Literal["a4", "letter"], typer.Option("--paper", help="Paper of the printer.")]
ClipArgument = Annotated[Path, typer.Argument(exists=True, readable=True, help="A clip, or a folder of clips.")]


class Lengths(NamedTuple):
    """What was typed that has a unit, named as in `AttemptOptions`."""

    foot_length_cm: float | None
    height_cm: float | None
    skirting_cm: float
    sheet_ruler_mm: float | None
    sheet_margin_mm: float | None


def main() -> None:
    """Run the command; who measures has no need of a network."""
    if _needs_nobody(sys.argv[1:]):
        from app.doors import shut_network  # noqa: PLC0415 - other commands do not pay for it

        shut_network()
    app()


def _needs_nobody(arguments: Sequence[str]) -> bool:
    """Whether clips are measured and nothing else; an export may have to ask a database on another machine."""
    exports = any(argument == "--export" or argument.startswith("--export=") for argument in arguments)
    return arguments[:1] in (["measure"], ["report"]) or (arguments[:1] == ["validate"] and not exports)


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        from importlib.metadata import version as read_version  # noqa: PLC0415

        typer.echo(f"kneewall {read_version('kneewall')}")
        raise typer.Exit


@app.command()
def measure(
    clip: ClipArgument,
    *,
    side: SideOption = "auto",
    scale: ScaleOption = "auto",
    foot_length_cm: FootLengthOption = None,
    height_cm: HeightOption = None,
    skirting_cm: SkirtingOption = 0.0,
    sheet_ruler_mm: RulerOption = None,
    sheet_margin_mm: MarginOption = None,
    furthest: FurthestOption = False,
    footwear: FootwearOption = "barefoot",
    json_out: Annotated[str | None, typer.Option("--json", help="Write JSON to this file, or alone to standard output with '-'.")] = None,
    overlay: Annotated[Path | None, typer.Option("--overlay", help="Write the clip with marks (MP4).")] = None,
    stills: Annotated[Path | None, typer.Option("--stills", file_okay=False, help="Write key frames (JPEG) into this folder.")] = None,
    frames_csv: Annotated[Path | None, typer.Option("--frames-csv", help="Write every watched frame as a row of a CSV file.")] = None,
    unblurred: UnblurredOption = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what each plus-minus is made of, and what would help most.")] = False,
) -> None:
    """Measure one clip, or every clip of a folder.

    Exit code 0: measured (of a folder: at least one clip), 2: wrong usage, 3: unreadable input, 4: rejected.
    """
    lengths = Lengths(foot_length_cm, height_cm, skirting_cm, sheet_ruler_mm, sheet_margin_mm)
    options = _read_options(side, scale, lengths, furthest=furthest, footwear=footwear)
    clips = _list_clips(clip)
    names, drawn = name_stills(clips), [] if overlay is None else name_sides(overlay)
    for option, path in (("--overlay", overlay), ("--frames-csv", frames_csv)):
        if path is not None and clip.is_dir():
            raise typer.BadParameter("names one file, but a folder of clips was given.", param_hint=option)
        _check_writable(option, path)
    if any(path.exists() and not path.is_file() for path in drawn):  # a clip is put in the place of what is there, a device among them
        raise typer.BadParameter(f"found {overlay}, which is no file on a disk; expected the name of one.", param_hint="--overlay")
    _check_writable("--json", name_file(json_out))
    keep_inputs("--overlay", drawn, clips)
    keep_inputs("--frames-csv", [frames_csv], clips)
    keep_inputs("--json", [name_file(json_out)], clips)
    if stills is not None:
        keep_inputs("--stills", [path for name in names.values() for path in name_sides(stills / name)], clips)
        stills.mkdir(parents=True, exist_ok=True)

    def draw_asked(outcome: Outcome, doors: Doors) -> None:
        draw_clip(outcome, doors, overlay, None if stills is None else stills / names[outcome.clip], unblurred=unblurred)

    outcomes = run([(path, options) for path in clips], draw_asked)
    measurements = [m for outcome in outcomes for m in outcome.measurements]
    write_frames(measurements, frames_csv)
    hand_over(measurements, json_out, many=clip.is_dir(), explain=explain)
    raise typer.Exit(choose_exit(outcomes))


@app.command()
def report(
    left: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Clip of the left leg.")],
    right: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Clip of the right leg.")],
    *,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for the report; made where it is missing.")],
    scale: ScaleOption = "auto",
    foot_length_cm: FootLengthOption = None,
    height_cm: HeightOption = None,
    skirting_cm: SkirtingOption = 0.0,
    sheet_ruler_mm: RulerOption = None,
    sheet_margin_mm: MarginOption = None,
    furthest: FurthestOption = False,
    footwear: FootwearOption = "barefoot",
    unblurred: UnblurredOption = False,
) -> None:
    """Compare both legs: report.json, report.html (one file, opens offline), report.pdf (to print), key frames and overlay clips.

    Exit code 0: at least one leg measured, 2: wrong usage, 3: unreadable input, 4: rejected.
    """
    lengths = Lengths(foot_length_cm, height_cm, skirting_cm, sheet_ruler_mm, sheet_margin_mm)
    jobs = [(path, _read_options(side, scale, lengths, furthest=furthest, footwear=footwear)) for side, path in (("left", left), ("right", right))]
    for side, path in (("LEFT", left), ("RIGHT", right)):
        _check_clip(side, path)
    keep_inputs("--out", [out / name for name in (*EVIDENCE_NAMES, *REPORT_NAMES)], [left, right])
    out.mkdir(parents=True, exist_ok=True)
    sides = iter(("left", "right"))

    def draw_side(outcome: Outcome, doors: Doors) -> None:
        side = next(sides)
        draw(outcome, doors, outcome.measurements[0], still=out / f"{side}.jpg", overlay=out / f"{side}_overlay.mp4", unblurred=unblurred)

    for name in EVIDENCE_NAMES:
        (out / name).unlink(missing_ok=True)
    outcomes = run(jobs, draw_side)
    print_report(write_report(outcomes[0].measurements[0], outcomes[1].measurements[0], out), out)
    raise typer.Exit(choose_exit(outcomes))


@app.command()
def validate(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV file, one line for each clip.")] = None,
    *,
    scale: Annotated[Literal["auto", "sheet", "foot"], typer.Option("--scale", help="Where centimetres come from.")] = "auto",
    foot_length_cm: FootLengthOption = None,
    skirting_cm: SkirtingOption = 0.0,
    sheet_ruler_mm: RulerOption = None,
    sheet_margin_mm: MarginOption = None,
    footwear: FootwearOption = "barefoot",
    json_out: Annotated[str | None, typer.Option("--json", help="Write JSON to this file, or alone to standard output with '-'.")] = None,
    export: Annotated[Path | None, typer.Option("--export", help="Write what a service has collected as such a CSV file, and stop.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Data folder of that service.")] = None,
) -> None:
    """Hold the camera against tape, inclinometer or board, and repeats against each other; the columns are in docs/validation.md.

    Clips are looked for beside the CSV file. Exit code 0: something could be compared, 2: wrong usage, 4: nothing could.
    """
    from app.cli.validate import export_rows, validate_file  # noqa: PLC0415

    if (file is None) == (export is None):
        raise typer.BadParameter("expected either a CSV file or --export.", param_hint="FILE")
    if export is not None:
        _check_writable("--export", export)
        typer.echo(f"Written: {export}, {export_rows(export, data_dir)} rows.")
        return
    _check_writable("--json", name_file(json_out))
    lengths = Lengths(foot_length_cm, None, skirting_cm, sheet_ruler_mm, sheet_margin_mm)
    options = replace(_read_options("auto", "auto", lengths, furthest=False, footwear=footwear), scale=scale)
    raise typer.Exit(validate_file(cast("Path", file), options, json_out))


@app.command()
def sheet(
    *,
    out: Annotated[Path, typer.Option("--out", help="Where to write the PDF.")],
    paper: PaperOption = "a4",
) -> None:
    """Write the calibration sheet as a PDF, to be printed at 100 % and taped to the floor beside the foot."""
    from app.rendering.sheet_source import build_sheet_source  # noqa: PLC0415
    from app.wiring import build_renderer  # noqa: PLC0415

    _check_writable("--out", out)
    out.write_bytes(build_renderer().render_pdf(build_sheet_source(paper)))
    typer.echo(f"Written: {out}. Print it at 100 %, then hold a steel rule against its ruler and its margin.")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the database and the clips.")] = None,
    *,
    lan: Annotated[bool, typer.Option("--lan", help="Let the phones in the room in: over TLS, by a code that they look at.")] = False,
) -> None:
    """Serve the page and the API; settings come from KNEEWALL_* variables and from these options."""
    from app.main import serve as serve_until_interrupted  # noqa: PLC0415
    from app.settings import UnusableSettingsError, read_settings  # noqa: PLC0415

    given = {name: value for name, value in (("host", host), ("port", port), ("data_dir", data_dir)) if value is not None}
    try:
        settings = read_settings(**given)
    except UnusableSettingsError as error:
        raise typer.BadParameter(str(error)) from None
    serve_until_interrupted(settings, in_room=lan)


@app.command()
def worker() -> None:
    """Carry out the analyses of a service whose web server runs elsewhere (KNEEWALL_WORKER_PROCESS=false)."""
    from app.worker import work  # noqa: PLC0415

    work()


@app.command()
def weights() -> None:
    """Show which pose weights are there, and whether their bytes are the pinned ones."""
    from vision.errors import WeightsError  # noqa: PLC0415
    from vision.weights import MODELS, default_cache, weights_path, weights_sha256  # noqa: PLC0415

    usable = False
    for model in MODELS:
        try:
            with quiet_libraries():
                path = weights_path(model, source=None, cache=default_cache())
        except WeightsError as error:
            typer.echo(f"{model:6} missing  {error.message} {error.advice}")
        else:
            typer.echo(f"{model:6} ok       {weights_sha256(path)}  {path}")
            usable = True
    raise typer.Exit(EXIT_MEASURED if usable else EXIT_BROKEN)


@app.command()
def doctor() -> None:
    """Check this installation, and name the command that mends each fault."""
    from app.doctor import run_checks  # noqa: PLC0415

    with quiet_libraries():
        checks = run_checks()
    for check in checks:
        typer.echo(f"{'ok   ' if check.ok else 'FAULT'} {check.name}: {check.detail}")
        if not check.ok and check.fix:
            typer.echo(f"      {check.fix}")
    raise typer.Exit(EXIT_MEASURED if all(check.ok for check in checks) else EXIT_BROKEN)


def _read_options(side: str, scale: str, lengths: Lengths, *, furthest: bool, footwear: str) -> AttemptOptions:
    from app.assessment.measurement import AttemptOptions  # noqa: PLC0415

    for name, value in lengths._asdict().items():
        if value is not None and not math.isfinite(value):
            raise typer.BadParameter("expected a number.", param_hint=f"--{name.replace('_', '-')}")
    if scale == "foot" and lengths.foot_length_cm is None:
        raise typer.BadParameter("foot needs --foot-length-cm.", param_hint="--scale")
    if scale == "height" and lengths.height_cm is None:
        raise typer.BadParameter("height needs --height-cm.", param_hint="--scale")
    return AttemptOptions(side=cast("Any", side), scale=cast("Any", scale), furthest=furthest, footwear=cast("Any", footwear), **lengths._asdict())


def _list_clips(path: Path) -> list[Path]:
    if not path.is_dir():
        _check_clip("CLIP", path)
        return [path]
    clips = sorted(item for item in path.iterdir() if item.is_file() and item.suffix.lower() in CLIP_SUFFIXES)
    if not clips:
        raise typer.BadParameter(f"found no clip in this folder; expected files ending in {', '.join(CLIP_SUFFIXES)}.", param_hint="CLIP")
    return clips


def _check_clip(argument: str, path: Path) -> None:
    """Refuse a pipe or a device: a clip is read several times, and a pipe would keep the second reader waiting for good."""
    if not path.is_file():
        raise typer.BadParameter(f"found {path}, which is no file on a disk; expected a clip, which is read more than once.", param_hint=argument)


def _check_writable(option: str, path: Path | None) -> None:
    """Refuse before the work what could not be written after it."""
    if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
        raise typer.BadParameter(f"expected the name of a file in a folder that exists, found {path}.", param_hint=option)
