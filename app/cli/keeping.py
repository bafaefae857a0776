"""`kneewall backup` and `kneewall restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import give_up
from app.cli.settings import settings_for

DataDirOption = Annotated[Path | None, typer.Option(help="Data folder of the service.")]


def backup(
    *,
    out: Annotated[Path, typer.Option("--out", help="A folder, in which a file with the day in its name is made, or the name of a new file.")],
    data_dir: DataDirOption = None,
) -> None:
    """Copy accounts, athletes and results into one file, also while the service runs. Clips and pictures are not in it.

    Beside the file lies erased.txt: keep it, it is what erases again whoever was erased after the backup.
    """
    from app.adapters.backup_sqlite import BackupError  # noqa: PLC0415
    from app.safekeeping import make_backup  # noqa: PLC0415

    try:
        file, manifest = make_backup(settings_for(data_dir), out)
    except BackupError as error:
        give_up(str(error))
    typer.echo(f"Written and checked: {file}, {manifest.rows.get('athletes', 0)} athletes, {manifest.rows.get('screenings', 0)} screenings.")


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A file that kneewall backup made.")],
    *,
    data_dir: DataDirOption = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over the records that are there.")] = False,
) -> None:
    """Put a backup in place while the service is stopped; what was erased since is erased again, and everybody signs in anew."""
    from app.adapters.backup_sqlite import BackupError  # noqa: PLC0415
    from app.safekeeping import restore_backup  # noqa: PLC0415

    settings = settings_for(data_dir)
    try:
        manifest = restore_backup(settings, file, replace=replace)
    except BackupError as error:
        give_up(str(error))
    typer.echo(f"Restored: the records of {manifest.made_at} are in {settings.data_dir}. Everybody has to sign in again.")
